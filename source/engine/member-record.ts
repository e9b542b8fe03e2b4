/** One member's record over time: the last figures however old, silence, latency, history. */

import {quotaOf} from '../domain/db-size.ts';
import {advanceForeign, anotherTool, foreignDurationMs, type Look} from '../domain/defrag-trace.ts';
import {diskLatency, keepDiskSample} from '../domain/disk-latency.ts';
import {emptyHistory, points, record} from '../domain/history.ts';
import {slowStatusMs} from '../domain/member-state.ts';
import type {Answer, MemberObservation} from '../domain/observation.ts';
import {knownDefragmentations} from './past-defragmentations.ts';
import type {MemberRecord, State} from './state.ts';

const latenciesKept = 5;

/** A first answer takes the time of its connection too, so that one alone makes no member slow. */
const latenciesToJudge = 2;

const hourMs = 60 * 60 * 1000;

/** A latency that moves by less than either is no news: an unchanged cluster keeps its figures. */
const latencyRestsWithinMs = 1;
const latencyRestsWithinRatio = 0.25;
/** Nor is one that trembles by less than this factor worth more than a change a minute: the load of this machine does that. */
const latencyTremblesWithinFactor = 2;
const latencyRestsForMs = 60 * 1000;

/** The record after one more observation of its member; `state` is the one before it. */
export function advanceRecord(previous: MemberRecord | undefined, seen: MemberObservation, state: State): MemberRecord {
	const base = previous ?? freshRecord(seen, state);
	const {silentSince: _, metricsSilentSince: __, refusedSince: ___, ...rest} = base;
	const silentSince = silence(base.silentSince, seen.status);
	const metricsSilentSince = silence(base.metricsSilentSince, seen.metrics);
	const refusedSince = refusal(base.refusedSince, seen.status);
	const next: MemberRecord = {
		...rest,
		member: seen.member,
		statusAnswer: seen.status,
		metricsAnswer: seen.metrics,
		...(silentSince === undefined ? {} : {silentSince}),
		...(metricsSilentSince === undefined ? {} : {metricsSilentSince}),
		...(refusedSince === undefined ? {} : {refusedSince}),
		...(seen.status.kind === 'answered' ? {status: {at: seen.status.at, value: seen.status.value}} : {}),
		...(seen.metrics.kind === 'answered' ? {metrics: {at: seen.metrics.at, value: seen.metrics.value}} : {}),
	};
	const traced = withForeign(base, next, state);
	return withDisk(withFigures(base, {...traced, quota: quotaOf(next.status?.value, next.metrics?.value)}));
}

function freshRecord(seen: MemberObservation, state: State): MemberRecord {
	return {
		member: seen.member,
		role: undefined,
		statusAnswer: {kind: 'pending', since: state.now},
		metricsAnswer: {kind: 'pending', since: state.now},
		latencies: [],
		condition: {state: 'connecting', since: state.now, explanation: ''},
		quota: quotaOf(undefined, undefined),
		history: emptyHistory,
		...knownDefragmentations(state.pastDefragmentations?.[seen.member.id] ?? [], []),
	};
}

/** Silence runs from the first question that went unanswered. Whether an open question is one, `conditionOf` decides. */
function silence<T>(since: number | undefined, answer: Answer<T>): number | undefined {
	switch (answer.kind) {
		case 'answered':
			return undefined;
		case 'failed':
			return since ?? answer.at - answer.waitedMs;
		case 'pending':
			return since ?? answer.since;
	}
}

/** A question that is open does not say yet whether it is refused. */
function refusal<T>(since: number | undefined, answer: Answer<T>): number | undefined {
	if (answer.kind === 'pending') {
		return since;
	}
	return answer.kind === 'failed' && answer.failure.kind === 'refused' ? (since ?? answer.at) : undefined;
}

function isNews<T>(before: Answer<T>, after: Answer<T>): boolean {
	return after.kind !== 'pending' && (before.kind !== after.kind || before.at !== after.at);
}

function withFigures(before: MemberRecord, next: MemberRecord): MemberRecord {
	const answer = next.statusAnswer;
	if (answer.kind === 'pending' || !isNews(before.statusAnswer, answer)) {
		return next;
	}
	if (answer.kind === 'failed') {
		// Nothing was known from the question on, not only from its deadline.
		const since = record(next.history, answer.at - answer.waitedMs, undefined);
		return {...next, history: record(since, answer.at, undefined)};
	}
	const {dbSizeBytes, dbSizeInUseBytes} = answer.value;
	const history = record(next.history, answer.at, {
		dbSizeBytes,
		inUseBytes: dbSizeInUseBytes,
		latencyMs: answer.latencyMs,
		...(next.quota.bytes === undefined ? {} : {quotaBytes: next.quota.bytes}),
	});
	const latencies = [...next.latencies, answer.latencyMs].slice(-latenciesKept);
	return {
		...next,
		history,
		latencies,
		...restingLatency(before, median(latencies), answer.at),
		maximumLatencyMs: maximumLatency({...next, history}, answer.at),
	};
}

/** Of an even number the lower one: one slow answer in two is none yet. */
function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}

function restingLatency(
	{latencyMs: shown, latencyShownAt: since = Number.NEGATIVE_INFINITY}: MemberRecord,
	current: number,
	at: number,
): Pick<MemberRecord, 'latencyMs' | 'latencyShownAt'> {
	const fresh = {latencyMs: current, latencyShownAt: at};
	if (shown === undefined || current > slowStatusMs !== shown > slowStatusMs) {
		return fresh;
	}
	const near = Math.abs(current - shown) <= Math.max(latencyRestsWithinMs, shown * latencyRestsWithinRatio);
	const trembles = Math.max(current, shown) <= Math.min(current, shown) * latencyTremblesWithinFactor;
	return near || (trembles && at - since < latencyRestsForMs) ? {} : fresh;
}

function maximumLatency({history}: MemberRecord, now: number): number {
	let maximum = 0;
	for (const point of points(history, 'latencyMs', now - hourMs, hourMs)) {
		maximum = Math.max(maximum, point.maximum ?? 0);
	}
	return maximum;
}

function withDisk(next: MemberRecord): MemberRecord {
	const {metrics} = next;
	return metrics === undefined ? next : {...next, diskSamples: keepDiskSample(next.diskSamples ?? [], metrics.at, metrics.value)};
}

/** The latency that a member may be called slow for; undefined while there is too little to judge by. */
export function judgedLatencyMs({latencies, latencyMs}: MemberRecord): number | undefined {
	return latencies.length < latenciesToJudge ? undefined : latencyMs;
}

/** How fast the member's disk was in the last minutes; empty while that can't be told. */
export function diskOf({diskSamples, metrics}: MemberRecord): ReturnType<typeof diskLatency> {
	return metrics === undefined ? {} : diskLatency(diskSamples ?? [], metrics.value);
}

function withForeign(before: MemberRecord, next: MemberRecord, state: State): MemberRecord {
	const {foreign: _, ...rest} = next;
	const foreign = isOurs(state, before) ? undefined : advanceForeign(before.foreign, lookAt(before), lookAt(next));
	if (foreign?.after === undefined || foreign.ended === undefined) {
		return foreign === undefined ? rest : {...rest, foreign};
	}
	const durationMs = foreignDurationMs(foreign);
	const known = {
		endedWallMs: foreign.ended.at + state.wallOffsetMs,
		...(durationMs === undefined ? {} : {durationMs}),
		...(foreign.before === undefined ? {} : {before: foreign.before}),
		after: foreign.after,
		by: anotherTool,
	};
	const past = state.pastDefragmentations?.[next.member.id] ?? [];
	return {...rest, foreign, ...knownDefragmentations(past, [...next.defragmentations, known])};
}

function lookAt({status, metrics, metricsAnswer}: MemberRecord): Look {
	return {
		...(status === undefined ? {} : {status}),
		...(metrics === undefined ? {} : {metrics}),
		metricsFailed: metricsAnswer.kind === 'failed',
	};
}

/** A run here has its turn with this member now, or had it since its figures were last seen. */
function isOurs({run}: State, {member, metrics, status}: MemberRecord): boolean {
	if (run === undefined) {
		return false;
	}
	const seenAt = Math.min(metrics?.at ?? 0, status?.at ?? 0);
	return (
		('memberId' in run.phase && run.phase.memberId === member.id) ||
		run.turns.some(({memberId, outcome, endedAt}) => memberId === member.id && outcome !== 'skipped' && endedAt >= seenAt)
	);
}
