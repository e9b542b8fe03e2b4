/** How a run changes: each function takes the run as it was and returns the run after one thing happened. Pure. */
import type {Confirmation, DefragPlan, PlanRow} from './defrag-plan.ts';
import {isOver, type Run, type RunPhase, type Sizes, type Turn, type TurnPhase, type Waiting} from './defrag-run.ts';
import type {MemberId} from './member.ts';

export type RunRequest = {
	readonly id: string;
	readonly operator: string;
	readonly plan: DefragPlan;
	readonly voters: readonly MemberId[];
	readonly moveLeader: boolean;
	readonly interactive: boolean;
	readonly now: number;
};

/** A run right after its confirmation: everything it may ever touch is in here. */
export function beginRun({id, operator, plan, voters, moveLeader, interactive, now}: RunRequest): Run {
	return {
		id,
		scope: plan.scope,
		clusterId: plan.clusterId,
		operator,
		startedAt: now,
		confirmed: plan.steps.map(({memberId}) => memberId),
		voters,
		moveLeader: moveLeader && plan.moveLeader?.kind === 'possible',
		interactive,
		acknowledged: acknowledgedBy(plan.confirmation),
		estimateMs: plan.totalMs,
		turns: plan.scope.kind === 'all' ? plan.leftOut.map((row) => leftOutTurn(row, now)) : [],
		waiting: plan.steps.map(waitingOf),
		moves: [],
		phase: {kind: 'checking', since: now, gates: plan.gates},
	};
}

function acknowledgedBy(confirmation: Confirmation): readonly string[] {
	return confirmation.acknowledges;
}

function leftOutTurn(row: PlanRow, now: number): Turn {
	const {memberId, name, role, dbSizeBytes, inUseBytes, why} = row;
	return {memberId, name, role, outcome: 'skipped', before: {dbSizeBytes, inUseBytes}, why, endedAt: now};
}

function waitingOf({memberId, name, role, why, estimateMs}: PlanRow): Waiting {
	return {memberId, name, role, why, estimateMs};
}

/** The gates hold; `until` is known when it is only the cooldown. */
export function hold(
	run: Run,
	wait: {
		readonly why: string;
		readonly until?: number;
		readonly gates: DefragPlan['gates'];
		readonly next?: PlanRow;
		readonly plan?: DefragPlan;
	},
	now: number,
): Run {
	const waiting = wait.plan === undefined ? run.waiting : wait.plan.steps.map(waitingOf);
	const next = wait.next === undefined ? {} : {next: wait.next.memberId};
	if (wait.until !== undefined) {
		const since = run.phase.kind === 'cooling down' ? run.phase.since : now;
		return {...run, waiting, phase: {kind: 'cooling down', since, until: wait.until, why: wait.why, ...next}};
	}
	const since = run.phase.kind === 'checking' ? run.phase.since : now;
	return {...run, waiting, phase: {kind: 'checking', since, gates: wait.gates, ...next}};
}

export type TurnStart = {
	readonly row: PlanRow;
	readonly termBefore: number;
	readonly countBefore?: number;
	readonly processStartSeconds?: number;
};

export function beginTurn(run: Run, start: TurnStart, now: number): Run {
	const {row, termBefore, countBefore, processStartSeconds} = start;
	const phase: TurnPhase<'defragmenting'> = {
		kind: 'defragmenting',
		since: now,
		memberId: row.memberId,
		name: row.name,
		role: row.role,
		estimateMs: row.estimateMs,
		before: {dbSizeBytes: row.dbSizeBytes, inUseBytes: row.inUseBytes},
		termBefore,
		...(countBefore === undefined ? {} : {countBefore}),
		...(processStartSeconds === undefined ? {} : {processStartSeconds}),
		longestSilenceMs: 0,
	};
	return {...run, waiting: run.waiting.filter(({memberId}) => memberId !== row.memberId), phase};
}

/** How long Status of the member at work has been silent, as the observations show it. */
export function noteSilence(run: Run, silentMs: number): Run {
	const {phase} = run;
	const inTurn = phase.kind === 'defragmenting' || phase.kind === 'unknown' || phase.kind === 'settling';
	return inTurn && silentMs > phase.longestSilenceMs ? {...run, phase: {...phase, longestSilenceMs: silentMs}} : run;
}

/** The call was answered, or an unknown outcome turned out to be a success. */
export function beginSettling(run: Run, now: number): Run {
	const {phase} = run;
	if (phase.kind !== 'defragmenting' && phase.kind !== 'unknown') {
		return run;
	}
	const {kind: _, ...turn} = phase;
	return {...run, phase: {...turn, kind: 'settling', settlingSince: now, durationMs: now - phase.since, checks: []}};
}

export function becomeUnknown(run: Run, reason: string): Run {
	return run.phase.kind === 'defragmenting' ? {...run, phase: {...run.phase, kind: 'unknown', reason}} : run;
}

export function noteSettling(run: Run, checks: DefragPlan['gates'], after: Sizes | undefined): Run {
	return run.phase.kind === 'settling' ? {...run, phase: {...run.phase, checks, ...(after === undefined ? {} : {after})}} : run;
}

/** The end of the turn at work. The phase stays: what follows is decided next. */
export function endTurn(run: Run, end: Pick<Turn, 'outcome' | 'after' | 'termAfter' | 'why'>, now: number): Run {
	const {phase} = run;
	if (phase.kind !== 'defragmenting' && phase.kind !== 'unknown' && phase.kind !== 'settling') {
		return run;
	}
	const turn: Turn = {
		memberId: phase.memberId,
		name: phase.name,
		role: phase.role,
		before: phase.before,
		termBefore: phase.termBefore,
		longestSilenceMs: phase.longestSilenceMs,
		...(phase.kind === 'settling' ? {durationMs: phase.durationMs} : {}),
		...end,
		endedAt: now,
	};
	return {...run, turns: [...run.turns, turn], phase: {kind: 'checking', since: now, gates: []}};
}

export function skipTurns(run: Run, turns: readonly Turn[]): Run {
	const ids = turns.map(({memberId}) => memberId);
	return {...run, turns: [...run.turns, ...turns], waiting: run.waiting.filter(({memberId}) => !ids.includes(memberId))};
}

export function beginMove(run: Run, from: MemberId, to: MemberId, now: number): Run {
	return {...run, phase: {kind: 'moving leader', since: now, from, to}};
}

export function noteMoveFailure(run: Run, failed: string): Run {
	return run.phase.kind === 'moving leader' ? {...run, phase: {...run.phase, failed}} : run;
}

export function endMove(run: Run, names: {readonly from: string; readonly to: string}, now: number): Run {
	if (run.phase.kind !== 'moving leader') {
		return run;
	}
	return {
		...run,
		moves: [...run.moves, {at: now, ...names, tookMs: now - run.phase.since}],
		phase: {kind: 'checking', since: now, gates: []},
	};
}

export function askOperator(run: Run, reason: string, otherTarget: MemberId | undefined, now: number): Run {
	if (run.phase.kind !== 'moving leader') {
		return run;
	}
	const {from, to} = run.phase;
	return {...run, phase: {kind: 'asking', since: now, from, to, reason, ...(otherTarget === undefined ? {} : {otherTarget})}};
}

/** The operator's answer to a failed move. Whatever it is, the members are looked at and the gates asked before anything is done. */
export function answerMove(run: Run, choice: 'other target' | 'as leader' | 'stop', now: number): Run {
	const {phase} = run;
	if (phase.kind !== 'asking') {
		return run;
	}
	const checking = {kind: 'checking', since: now, gates: []} as const;
	switch (choice) {
		case 'stop':
			return {...run, cancel: {at: now, by: run.operator}};
		case 'as leader':
			return {...run, moveLeader: false, phase: checking};
		case 'other target':
			return phase.otherTarget === undefined ? run : {...run, moveTo: phase.otherTarget, phase: checking};
	}
}

export function requestCancel(run: Run, by: string, now: number): Run {
	return run.cancel === undefined ? {...run, cancel: {at: now, by}} : run;
}

/** What a run ended with stays. */
export function endRun(run: Run, phase: Extract<RunPhase, {kind: 'finished' | 'halted' | 'cancelled'}>): Run {
	return isOver(run) ? run : {...run, phase};
}
