/** The calls that change something, or weigh on a member. Each is sent once, over a connection of its own on which the member has just said who it is. */

import {evidenceMaximumAgeMs} from '../../domain/defrag-policy.ts';
import type {Failure, FailureKind} from '../../domain/failure.ts';
import {writeProbeKey} from '../../domain/key-page.ts';
import {type Member, type MemberId, memberLabel} from '../../domain/member.ts';
import type {MemberStatus} from '../../domain/observation.ts';

import type {CallOptions, ProbeOutcome, RaisedAlarm, SnapshotChunk, SnapshotOptions} from '../transport.ts';

import {failureOf, TransportError} from '../transport-error.ts';
import type {Ask, Calls, Target} from './calls.ts';
import {decimalId, decodeAlarm, type Identity} from './decode.ts';
import {expectIdentity, memberTarget} from './expect-identity.ts';
import {mostTelling} from './most-telling.ts';
import * as rpcs from './rpcs.ts';

/** With these the endpoint can't have taken the request, so that another one may be asked. */
export const elsewhere: ReadonlySet<FailureKind> = new Set([
	'refused',
	'unknown-host',
	'tls',
	'not-etcd',
	'unreachable',
	'timed-out',
	'no-leader',
]);

export class Upkeep {
	readonly #calls: Calls;
	readonly #commandTimeoutMs: number;

	/** `commandTimeoutMs` bounds what comes before the call proper. */
	constructor(calls: Calls, commandTimeoutMs: number) {
		this.#calls = calls;
		this.#commandTimeoutMs = commandTimeoutMs;
	}

	async defragment(member: Member, clusterId: string, options: CallOptions): Promise<void> {
		refuseBalancer(member);
		const begun = performance.now();
		await this.#verified(memberTarget(member), {clusterId, memberId: member.id}, options, async (ask, {isLearner}) => {
			if (isLearner) {
				throw refusal('unsupported', 'a learner is not defragmented', 'Promote it first, or leave it out.', member);
			}
			if (performance.now() - begun > evidenceMaximumAgeMs) {
				// However long a command may take: what this one was decided on has grown old.
				throw refusal('timed-out', 'it took too long to say who it is', 'Look whether it is overloaded.', member);
			}
			return () => ask(rpcs.defragment, {}, options);
		});
	}

	/** Changes nothing, but weighs on the member, and on its defragmentation: from the one that is meant, or from none. */
	async *snapshot(member: Member, clusterId: string, {silenceMs, signal}: SnapshotOptions): AsyncGenerator<SnapshotChunk> {
		const target = memberTarget(member);
		const options = {timeoutMs: this.#commandTimeoutMs, silenceMs, ...(signal && {signal})};
		const prepare = async (ask: Ask) => {
			expectIdentity(await ask(rpcs.status, {}, options), {clusterId, memberId: member.id}, target);
		};
		yield* this.#calls.streamed(target, options, prepare, rpcs.snapshot, {});
	}

	async moveLeader(leader: Member, to: MemberId, options: CallOptions): Promise<void> {
		refuseBalancer(leader);
		await this.#verified(memberTarget(leader), {memberId: leader.id}, options, async (ask, {leaderId}) => {
			if (leaderId !== leader.id) {
				throw refusal('rejected', 'it does not lead any more', 'Look who leads, and try again.', leader);
			}
			return () => ask(rpcs.moveLeader, {targetID: decimalId(to)}, options);
		});
	}

	async alarms(targets: readonly Target[], clusterId: string, options: CallOptions): Promise<readonly RaisedAlarm[]> {
		const {alarms} = await this.#anywhere(targets, clusterId, options, (ask) =>
			ask(rpcs.alarm, {action: 'Get', memberID: '0', alarm: 'None'}, options),
		);
		return alarms.map(decodeAlarm);
	}

	async disarmNoSpace(targets: readonly Target[], clusterId: string, memberId: MemberId, options: CallOptions): Promise<void> {
		await this.#anywhere(targets, clusterId, options, (ask) =>
			ask(rpcs.alarm, {action: 'Deactivate', memberID: decimalId(memberId), alarm: 'Nospace'}, options),
		);
	}

	async compact(targets: readonly Target[], clusterId: string, revision: number, options: CallOptions): Promise<void> {
		await this.#anywhere(targets, clusterId, options, (ask) => ask(rpcs.compact, {revision, physical: true}, options));
	}

	async writeProbe(targets: readonly Target[], clusterId: string, options: CallOptions): Promise<ProbeOutcome> {
		const key = Buffer.from(writeProbeKey);
		return this.#anywhere(targets, clusterId, options, async (ask) => {
			await ask(rpcs.put, {key, value: Buffer.from('etcdtop tries a write')}, options);
			try {
				await ask(rpcs.deleteRange, {key}, options);
				return {};
			} catch (error) {
				return {leftBehind: failureOf(error)};
			}
		});
	}

	/** Through the first of these members that can be reached; once sent, never through another. */
	async #anywhere<T>(
		targets: readonly Target[],
		clusterId: string,
		options: CallOptions,
		send: (ask: Ask) => Promise<T>,
	): Promise<T> {
		const failures: unknown[] = [];
		for (const target of targets) {
			try {
				return await this.#verified(target, {clusterId}, options, async (ask, {leaderId}) => {
					if (leaderId === undefined) {
						// It would wait for one, and be carried out whenever there is one again.
						throw new TransportError(noLeader);
					}
					return () => send(ask);
				});
			} catch (error) {
				const {kind, notSent} = failureOf(error);
				if (!notSent || !elsewhere.has(kind)) {
					throw error;
				}
				failures.push(error);
			}
		}
		throw failures.length === 0 ? new TransportError(nobody) : mostTelling(failures);
	}

	/** `prepare` gets who answered, and gives the call to send then; what fails before that is marked as never sent. */
	async #verified<T>(
		target: Target,
		expected: Partial<Identity>,
		options: CallOptions,
		prepare: (ask: Ask, status: MemberStatus) => Promise<() => Promise<T>>,
	): Promise<T> {
		const first = {...options, timeoutMs: Math.min(options.timeoutMs, this.#commandTimeoutMs)};
		let isSent = false;
		try {
			return await this.#calls.exclusively(target, first, async (ask) => {
				const status = await ask(rpcs.status, {}, first);
				expectIdentity(status, expected, target);
				const send = await prepare(ask, status);
				isSent = true;
				return send();
			});
		} catch (error) {
			const failure = failureOf(error);
			throw new TransportError(isSent ? uncertain(failure) : {...failure, notSent: true}, error);
		}
	}
}

/** It was etcd that answered a moment ago: a failure that says otherwise comes from the connection, and leaves the outcome open. */
export function uncertain(failure: Failure): Failure {
	const doubtful: readonly FailureKind[] = ['not-etcd', 'tls', 'refused', 'unknown-host'];
	return doubtful.includes(failure.kind) ? {...failure, kind: 'unreachable'} : failure;
}

const nobody: Failure = {
	kind: 'unreachable',
	message: 'no member can be asked',
	nextStep: 'Give an endpoint of a voter that runs.',
	notSent: true,
};

export const noLeader: Failure = {
	kind: 'no-leader',
	message: 'the cluster has no leader',
	nextStep: 'Bring members back until a majority answers; then they elect one.',
	notSent: true,
};

function refuseBalancer(member: Member): void {
	if (member.watchOnly !== undefined) {
		throw refusal('unsupported', member.watchOnly, 'Give an endpoint that leads to this member alone.', member);
	}
}

function refusal(kind: FailureKind, message: string, nextStep: string, member: Member): TransportError {
	return new TransportError({kind, message, nextStep, member: memberLabel(member), notSent: true});
}
