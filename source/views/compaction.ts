/** A compaction under way, and what came of it: in the run's view in full, on every other in one line. */
import type {Line} from '../components/line.ts';
import type {Compaction} from '../domain/compact.ts';
import {isOver as isRunOver} from '../domain/defrag-run.ts';
import {uncountedText} from '../domain/uncounted.ts';
import type {State} from '../engine/state.ts';
import {displayWidth, durationText, sizeText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {compactionOf} from './rescue-steps.ts';
import {detailStart, entryLines, type RunEntry, underLines} from './run-parts.ts';

/** In one line: what does not fit is told on the view of the run. Beside a run one that is over says nothing any more. */
export function compactionLine(state: State, columns: number, theme: Theme): Line | undefined {
	const {compaction, run} = state;
	const isRunGoing = run !== undefined && !isRunOver(run);
	if (compaction === undefined || (isRunGoing && isOver(compaction))) {
		return undefined;
	}
	const entry = entryOf(compaction, state.now, theme);
	const {detail, short = detail} = entry;
	const details = [...(isOver(compaction) && maySetAside(state) ? [`${detail}; Esc clears`] : []), detail];
	const whole = details.find((text) => displayWidth(theme.text(text)) <= columns - detailStart);
	return entryLines({...entry, detail: whole ?? short}, columns, theme)[0];
}

function isOver({phase}: Compaction): boolean {
	return phase.kind !== 'compacting' && phase.kind !== 'stabilising';
}

/** Under NOSPACE one whose effect can't be counted yet is what tells that defragmenting comes next. */
export function maySetAside(state: Pick<State, 'compaction' | 'alarms'>): boolean {
	return !(compactionOf(state) === 'uncounted' && state.alarms.some(({alarm}) => alarm === 'NOSPACE'));
}

export function compactionLines(state: State, columns: number, theme: Theme): readonly Line[] {
	const {compaction, run} = state;
	if (compaction === undefined) {
		return [];
	}
	if (run !== undefined && !isRunOver(run) && isOver(compaction)) {
		return [];
	}
	const {phase} = compaction;
	const next = nextStepOf(phase);
	return [
		...entryLines(entryOf(compaction, state.now, theme), columns, theme),
		...(next === undefined ? [] : underLines(next, columns, theme)),
	];
}

function nextStepOf(phase: Compaction['phase']): string | undefined {
	if (phase.kind === 'finished') {
		return phase.uncounted.length === 0 ? undefined : uncountedText(phase.uncounted);
	}
	return 'nextStep' in phase ? phase.nextStep : undefined;
}

function entryOf(
	{phase, revision, startedAt, inUseBefore}: Compaction,
	now: number,
	theme: Theme,
): RunEntry & {readonly short?: string} {
	const {styles} = theme;
	const to = `to revision ${revision}`;
	const name = 'compact';
	switch (phase.kind) {
		case 'compacting':
			return {
				symbol: 'working',
				style: styles.working,
				name,
				state: 'compacting',
				detail: `${to}   ${durationText(now - startedAt)}`,
			};
		case 'stabilising': {
			const inUse = `in use ${sizeText(inUseBefore)} → ${sizeText(phase.inUseBytes)}`;
			return {symbol: 'waiting', name, state: 'freeing pages', detail: `${to}   ${inUse}`, short: inUse};
		}
		case 'finished': {
			const inUse = `in use ${sizeText(inUseBefore)} → ${sizeText(phase.inUseBytes)}`;
			return {symbol: 'done', style: styles.good, name, state: 'done', detail: `${to}   ${inUse}`, short: inUse};
		}
		case 'failed':
			return {symbol: 'failed', style: styles.bad, name, state: 'failed', detail: phase.reason};
		case 'unknown':
			return {symbol: 'unknown', style: styles.unknown, name, state: 'unknown', detail: phase.reason};
	}
}
