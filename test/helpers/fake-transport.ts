/** A cluster that does what a test says: each member answers, fails or keeps silent, and every call is written down with its time. */
import type {Failure} from '../../source/domain/failure.ts';
import type {Member, MemberId} from '../../source/domain/member.ts';
import type {Answer} from '../../source/domain/observation.ts';
import type {Clock} from '../../source/engine/clock.ts';
import type {CallOptions, SnapshotChunk, Transport} from '../../source/transport/transport.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {clusterId, failure, type MemberCase, observationOf} from '../domain/observations.ts';

type Method = Exclude<keyof Transport, 'connection' | 'close'>;

/** `status` and `metrics` as in `MemberCase`; `pending` is silence: the call ends at its deadline and not before. */
export type MemberScript = MemberCase & {
	/** How long an answer takes; 1 ms where not said. */
	readonly statusMs?: number;
	readonly metricsMs?: number;
	/** The chunks of its snapshot; none where not said. */
	readonly snapshot?: readonly SnapshotChunk[];
	/** What the other calls that go to this member do; they answer where not said. */
	readonly calls?: Partial<Record<Method, Failure | 'pending'>>;
};

export type Call = {
	/** Uptime ms. */
	readonly at: number;
	readonly method: Method;
	/** The name of the member that was asked; absent where none is meant. */
	readonly member?: string;
	readonly timeoutMs: number;
};

export type FakeTransport = Transport & {
	readonly calls: readonly Call[];
	/** Changes one member's script from now on; calls that are open stay as they are. */
	script(name: string, changes: Partial<MemberScript>): void;
	/** Another member list from now on. */
	setMembers(scripts: readonly MemberScript[]): void;
	/** The member list fails from now on, or answers again. */
	failMembership(with_: Failure | 'pending' | undefined): void;
	/** How often a method was called, of one member or of all. */
	count(method: Method, member?: string): number;
};

const usualMs = 1;

export function createFakeTransport(clock: Clock, initial: readonly MemberScript[]): FakeTransport {
	let scripts = initial;
	let membershipFailure: Failure | 'pending' | undefined;
	const calls: Call[] = [];

	function note(method: Method, {timeoutMs}: CallOptions, member?: Member): void {
		calls.push({at: clock.uptimeMs(), method, timeoutMs, ...(member === undefined ? {} : {member: member.name})});
	}

	async function silence({timeoutMs, signal}: CallOptions): Promise<never> {
		await clock.sleep(timeoutMs, signal);
		throw new TransportError(failure(signal?.aborted === true ? 'cancelled' : 'timed-out'));
	}

	async function give<T>(answer: Answer<T>, takesMs: number, options: CallOptions): Promise<T> {
		if (answer.kind === 'pending' || takesMs >= options.timeoutMs) {
			return silence(options);
		}
		await clock.sleep(takesMs, options.signal);
		if (answer.kind === 'failed') {
			throw new TransportError(answer.failure);
		}
		return answer.value;
	}

	function seen(id: MemberId) {
		const {members} = observationOf(scripts, clock.uptimeMs());
		const position = members.findIndex(({member}) => member.id === id);
		const found = members[position];
		const script = scripts[position];
		if (found === undefined || script === undefined) {
			throw new TransportError(failure('wrong-identity'));
		}
		return {...found, script};
	}

	async function other(method: Method, options: CallOptions, member?: Member): Promise<void> {
		note(method, options, member);
		const outcome = member === undefined ? undefined : seen(member.id).script.calls?.[method];
		if (outcome === 'pending') {
			return silence(options);
		}
		await clock.sleep(usualMs, options.signal);
		if (outcome !== undefined) {
			throw new TransportError(outcome);
		}
	}

	return {
		connection: {kind: 'direct', security: 'mTLS', endpoints: ['https://etcd-0:2379']},
		calls,
		script(name, changes) {
			scripts = scripts.map((one) => (one.name === name ? {...one, ...changes} : one));
		},
		setMembers(next) {
			scripts = next;
		},
		failMembership(with_) {
			membershipFailure = with_;
		},
		count: (method, member) =>
			calls.filter((call) => call.method === method && (member === undefined || call.member === member)).length,
		async membership(options) {
			note('membership', options);
			if (membershipFailure === 'pending') {
				return silence(options);
			}
			await clock.sleep(usualMs, options.signal);
			if (membershipFailure !== undefined) {
				throw new TransportError(membershipFailure);
			}
			return {clusterId, members: observationOf(scripts).members.map(({member}) => member)};
		},
		async status(member, options) {
			note('status', options, member);
			const {status, script} = seen(member.id);
			return give(status, script.statusMs ?? usualMs, options);
		},
		async metrics(member, options) {
			note('metrics', options, member);
			const {metrics, script} = seen(member.id);
			return give(metrics, script.metricsMs ?? usualMs, options);
		},
		linearizableRead: (member, options) => other('linearizableRead', options, member),
		defragment: (member, _expected, options) => other('defragment', options, member),
		async *snapshot(member, _expected, {silenceMs, signal}) {
			const options = {timeoutMs: silenceMs, ...(signal && {signal})};
			await other('snapshot', options, member);
			for (const chunk of seen(member.id).script.snapshot ?? []) {
				await clock.sleep(usualMs, signal);
				if (signal?.aborted === true) {
					throw new TransportError(failure('cancelled'));
				}
				yield chunk;
			}
		},
		moveLeader: (leader, _to, options) => other('moveLeader', options, leader),
		async alarms(options) {
			await other('alarms', options);
			return [];
		},
		disarmNoSpace: (_memberId, options) => other('disarmNoSpace', options),
		compact: (_revision, options) => other('compact', options),
		async keyPage(member, _page, options) {
			await other('keyPage', options, member);
			return {keys: []};
		},
		async valueBytes(member, _id, options) {
			await other('valueBytes', options, member);
			return undefined;
		},
		async writeProbe(options) {
			await other('writeProbe', options);
			return {};
		},
		close() {},
	};
}
