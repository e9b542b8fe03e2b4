import {describe, expect, test} from 'vitest';
import {actions, reasonAgainst, refusalText} from '../../source/actions/index.ts';
import type {MemberRecord, State} from '../../source/engine/state.ts';
import {etcd0, etcd1, etcd2, phases, sampleRun} from '../helpers/sample-run.ts';
import {GiB, now, ocpState, prodMembers, prodState} from '../helpers/sample-state.ts';

/** What the message line says when the key is pressed; undefined when it does what it is for. */
function refused(id: string, state: State, selected = etcd0): string | undefined {
	const action = actions.find((one) => one.id === id)!;
	const reason = reasonAgainst(action, {state, selected});
	return reason === undefined ? undefined : refusalText(action, reason, {state, selected});
}

/** The members, one of them changed. */
function membersWith(id: string, change: Partial<MemberRecord>): readonly MemberRecord[] {
	return prodMembers().map((record) => (record.member.id === id ? {...record, ...change} : record));
}

const down = {condition: {state: 'down', since: now - 48_000, explanation: ''}} as const;
const cooling = {kind: 'cooling', until: now + 38_000, why: 'etcd-1 was defragmented by another tool'} as const;
const nospace = {memberId: etcd0, alarm: 'NOSPACE', name: 'etcd-0', since: now, sinceStart: false} as const;
const corrupt = {...nospace, alarm: 'CORRUPT'} as const;

describe('defragment', () => {
	test.each<[string, State, string, string | undefined]>([
		['a follower', prodState(), etcd0, undefined],
		[
			'the leader while a follower has more than the threshold',
			prodState(),
			etcd2,
			'd etcd-2: it is the leader; etcd-0 goes first, it has 2.86 GiB to give back',
		],
		[
			'the leader when that follower is down: quorum',
			prodState({members: membersWith(etcd0, down)}),
			etcd2,
			'd: etcd-0 is down for 0:48; without one more, 1 of 3 is left: no quorum',
		],
		[
			'in the cooldown',
			prodState({cooldown: cooling}),
			etcd0,
			'd etcd-0: cooldown, 0:38 left; etcd-1 was defragmented by another tool',
		],
		['when the cooldown has just ended', prodState({cooldown: {...cooling, until: now}}), etcd0, undefined],
		['while it is being found out: the gate tells', prodState({cooldown: {kind: 'finding out', why: 'x'}}), etcd0, undefined],
		[
			'while another is in flight',
			prodState({cooldown: {kind: 'blocked', memberId: etcd1, why: 'etcd-1 is being defragmented'}}),
			etcd0,
			'd etcd-0: etcd-1 is being defragmented',
		],
		['during a run', prodState({run: sampleRun(phases.cooling)}), etcd0, 'd: a run is going on; 4 shows it'],
		['after a run', prodState({run: sampleRun(phases.finished)}), etcd0, undefined],
		['a member that is down', prodState({members: membersWith(etcd0, down)}), etcd0, 'd etcd-0: it is down for 0:48'],
		[
			'a learner',
			prodState({members: membersWith(etcd0, {member: {...prodMembers()[0].member, isLearner: true}})}),
			etcd0,
			'd etcd-0: a learner is never defragmented from here',
		],
		[
			'behind a balancer',
			prodState({members: membersWith(etcd0, {member: {...prodMembers()[0].member, watchOnly: 'its endpoint is a balancer'}})}),
			etcd0,
			'd etcd-0: watch only: its endpoint is a balancer',
		],
		[
			'under CORRUPT',
			prodState({alarms: [corrupt]}),
			etcd1,
			'd: etcd-0 has a CORRUPT alarm: nothing is defragmented then; a says what to do',
		],
		[
			'read-only, before every other reason',
			prodState({readOnly: true, cooldown: cooling}),
			etcd0,
			'd: read-only session; to change the cluster start without --read-only',
		],
	])('%s', (_, state, selected, reason) => {
		expect(refused('defragment', state, selected)).toBe(reason);
	});
});

describe('defragment all', () => {
	test.each<[string, State, string | undefined]>([
		['a healthy cluster', prodState(), undefined],
		['read-only', prodState({readOnly: true}), 'D: read-only session; to change the cluster start without --read-only'],
		[
			'one of three down',
			prodState({members: membersWith(etcd1, down)}),
			'D: etcd-1 is down for 0:48; without one more, 1 of 3 is left: no quorum',
		],
		[
			'one of three down under NOSPACE: the plan asks for more',
			prodState({members: membersWith(etcd1, down), alarms: [nospace]}),
			undefined,
		],
		['before anything answered', {...prodState(), clusterId: undefined} as unknown as State, 'D: no member has answered yet'],
	])('%s', (_, state, reason) => {
		expect(refused('defragment-all', state)).toBe(reason);
	});
});

describe('disarm', () => {
	const shrunk = ocpState({
		members: ocpState().members.map((record) => ({
			...record,
			status: {at: now, value: {...record.status!.value, dbSizeBytes: 2 * GiB}},
		})),
	});
	test.each<[string, State, string | undefined]>([
		['no alarm', prodState(), 'x: there is no alarm'],
		['room in every file', shrunk, undefined],
		[
			'a file at its quota',
			ocpState({members: ocpState().members.map((record) => ({...record, quota: {bytes: 7 * GiB, source: 'metrics'}}))}),
			'x: ip-10-0-159-225.example.redhat.com has reached its quota; defragment it first, else the alarm comes back at once',
		],
		[
			'beside CORRUPT',
			{...shrunk, alarms: [...shrunk.alarms, corrupt]},
			'x: a CORRUPT alarm stands; disarming NOSPACE would let writes through on a corrupt cluster',
		],
		[
			'CORRUPT that only the Alarm call told',
			{...shrunk, alarmsAsked: {at: now, alarms: [{memberId: 'abc', alarm: 'CORRUPT'}]}},
			'x: a CORRUPT alarm stands; disarming NOSPACE would let writes through on a corrupt cluster',
		],
		['of a member that is gone', prodState({alarmsAsked: {at: now, alarms: [{memberId: 'abc', alarm: 'NOSPACE'}]}}), undefined],
		['read-only', {...shrunk, readOnly: true}, 'x: read-only session; to change the cluster start without --read-only'],
	])('%s', (_, state, reason) => {
		expect(refused('disarm', state, 'abc')).toBe(reason);
	});
});

test('the run is stopped once', () => {
	expect(refused('stop-run', prodState())).toBe('X: no run');
	expect(refused('stop-run', prodState({run: sampleRun(phases.cooling)}))).toBeUndefined();
	expect(refused('stop-run', prodState({run: sampleRun(phases.halted)}))).toBe('X: no run');
	const stopping = sampleRun(phases.defragmenting, {cancel: {at: now, by: 'ana'}});
	expect(refused('stop-run', prodState({run: stopping}))).toBe('X: it stops already, after the member at work');
});

test('read-only takes exactly the actions that change the cluster', () => {
	const state = {...ocpState(), readOnly: true, run: sampleRun(phases.cooling)};
	const taken = actions.filter((action) => reasonAgainst(action, {state})?.startsWith('read-only'));
	expect(taken.map(({id}) => id)).toEqual([
		'defragment',
		'defragment-all',
		'compact',
		'host-backup',
		'disarm',
		'encrypt',
		'decrypt',
		'no-snapshot',
		'try-write',
	]);
});
