/** The members table of sizes: what there is room for, most important first. */
import {sizeBar} from '../components/gauge.ts';
import {type Line, span} from '../components/line.ts';
import {type Column, tableWidth} from '../components/table.ts';
import {reclaimableBytes, reclaimableRatio, usedRatio} from '../domain/db-size.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {ageText, displayWidth, latencyText, percentText, sizeText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';
import {stateSpans} from './state-words.ts';

/** From these widths on there is room for the column. */
const widths = {answer: 80, inUse: 92, quota: 102, bar: 120, longBar: 200};

export const smallestNameCells = 12;

export type TableProps = {readonly state: State; readonly columns: number; readonly theme: Theme};

/** `nameCells` comes from the spare width, so that names grow with the terminal. */
export function sizeColumns({state, columns, theme}: TableProps): readonly Column<MemberRecord>[] {
	const without = columnsWith(state, columns, theme, smallestNameCells);
	const spare = columns - 2 - tableWidth(without);
	const nameCells = growingNameCells(state, spare, theme);
	return nameCells === smallestNameCells ? without : columnsWith(state, columns, theme, nameCells);
}

export function growingNameCells(state: State, spare: number, theme: Theme): number {
	const longest = Math.max(0, ...state.members.map(({member}) => displayWidth(theme.text(memberLabel(member)))));
	return Math.max(smallestNameCells, Math.min(longest, smallestNameCells + spare));
}

function columnsWith(state: State, columns: number, theme: Theme, nameCells: number): readonly Column<MemberRecord>[] {
	const {symbols} = theme;
	const nameOf = namesOf(state, nameCells, theme);
	const roomy = columns >= widths.inUse;
	const none = symbols.none;
	const barCells = columns >= widths.longBar ? 32 : 16;
	const all: readonly (Column<MemberRecord> & {readonly from?: number})[] = [
		{head: 'NAME', cells: nameCells, align: 'left', gap: 0, content: ({member}) => span(nameOf(member.id))},
		{
			head: 'STATE',
			cells: 15,
			align: 'left',
			gap: columns >= widths.answer ? 2 : 1,
			content: ({condition}) => stateSpans(condition.state, theme),
		},
		{
			head: 'ROLE',
			cells: 8,
			align: 'left',
			gap: roomy ? 2 : 1,
			content: ({role}) => span(role ?? none, role === 'leader' ? theme.styles.strong : ''),
		},
		{
			head: 'DB SIZE',
			cells: 8,
			align: 'right',
			gap: roomy ? 2 : 1,
			content: ({status}) => span(status === undefined ? none : sizeText(status.value.dbSizeBytes)),
		},
		{
			head: 'IN USE',
			cells: 8,
			align: 'right',
			gap: 2,
			from: widths.inUse,
			content: ({status}) => span(status === undefined ? none : sizeText(status.value.dbSizeInUseBytes)),
		},
		{
			head: '',
			cells: 8,
			align: 'right',
			gap: 2,
			from: widths.answer,
			content: ({status}) => span(status === undefined ? none : sizeText(reclaimableBytes(status.value))),
		},
		{
			head: columns >= widths.answer ? 'GIVES BACK' : 'BACK',
			cells: 4,
			align: 'right',
			gap: columns >= widths.answer ? 1 : 2,
			content: ({status}) => span(status === undefined ? none : percentText(reclaimableRatio(status.value))),
		},
		{head: 'QUOTA', cells: 8, align: 'right', gap: 2, from: widths.quota, content: (record) => span(quotaText(record, none))},
		{
			head: 'USED',
			cells: 5,
			align: 'right',
			gap: 1,
			content: (record) => {
				const used = usedOf(record);
				return span(used === undefined ? none : `${guessed(record)}${percentText(used)}`);
			},
		},
		{
			head: `${symbols.full} IN USE  ${symbols.givesBack} BACK`,
			cells: barCells,
			align: 'left',
			gap: 2,
			from: widths.bar,
			content: (record) => barOf(record, barCells, theme),
		},
		{
			head: 'ANSWER',
			cells: 8,
			align: 'right',
			gap: 2,
			from: widths.answer,
			content: (record) => span(answerText(record, state, none)),
		},
	];
	return all.filter(({from}) => from === undefined || columns >= from);
}

function usedOf({status, quota}: MemberRecord): number | undefined {
	return status === undefined ? undefined : usedRatio(status.value.dbSizeBytes, quota);
}

function quotaText({status, quota}: MemberRecord, none: string): string {
	if (status === undefined || quota.bytes === undefined) {
		return none;
	}
	return quota.source === 'assumed' ? `~${quota.bytes / GiB} GiB` : sizeText(quota.bytes);
}

const GiB = 1024 ** 3;

/** Nothing told the quota: what is shown rests on etcd's default. */
function guessed({quota}: MemberRecord): string {
	return quota.source === 'assumed' ? '~' : '';
}

/** Without a quota the bar is the file. */
export function barOf({status, quota}: MemberRecord, cells: number, theme: Theme): Line {
	if (status === undefined) {
		return [span(theme.symbols.none)];
	}
	const {dbSizeBytes, dbSizeInUseBytes} = status.value;
	const whole = quota.bytes ?? dbSizeBytes;
	return sizeBar({inUse: dbSizeInUseBytes / whole, used: dbSizeBytes / whole, cells}, theme);
}

/** Figures older than two polls are old: the row is dim, and its age takes the place of the latency. */
export function figuresAge({status}: MemberRecord, {now, intervalMs}: Pick<State, 'now' | 'intervalMs'>): number | undefined {
	const age = status === undefined ? undefined : now - status.at;
	return age !== undefined && age > 2 * intervalMs ? age : undefined;
}

function answerText(record: MemberRecord, state: State, none: string): string {
	const age = figuresAge(record, state);
	if (age !== undefined) {
		return ageText(age);
	}
	return record.status === undefined || record.latencyMs === undefined ? none : latencyCell(record.latencyMs);
}

/** The unit stands in its place: `2.1 s ` under `1.4 ms`. */
function latencyCell(ms: number): string {
	const text = latencyText(ms);
	return text.endsWith('ms') ? text : `${text} `;
}
