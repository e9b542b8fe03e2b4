/**
 * A restore under way: a runbook and what of it is done. Steps are ticked off in their order, each on its own host, so that none can be
 * passed over; plain data, saved after every change, so that it goes on after whatever becomes of the program.
 */
import {type Redeployed, redeploymentReason, rolloutOf} from './node-installer.ts';
import {hostWord} from './restore-steps.ts';
import type {CheckAnswer, Runbook, RunbookStep} from './runbook.ts';

export type RestoreRun = {
	readonly version: 1;
	readonly id: string;
	readonly startedWallMs: number;
	readonly runbook: Runbook;
	/** In the order in which they were made. */
	readonly ticks: readonly Tick[];
	/** What the program itself did on hosts or by the API, and how that ended. */
	readonly acts: readonly Act[];
	/** Of operators, before they were told to roll out anew. */
	readonly baselines: Partial<Readonly<Record<Redeployed, Baseline>>>;
	/** SHA-256 of the files here, by name, once they were read. */
	readonly sums: Readonly<Record<string, string>>;
};

export type Tick = {
	readonly stepId: string;
	readonly wallMs: number;
	readonly by: 'program' | 'person';
	/** What was seen. */
	readonly text: string;
};

export type Act = {
	readonly stepId: string;
	readonly wallMs: number;
	/** `begun`: its end is not known, for the program went away meanwhile. */
	readonly outcome: 'begun' | 'done' | 'failed' | 'unknown';
	readonly text: string;
	/** Of a forced redeployment: written with it, so that none is used twice. */
	readonly reason?: string;
};

export type Baseline = {readonly revision: number; readonly forcedReason: string};

export type Ticked = {readonly kind: 'ticked'; readonly run: RestoreRun} | {readonly kind: 'refused'; readonly why: string};

export function beginRestore(runbook: Runbook, id: string, startedWallMs: number): RestoreRun {
	return {version: 1, id, startedWallMs, runbook, ticks: [], acts: [], baselines: {}, sums: {}};
}

export function isTicked({ticks}: RestoreRun, stepId: string): boolean {
	return ticks.some((tick) => tick.stepId === stepId);
}

export function tickedIds({ticks}: RestoreRun): ReadonlySet<string> {
	return new Set(ticks.map(({stepId}) => stepId));
}

/** The first one that is not done; undefined once everything is. */
export function currentStep(run: RestoreRun): RunbookStep | undefined {
	return run.runbook.steps.find((step) => step.optional !== true && !isTicked(run, step.id));
}

/** Why this step's turn has not come, or is over; undefined where it may be done and ticked off. */
export function whyNotNow(run: RestoreRun, step: RunbookStep): string | undefined {
	if (isTicked(run, step.id)) {
		return 'it is done';
	}
	const {steps} = run.runbook;
	const before = steps.slice(0, steps.indexOf(step)).find((one) => one.optional !== true && !isTicked(run, one.id));
	// What is for trouble only may be needed while the step before it waits.
	const isBefore = before === undefined || (step.optional === true && steps.indexOf(before) === steps.indexOf(step) - 1);
	return isBefore ? undefined : `first: ${before.title}`;
}

/** What a person types for it; a longer word where the program sees that it is not so. */
export function tickWord({word}: RunbookStep, seen: CheckAnswer | undefined): string {
	return seen?.kind === 'not yet' ? `${word} anyway` : word;
}

/** A person's word for it. `seen`: what the program saw last. */
export function tickByPerson(run: RestoreRun, step: RunbookStep, typed: string, wallMs: number, seen?: CheckAnswer): Ticked {
	const why = whyNotNow(run, step) ?? whyOtherWord(step, typed.trim(), seen);
	return why === undefined
		? {kind: 'ticked', run: withTick(run, {stepId: step.id, wallMs, by: 'person', text: `typed: ${typed.trim()}`})}
		: {kind: 'refused', why};
}

function whyOtherWord(step: RunbookStep, typed: string, seen: CheckAnswer | undefined): string | undefined {
	const {asks} = step;
	// No word makes a backup of another release one of this.
	if (asks !== undefined && seen?.kind === 'not yet') {
		return seen.text;
	}
	const word = tickWord(step, seen);
	if (typed === word) {
		return undefined;
	}
	return asks === undefined
		? `the word is ${word}`
		: `${typed === '' ? 'nothing was typed' : `${typed} is not ${word}`}: only a backup of the same z-stream can be restored`;
}

/** What a person types before the program itself does a step: the host it is done on, or what is told to roll out. */
export function performWord({runbook}: RestoreRun, step: RunbookStep): string {
	const host = runbook.hosts.find(({name}) => name === step.host);
	return host === undefined ? step.word : hostWord(host, runbook.hosts);
}

/** What the program saw; it ticks nothing that only a person may. */
export function tickByProgram(run: RestoreRun, step: RunbookStep, {kind, text}: CheckAnswer, wallMs: number): Ticked {
	const why =
		whyNotNow(run, step) ??
		(kind === 'yes' ? undefined : text) ??
		(step.personOnly === true ? 'only a person can say so' : undefined);
	return why === undefined
		? {kind: 'ticked', run: withTick(run, {stepId: step.id, wallMs, by: 'program', text})}
		: {kind: 'refused', why};
}

function withTick(run: RestoreRun, tick: Tick): RestoreRun {
	return {...run, ticks: [...run.ticks, tick]};
}

/** Written before anything is done, so that a kill in the middle is told afterwards. */
export function withAct(run: RestoreRun, act: Act): RestoreRun {
	return {...run, acts: [...run.acts, act]};
}

export function endedAct(run: RestoreRun, outcome: Act['outcome'], text: string): RestoreRun {
	const last = run.acts.at(-1);
	return last === undefined ? run : {...run, acts: [...run.acts.slice(0, -1), {...last, outcome, text}]};
}

/** The newest one of a step. */
export function lastAct({acts}: RestoreRun, stepId: string): Act | undefined {
	return acts.findLast((act) => act.stepId === stepId);
}

/** Never one that was used before. */
export function nextReason(run: RestoreRun, wallClock: string): string {
	const used = [
		...run.acts.flatMap(({reason}) => reason ?? []),
		...Object.values(run.baselines).map(({forcedReason}) => forcedReason),
	];
	return redeploymentReason(wallClock, used);
}

/** What an operator tells, against what it told before it was to roll out anew. */
export function rolloutAnswer(
	baseline: Baseline,
	seen: {readonly installer: Parameters<typeof rolloutOf>[0]; readonly forcedReason: string},
): CheckAnswer {
	if (seen.forcedReason === baseline.forcedReason) {
		return {kind: 'not yet', text: 'it has not been told to roll out anew'};
	}
	const rollout = rolloutOf(seen.installer);
	if (rollout.kind !== 'at latest revision') {
		return {kind: 'not yet', text: rollout.kind === 'in progress' ? `in progress: ${rollout.text}` : rollout.text};
	}
	return rollout.revision > baseline.revision
		? {kind: 'yes', text: `AllNodesAtLatestRevision: ${seen.installer.message}`}
		: {kind: 'not yet', text: `the operator has not begun: still revision ${rollout.revision}`};
}

/** The newest revision that a condition speaks of. */
export function newestRevision(message: string): number {
	return Math.max(0, ...[...message.matchAll(/revision (\d+)/g)].map(([, revision]) => Number(revision)));
}
