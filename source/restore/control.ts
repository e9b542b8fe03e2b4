/**
 * A restore under way: looks at the step that is waited for, ticks off what is seen, does what a person has confirmed, and keeps
 * everything in its file before it is shown. It knows no step by name: those are data.
 */

import {keptLines, lookEveryMs} from '../domain/restore-policy.ts';
import {
	currentStep,
	endedAct,
	newestRevision,
	nextReason,
	performWord,
	type RestoreRun,
	type Ticked,
	tickByPerson,
	tickByProgram,
	whyNotNow,
	withAct,
} from '../domain/restore-run.ts';
import type {RunbookStep} from '../domain/runbook.ts';
import type {Clock} from '../engine/clock.ts';
import {lookAt, type Ways} from './looks.ts';
import {perform, whyNotByProgram} from './perform.ts';
import {reasonOf} from './reason.ts';
import type {RestoreState} from './state.ts';

export type RestoreControlOptions = {
	readonly run: RestoreRun;
	readonly path: string;
	/** Throws where it can't be kept; then nothing is done. */
	readonly keep: (run: RestoreRun) => void;
	readonly ways: Ways;
	readonly clock: Pick<Clock, 'wallMs' | 'sleep'>;
	/** A line in the journal of what is done to the cluster; never throws. */
	readonly note: (type: 'asked' | 'answered', reason: string, outcome?: 'done' | 'failed' | 'unknown') => void;
};

export interface RestoreControl {
	getState(): RestoreState;
	subscribe(listener: () => void): () => void;
	/** Looks until `stop`. */
	start(): void;
	stop(): void;
	/** Resolves once nothing is being done any more, and what came of it is kept. */
	idle(): Promise<void>;
	/** Looks at once. */
	look(): void;
	/** A person's word that it is done. */
	tick(step: RunbookStep, typed: string): void;
	/** Has the program do it. */
	perform(step: RunbookStep, typed: string): void;
	say(kind: 'good' | 'refused' | 'note', text: string): void;
	dismiss(): void;
}

const beatMs = 1000;

export function createRestoreControl({run: begun, path, keep, ways, clock, note}: RestoreControlOptions): RestoreControl {
	const listeners = new Set<() => void>();
	const stopping = new AbortController();
	let wake = new AbortController();
	let working: Promise<void> = Promise.resolve();
	/** From the typed word on: what is asked of the API before it begins takes a while too. */
	let isActing = false;
	let state: RestoreState = {
		run: begun,
		wallMs: clock.wallMs(),
		path,
		answers: {},
		whyNotByProgram: Object.fromEntries(
			begun.runbook.steps.flatMap((step) => {
				const why = whyNotByProgram(step, ways);
				return why === undefined ? [] : [[step.id, why]];
			}),
		),
	};

	function change(fields: Partial<RestoreState>): void {
		state = {...state, ...fields, wallMs: clock.wallMs()};
		for (const listener of listeners) {
			listener();
		}
	}

	function say(kind: 'good' | 'refused' | 'note', text: string): void {
		change({message: {kind, text}});
	}

	function without(field: 'looking' | 'acting' | 'message'): void {
		const {[field]: _, ...rest} = state;
		state = rest;
		change({});
	}

	/** Kept first, shown then; what can't be kept has not happened. */
	function become(run: RestoreRun): boolean {
		try {
			keep(run);
		} catch (error) {
			say('refused', `this can't be kept in ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}; make room there`);
			return false;
		}
		change({run});
		return true;
	}

	function take(ticked: Ticked): boolean {
		if (ticked.kind === 'refused') {
			say('refused', ticked.why);
			return false;
		}
		return become(ticked.run);
	}

	/** What a rollout is measured against has to be read before anybody has it begin. */
	async function readBaseline({check}: RunbookStep): Promise<boolean> {
		if (check?.kind !== 'rollout' || state.run.baselines[check.operator] !== undefined || ways.api === undefined) {
			return true;
		}
		const {installer, forcedReason} = await ways.api.operator(check.operator);
		const baseline = {revision: newestRevision(installer.message), forcedReason};
		return become({...state.run, baselines: {...state.run.baselines, [check.operator]: baseline}});
	}

	async function lookOnce(): Promise<boolean> {
		const step = currentStep(state.run);
		if (step === undefined || state.acting !== undefined) {
			return false;
		}
		change({looking: step.id});
		await readBaseline(step).catch(() => false);
		const look = await lookAt(step, state.run, ways, clock.wallMs(), stopping.signal);
		without('looking');
		if (look === undefined || stopping.signal.aborted || currentStep(state.run)?.id !== step.id) {
			return false;
		}
		if (look.sums !== undefined && Object.keys(look.sums).length > 0) {
			become({...state.run, sums: look.sums});
		}
		change({answers: {...state.answers, [step.id]: {answer: look.answer, wallMs: clock.wallMs()}}});
		const ticked = tickByProgram(state.run, step, look.answer, clock.wallMs());
		return ticked.kind === 'ticked' && become(ticked.run);
	}

	async function keepLooking(): Promise<void> {
		while (!stopping.signal.aborted) {
			// As long as steps are seen done, the next one is looked at without a pause.
			if (!(await lookOnce())) {
				await clock.sleep(lookEveryMs, AbortSignal.any([stopping.signal, wake.signal]));
				wake = wake.signal.aborted ? new AbortController() : wake;
			}
		}
	}

	/** Ages and durations go on while nothing else does. */
	async function keepTime(): Promise<void> {
		while (!stopping.signal.aborted) {
			await clock.sleep(beatMs, stopping.signal);
			change({});
		}
	}

	async function act(step: RunbookStep): Promise<void> {
		if (!(await readBaseline(step))) {
			return;
		}
		const wallMs = clock.wallMs();
		const reason = step.check?.kind === 'rollout' ? nextReason(state.run, new Date(wallMs).toISOString()) : undefined;
		const begun = withAct(state.run, {
			stepId: step.id,
			wallMs,
			outcome: 'begun',
			text: '',
			...(reason !== undefined && {reason}),
		});
		if (!become(begun)) {
			return;
		}
		note('asked', step.title);
		change({acting: {stepId: step.id, wallMs, lines: []}});
		const done = await perform(step, state.run, ways, reason, (line) => {
			const acting = state.acting;
			if (acting !== undefined) {
				change({acting: {...acting, lines: [...acting.lines, line].slice(-keptLines)}});
			}
		});
		note('answered', `${step.title}: ${done.text}`, done.outcome);
		without('acting');
		become(endedAct(state.run, done.outcome, done.text));
		say(done.outcome === 'done' ? 'good' : 'refused', done.text);
		if (done.outcome === 'done' && step.check === undefined) {
			take(tickByPerson(state.run, step, step.word, clock.wallMs()));
		}
	}

	return {
		getState: () => state,
		subscribe(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		start() {
			void keepLooking();
			void keepTime();
		},
		stop() {
			stopping.abort();
			wake.abort();
		},
		idle: () => working,
		look: () => wake.abort(),
		tick(step, typed) {
			if (take(tickByPerson(state.run, step, typed, clock.wallMs(), state.answers[step.id]?.answer))) {
				wake.abort();
			}
		},
		perform(step, typed) {
			const why =
				whyNotNow(state.run, step) ??
				whyNotByProgram(step, ways) ??
				(isActing ? 'a step is being done' : undefined) ??
				(typed.trim() === performWord(state.run, step) ? undefined : `the word is ${performWord(state.run, step)}`);
			if (why !== undefined) {
				say('refused', why);
				return;
			}
			isActing = true;
			working = act(step)
				.catch((error: unknown) => say('refused', reasonOf(error)))
				.finally(() => {
					isActing = false;
					wake.abort();
				});
		},
		say,
		dismiss: () => without('message'),
	};
}
