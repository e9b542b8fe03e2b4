/** What changed, newest first. */
import {blank, type Line, span} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import type {ClusterEvent, State} from '../engine/state.ts';
import {cell, displayWidth, timeCell} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf, shortNameOfLabel} from './members-shown.ts';
import {eventSymbol} from './state-words.ts';

export type EventsProps = {readonly state: State; readonly columns: number; readonly theme: Theme};

const subjectCells = 12;
const smallestSubjectCells = 7;
const detailsFrom = 100;

/** A rule and as many events as `rows` leave; in a single row the newest event alone. */
export function eventsSection(props: EventsProps & {readonly rows: number}): readonly Line[] {
	const {state, columns, rows, theme} = props;
	if (rows < 2) {
		return eventLines(props, state.events.slice(0, Math.max(0, rows)));
	}
	const shown = state.events.slice(0, rows - 1);
	const count = `newest first, ${shown.length} of ${state.events.length}`;
	return [rule('events', columns >= detailsFrom ? [count] : [], columns, theme), ...eventLines(props, shown)];
}

/** ` 14:27:40  ●  etcd-2   answers in time again: 1.9 ms` */
export function eventLines({state, theme}: EventsProps, events: readonly ClusterEvent[]): readonly Line[] {
	const nameOf = namesOf(state, subjectCells, theme);
	const subjects = events.map(({subject}) => shortNameOfLabel(state, subject, nameOf, theme));
	const width = Math.min(subjectCells, Math.max(smallestSubjectCells, ...subjects.map(displayWidth)));
	return events.map((event, index) => [
		span(` ${timeCell(event.at + state.wallOffsetMs, state.now + state.wallOffsetMs)}  `),
		eventSymbol(event.kind, theme),
		blank(2),
		span(`${cell(subjects[index] ?? '', width, 'left', theme.symbols.ellipsis)}  ${theme.text(event.text)}`),
	]);
}
