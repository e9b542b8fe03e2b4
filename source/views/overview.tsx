import type {ReactElement} from 'react';
import {emptyLine, type Line} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {dbSizeChart, smallestChartRows} from './db-size-chart.ts';
import {eventsSection} from './events-section.ts';
import {membersSection, raftTable} from './members-section.ts';
import {membersShown, selectedMember} from './members-shown.ts';
import {noMembers} from './no-members.ts';
import type {ViewProps} from './view.ts';

/** The cluster on one screen: members, what became of their db sizes, and what happened. */
export function Overview(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={overviewLines(props)} columns={columns} rows={rows} theme={theme} />;
}

/** Nine steps, the axis, the times and the rule: what a chart of 8 GiB wants. */
const fullChartRows = 12;
const roomyChartRows = 20;

/** The rule and two events: below that the raft table gives way to them. */
const comfortableEventRows = 3;
const wantedEventRows = 8;
const raftTableColumns = 120;

/**
 * As the height shrinks the blank rows go first, then the raft table, then events down to one, then the chart to five steps, then
 * the chart. The members stay, and scroll where there are too many.
 */
export function overviewLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, rows} = props;
	if (state.members.length === 0) {
		return noMembers(props);
	}
	const shown = membersShown(state.members, screen);
	const {wantedRows} = membersSection({...props, raftShown: false});
	const raftRows = 1 + shown.length;
	const hasRoom = columns >= raftTableColumns && rows - wantedRows - fullChartRows - raftRows >= comfortableEventRows;
	// With three sets of columns the key goes through all of them, so that each press is seen to do something.
	const raftShown = hasRoom && !(screen.columnsSet === 'raft' && state.pods !== undefined);
	// The newest event gives way to a member, not the other way round.
	const leastEventRows = Math.min(1, state.events.length, Math.max(0, rows - wantedRows));
	const memberRows = Math.min(wantedRows, rows - leastEventRows);
	const withRaft = rows - memberRows - (raftShown ? raftRows : 0);
	const airy = withRaft - fullChartRows - 2 >= comfortableEventRows;
	const room = airy ? withRaft - (raftShown ? 2 : 1) : withRaft;
	const chart = dbSizeChart({
		...props,
		members: chartMembers(props),
		rows: chartRows(room, leastEventRows, state.events.length),
	});
	const gap = airy ? [emptyLine] : [];
	const members = membersSection({...props, rows: memberRows, raftShown});
	return [
		...gap,
		...members.lines,
		...(raftShown ? [...gap, ...raftTable(props)] : []),
		...chart,
		...eventsSection({...props, rows: room - chart.length}),
	];
}

/** All members, or the selected one alone. */
export function chartMembers({state, screen}: ViewProps) {
	const selected = selectedMember(membersShown(state.members, screen), screen);
	return screen.chartScope === 'all' || selected === undefined ? state.members : [selected];
}

/** The chart gets what events leave that are many enough to be read, and on a high screen finer steps. */
function chartRows(room: number, leastEventRows: number, eventCount: number): number {
	const eventRows = Math.min(wantedEventRows, eventCount + 1);
	if (room - eventRows >= roomyChartRows) {
		return Math.max(roomyChartRows, Math.floor((room - eventRows) * 0.6));
	}
	if (room - leastEventRows >= fullChartRows) {
		return fullChartRows;
	}
	return room - leastEventRows >= smallestChartRows ? smallestChartRows : 0;
}
