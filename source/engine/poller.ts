/**
 * Polls: every interval Status and metrics of every member, side by side. Each question has its own deadline, and a member has at
 * most one of each kind open, so that a silent one delays nobody and is not asked twice. A round is told when all have answered,
 * or shortly after it began with the silent ones pending; what comes later is told when it comes.
 */
import type {Member, MemberId, Membership} from '../domain/member.ts';
import type {MemberMetrics, MemberStatus, Observation} from '../domain/observation.ts';
import type {Transport} from '../transport/transport.ts';
import type {Clock} from './clock.ts';
import {createMembershipWatch} from './membership-watch.ts';
import type {EngineMessage} from './messages.ts';
import {createQuestion, type Question} from './question.ts';

/** Long enough for healthy members to be told together, too short to be felt. */
const roundGraceMs = 100;

/**
 * A process of etcd's size on a full disk answers within this; a longer silence is told as one while we go on asking. Never less: a
 * page of metrics that nobody waits for would hide a defragmentation.
 */
const leastTimeoutMs = 5000;

export type PollerOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly dispatch: (message: EngineMessage) => void;
	/** Waits longer than the usual 5 s where it is longer. */
	readonly commandTimeoutMs: number;
	readonly intervalMs: () => number;
	/** Each observation, after it was dispatched. */
	readonly onObservation?: (observation: Observation) => void;
};

export interface Poller {
	start(): void;
	/** Ends polling: open questions are given up, nothing is told any more. */
	stop(): void;
	/** Begins the next round now, or right after the one that is going on. */
	pollNow(): void;
}

type Questions = {readonly status: Question<MemberStatus>; readonly metrics: Question<MemberMetrics>};

export function createPoller({transport, clock, dispatch, commandTimeoutMs, intervalMs, onObservation}: PollerOptions): Poller {
	const stopping = new AbortController();
	const options = {timeoutMs: Math.max(leastTimeoutMs, commandTimeoutMs), signal: stopping.signal};
	const watch = createMembershipWatch(transport, options);
	const questions = new Map<MemberId, Questions>();
	let wake = new AbortController();
	let inRound = false;
	let telling = false;

	function questionsOf(member: Member): Questions {
		const own = questions.get(member.id) ?? {
			status: createQuestion<MemberStatus>(clock),
			metrics: createQuestion<MemberMetrics>(clock),
		};
		questions.set(member.id, own);
		return own;
	}

	function tell(): void {
		const membership = watch.current();
		const membershipFailure = watch.failure();
		const now = clock.uptimeMs();
		if (stopping.signal.aborted) {
			return;
		}
		if (membership === undefined) {
			if (membershipFailure !== undefined) {
				dispatch({type: 'membershipFailed', now, failure: membershipFailure});
			}
			return;
		}
		const observation: Observation = {
			version: 1,
			at: now,
			clusterId: membership.clusterId,
			members: membership.members.map((member) => {
				const {status, metrics} = questionsOf(member);
				return {member, status: status.outcome(roundGraceMs), metrics: metrics.outcome(roundGraceMs)};
			}),
			...(membershipFailure === undefined ? {} : {membershipFailure}),
		};
		dispatch({type: 'observed', now, wallMs: clock.wallMs(), observation});
		onObservation?.(observation);
	}

	/** What comes while a round is going on is told with it; late answers of one turn of the event loop are told together. */
	function tellLate(): void {
		if (!inRound && !telling) {
			telling = true;
			queueMicrotask(() => {
				telling = false;
				tell();
			});
		}
	}

	async function askMember(member: Member): Promise<void> {
		const {status, metrics} = questionsOf(member);
		const before = status.outcome(roundGraceMs);
		await Promise.all([
			status
				.ask(() => transport.status(member, options))
				.then((answer) => {
					if (answer !== undefined) {
						watch.compare(before, answer);
						tellLate();
					}
				}),
			metrics
				.ask(() => transport.metrics(member, options))
				.then((answer) => {
					if (answer !== undefined) {
						tellLate();
					}
				}),
		]);
	}

	function forget({members}: Membership): void {
		const ids = new Set(members.map(({id}) => id));
		for (const id of questions.keys()) {
			if (!ids.has(id)) {
				questions.delete(id);
			}
		}
	}

	async function round(): Promise<void> {
		const refreshed = watch.refresh();
		if (watch.current() === undefined) {
			await refreshed;
		}
		const membership = watch.current();
		inRound = true;
		if (membership !== undefined) {
			forget(membership);
			const answers = Promise.all(membership.members.map(askMember));
			await Promise.race([answers, clock.sleep(roundGraceMs, stopping.signal)]);
		}
		inRound = false;
		tell();
	}

	async function loop(): Promise<void> {
		while (!stopping.signal.aborted) {
			const began = clock.uptimeMs();
			const woken = wake.signal;
			await round();
			const rest = began + intervalMs() - clock.uptimeMs();
			if (rest > 0) {
				await clock.sleep(rest, AbortSignal.any([stopping.signal, woken]));
			}
		}
	}

	return {
		start: () => void loop(),
		stop: () => stopping.abort(),
		pollNow() {
			wake.abort();
			wake = new AbortController();
		},
	};
}
