/** A member's condition as of now: from its record and what is known of the whole cluster. */
import {quorumOf} from '../domain/member.ts';
import {type ConditionInput, conditionOf, type MemberState} from '../domain/member-state.ts';
import {diskOf, judgedLatencyMs} from './member-record.ts';
import type {MemberRecord, State} from './state.ts';

/** A learner is said to be catching up from here on. */
const behindEntries = 1000;

const silentStates: ReadonlySet<MemberState> = new Set(['connecting', 'stalled', 'frozen', 'down', 'refused', 'unstarted']);

/** The record with its condition as of `state.now`; the same record when that is unchanged. */
export function assess(current: MemberRecord, state: State, committedIndex: number): MemberRecord {
	const condition = conditionOf(inputOf(current, state, committedIndex));
	const before = current.condition;
	const same =
		condition.state === before.state &&
		condition.since === before.since &&
		condition.explanation === before.explanation &&
		condition.defragmenting?.inflight === before.defragmenting?.inflight;
	return same ? current : {...current, condition};
}

function inputOf(current: MemberRecord, state: State, committedIndex: number): ConditionInput {
	const {member, status, metrics, silentSince, metricsSilentSince} = current;
	const latencyMs = judgedLatencyMs(current);
	const turn = turnOf(current, state);
	const entriesBehind = member.isLearner && status !== undefined ? committedIndex - status.value.raftAppliedIndex : 0;
	const {walFsyncP99Ms} = diskOf(current);
	const lastInflight = metrics?.value.defragInflight;
	return {
		member,
		statusAnswer: current.statusAnswer,
		metricsAnswer: current.metricsAnswer,
		...(silentSince === undefined ? {} : {silentSince}),
		...(metricsSilentSince === undefined ? {} : {metricsSilentSince}),
		...(lastInflight === undefined ? {} : {lastInflight}),
		known: status !== undefined,
		...(latencyMs === undefined ? {} : {latencyMs}),
		alarms: state.alarms.filter(({memberId}) => memberId === member.id),
		...(turn === undefined ? {} : {turn}),
		...(entriesBehind > behindEntries ? {entriesBehind} : {}),
		votersLeft: votersLeft(state),
		...(walFsyncP99Ms === undefined ? {} : {fsyncP99Ms: walFsyncP99Ms}),
		previous: current.condition,
		now: state.now,
	};
}

function turnOf({member}: MemberRecord, {run}: State): ConditionInput['turn'] {
	const phase = run?.phase;
	const isAtWork = phase?.kind === 'defragmenting' || phase?.kind === 'unknown';
	return isAtWork && phase.memberId === member.id
		? {kind: phase.kind, since: phase.since, estimateMs: phase.estimateMs}
		: undefined;
}

/** `2 of 3 voters left, none to spare`. */
function votersLeft({members}: State): string {
	const voters = members.filter(({member}) => !member.isLearner);
	const left = voters.filter(
		({condition, statusAnswer}) => !silentStates.has(condition.state) && statusAnswer.kind !== 'failed',
	).length;
	const spare = left - quorumOf(voters.length);
	const words = spare < 0 ? 'no quorum' : spare === 0 ? 'none to spare' : `${spare} to spare`;
	return `${left} of ${voters.length} voters left, ${words}`;
}
