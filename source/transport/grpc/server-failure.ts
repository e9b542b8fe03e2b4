/** What etcd itself answers when it refuses: its words, what kind of failure they are, and what to do about it. */
import {status} from '@grpc/grpc-js';
import type {Failure, FailureKind} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';

type Row = {readonly words: RegExp; readonly kind: FailureKind; readonly nextStep: string};

const rows: readonly Row[] = [
	{
		words: /user name is empty/,
		kind: 'unauthenticated',
		nextStep: 'This cluster wants a user: give --user NAME:PASSWORD, or a client certificate whose common name is one.',
	},
	{words: /authentication failed, invalid user/, kind: 'unauthenticated', nextStep: 'Check the name and password in --user.'},
	{
		words: /invalid auth token|auth store is old/,
		kind: 'unauthenticated',
		nextStep: 'The session with etcd ended; it is opened again by itself.',
	},
	{
		words: /permission denied/,
		kind: 'permission-denied',
		nextStep: 'Give a user with the root role: upkeep of etcd takes it.',
	},
	{words: /no leader/, kind: 'no-leader', nextStep: 'Bring members back until a majority answers; then they elect a leader.'},
	{words: /not leader/, kind: 'rejected', nextStep: 'Leadership has moved meanwhile: look who leads, and try again.'},
	{words: /bad leader transferee/, kind: 'rejected', nextStep: 'Choose a voter that is up to date; a learner cannot lead.'},
	{words: /not supported for learner/, kind: 'unsupported', nextStep: 'Ask a voter: a learner answers little but its status.'},
	{
		words: /database space exceeded/,
		kind: 'no-space',
		nextStep: 'Compact, defragment each member, then disarm the alarm.',
	},
	{words: /too many requests/, kind: 'rejected', nextStep: 'etcd is overloaded: wait until its disk has caught up.'},
	{words: /corrupt/, kind: 'corrupt', nextStep: 'Replace the corrupt member from a good one; do not disarm this alarm.'},
	{
		// A proposal that etcd gave up waiting for may still be carried out: no leader, or one that changed meanwhile.
		words: /request timed out|leader changed|context (deadline exceeded|canceled)/,
		kind: 'timed-out',
		nextStep: 'Check that a majority of members answers.',
	},
	{words: /server stopped|stopping|is not started/, kind: 'unreachable', nextStep: 'The member is going down or not up yet.'},
	{words: /required revision/, kind: 'rejected', nextStep: 'Look at the revision that the members report, and choose again.'},
	{
		words: /unknown (service|method)|does not implement/,
		kind: 'unsupported',
		nextStep: 'Check that this is an etcd client URL, and of etcd 3.4 or later.',
	},
];

/** These come from gRPC on this machine, or from something between it and etcd. */
const notFromServer =
	/^(Received |Connection dropped|No (status|message|connection)|Call cancelled|Cancelled |Stream refused|Write |Response message|Name resolution|Channel |Failed to |Bandwidth |Protocol |Deadline exceeded after|Unknown Error$|$)/;

/** What the server said in so many words; undefined where it was not the server that spoke. */
export function serverFailure(code: number, details: string): Failure | undefined {
	if (notFromServer.test(details)) {
		return undefined;
	}
	const message = safeText(details);
	const row = rows.find(({words}) => words.test(details));
	if (row !== undefined) {
		return {kind: row.kind, message, nextStep: row.nextStep};
	}
	// Plain errors of Go come as UNKNOWN: a defragmentation that found no disk space, say.
	const refusals: readonly number[] = [status.UNKNOWN, status.INVALID_ARGUMENT, status.NOT_FOUND, status.FAILED_PRECONDITION];
	return refusals.includes(code) || details.startsWith('etcdserver: ') ? {kind: 'rejected', message, nextStep: ''} : undefined;
}

/** Whether a new token may help. */
export function wantsToken(details: string): boolean {
	return /user name is empty|invalid auth token|auth store is old/.test(details);
}
