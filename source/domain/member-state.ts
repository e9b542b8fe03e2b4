/**
 * What a member is doing, told from its two kinds of answers: Status (its database) and `/metrics` (its process). They fall
 * silent for different reasons, and the difference is the diagnosis.
 */
import type {Alarm} from './alarm.ts';
import type {Failure} from './failure.ts';
import type {Member} from './member.ts';
import type {Answer, MemberMetrics, MemberStatus} from './observation.ts';

export type MemberState =
	| 'connecting'
	| 'healthy'
	| 'slow'
	| 'stalled'
	| 'frozen'
	| 'down'
	| 'defragmenting'
	| 'unknown'
	/** Answers, and has an alarm. */
	| 'NOSPACE'
	| 'CORRUPT'
	/** In the member list, never started. */
	| 'unstarted'
	/** Answers with an error of ours to mend: TLS, user, identity. */
	| 'refused';

export type MemberCondition = {
	readonly state: MemberState;
	readonly since: number;
	/** One line under the row: how long, what is seen, what it means; empty while healthy. `{age}` stands for the time since `since`. */
	readonly explanation: string;
	/** While defragmenting: the estimate, and whether it was started here. */
	readonly defragmenting?: {readonly estimateMs?: number; readonly ours: boolean; readonly inflight: number | undefined};
};
/** Status slower than this, as the median of five, is called slow: etcd warns of requests above 100 ms, clients give up at seconds. */
export const slowStatusMs = 500;

/** A question open for less than this is no silence yet; longer than any healthy answer, shorter than an interval. */
export const silenceMs = 1500;

export type ConditionInput = {
	readonly member: Member;
	readonly statusAnswer: Answer<MemberStatus>;
	readonly metricsAnswer: Answer<MemberMetrics>;
	/** Since when Status, or the metrics, have not answered. */
	readonly silentSince?: number;
	readonly metricsSilentSince?: number;
	/** Whether anything was ever heard. */
	readonly known: boolean;
	readonly latencyMs?: number;
	/** This member's own alarms. */
	readonly alarms: readonly Alarm[];
	/** What a run of ours is doing with it. */
	readonly turn?: {readonly kind: 'defragmenting' | 'unknown'; readonly since: number; readonly estimateMs: number};
	/** For a learner that is behind. */
	readonly entriesBehind?: number;
	readonly votersLeft: string;
	readonly fsyncSlowMs?: number;
	readonly previous?: MemberCondition;
	readonly now: number;
};

/** The condition of a member; one that did not change keeps its `since`. */
export function conditionOf(input: ConditionInput): MemberCondition {
	const found = diagnose(input);
	const {previous} = input;
	const since = previous?.state === found.state ? previous.since : (found.since ?? input.now);
	return {
		state: found.state,
		since,
		explanation: found.explanation,
		...(found.defragmenting === undefined ? {} : {defragmenting: found.defragmenting}),
	};
}

type Diagnosis = Omit<MemberCondition, 'since'> & {readonly since?: number};

function diagnose(input: ConditionInput): Diagnosis {
	const {member, metricsAnswer, turn, known} = input;
	const inflight = metricsAnswer.kind === 'answered' ? metricsAnswer.value.defragInflight : undefined;
	if (turn?.kind === 'unknown') {
		const running = inflight === undefined ? '' : ` (in flight ${inflight})`;
		return {
			state: 'unknown',
			since: turn.since,
			explanation: `no answer for {age}; it may still run${running}. Watched, never sent again; nothing else starts`,
		};
	}
	if (turn !== undefined || (inflight ?? 0) > 0) {
		return defragmenting(input, inflight);
	}
	if (member.name === '' && member.clientUrls.length === 0) {
		return {state: 'unstarted', explanation: 'in the member list, never started; it counts for the quorum if it is a voter'};
	}
	return silence(input) ?? (known ? answering(input) : {state: 'connecting', explanation: ''});
}

function defragmenting({turn, silentSince}: ConditionInput, inflight: number | undefined): Diagnosis {
	const ours = turn !== undefined;
	const silent = silentSince === undefined ? '' : ours ? 'silent as expected; ' : 'Status silent; ';
	const seen = inflight === undefined ? 'no metrics' : `metrics answer: in flight ${inflight}`;
	return {
		state: 'defragmenting',
		...(turn === undefined ? {} : {since: turn.since}),
		explanation: `${silent}${seen}; ${ours ? 'started here' : 'not started here'}`,
		defragmenting: {ours, inflight, ...(turn === undefined ? {} : {estimateMs: turn.estimateMs})},
	};
}

/** Which of the ways in which a member does not answer; undefined while it does. */
function silence({
	statusAnswer,
	metricsAnswer,
	silentSince,
	metricsSilentSince,
	votersLeft,
	now,
}: ConditionInput): Diagnosis | undefined {
	if (silentSince === undefined) {
		return undefined;
	}
	const failure = statusAnswer.kind === 'failed' ? statusAnswer.failure : undefined;
	if (failure !== undefined && failure.kind !== 'timed-out') {
		return failed(failure, silentSince, votersLeft);
	}
	if (failure === undefined && now - silentSince < silenceMs) {
		return undefined;
	}
	if (metricsAnswer.kind === 'answered' && metricsSilentSince === undefined) {
		return {
			state: 'stalled',
			since: silentSince,
			explanation: 'Status silent for {age}, metrics answer, nothing in flight: disk or raft is stuck; look at its log',
		};
	}
	if (metricsAnswer.kind === 'failed' && metricsAnswer.failure.kind !== 'timed-out') {
		return {
			state: 'frozen',
			since: silentSince,
			explanation: `Status silent for {age}; metrics: ${metricsAnswer.failure.message}`,
		};
	}
	return {
		state: 'frozen',
		since: silentSince,
		explanation: 'port open, neither Status nor metrics answer for {age}: a stopped process, or a host that hangs',
	};
}

function failed(failure: Failure, since: number, votersLeft: string): Diagnosis {
	const where = failure.endpoint?.replace(/^https?:\/\//, '') ?? 'its endpoint';
	if (failure.kind === 'refused') {
		return {
			state: 'down',
			since,
			explanation: `${where} connection refused for {age}; is etcd running there? ${votersLeft}`.trim(),
		};
	}
	if (failure.kind === 'unreachable' || failure.kind === 'unknown-host') {
		return {state: 'down', since, explanation: `${where}: ${failure.message}, for {age}. ${votersLeft}`.trim()};
	}
	return {state: 'refused', since, explanation: [failure.message, failure.nextStep].filter((text) => text !== '').join('. ')};
}

function answering({alarms, latencyMs, silentSince, entriesBehind, fsyncSlowMs, statusAnswer}: ConditionInput): Diagnosis {
	const corrupt = alarms.find(({alarm}) => alarm === 'CORRUPT');
	const explanation = errorText(statusAnswer);
	if (corrupt !== undefined) {
		return {state: 'CORRUPT', explanation: "its data differs from the others': stop writing, see a"};
	}
	if (alarms.some(({alarm}) => alarm === 'NOSPACE')) {
		return {state: 'NOSPACE', explanation: ''};
	}
	if (entriesBehind !== undefined) {
		return {
			state: 'healthy',
			explanation: `catching up, ${entriesBehind} entries behind; has no vote; never defragmented or made leader from here`,
		};
	}
	if (latencyMs !== undefined && latencyMs > slowStatusMs && silentSince === undefined) {
		const disk = fsyncSlowMs === undefined ? '' : `; fsync p99 ${Math.round(fsyncSlowMs)} ms: its disk is slow`;
		return {state: 'slow', explanation: `Status takes ${Math.round(latencyMs)} ms (limit ${slowStatusMs} ms) for {age}${disk}`};
	}
	return {state: 'healthy', explanation};
}

/** An error of Status that is no alarm: `etcdserver: no leader`. */
function errorText(answer: Answer<MemberStatus>): string {
	return answer.kind === 'answered' ? answer.value.errors.filter((error) => !error.includes('alarm:')).join('; ') : '';
}
