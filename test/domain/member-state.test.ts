import {describe, expect, it} from 'vitest';
import {type ConditionInput, conditionOf, type MemberState, silenceMs, slowStatusMs} from '../../source/domain/member-state.ts';
import {type MemberCase, observationOf} from './observations.ts';

const now = 100_000;
const address = '10.0.191.37:2379';

/** A member's answers as a case says them, `silentMs` and `metricsSilentMs` long silent. */
function inputOf(
	given: Omit<MemberCase, 'name'>,
	{silentMs, metricsSilentMs, ...changes}: Partial<ConditionInput> & {silentMs?: number; metricsSilentMs?: number} = {},
): ConditionInput {
	const seen = observationOf([{name: 'etcd-1', ...given}], now).members[0]!;
	const lastInflight = seen.metrics.kind === 'answered' ? seen.metrics.value.defragInflight : undefined;
	return {
		member: seen.member,
		statusAnswer:
			seen.status.kind === 'failed'
				? {...seen.status, failure: {...seen.status.failure, endpoint: `https://${address}`}}
				: seen.status,
		metricsAnswer: seen.metrics,
		...(silentMs === undefined ? {} : {silentSince: now - silentMs}),
		...(metricsSilentMs === undefined ? {} : {metricsSilentSince: now - metricsSilentMs}),
		...(lastInflight === undefined ? {} : {lastInflight}),
		known: true,
		latencyMs: 1.3,
		alarms: [],
		votersLeft: '2 of 3 voters left, none to spare',
		now,
		...changes,
	};
}

const turn = {since: now - 21_000, estimateMs: 34_000};
const silent = {status: 'pending', metrics: 'pending'} as const;
const statusSilent = {status: 'pending'} as const;
const noInflight = {metrics: {defragInflight: undefined as never}};

describe('the state of a member', () => {
	const states: readonly [string, MemberState, ConditionInput, string][] = [
		['answers', 'healthy', inputOf({}), ''],
		['has an error that is no alarm', 'healthy', inputOf({status: {errors: ['etcdserver: no leader']}}), 'etcdserver: no leader'],
		['was never heard', 'connecting', inputOf(silent, {known: false, silentMs: 100, metricsSilentMs: 100}), ''],
		[
			'takes long',
			'slow',
			inputOf({}, {latencyMs: 612, fsyncP99Ms: 480}),
			'Status takes 612 ms (limit 500 ms) for {age}; fsync p99 480 ms: its disk is slow',
		],
		[
			'takes long though its disk is fast',
			'slow',
			inputOf({}, {latencyMs: 612, fsyncP99Ms: 2}),
			'Status takes 612 ms (limit 500 ms) for {age}',
		],
		[
			'takes long and is being asked again',
			'slow',
			inputOf(statusSilent, {latencyMs: 612, silentMs: 100}),
			'Status takes 612 ms (limit 500 ms) for {age}',
		],
		['is being asked', 'healthy', inputOf(silent, {silentMs: silenceMs - 1, metricsSilentMs: silenceMs - 1}), ''],
		[
			'is silent while its metrics answer',
			'stalled',
			inputOf(statusSilent, {silentMs: 14_000}),
			'Status silent for {age}, metrics answer, nothing in flight: disk or raft is stuck; look at its log',
		],
		[
			'is silent while its metrics are only late',
			'stalled',
			inputOf(silent, {silentMs: 14_000, metricsSilentMs: 200, lastInflight: 0}),
			'Status silent for {age}, metrics answer, nothing in flight: disk or raft is stuck; look at its log',
		],
		[
			'is silent, and of a version that does not tell what is in flight',
			'stalled',
			inputOf({...statusSilent, ...noInflight}, {silentMs: 14_000}),
			'Status silent for {age}, metrics answer, which do not tell defragmentations: it may be at one, or stuck; look at its log',
		],
		[
			'answers nothing',
			'frozen',
			inputOf({status: 'timed-out', metrics: 'timed-out'}, {silentMs: 14_000, metricsSilentMs: 14_000}),
			'port open, neither Status nor metrics answer for {age}: a stopped process, or a host that hangs',
		],
		[
			'is silent and has no metrics',
			'frozen',
			inputOf({...statusSilent, metrics: 'unsupported'}, {silentMs: 14_000, metricsSilentMs: 14_000}),
			'Status silent for {age}; metrics: unsupported',
		],
		[
			'refuses connections, at once',
			'down',
			inputOf({status: 'refused', metrics: 'refused'}, {silentMs: 0, metricsSilentMs: 0}),
			`${address} connection refused for {age}; is etcd running there? 2 of 3 voters left, none to spare`,
		],
		[
			"can't be reached",
			'down',
			inputOf({status: 'unreachable', metrics: 'unreachable'}, {silentMs: 5000}),
			`${address} unreachable for {age}. 2 of 3 voters left, none to spare`,
		],
		['wants another certificate', 'refused', inputOf({status: 'tls'}, {silentMs: 5000}), 'tls'],
		['has its alarm', 'NOSPACE', inputOf({}, {alarms: [{memberId: 'a0', alarm: 'NOSPACE'}]}), ''],
		[
			'has both alarms',
			'CORRUPT',
			inputOf(
				{},
				{
					alarms: [
						{memberId: 'a0', alarm: 'NOSPACE'},
						{memberId: 'a0', alarm: 'CORRUPT'},
					],
				},
			),
			"its data differs from the others': stop writing, see a",
		],
		[
			'has an alarm and does not answer',
			'down',
			inputOf({status: 'refused'}, {silentMs: 0, alarms: [{memberId: 'a0', alarm: 'NOSPACE'}]}),
			`${address} connection refused for {age}; is etcd running there? 2 of 3 voters left, none to spare`,
		],
		[
			'is defragmented by another, silent as it is',
			'defragmenting',
			inputOf({status: 'pending', metrics: {defragInflight: 1}}, {silentMs: 20_000}),
			'Status silent; metrics answer: in flight 1; not started here',
		],
		[
			'is defragmented by us',
			'defragmenting',
			inputOf({status: 'pending', metrics: {defragInflight: 1}}, {silentMs: 20_000, turn: {kind: 'defragmenting', ...turn}}),
			'silent as expected; metrics answer: in flight 1; started here',
		],
		[
			'is defragmented by us, where there are no metrics',
			'defragmenting',
			inputOf(
				{status: 'pending', metrics: 'refused'},
				{silentMs: 20_000, metricsSilentMs: 20_000, turn: {kind: 'defragmenting', ...turn}},
			),
			'silent as expected; no metrics; started here',
		],
		[
			'did not answer within the timeout of our call',
			'unknown',
			inputOf({status: 'pending', metrics: {defragInflight: 1}}, {silentMs: 600_000, turn: {kind: 'unknown', ...turn}}),
			'no answer for {age}; it may still run (in flight 1). Watched, never sent again; nothing else starts',
		],
		[
			'is a learner far behind',
			'healthy',
			inputOf({isLearner: true}, {entriesBehind: 1_204_311}),
			'catching up, 1204311 entries behind; has no vote; never defragmented or made leader from here',
		],
	];

	it.each(states)('that %s is %s', (_, state, input, explanation) => {
		expect(conditionOf(input)).toMatchObject({state, explanation});
	});

	it('that never started is unstarted', () => {
		const input = inputOf({status: 'refused', metrics: 'refused'}, {silentMs: 60_000, known: false});
		expect(conditionOf({...input, member: {...input.member, name: '', clientUrls: []}}).state).toBe('unstarted');
	});

	it('the limit itself is not slow', () => {
		expect(conditionOf(inputOf({}, {latencyMs: slowStatusMs})).state).toBe('healthy');
	});
});

describe('since when', () => {
	it('silence counts from the first question without an answer, our turn from its start', () => {
		expect(conditionOf(inputOf(silent, {silentMs: 14_000, metricsSilentMs: 14_000})).since).toBe(now - 14_000);
		expect(conditionOf(inputOf(statusSilent, {turn: {kind: 'defragmenting', ...turn}}))).toMatchObject({
			since: turn.since,
			defragmenting: {ours: true, estimateMs: 34_000},
		});
	});

	it('a state that stays keeps its time, a new one begins now', () => {
		const previous = {state: 'slow', since: 5000, explanation: ''} as const;
		expect(conditionOf(inputOf({}, {latencyMs: 700, previous})).since).toBe(5000);
		expect(conditionOf(inputOf({}, {previous})).since).toBe(now);
	});

	it('a frozen member whose metrics come back first is not called stalled before Status had its time', () => {
		const previous = {state: 'frozen', since: now - 6000, explanation: 'port open'} as const;
		const thawed = inputOf({status: 'timed-out'}, {silentMs: 6000, previous});
		expect(conditionOf(thawed)).toEqual(previous);
		expect(conditionOf({...thawed, now: now + silenceMs - 1}).state).toBe('frozen');
		expect(conditionOf({...thawed, now: now + silenceMs}).state).toBe('stalled');
	});

	it('says the same from second to second', () => {
		const at = (later: number) =>
			conditionOf({...inputOf({status: 'refused', metrics: 'refused'}, {silentMs: 5000}), now: now + later}).explanation;
		expect(at(1000)).toBe(at(60_000));
	});
});
