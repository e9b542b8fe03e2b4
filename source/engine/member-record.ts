/** One member's record over time: the last figures however old, silence, latency, history. */

import {quantile} from '../domain/alerts.ts';
import {quotaOf} from '../domain/db-size.ts';
import {emptyHistory, points, record} from '../domain/history.ts';
import {quorumOf} from '../domain/member.ts';
import {type ConditionInput, conditionOf, slowStatusMs} from '../domain/member-state.ts';
import type {Answer, MemberObservation} from '../domain/observation.ts';
import type {KnownDefragmentation, MemberRecord, State} from './state.ts';

const latenciesKept = 5;
const hourMs = 60 * 60 * 1000;

/** A learner is said to be catching up from here on. */
const behindEntries = 1000;

export function advanceRecord(
	previous: MemberRecord | undefined,
	seen: MemberObservation,
	past: readonly KnownDefragmentation[],
): MemberRecord {
	const base = previous ?? freshRecord(seen, past);
	const {silentSince: _, metricsSilentSince: __, ...rest} = base;
	const silentSince = silence(base.silentSince, seen.status);
	const metricsSilentSince = silence(base.metricsSilentSince, seen.metrics);
	const isNew = !sameAnswer(base.statusAnswer, seen.status) || previous === undefined;
	const next: MemberRecord = {
		...rest,
		member: seen.member,
		statusAnswer: seen.status,
		metricsAnswer: seen.metrics,
		...(silentSince === undefined ? {} : {silentSince}),
		...(metricsSilentSince === undefined ? {} : {metricsSilentSince}),
		...(seen.status.kind === 'answered' ? {status: {at: seen.status.at, value: seen.status.value}} : {}),
		...(seen.metrics.kind === 'answered' ? {metrics: {at: seen.metrics.at, value: seen.metrics.value}} : {}),
	};
	const quota = quotaOf(next.status?.value, next.metrics?.value);
	return isNew ? withFigures({...next, quota}, seen.status) : {...next, quota};
}

function freshRecord(seen: MemberObservation, past: readonly KnownDefragmentation[]): MemberRecord {
	const last = past.at(-1);
	return {
		member: seen.member,
		role: undefined,
		statusAnswer: seen.status,
		metricsAnswer: seen.metrics,
		latencies: [],
		condition: {state: 'connecting', since: 'since' in seen.status ? seen.status.since : seen.status.at, explanation: ''},
		quota: quotaOf(undefined, undefined),
		...(last === undefined ? {} : {lastDefragmentation: last}),
		defragmentations: past,
		history: emptyHistory,
	};
}

/** Silence runs from the first question that went unanswered. An open question is none yet; `assess` decides when it is. */
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

function sameAnswer<T>(a: Answer<T>, b: Answer<T>): boolean {
	return a.kind === b.kind && a.kind !== 'pending' && b.kind !== 'pending' && a.at === b.at;
}

function withFigures(next: MemberRecord, status: MemberObservation['status']): MemberRecord {
	if (status.kind === 'pending') {
		return next;
	}
	if (status.kind === 'failed') {
		return {...next, history: record(next.history, status.at, undefined)};
	}
	const {dbSizeBytes, dbSizeInUseBytes} = status.value;
	const history = record(next.history, status.at, {
		dbSizeBytes,
		inUseBytes: dbSizeInUseBytes,
		latencyMs: status.latencyMs,
		...(next.quota.bytes === undefined ? {} : {quotaBytes: next.quota.bytes}),
	});
	const latencies = [...next.latencies, status.latencyMs].slice(-latenciesKept);
	return {
		...next,
		history,
		latencies,
		latencyMs: median(latencies),
		maximumLatencyMs: maximumLatency({...next, history}, status.at),
	};
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function maximumLatency({history}: MemberRecord, now: number): number {
	let maximum = 0;
	for (const point of points(history, 'latencyMs', now - hourMs, hourMs)) {
		maximum = Math.max(maximum, point.maximum ?? 0);
	}
	return maximum;
}

/** The condition as of `state.now`. */
export function assess(current: MemberRecord, state: State, committed: number): MemberRecord {
	const {member, status, metrics} = current;
	const phase = state.run?.phase;
	const ours =
		phase !== undefined && (phase.kind === 'defragmenting' || phase.kind === 'unknown') && phase.memberId === member.id
			? phase
			: undefined;
	const behind = member.isLearner && status !== undefined ? committed - status.value.raftAppliedIndex : 0;
	const slow = current.latencyMs !== undefined && current.latencyMs > slowStatusMs;
	const fsync = slow && metrics?.value.walFsync !== undefined ? quantile(metrics.value.walFsync, 0.99) : undefined;
	const input: ConditionInput = {
		member,
		statusAnswer: current.statusAnswer,
		metricsAnswer: current.metricsAnswer,
		...(current.silentSince === undefined ? {} : {silentSince: current.silentSince}),
		...(current.metricsSilentSince === undefined ? {} : {metricsSilentSince: current.metricsSilentSince}),
		known: status !== undefined,
		...(current.latencyMs === undefined ? {} : {latencyMs: current.latencyMs}),
		alarms: state.alarms.filter(({memberId}) => memberId === member.id),
		...(ours === undefined ? {} : {turn: {kind: ours.kind, since: ours.since, estimateMs: ours.estimateMs}}),
		...(behind > behindEntries ? {entriesBehind: behind} : {}),
		votersLeft: votersLeft(state),
		...(fsync === undefined ? {} : {fsyncSlowMs: fsync * 1000}),
		previous: current.condition,
		now: state.now,
	};
	const condition = conditionOf(input);
	const same =
		condition.state === current.condition.state &&
		condition.since === current.condition.since &&
		condition.explanation === current.condition.explanation &&
		condition.defragmenting?.inflight === current.condition.defragmenting?.inflight;
	return same ? current : {...current, condition};
}

/** `2 of 3 voters left, none to spare`. */
function votersLeft(state: State): string {
	const voters = state.members.filter(({member}) => !member.isLearner);
	const left = voters.filter(({silentSince, status}) => silentSince === undefined && status !== undefined).length;
	const spare = left - quorumOf(voters.length);
	const words = spare < 0 ? 'no quorum' : spare === 0 ? 'none to spare' : `${spare} to spare`;
	return `${left} of ${voters.length} voters left, ${words}`;
}
