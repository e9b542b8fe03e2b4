/**
 * What a run does next. Pure: the same run, evidence and instant give the same decision. The runner carries it out and tells
 * the outcome through `defrag-transitions.ts`; it never decides.
 */
import type {Evidence} from './defrag-evidence.ts';
import {blockingGate} from './defrag-gates.ts';
import type {DefragPlan, PlanRow} from './defrag-plan.ts';
import {planDefragmentation, type Speed} from './defrag-planner.ts';
import {evidenceMaximumAgeMs, maximumHoldMs, moveLeaderWatchMs} from './defrag-policy.ts';
import {isOver, type Run, type Sizes, type Turn} from './defrag-run.ts';
import {decideSettling, decideUnknown} from './defrag-turn.ts';
import type {Gate} from './gate.ts';
import {type MemberId, memberLabel} from './member.ts';
import {moveTargets} from './move-leader.ts';
import {durationText} from './text.ts';
import {agreedLeader, votersOf} from './voters.ts';

export type Decision =
	/** All gates passed in this very evidence: defragment `row` now. */
	| {readonly kind: 'start'; readonly row: PlanRow; readonly gates: readonly Gate[]}
	| {readonly kind: 'move leader'; readonly from: MemberId; readonly to: MemberId}
	/** Leadership is where it should be. */
	| {readonly kind: 'moved'}
	| {readonly kind: 'ask'; readonly reason: string; readonly otherTarget?: MemberId}
	| {readonly kind: 'skip'; readonly turns: readonly Turn[]}
	/** Nothing to do yet; ask again. `until` is absent where only evidence can end the wait. */
	| {
			readonly kind: 'wait';
			readonly why: string;
			readonly until?: number;
			readonly gates: readonly Gate[];
			readonly next?: PlanRow;
			readonly plan?: DefragPlan;
	  }
	/** The member's outcome is known after all: it was defragmented, and is to settle. */
	| {readonly kind: 'resolved'}
	| {readonly kind: 'settled'; readonly after: Sizes; readonly termAfter: number}
	| {readonly kind: 'settling'; readonly checks: readonly Gate[]; readonly after?: Sizes}
	| {readonly kind: 'halt'; readonly reason: string; readonly detail: string; readonly nextStep: string}
	| {readonly kind: 'finish'}
	| {readonly kind: 'cancel'; readonly by: string};

export type DecideOptions = {readonly speed: Speed; readonly configuredCooldownMs?: number};

export function decide(run: Run, evidence: Evidence, now: number, options: DecideOptions): Decision {
	if (isOver(run)) {
		return {kind: 'finish'};
	}
	const change = voterChange(run, evidence);
	switch (run.phase.kind) {
		case 'defragmenting':
			return {kind: 'wait', why: 'the call is under way', gates: []};
		case 'unknown':
			return decideUnknown(run.phase, evidence);
		case 'settling':
			return change ?? decideSettling(run.phase, evidence, now);
		case 'asking':
			return run.cancel ? {kind: 'cancel', by: run.cancel.by} : {kind: 'wait', why: 'the operator is asked', gates: []};
		case 'moving leader':
			return change ?? decideMoving(run, run.phase, evidence, now);
		default:
			return run.cancel ? {kind: 'cancel', by: run.cancel.by} : (change ?? decideNext(run, evidence, now, options));
	}
}

/** A confirmed plan is for these voters: with others the quorum is another one. */
function voterChange(run: Run, evidence: Evidence): Decision | undefined {
	if (evidence.observation.clusterId !== run.clusterId) {
		return halt(
			'the endpoints now lead to another cluster',
			`${evidence.observation.clusterId} instead of ${run.clusterId}`,
			'Check the endpoints.',
		);
	}
	const now = votersOf(evidence.observation).map(({member}) => member.id);
	const added = now.filter((id) => !run.voters.includes(id));
	const removed = run.voters.filter((id) => !now.includes(id));
	if (added.length === 0 && removed.length === 0) {
		return undefined;
	}
	const detail = [...added.map((id) => `${id} became a voter`), ...removed.map((id) => `${id} is no voter any more`)].join(', ');
	return halt('the voters of the cluster changed', detail, 'D makes a new plan.');
}

function decideNext(run: Run, evidence: Evidence, now: number, options: DecideOptions): Decision {
	const asked = evidence.observation.members.some(({status}) => status.kind === 'pending');
	const plan = planDefragmentation({
		scope: run.scope,
		evidence,
		now,
		speed: options.speed,
		moveLeader: run.moveLeader,
		terminal: run.interactive,
		finished: run.turns.map(({memberId}) => memberId),
		confirmed: run.confirmed,
		...(options.configuredCooldownMs === undefined ? {} : {configuredCooldownMs: options.configuredCooldownMs}),
	});
	if (asked) {
		return {kind: 'wait', why: 'members are being asked', gates: plan.gates, plan};
	}
	const silent = evidence.observation.members.find(
		({member, status}) => run.confirmed.includes(member.id) && status.kind === 'failed',
	);
	if (silent !== undefined) {
		const hadItsTurn = run.turns.some(({memberId}) => memberId === silent.member.id);
		return halt(
			`${memberLabel(silent.member)} does not answer`,
			hadItsTurn ? 'its turn is over' : 'its turn was still to come',
			'See its log; D makes a new plan when it answers.',
		);
	}
	const skipped = plan.leftOut.filter(({memberId}) => run.confirmed.includes(memberId));
	if (skipped.length > 0) {
		return {kind: 'skip', turns: skipped.map((row) => skippedTurn(row, now))};
	}
	const next = plan.steps[0];
	if (next === undefined) {
		return {kind: 'finish'};
	}
	if (plan.refusal !== undefined) {
		return halt(plan.refusal, 'found when the plan was made again', 'D makes a new plan.');
	}
	return decideStep(run, plan, next, evidence, now);
}

function decideStep(run: Run, plan: DefragPlan, next: PlanRow, evidence: Evidence, now: number): Decision {
	// A version that the operator was not warned of may have joined since: its warning has to be typed too.
	const unsaid = plan.warnings.find(({id}) => !run.acknowledged.includes(id));
	if (unsaid !== undefined) {
		return halt(unsaid.text, 'not known when the run was confirmed', unsaid.remedy);
	}
	const blocking = blockingGate(plan.gates, run.acknowledged);
	if (blocking !== undefined) {
		return decideBlocked(run, blocking, plan, next, evidence, now);
	}
	if (now - evidence.observation.at > evidenceMaximumAgeMs) {
		if (heldMs(run, now) >= maximumHoldMs) {
			const limit = durationText(evidenceMaximumAgeMs);
			return halt(
				'the members take too long to answer',
				`each look at them took longer than ${limit}`,
				'See their logs and disks.',
			);
		}
		return {kind: 'wait', why: 'the members are looked at again', gates: plan.gates, next, plan};
	}
	return moveFirst(run, next, evidence) ?? {kind: 'start', row: next, gates: plan.gates};
}

/** Before the leader's turn, where the operator wants it and there is a voter for it. */
function moveFirst(run: Run, next: PlanRow, evidence: Evidence): Decision | undefined {
	if (next.role !== 'leader' || !run.moveLeader || run.moves.length > 0) {
		return undefined;
	}
	const targets = targetsOf(run, next.memberId, evidence);
	const target = run.moveTo === undefined ? targets[0] : targets.find((id) => id === run.moveTo);
	if (target !== undefined) {
		return {kind: 'move leader', from: next.memberId, to: target};
	}
	if (run.moveTo === undefined) {
		return undefined;
	}
	const chosen = evidence.observation.members.find(({member}) => member.id === run.moveTo);
	const name = chosen === undefined ? run.moveTo : memberLabel(chosen.member);
	return halt(`leadership can't go to ${name} any more`, 'chosen after a move that failed', 'D makes a new plan.');
}

/** Small by nature, or by this run; one that was skipped may be as large as ever. */
function targetsOf({turns}: Run, leaderId: MemberId, evidence: Evidence): readonly MemberId[] {
	const finished = turns.filter(({outcome}) => outcome === 'done').map(({memberId}) => memberId);
	return moveTargets({evidence, finished}, leaderId).map(({member}) => member.id);
}

/** Gates that time or others' work opens by itself; every other one that falls halts the run. */
const waitable: readonly string[] = ['inflight', 'snapshot', 'cooldown', 'lag'];

function decideBlocked(run: Run, gate: Gate, plan: DefragPlan, next: PlanRow, evidence: Evidence, now: number): Decision {
	if (
		heldMs(run, now) < maximumHoldMs &&
		(gate.state === 'pending' || waitable.includes(gate.id) || gate.opensByItself === true)
	) {
		if (gate.id === 'cooldown' && evidence.cooldown.kind === 'cooling') {
			return {kind: 'wait', why: evidence.cooldown.why, until: evidence.cooldown.until, gates: plan.gates, next, plan};
		}
		return {kind: 'wait', why: `${gate.title}: ${gate.detail}`, gates: plan.gates, next, plan};
	}
	return halt(`${gate.title}: ${gate.detail}`, `before ${next.name}`, 'Mend that, then D makes a new plan.');
}

/** How long the step has been held, a cooldown apart. */
function heldMs({phase}: Run, now: number): number {
	return phase.kind === 'checking' ? now - phase.since : 0;
}

function decideMoving(
	run: Run,
	phase: Extract<Run['phase'], {kind: 'moving leader'}>,
	evidence: Evidence,
	now: number,
): Decision {
	const agreed = agreedLeader(evidence.observation);
	if ('leaderId' in agreed && agreed.leaderId === phase.to) {
		return {kind: 'moved'};
	}
	if (now - phase.since < moveLeaderWatchMs) {
		return {kind: 'wait', why: 'watching where leadership goes', gates: [], until: phase.since + moveLeaderWatchMs};
	}
	const reason = phase.failed ?? ('why' in agreed ? agreed.why : 'leadership did not move');
	if (!run.interactive) {
		return halt('leadership could not be moved', reason, 'Start again without --move-leader to defragment the leader as leader.');
	}
	const otherTarget = targetsOf(run, phase.from, evidence).find((id) => id !== phase.to);
	return {kind: 'ask', reason, ...(otherTarget === undefined ? {} : {otherTarget})};
}

function skippedTurn(row: PlanRow, now: number): Turn {
	return {
		memberId: row.memberId,
		name: row.name,
		role: row.role,
		outcome: 'skipped',
		before: {dbSizeBytes: row.dbSizeBytes, inUseBytes: row.inUseBytes},
		why: row.why,
		endedAt: now,
	};
}

function halt(reason: string, detail: string, nextStep: string): Decision {
	return {kind: 'halt', reason, detail, nextStep};
}
