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
	| 'refused'
	/** What leads to it is broken, so that nobody knows. */
	| 'unseen';

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

/** A question open for less than this is no silence yet: longer than any healthy answer, shorter than an interval of polling. */
export const silenceMs = 1500;

/** etcd's tuning guide wants fsyncs below 10 ms; ten times that explains a slow Status, less does not. */
const slowDiskFsyncMs = 100;

export type ConditionInput = {
	readonly member: Member;
	readonly statusAnswer: Answer<MemberStatus>;
	readonly metricsAnswer: Answer<MemberMetrics>;
	/** Since when Status, or the metrics, have not answered. */
	readonly silentSince?: number;
	readonly metricsSilentSince?: number;
	/** The last `defragInflight` that the metrics told, however old. */
	readonly lastInflight?: number;
	/** Whether anything was ever heard. */
	readonly known: boolean;
	/** All members are reached by one way, and none of them answers: then it is rather the way than every one of them. */
	readonly allSilent?: {readonly way: string};
	readonly latencyMs?: number;
	/** This member's own alarms. */
	readonly alarms: readonly Alarm[];
	/** What a run of ours is doing with it. */
	readonly turn?: {readonly kind: 'defragmenting' | 'unknown'; readonly since: number; readonly estimateMs: number};
	/** When our last call to defragment it ended; absent while one runs. */
	readonly callEndedAt?: number;
	/** For a learner that is behind. */
	readonly entriesBehind?: number;
	readonly votersLeft: string;
	/** Of its write-ahead log, 99th percentile of the last minutes. */
	readonly fsyncP99Ms?: number;
	readonly previous?: MemberCondition;
	readonly now: number;
};

/** The condition of a member; one that did not change keeps its `since`. */
export function conditionOf(input: ConditionInput): MemberCondition {
	const found = diagnose(sinceOurCall(input));
	const {previous} = input;
	const since = previous?.state === found.state ? previous.since : (found.since ?? input.now);
	return {
		state: found.state,
		since,
		explanation: found.explanation,
		...(found.defragmenting === undefined ? {} : {defragmenting: found.defragmenting}),
	};
}

/** A question that went unanswered during the call was meant to: silence counts from the end of the call. */
function sinceOurCall(input: ConditionInput): ConditionInput {
	const {callEndedAt, statusAnswer: answer, silentSince, ...rest} = input;
	if (callEndedAt === undefined || silentSince === undefined) {
		return input;
	}
	const askedBefore = answer.kind === 'failed' && answer.at - answer.waitedMs < callEndedAt;
	return {...rest, statusAnswer: answer, ...(askedBefore ? {} : {silentSince: Math.max(silentSince, callEndedAt)})};
}

type Diagnosis = Omit<MemberCondition, 'since'> & {readonly since?: number};

function diagnose(input: ConditionInput): Diagnosis {
	const {member, turn, known} = input;
	const inflight = metricsAnswer(input) ? input.lastInflight : undefined;
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

/** A page that is only late still counts: what it said last is at most an interval old. */
function metricsAnswer({metricsAnswer: answer, metricsSilentSince, now}: ConditionInput): boolean {
	return answer.kind === 'answered' || (answer.kind === 'pending' && now - (metricsSilentSince ?? now) < silenceMs);
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
function silence(input: ConditionInput): Diagnosis | undefined {
	const {statusAnswer, silentSince, votersLeft, lastInflight, allSilent, now} = input;
	if (silentSince === undefined) {
		return undefined;
	}
	if (statusAnswer.kind === 'failed' && statusAnswer.failure.beforeEtcd === true) {
		return unseen(silentSince, statusAnswer.failure.message);
	}
	if (statusAnswer.kind === 'failed' && statusAnswer.failure.kind !== 'timed-out') {
		return failed(statusAnswer.failure, silentSince, votersLeft);
	}
	if (now - silentSince < silenceMs) {
		return undefined;
	}
	const since = silentSince;
	if (isThawing(input)) {
		return {state: 'frozen', since, explanation: input.previous?.explanation ?? ''};
	}
	if (metricsAnswer(input)) {
		const meaning =
			lastInflight === undefined
				? 'which do not tell defragmentations: it may be at one, or stuck; look at its log'
				: 'nothing in flight: disk or raft is stuck; look at its log';
		return {state: 'stalled', since, explanation: `Status silent for {age}, metrics answer, ${meaning}`};
	}
	if (input.metricsAnswer.kind === 'failed' && input.metricsAnswer.failure.kind !== 'timed-out') {
		return {state: 'frozen', since, explanation: `Status silent for {age}; metrics: ${input.metricsAnswer.failure.message}`};
	}
	if (allSilent !== undefined) {
		return unseen(since, `no answer through ${allSilent.way}, from any member`);
	}
	return {
		state: 'frozen',
		since,
		explanation: 'port open, neither Status nor metrics answer for {age}: a stopped process, or a host that hangs',
	};
}

function unseen(since: number, why: string): Diagnosis {
	return {state: 'unseen', since, explanation: `${why} for {age}; of etcd itself nothing is known`};
}

/** A process that goes on answers one question before the other: which of them comes first says nothing. */
function isThawing({previous, metricsAnswer: answer, now}: ConditionInput): boolean {
	return previous?.state === 'frozen' && answer.kind === 'answered' && now - answer.at < silenceMs;
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
		return {state: 'down', since, explanation: `${where} ${failure.message} for {age}. ${votersLeft}`.trim()};
	}
	return {state: 'refused', since, explanation: [failure.message, failure.nextStep].filter((text) => text !== '').join('. ')};
}

function answering({alarms, latencyMs, entriesBehind, fsyncP99Ms, statusAnswer}: ConditionInput): Diagnosis {
	if (alarms.some(({alarm}) => alarm === 'CORRUPT')) {
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
	if (latencyMs !== undefined && latencyMs > slowStatusMs) {
		const disk = (fsyncP99Ms ?? 0) > slowDiskFsyncMs ? `; fsync p99 ${Math.round(fsyncP99Ms ?? 0)} ms: its disk is slow` : '';
		return {state: 'slow', explanation: `Status takes ${Math.round(latencyMs)} ms (limit ${slowStatusMs} ms) for {age}${disk}`};
	}
	return {state: 'healthy', explanation: errorText(statusAnswer)};
}

/** An error of Status that is no alarm: `etcdserver: no leader`. */
function errorText(answer: Answer<MemberStatus>): string {
	return answer.kind === 'answered' ? answer.value.errors.filter((error) => !error.includes('alarm:')).join('; ') : '';
}
