/** The members table of raft figures and identities. */
import {span} from '../components/line.ts';
import {type Column, tableWidth} from '../components/table.ts';
import {daysSince} from '../domain/days-since.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import type {Theme} from '../theme.ts';
import {errorsText} from './member-fields.ts';
import {namesOf} from './members-shown.ts';
import {growingNameCells, smallestNameCells, type TableProps} from './size-columns.ts';

/** Errors narrower than this say nothing. */
const smallestErrorCells = 6;

export function raftColumns({state, columns, theme}: TableProps): readonly Column<MemberRecord>[] {
	const fixed = columnsWith(state, columns, theme, smallestNameCells);
	const width = 2 + tableWidth(fixed);
	const errorCells = columns - width - 2;
	if (errorCells < smallestErrorCells) {
		return fixed;
	}
	const nameCells = growingNameCells(state, errorCells - 20, theme);
	const {symbols} = theme;
	return [
		...columnsWith(state, columns, theme, nameCells),
		{
			head: 'ERRORS',
			cells: errorCells - (nameCells - smallestNameCells),
			align: 'left',
			gap: 2,
			content: ({status}) => span(theme.text(errorsText(status?.value.errors ?? []) || symbols.none)),
		},
	];
}

function columnsWith(state: State, columns: number, theme: Theme, nameCells: number): readonly Column<MemberRecord>[] {
	const none = theme.symbols.none;
	const nameOf = namesOf(state, nameCells, theme);
	const full = columns >= 120;
	const gap = full ? 2 : 1;
	const endpointCells = full ? 25 : columns >= 80 ? 21 : 18;
	const figure = (read: (status: NonNullable<MemberRecord['status']>['value']) => number) => (record: MemberRecord) =>
		span(record.status === undefined ? none : String(read(record.status.value)));
	const all: readonly (Column<MemberRecord> & {readonly from?: number})[] = [
		{head: 'NAME', cells: nameCells, align: 'left', gap: 0, content: ({member}) => span(nameOf(member.id))},
		{
			head: 'ENDPOINT',
			cells: endpointCells,
			align: 'left',
			gap,
			content: ({member}) => span(theme.text(endpointText(member.endpoint ?? none, full))),
		},
		{head: 'ID', cells: 16, align: 'left', gap, from: 120, content: ({member}) => span(member.id)},
		{
			head: 'VERSION',
			cells: 7,
			align: 'left',
			gap,
			from: 80,
			content: ({status}) => span(theme.text(status?.value.version ?? none)),
		},
		{
			head: 'STORAGE',
			cells: 7,
			align: 'left',
			gap,
			from: 140,
			content: ({status}) => span(theme.text(status?.value.storageVersion ?? none)),
		},
		{head: 'TERM', cells: 4, align: 'right', gap, content: figure(({raftTerm}) => raftTerm)},
		{head: 'RAFT INDEX', cells: 10, align: 'right', gap, content: figure(({raftIndex}) => raftIndex)},
		{head: 'APPLIED', cells: 10, align: 'right', gap, content: figure(({raftAppliedIndex}) => raftAppliedIndex)},
		{
			head: 'DEFRAG',
			cells: 6,
			align: 'right',
			gap,
			from: 90,
			content: ({lastDefragmentation}) => span(defragmentedText(lastDefragmentation, state, none)),
		},
	];
	return all.filter(({from}) => from === undefined || columns >= from);
}

/** `34 d`, `<1 d`: since the last defragmentation that is known of, by anybody. */
function defragmentedText(last: MemberRecord['lastDefragmentation'], {now, wallOffsetMs}: State, none: string): string {
	const days = last && daysSince(last.endedWallMs, now + wallOffsetMs);
	return days === undefined ? none : days < 1 ? '<1 d' : `${Math.floor(days)} d`;
}

function endpointText(endpoint: string, withScheme: boolean): string {
	return withScheme ? endpoint : endpoint.replace(/^https?:\/\//, '');
}
