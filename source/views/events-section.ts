/** What changed, newest first. */
import {blank, type Line, span} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import type {ClusterEvent, State} from '../engine/state.ts';
import {cell, displayWidth, timeCell, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {type NameOf, namesOf, shortNameOfLabel} from './members-shown.ts';
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
export function eventLines(props: EventsProps, events: readonly ClusterEvent[]): readonly Line[] {
	const place = placeOf(props, events);
	return events.map((event) => [...startOf(event, place, props), span(props.theme.text(event.text))]);
}

/** The same with the whole text of each, over as many lines as it takes. */
export function wholeEventLines(props: EventsProps, events: readonly ClusterEvent[]): readonly (readonly Line[])[] {
	const {columns, theme} = props;
	const place = placeOf(props, events);
	const indent = timeCells + place.cells + gapCells;
	return events.map((event) => {
		const [first = '', ...more] = wrapText(theme.text(event.text), columns - indent);
		return [[...startOf(event, place, props), span(first)], ...more.map((text): Line => [blank(indent), span(text)])];
	});
}

/** Time, sign and the blanks around them. */
const timeCells = 14;
const gapCells = 2;

type Place = {readonly nameOf: NameOf; readonly cells: number};

/** The subjects stand in a column that is as wide as the longest of them, within bounds. */
function placeOf({state, theme}: EventsProps, events: readonly ClusterEvent[]): Place {
	const nameOf = namesOf(state, subjectCells, theme);
	const widths = events.map(({subject}) => displayWidth(shortNameOfLabel(state, subject, nameOf, theme)));
	return {nameOf, cells: Math.min(subjectCells, Math.max(smallestSubjectCells, ...widths))};
}

function startOf({at, kind, subject}: ClusterEvent, {nameOf, cells}: Place, {state, theme}: EventsProps): Line {
	const name = shortNameOfLabel(state, subject, nameOf, theme);
	return [
		span(` ${timeCell(at + state.wallOffsetMs, state.now + state.wallOffsetMs)}  `),
		eventSymbol(kind, theme),
		blank(2),
		span(`${cell(name, cells, 'left', theme.symbols.ellipsis)}  `),
	];
}
