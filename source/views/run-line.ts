/** The run in one line, on every view: what it does, how far it is, and what comes then. */
import {type Line, span} from '../components/line.ts';
import {cooldownMs} from '../domain/defrag-policy.ts';
import type {Run, Waiting} from '../domain/defrag-run.ts';
import type {State} from '../engine/state.ts';
import {durationText, estimateText, timeOfDay} from '../format.ts';
import type {Symbols, Theme} from '../theme.ts';
import {type NameOf, namesOf} from './members-shown.ts';
import type {ViewId, ViewProps} from './view.ts';

const nameCells = 20;
const settleMinutes = '5:00';

/** On the run's own view there is no need of the way to it. */
const opensRun = '4 opens the run';
const showsSummary = '4 shows the summary';
const wayToRun: ReadonlySet<string> = new Set([opensRun, showsSummary]);

type Told = {
	readonly symbol: keyof Symbols;
	readonly style: keyof Theme['styles'];
	/** What it does; the first word of it after the symbol. */
	readonly text: string;
	/** More, while there is room. */
	readonly rest: readonly string[];
};

/** Absent while there is no run to tell of. `view`: the one that is open; without one no key opens the run. */
export function runLine({state, view, theme}: Pick<ViewProps, 'state' | 'theme'> & {readonly view?: ViewId}): Line | undefined {
	if (state.run === undefined) {
		return undefined;
	}
	const isElsewhere = view !== undefined && view !== 'run';
	const {symbol, style, text, rest} = tell(state.run, state, namesOf(state, nameCells, theme));
	return [
		span(' run  '),
		span(theme.symbols[symbol], theme.styles[style]),
		span(` ${theme.text(text)}`, theme.styles.strong),
		...rest.filter((part) => part !== '' && (isElsewhere || !wayToRun.has(part))).map((part) => span(`   ${theme.text(part)}`)),
	];
}

function tell(run: Run, state: State, nameOf: NameOf): Told {
	const {phase} = run;
	const turn = `member ${turnNumber(run)} of ${run.confirmed.length}`;
	const then = thenText(run.waiting[0], nameOf);
	const stops = run.cancel === undefined ? '' : 'stops after this member';
	const next = stops === '' ? then : stops;
	const time = (at: number) => timeOfDay(at + state.wallOffsetMs);
	switch (phase.kind) {
		case 'checking': {
			const before = phase.next === undefined ? '' : ` before ${nameOf(phase.next)}`;
			const holding = phase.gates.filter(({state: gate}) => gate === 'failed' || gate === 'pending')[0];
			return {symbol: 'waiting', style: 'plain', text: `asking the gates${before}`, rest: [turn, holding?.title ?? '', stops]};
		}
		case 'moving leader':
			return {symbol: 'waiting', style: 'plain', text: `moving leadership to ${nameOf(phase.to)}`, rest: [turn, stops]};
		case 'asking':
			return {symbol: 'warning', style: 'warning', text: 'leadership did not move: choose', rest: [opensRun, turn]};
		case 'defragmenting':
			return {
				symbol: 'working',
				style: 'working',
				text: `${nameOf(phase.memberId)} defragmenting ${durationText(state.now - phase.since)} of ${estimateText(phase.estimateMs)}`,
				rest: [turn, next],
			};
		case 'unknown':
			return {
				symbol: 'unknown',
				style: 'unknown',
				text: `${nameOf(phase.memberId)} unknown, ${durationText(state.now - phase.since)} without an answer`,
				rest: ['not sent again, nothing else starts', turn],
			};
		case 'settling':
			return {
				symbol: 'waiting',
				style: 'plain',
				text: `${nameOf(phase.memberId)} settling ${durationText(state.now - phase.settlingSince)} of at most ${settleMinutes}`,
				rest: [turn, next],
			};
		case 'cooling down':
			return {
				symbol: 'waiting',
				style: 'plain',
				text: `cooldown ${durationText(Math.ceil((phase.until - state.now) / 1000) * 1000)} left`,
				rest: [phase.next === undefined ? '' : `then ${nameOf(phase.next)}${roleText(run, phase.next)}`, turn, stops],
			};
		case 'finished':
			return {symbol: 'done', style: 'good', text: `finished ${time(phase.at)}`, rest: [showsSummary]};
		case 'halted':
			return {symbol: 'alarm', style: 'alarm', text: `halted ${time(phase.at)}: ${phase.reason}`, rest: [opensRun]};
		case 'cancelled':
			return {symbol: 'none', style: 'plain', text: `cancelled ${time(phase.at)} by ${phase.by}`, rest: [showsSummary]};
	}
}

function turnNumber({turns, confirmed, waiting}: Run): number {
	const ended = turns.filter(({memberId, outcome}) => confirmed.includes(memberId) && outcome !== 'skipped').length;
	return Math.min(confirmed.length, waiting.length === confirmed.length ? 1 : ended + 1);
}

function thenText(next: Waiting | undefined, nameOf: NameOf): string {
	return next === undefined
		? ''
		: `then cooldown ${durationText(cooldownMs)}, ${nameOf(next.memberId)}${next.role === 'leader' ? ' (leader)' : ''}`;
}

function roleText({waiting}: Run, memberId: string): string {
	return waiting.find((one) => one.memberId === memberId)?.role === 'leader' ? ' (leader)' : '';
}
