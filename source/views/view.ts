/** What every view is given. It fills exactly `columns` × `rows` cells and reads nothing but these. */
import type {ReactElement} from 'react';
import type {MemberId} from '../domain/member.ts';
import type {ChartWindow} from '../domain/series.ts';
import type {State} from '../engine/state.ts';
import type {Theme} from '../theme.ts';
import type {ViewId, ViewRow} from './view-table.ts';

export type {ViewId} from './view-table.ts';

export type SortColumn = 'name' | 'state' | 'dbSize' | 'givesBack' | 'used' | 'answer';

/** What the operator has chosen to look at; how keys change it is not a view's concern. */
export type ScreenView = {
	readonly view: ViewId;
	/** The member with the marker; the first shown one when absent or gone. */
	readonly selectedId?: MemberId;
	/** Which part of the table is shown where there is no room for all. */
	readonly columnsSet: 'size' | 'raft' | 'pods';
	readonly sort: {readonly column: SortColumn; readonly descending: boolean};
	/** Part of a name; empty shows everything. */
	readonly filter: string;
	/** The filter is being typed: its cursor is shown. */
	readonly filterTyping: boolean;
	readonly chartWindow: ChartWindow;
	readonly chartScope: 'all' | 'selected';
	/** How many lines a list is scrolled down. */
	readonly scroll: number;
	/** Uptime ms; absent while the screen is not paused. */
	readonly pausedSince?: number;
};

export type ViewProps = {
	readonly state: State;
	readonly screen: ScreenView;
	readonly columns: number;
	readonly rows: number;
	readonly theme: Theme;
};

export type View = ViewRow & {readonly id: ViewId; readonly component: (props: ViewProps) => ReactElement};
