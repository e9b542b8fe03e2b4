/** From an observation and the limits to the order of turns, what each gives back, and the reasons of those left out. */

import {confirmationOf} from './defrag-confirmation.ts';
import type {Evidence} from './defrag-evidence.ts';
import {evaluateGates} from './defrag-gates.ts';
import type {DefragPlan, PlanRow, Scope} from './defrag-plan.ts';
import {chosenMinimumBytes, chosenMinimumRatio, cooldownMs, leaderStableMs, worthItRatio} from './defrag-policy.ts';
import {livenessWarnings} from './liveness.ts';
import {type MemberId, memberLabel, type Role} from './member.ts';
import {moveLeaderOffer} from './move-leader.ts';
import type {MemberObservation, Observation} from './observation.ts';
import {durationText, percentText, sizeText} from './text.ts';
import {heldBytes, mayHideFreedPages} from './uncounted.ts';
import {versionWarnings} from './version-faults.ts';
import {agreedLeader, isAnswering, votersOf} from './voters.ts';

/** How fast a member is rewritten, and who showed it. */
export type Speed = {readonly bytesPerSecond: number; readonly source: 'measured' | 'assumed'; readonly memberName?: string};

/** Below what was measured on plain disks (60–80 MiB of live data a second), so that an estimate errs on the long side. */
export const assumedSpeed: Speed = {bytesPerSecond: 50 * 1024 * 1024, source: 'assumed'};

/** Opening, swapping and syncing the file take a moment even when it is empty. */
const minimumEstimateMs = 1000;
const settleEstimateMs = 2000;
const moveEstimateMs = 2000;

export type PlanInput = {
	readonly scope: Scope;
	readonly evidence: Evidence;
	readonly now: number;
	readonly speed: Speed;
	readonly moveLeader: boolean;
	readonly terminal: boolean;
	readonly configuredCooldownMs?: number;
	/** Of a verified snapshot that is there and young enough to count; absent without one. */
	readonly snapshotAgeMs?: number | undefined;
	/** Members whose turn is over: the plan of a run under way is made without them. */
	readonly finished?: readonly MemberId[];
	/** Only these may have a turn; absent before the confirmation. */
	readonly confirmed?: readonly MemberId[];
};

export function planDefragmentation(input: PlanInput): DefragPlan {
	const {scope, evidence, now} = input;
	const {observation} = evidence;
	const agreed = agreedLeader(observation);
	const leaderId = 'leaderId' in agreed ? agreed.leaderId : undefined;
	const rows = observation.members
		.filter(({member}) => input.finished?.includes(member.id) !== true)
		.map((seen) => ({seen, row: rowOf(seen, observation, leaderId, input.speed)}));
	const chosen = scope.kind === 'all' ? rows : rows.filter(({row}) => row.memberId === scope.memberId);
	const judged = chosen.map(({seen, row}) => ({row, leaveOut: reasonToLeaveOut(seen, row, input)}));
	const steps = inOrder(judged.filter(({leaveOut}) => leaveOut === undefined).map(({row}) => row));
	const leftOut = judged.flatMap(({row, leaveOut}) => (leaveOut === undefined ? [] : [{...row, why: leaveOut}]));
	const refusal = refusalOf(
		input,
		rows.map(({row}) => row),
		steps,
		leftOut,
		leaderId,
	);
	const offer = moveLeaderOffer(
		steps,
		rows.map(({seen, row}) => ({seen, row})),
		leaderId,
		input,
	);
	const first = steps[0];
	const gates = first === undefined ? [] : evaluateGates({memberId: first.memberId, evidence, now, terminal: input.terminal});
	const versions = versionWarnings(
		observation.members
			.filter(isAnswering)
			.map(({member, status}) => ({name: memberLabel(member), version: status.value.version})),
	);
	const warnings = [...versions, ...livenessWarnings(steps, evidence.surroundings)];
	return {
		scope,
		clusterId: observation.clusterId,
		steps,
		leftOut,
		...(offer === undefined ? {} : {moveLeader: offer}),
		reclaimBytes: steps.reduce((sum, {reclaimBytes}) => sum + reclaimBytes, 0),
		totalMs: totalOf(
			steps,
			offer?.kind === 'possible' && input.moveLeader,
			Math.max(input.configuredCooldownMs ?? cooldownMs, cooldownMs),
		),
		estimateBasis: input.speed,
		warnings,
		gates,
		...(refusal === undefined ? {} : {refusal}),
		confirmation: confirmationOf({
			steps,
			gates,
			warnings,
			voters: votersOf(observation).length,
			snapshotAgeMs: input.snapshotAgeMs,
		}),
	};
}

function rowOf(seen: MemberObservation, observation: Observation, leaderId: MemberId | undefined, speed: Speed): PlanRow {
	const {member} = seen;
	const status = seen.status.kind === 'answered' ? seen.status.value : undefined;
	const role: Role = member.isLearner || status?.isLearner === true ? 'learner' : member.id === leaderId ? 'leader' : 'follower';
	const dbSizeBytes = status?.dbSizeBytes ?? 0;
	const inUseBytes = Math.min(heldBytes(seen, observation), dbSizeBytes);
	const reclaimBytes = dbSizeBytes - inUseBytes;
	return {
		memberId: member.id,
		name: memberLabel(member),
		role,
		dbSizeBytes,
		inUseBytes,
		reclaimBytes,
		reclaimRatio: dbSizeBytes === 0 ? 0 : reclaimBytes / dbSizeBytes,
		reclaimIsAtLeast: mayHideFreedPages(seen, observation),
		estimateMs: Math.max(minimumEstimateMs, Math.round((inUseBytes / speed.bytesPerSecond) * 1000)),
		why: '',
	};
}

function reasonToLeaveOut(seen: MemberObservation, row: PlanRow, input: PlanInput): string | undefined {
	if (row.role === 'learner') {
		return 'learner, never';
	}
	if (seen.member.watchOnly !== undefined) {
		return `watch only: ${seen.member.watchOnly}`;
	}
	if (!isAnswering(seen)) {
		return seen.status.kind === 'pending' ? 'asked, no answer yet' : 'does not answer';
	}
	if (input.confirmed?.includes(row.memberId) === false) {
		return 'not in the confirmed plan';
	}
	if (row.reclaimIsAtLeast) {
		return undefined;
	}
	if (input.scope.kind === 'all') {
		return notWorthIt(row, input.scope);
	}
	if (row.reclaimRatio < chosenMinimumRatio && row.reclaimBytes < chosenMinimumBytes) {
		return `gives back only ${sizeText(row.reclaimBytes)}`;
	}
	return undefined;
}

/** Why the silence would not pay in a run over all; undefined where it does. */
export function notWorthIt(
	{dbSizeBytes, reclaimRatio}: Pick<PlanRow, 'dbSizeBytes' | 'reclaimRatio'>,
	{onlyFrom}: Extract<Scope, {kind: 'all'}>,
): string | undefined {
	const ratio = Math.max(worthItRatio, onlyFrom?.ratio ?? 0);
	if (reclaimRatio < ratio) {
		return `skip, under ${percentText(ratio)}`;
	}
	return dbSizeBytes < (onlyFrom?.dbSizeBytes ?? 0) ? `skip, file under ${sizeText(onlyFrom?.dbSizeBytes ?? 0)}` : undefined;
}

/** Non-leaders by what they give back, the leader last. Ties go by name, so that the same cluster gives the same order. */
function inOrder(rows: readonly PlanRow[]): readonly PlanRow[] {
	const sorted = [...rows].sort(
		(a, b) =>
			Number(a.role === 'leader') - Number(b.role === 'leader') ||
			b.reclaimBytes - a.reclaimBytes ||
			a.name.localeCompare(b.name),
	);
	return sorted.map((row, index) => ({...row, why: whyHere(row, index, sorted.length)}));
}

function whyHere(row: PlanRow, index: number, count: number): string {
	if (row.role === 'leader') {
		return count === 1 ? 'the leader' : 'leader, last';
	}
	if (row.reclaimIsAtLeast && row.reclaimRatio < worthItRatio) {
		return 'near its quota';
	}
	return count === 1 ? 'chosen' : index === 0 ? 'gives most' : 'gives less';
}

function refusalOf(
	input: PlanInput,
	all: readonly PlanRow[],
	steps: readonly PlanRow[],
	leftOut: readonly PlanRow[],
	leaderId: MemberId | undefined,
): string | undefined {
	const {scope} = input;
	if (scope.kind === 'all') {
		return steps.length > 0 ? undefined : 'no member gives back enough to be worth the silence';
	}
	const left = leftOut[0];
	if (steps.length === 0) {
		return left === undefined ? 'it is not a member of this cluster' : `${left.name}: ${left.why}`;
	}
	const worthier = all
		.filter((row) => row.role === 'follower' && (row.reclaimIsAtLeast || row.reclaimRatio >= worthItRatio))
		.sort((a, b) => b.reclaimBytes - a.reclaimBytes)[0];
	if (scope.memberId === leaderId && worthier !== undefined) {
		return `it is the leader; ${worthier.name} goes first, it has ${sizeText(worthier.reclaimBytes)} to give back`;
	}
	return undefined;
}

function totalOf(steps: readonly PlanRow[], moves: boolean, cooldown: number): number {
	const work = steps.reduce((sum, {estimateMs}) => sum + estimateMs + settleEstimateMs, 0);
	return work + Math.max(0, steps.length - 1) * cooldown + (moves ? moveEstimateMs + leaderStableMs : 0);
}

/** `1.93 GiB in use at 59 MiB/s, seen on etcd-1`. */
export function estimateBasisText(row: PlanRow, speed: Speed): string {
	const seen =
		speed.source === 'measured' ? `seen on ${speed.memberName ?? 'this cluster'}` : 'assumed, nothing measured here yet';
	return `${sizeText(row.inUseBytes)} in use at ${sizeText(speed.bytesPerSecond)}/s, ${seen}: ${durationText(row.estimateMs)}`;
}
