/** The views, by their number keys: tabs, Tab, number keys, footer, help and README follow. What draws them is in `index.ts`. */

export type ViewRow = {
	readonly id: string;
	/** The key that opens it; a view without one is reached from another. */
	readonly number?: number;
	readonly title: string;
	/** What the keys that move do: another member, another alarm, or the lines of a list. */
	readonly moves: 'members' | 'alarms' | 'lines';
	/** Shown as it is, also while the screen is paused: what must not wait. */
	readonly isLive?: true;
};

export const viewTable = [
	{id: 'overview', number: 1, title: 'Overview', moves: 'members'},
	{id: 'charts', number: 2, title: 'Charts', moves: 'members'},
	{id: 'alarms', number: 3, title: 'Alarms', moves: 'alarms', isLive: true},
	{id: 'run', number: 4, title: 'Run', moves: 'lines', isLive: true},
	{id: 'events', number: 5, title: 'Events', moves: 'lines'},
	{id: 'encryption', number: 6, title: 'Encryption', moves: 'lines'},
	{id: 'backups', number: 7, title: 'Backups', moves: 'lines', isLive: true},
	{id: 'rescue', number: 8, title: 'Rescue', moves: 'lines', isLive: true},
	{id: 'restore', number: 9, title: 'Restore', moves: 'lines'},
	{id: 'member', title: 'Member', moves: 'lines'},
] as const satisfies readonly ViewRow[];

export type ViewId = (typeof viewTable)[number]['id'];

const rows: readonly (ViewRow & {readonly id: ViewId})[] = viewTable;

export function viewRow(view: ViewId): ViewRow {
	return rows.find(({id}) => id === view)!;
}

/** In the order of their numbers. */
export const numberedViews: readonly {readonly id: ViewId; readonly number: number}[] = rows.flatMap(({id, number}) =>
	number === undefined ? [] : [{id, number}],
);
