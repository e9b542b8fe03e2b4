/** One member's turn: the line in the journal first, the call once, and what its answer means. */
import type {Evidence} from '../domain/defrag-evidence.ts';
import type {PlanRow} from '../domain/defrag-plan.ts';
import {evidenceMaximumAgeMs} from '../domain/defrag-policy.ts';
import type {TurnStart} from '../domain/defrag-transitions.ts';
import {mayHaveHappened} from '../domain/failure.ts';
import type {Gate} from '../domain/gate.ts';
import type {Member} from '../domain/member.ts';
import type {LeaseStep} from '../domain/run-lease.ts';
import {durationText} from '../domain/text.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';

export type TurnOutcome =
	| {readonly kind: 'done'}
	/** The operator ended the run while the turn was being prepared: nothing was sent. */
	| {readonly kind: 'stopped'}
	/** It may go on at the server. */
	| {readonly kind: 'unknown'; readonly reason: string}
	/** It is over. What was sent may have blocked the member for a while before it failed there. */
	| {
			readonly kind: 'failed';
			readonly isSent: boolean;
			readonly reason: string;
			readonly detail: string;
			readonly nextStep: string;
	  };

export type TurnContext = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly runId: string;
	/** As they were asked for this turn. */
	readonly gates: readonly Gate[];
	readonly timeoutMs: number;
	/** Across machines: why the turn is not ours after all. Asked with the line on disk. */
	readonly claim: (attemptId: string, step: Omit<LeaseStep, 'id'>) => Promise<string | undefined>;
	/** Asked last: the claim may have taken its time. */
	readonly isStopped: () => boolean;
	/** Called when the line is on disk, right before the call. */
	readonly begin: (start: TurnStart, attemptId: string) => void;
};

/** A quick look at the count after the call; without it the journal holds the expected one. */
const countTimeoutMs = 2000;

export async function performTurn(row: PlanRow, evidence: Evidence, context: TurnContext): Promise<TurnOutcome> {
	const {transport, clock, log} = context;
	const wallBefore = clock.wallMs();
	const seen = evidence.observation.members.find(({member}) => member.id === row.memberId);
	if (seen === undefined || seen.status.kind !== 'answered') {
		return {
			kind: 'failed',
			isSent: false,
			reason: `${row.name} does not answer`,
			detail: 'right before its turn',
			nextStep: 'D makes a new plan.',
		};
	}
	const metrics = seen.metrics.kind === 'answered' ? seen.metrics.value : undefined;
	const count = metrics?.defragCount;
	const processStart = metrics?.processStartSeconds === undefined ? {} : {processStartSeconds: metrics.processStartSeconds};
	let attemptId: string;
	try {
		attemptId = log.noteStarted({
			runId: context.runId,
			memberId: row.memberId,
			memberName: row.name,
			before: {dbSizeBytes: row.dbSizeBytes, inUseBytes: row.inUseBytes},
			...(count === undefined ? {} : {count}),
			...processStart,
			gates: context.gates,
		});
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		return {
			kind: 'failed',
			isSent: false,
			reason: 'the journal cannot be written',
			detail,
			nextStep: 'Free its disk, or name another directory with --state-dir.',
		};
	}
	const refused = await context.claim(attemptId, {
		memberId: row.memberId,
		name: row.name,
		...(count === undefined ? {} : {count}),
		...processStart,
	});
	if (refused !== undefined) {
		log.noteEnded(attemptId, {outcome: 'not sent', durationMs: 0, reason: refused});
		return {
			kind: 'failed',
			isSent: false,
			reason: 'the run is not held across machines any more',
			detail: refused,
			nextStep: 'See who runs there; D makes a new plan.',
		};
	}
	if (context.isStopped()) {
		log.noteEnded(attemptId, {outcome: 'not sent', durationMs: 0, reason: 'the run was stopped'});
		return {kind: 'stopped'};
	}
	const begunAt = clock.uptimeMs();
	// While the machine sleeps uptime stands still: the wall clock tells of that.
	const ageMs = Math.max(begunAt - evidence.observation.at, clock.wallMs() - wallBefore);
	if (ageMs > evidenceMaximumAgeMs) {
		const reason = `${row.name} was last looked at ${durationText(ageMs)} ago`;
		log.noteEnded(attemptId, {outcome: 'not sent', durationMs: 0, reason});
		return {
			kind: 'failed',
			isSent: false,
			reason,
			detail: 'this program was stopped, or the journal took that long',
			nextStep: 'D makes a new plan.',
		};
	}
	context.begin(
		{row, termBefore: seen.status.value.raftTerm, ...(count === undefined ? {} : {countBefore: count}), ...processStart},
		attemptId,
	);
	try {
		await transport.defragment(seen.member, {clusterId: evidence.observation.clusterId}, {timeoutMs: context.timeoutMs});
	} catch (error) {
		return failed(error, attemptId, clock.uptimeMs() - begunAt, context, row.name);
	}
	const durationMs = clock.uptimeMs() - begunAt;
	const countAfter = (await currentCount(transport, seen.member)) ?? (count === undefined ? undefined : count + 1);
	log.noteEnded(attemptId, {
		outcome: 'done',
		durationMs,
		...(countAfter === undefined ? {} : {count: countAfter}),
		...processStart,
	});
	return {kind: 'done'};
}

function failed(error: unknown, attemptId: string, durationMs: number, {log}: TurnContext, name: string): TurnOutcome {
	const failure = failureOf(error);
	const notSent = failure.notSent === true || failure.kind === 'wrong-identity';
	if (notSent || !mayHaveHappened(failure)) {
		const outcome = notSent ? 'not sent' : 'failed';
		log.noteEnded(attemptId, {outcome, durationMs, reason: failure.message});
		return {
			kind: 'failed',
			isSent: !notSent,
			reason: `${name} was not defragmented: ${failure.message}`,
			detail: failure.endpoint ?? '',
			nextStep: failure.nextStep,
		};
	}
	log.noteUnknown(attemptId, failure.message);
	return {kind: 'unknown', reason: failure.message};
}

async function currentCount(transport: Transport, member: Member): Promise<number | undefined> {
	try {
		return (await transport.metrics(member, {timeoutMs: countTimeoutMs})).defragCount;
	} catch {
		// No metrics: the expected count stands in, and a wrong one only lengthens a later cooldown.
		return undefined;
	}
}
