/**
 * Polls: every interval Status and metrics of every member, side by side. Each question has its own deadline, and a member has at
 * most one of each kind open, so that a silent one delays nobody and is not asked twice. A round is told when all have answered,
 * or shortly after it began with the silent ones pending; what comes later is told when it comes.
 */
import type {Failure} from '../domain/failure.ts';
import type {Member, MemberId, Membership} from '../domain/member.ts';
import type {Answer, MemberMetrics, MemberStatus, Observation} from '../domain/observation.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import {ask} from './ask.ts';
import type {Clock} from './clock.ts';
import type {EngineMessage} from './messages.ts';

/** Long enough for healthy members to be told together, too short to be felt. */
const roundGraceMs = 100;

/** The member list is asked for every so many rounds, and at once when an answer does not fit it. */
const membershipEveryRounds = 5;

/** A process of kubelet's size and a full disk answer within this; a longer silence is told as one while we go on asking. */
const questionTimeoutMs = 5000;

export type PollerOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly dispatch: (message: EngineMessage) => void;
	readonly intervalMs: () => number;
	/** Each observation, after it was dispatched. */
	readonly onObservation?: (observation: Observation) => void;
};

export interface Poller {
	start(): void;
	stop(): void;
	/** Begins the next round now. */
	pollNow(): void;
}

type Questions = {status: Answer<MemberStatus>; metrics: Answer<MemberMetrics>; statusOpen: boolean; metricsOpen: boolean};

export function createPoller({transport, clock, dispatch, intervalMs, onObservation}: PollerOptions): Poller {
	const stopping = new AbortController();
	const questions = new Map<MemberId, Questions>();
	let membership: Membership | undefined;
	let membershipFailure: Failure | undefined;
	let wake = new AbortController();
	let telling = false;
	let doubtful = true;

	function tell(): void {
		if (membership === undefined || stopping.signal.aborted) {
			return;
		}
		const observation: Observation = {
			version: 1,
			at: clock.uptimeMs(),
			clusterId: membership.clusterId,
			members: membership.members.map((member) => {
				const {status, metrics} = questions.get(member.id) ?? fresh(clock.uptimeMs());
				return {member, status, metrics};
			}),
			...(membershipFailure === undefined ? {} : {membershipFailure}),
		};
		dispatch({type: 'observed', now: clock.uptimeMs(), wallMs: clock.wallMs(), observation});
		onObservation?.(observation);
	}

	/** Answers that come within one turn of the event loop are told together. */
	function tellSoon(): void {
		if (!telling) {
			telling = true;
			queueMicrotask(() => {
				telling = false;
				tell();
			});
		}
	}

	async function askMember(member: Member, roundOver: () => boolean): Promise<void> {
		const own = questions.get(member.id) ?? fresh(clock.uptimeMs());
		questions.set(member.id, own);
		const options = {timeoutMs: questionTimeoutMs, signal: stopping.signal};
		const asked: Promise<void>[] = [];
		if (!own.statusOpen) {
			own.statusOpen = true;
			own.status = {kind: 'pending', since: clock.uptimeMs()};
			asked.push(
				ask(clock, () => transport.status(member, options)).then((answer) => {
					own.status = answer;
					own.statusOpen = false;
					doubtful ||= answer.kind === 'failed' || isStrange(answer, membership);
				}),
			);
		}
		if (!own.metricsOpen) {
			own.metricsOpen = true;
			own.metrics = {kind: 'pending', since: clock.uptimeMs()};
			asked.push(
				ask(clock, () => transport.metrics(member, options)).then((answer) => {
					own.metrics = answer;
					own.metricsOpen = false;
				}),
			);
		}
		await Promise.all(
			asked.map(async (answer) => {
				await answer;
				if (roundOver()) {
					tellSoon();
				}
			}),
		);
	}

	async function refreshMembership(): Promise<void> {
		try {
			membership = await transport.membership({timeoutMs: questionTimeoutMs, signal: stopping.signal});
			membershipFailure = undefined;
			doubtful = false;
			const ids = new Set(membership.members.map(({id}) => id));
			for (const id of questions.keys()) {
				if (!ids.has(id)) {
					questions.delete(id);
				}
			}
		} catch (error) {
			membershipFailure = failureOf(error);
			if (membership === undefined && !stopping.signal.aborted) {
				dispatch({type: 'membershipFailed', now: clock.uptimeMs(), failure: membershipFailure});
			}
		}
	}

	async function round(number: number): Promise<void> {
		const due = doubtful || number % membershipEveryRounds === 0;
		const refreshed = due ? refreshMembership() : Promise.resolve();
		if (membership === undefined) {
			await refreshed;
		}
		let over = false;
		const all = Promise.all((membership?.members ?? []).map((member) => askMember(member, () => over)));
		await Promise.race([all, clock.sleep(roundGraceMs, stopping.signal)]);
		over = true;
		tell();
	}

	async function loop(): Promise<void> {
		for (let number = 0; !stopping.signal.aborted; number++) {
			const began = clock.uptimeMs();
			await round(number);
			const rest = began + intervalMs() - clock.uptimeMs();
			if (rest > 0) {
				await clock.sleep(rest, AbortSignal.any([stopping.signal, wake.signal]));
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

function fresh(now: number): Questions {
	return {status: {kind: 'pending', since: now}, metrics: {kind: 'pending', since: now}, statusOpen: false, metricsOpen: false};
}

/** A leader that the member list does not have: it has changed. */
function isStrange(answer: Answer<MemberStatus>, membership: Membership | undefined): boolean {
	const leaderId = answer.kind === 'answered' ? answer.value.leaderId : undefined;
	return leaderId !== undefined && membership?.members.some(({id}) => id === leaderId) !== true;
}
