/** A member's condition as of now: from its record and what is known of the whole cluster. */
import {quorumOf} from '../domain/member.ts';
import {type ConditionInput, conditionOf, type MemberState} from '../domain/member-state.ts';
import {diskOf, judgedLatencyMs} from './member-record.ts';
import type {MemberRecord, State} from './state.ts';

/** A learner is said to be catching up from here on. */
const behindEntries = 1000;

const silentStates: ReadonlySet<MemberState> = new Set([
	'connecting',
	'stalled',
	'frozen',
	'down',
	'refused',
	'unseen',
	'unstarted',
]);

/** What is known of all members together. */
export type OfAll = {readonly committedIndex: number; readonly allSilent?: ConditionInput['allSilent']};

/** The record with its condition as of `state.now`; the same record when that is unchanged. */
export function assess(current: MemberRecord, state: State, ofAll: OfAll): MemberRecord {
	const condition = conditionOf(inputOf(current, state, ofAll));
	const before = current.condition;
	const same =
		condition.state === before.state &&
		condition.since === before.since &&
		condition.explanation === before.explanation &&
		condition.defragmenting?.inflight === before.defragmenting?.inflight;
	return same ? current : {...current, condition};
}

function inputOf(current: MemberRecord, state: State, {committedIndex, allSilent}: OfAll): ConditionInput {
	const {member, status, silentSince, metricsSilentSince} = current;
	const latencyMs = judgedLatencyMs(current);
	const turn = turnOf(current, state);
	const callEndedAt = turn === undefined ? callEnd(current, state) : undefined;
	const entriesBehind = member.isLearner && status !== undefined ? committedIndex - status.value.raftAppliedIndex : 0;
	const {walFsyncP99Ms} = diskOf(current);
	const lastInflight = inflightOf(current, callEndedAt);
	return {
		member,
		statusAnswer: current.statusAnswer,
		metricsAnswer: current.metricsAnswer,
		...(silentSince === undefined ? {} : {silentSince}),
		...(metricsSilentSince === undefined ? {} : {metricsSilentSince}),
		...(lastInflight === undefined ? {} : {lastInflight}),
		known: status !== undefined,
		...(allSilent && {allSilent}),
		...(latencyMs === undefined ? {} : {latencyMs}),
		alarms: state.alarms.filter(({memberId}) => memberId === member.id),
		...(turn === undefined ? {} : {turn}),
		...(callEndedAt === undefined ? {} : {callEndedAt}),
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

/** Of this run's call to the member; afterwards of its whole turn. */
function callEnd({member}: MemberRecord, {run}: State): number | undefined {
	if (run?.phase.kind === 'settling' && run.phase.memberId === member.id) {
		return run.phase.settlingSince;
	}
	return run?.turns.findLast(({memberId, outcome}) => memberId === member.id && outcome === 'done')?.endedAt;
}

/** A page that was asked for during our call still says that one is in flight. */
function inflightOf({metrics, metricsAnswer}: MemberRecord, callEndedAt: number | undefined): number | undefined {
	const inflight = metrics?.value.defragInflight;
	if (metrics === undefined || inflight === undefined || callEndedAt === undefined) {
		return inflight;
	}
	const askedAt = metrics.at - (metricsAnswer.kind === 'answered' ? metricsAnswer.latencyMs : 0);
	return askedAt < callEndedAt ? 0 : inflight;
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
