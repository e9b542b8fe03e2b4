import type {ReactElement} from 'react';
import {blank, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import type {ClusterEvent, State} from '../engine/state.ts';
import {wholeEventLines} from './events-section.ts';
import type {ScreenView, ViewProps} from './view.ts';

/** Everything that changed since the start, newest first. */
export function Events(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={eventsLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function eventsLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, rows, theme} = props;
	const events = eventsShown(state, screen);
	const room = Math.max(0, rows - 1);
	const blocks = wholeEventLines(props, events);
	const first = Math.max(0, Math.min(screen.scroll, lastFirst(blocks, room)));
	const shown = fitting(blocks.slice(first), room);
	const part =
		shown.length < events.length
			? `${first + 1} to ${first + shown.length} of ${events.length}`
			: `${events.length} of ${state.events.length}`;
	const filter =
		screen.filter === '' && !screen.filterTyping ? '' : `filter /${theme.text(screen.filter)}${screen.filterTyping ? '_' : ''}`;
	const title = rule('events', [`newest first, ${part}`, filter].filter(Boolean), columns, theme);
	return shown.length === 0
		? [title, [blank(1), span(filter === '' ? 'Nothing has changed yet.' : 'No event has that in it.')]]
		: [title, ...shown.flat()];
}

type Blocks = readonly (readonly Line[])[];

/** As many whole events as fit, and one in any case. */
function fitting(blocks: Blocks, room: number): Blocks {
	let left = room;
	const count = blocks.findIndex((block) => {
		left -= block.length;
		return left < 0;
	});
	return count === -1 ? blocks : blocks.slice(0, Math.max(1, count));
}

/** The first event of the last page. */
function lastFirst(blocks: Blocks, room: number): number {
	return blocks.length - fitting(blocks.toReversed(), room).length;
}

/** The events whose subject or text holds what is filtered for. */
export function eventsShown({events}: Pick<State, 'events'>, {filter}: Pick<ScreenView, 'filter'>): readonly ClusterEvent[] {
	const wanted = filter.toLowerCase();
	return wanted === '' ? events : events.filter(({subject, text}) => `${subject} ${text}`.toLowerCase().includes(wanted));
}
