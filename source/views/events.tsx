import type {ReactElement} from 'react';
import {blank, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import type {ClusterEvent, State} from '../engine/state.ts';
import {eventLines} from './events-section.ts';
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
	const first = Math.max(0, Math.min(screen.scroll, events.length - room));
	const shown = events.slice(first, first + room);
	const part =
		events.length > room
			? `${first + 1} to ${first + shown.length} of ${events.length}`
			: `${events.length} of ${state.events.length}`;
	const filter =
		screen.filter === '' && !screen.filterTyping ? '' : `filter /${theme.text(screen.filter)}${screen.filterTyping ? '_' : ''}`;
	const title = rule('events', [`newest first, ${part}`, filter].filter(Boolean), columns, theme);
	return shown.length === 0
		? [title, [blank(1), span(filter === '' ? 'Nothing has changed yet.' : 'No event has that in it.')]]
		: [title, ...eventLines(props, shown)];
}

/** The events whose subject or text holds what is filtered for. */
export function eventsShown({events}: Pick<State, 'events'>, {filter}: Pick<ScreenView, 'filter'>): readonly ClusterEvent[] {
	const wanted = filter.toLowerCase();
	return wanted === '' ? events : events.filter(({subject, text}) => `${subject} ${text}`.toLowerCase().includes(wanted));
}
