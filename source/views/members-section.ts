/** The members: a row each, and a line or two under what is not healthy. It scrolls where they do not all fit. */
import {blank, fillLine, type Line, restyle, span} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import {type Column, firstVisible, tableHead, tableRow} from '../components/table.ts';
import type {MemberRecord} from '../engine/state.ts';
import {combine, type Theme} from '../theme.ts';
import {conditionLines} from './condition-text.ts';
import {membersShown, selectedMember, sortText} from './members-shown.ts';
import {podColumns, podLines} from './pod-columns.ts';
import {raftColumns} from './raft-columns.ts';
import {figuresAge, sizeColumns} from './size-columns.ts';
import type {ViewProps} from './view.ts';

/** The rule and the heads. */
const rowsAround = 2;

/** Where an explanation stands under the state; on a narrower screen it needs the room from the left. */
const indentedFrom = 110;
const narrowIndent = 4;

/** The first two columns, name and state, stay readable when the figures are old. */
const stateColumns = 2;

export type MembersSection = {
	readonly lines: readonly Line[];
	/** All that there would be. */
	readonly wantedRows: number;
};

/** In at most `rows` lines; `raftShown` when the raft table has a place of its own. */
export function membersSection(props: ViewProps & {readonly raftShown: boolean}): MembersSection {
	const {state, screen, columns, rows, theme, raftShown} = props;
	const shown = membersShown(state.members, screen);
	const selected = selectedMember(shown, screen);
	const set = setShown(props, raftShown);
	const table = tables[set](props);
	const blocks = [
		...shown.map((record) => memberBlock(props, table, record, record === selected)),
		...podLines(props).map((line) => [line]),
	];
	const total = blocks.reduce((sum, block) => sum + block.length, 0);
	const place = selected === undefined ? -1 : shown.indexOf(selected);
	const focus = blocks.slice(0, Math.max(0, place)).reduce((sum, block) => sum + block.length, 0);
	const room = Math.max(1, rows - rowsAround);
	const first = firstVisible(total, room, focus, blocks[place]?.length ?? 1);
	const hidden = total > room ? `line ${first + 1} to ${first + room} of ${total}` : '';
	const title = rule(
		'members',
		[summary(props, shown.length), hidden].filter((part) => part !== ''),
		columns,
		theme,
		nextSet(props, set, raftShown),
	);
	const body = blocks.flat().slice(first, first + room);
	return {lines: [title, [blank(2), ...tableHead(table, theme)], ...body], wantedRows: rowsAround + total};
}

type ColumnsSet = ViewProps['screen']['columnsSet'];

const tables = {size: sizeColumns, raft: raftColumns, pods: podColumns};

/** What has a place of its own below, or nothing to show, is not in this one. */
function setShown({state, screen}: ViewProps, raftShown: boolean): ColumnsSet {
	const {columnsSet} = screen;
	return (columnsSet === 'raft' && raftShown) || (columnsSet === 'pods' && state.pods === undefined) ? 'size' : columnsSet;
}

/** What the key does now. */
function nextSet({state}: ViewProps, shown: ColumnsSet, raftShown: boolean): string {
	const sets = (['size', 'raft', 'pods'] as const).filter(
		(set) => (set !== 'raft' || !raftShown || state.pods !== undefined) && (set !== 'pods' || state.pods !== undefined),
	);
	const next = sets[(sets.indexOf(shown) + 1) % sets.length];
	return next === undefined || next === shown ? '' : `w ${next} columns`;
}

/** Heads and rows of the raft table, where it stands under the other one. */
export function raftTable(props: ViewProps): readonly Line[] {
	const {state, screen, theme} = props;
	const shown = membersShown(state.members, screen);
	const selected = selectedMember(shown, screen);
	const table = raftColumns(props);
	return [[blank(2), ...tableHead(table, theme)], ...shown.map((record) => memberRow(props, table, record, record === selected))];
}

function summary({state, screen, theme}: ViewProps, shown: number): string {
	if (screen.filterTyping || screen.filter !== '') {
		return `${shown} of ${state.members.length}, filter /${theme.text(screen.filter)}${screen.filterTyping ? '_' : ''}`;
	}
	const learners = state.members.filter(({member}) => member.isLearner).length;
	const voters = state.members.length - learners;
	return [
		`${voters} voter${voters === 1 ? '' : 's'}`,
		...(learners === 0 ? [] : [`${learners} learner${learners === 1 ? '' : 's'}`]),
		sortText(screen.sort),
	].join(', ');
}

function memberBlock(
	props: ViewProps,
	table: readonly Column<MemberRecord>[],
	record: MemberRecord,
	isSelected: boolean,
): readonly Line[] {
	const {state, columns, theme} = props;
	const indent = columns >= indentedFrom ? 2 + (table[0]?.cells ?? 0) + (table[1]?.gap ?? 0) : narrowIndent;
	// Where no member is seen the header says why, once for all.
	const told = state.wayLost === undefined ? conditionLines(record, state.now, columns - indent - 2, theme) : [];
	const explanation = told.map((line, index): Line => {
		const mark = index === 0 ? `${theme.symbols.elbow} ` : '  ';
		return [blank(indent), span(mark, theme.styles.dim), ...line];
	});
	return [memberRow(props, table, record, isSelected), ...explanation];
}

function memberRow(
	{state, columns, theme}: ViewProps,
	table: readonly Column<MemberRecord>[],
	record: MemberRecord,
	isSelected: boolean,
): Line {
	const {styles, symbols} = theme;
	const figures = tableRow(table.slice(stateColumns), record, theme);
	const old = figuresAge(record, state) !== undefined;
	const row = [
		span(isSelected ? `${symbols.selected} ` : '  '),
		...tableRow(table.slice(0, stateColumns), record, theme),
		...(old ? restyle(figures, styles.dim) : figures),
	];
	return isSelected ? marked(fillLine(row, columns, theme), theme) : row;
}

/** Inverse, where green and yellow would become blocks of colour: there the words and shapes do. */
function marked(row: Line, {styles}: Theme): Line {
	const calm = row.map(({text, style}) => span(text, style === styles.good || style === styles.warning ? '' : style));
	return restyle(calm, combine(styles.strong, styles.inverse));
}
