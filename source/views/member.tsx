import type {ReactElement} from 'react';
import {blank, fillLine, type Line, lineWidth, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {daysSince} from '../domain/days-since.ts';
import {anotherTool} from '../domain/defrag-trace.ts';
import type {MemberRecord} from '../engine/state.ts';
import {cell, dayAndTime, displayWidth, sizeText, tookText, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {dbSizeChart} from './db-size-chart.ts';
import {answerFields, type Field, identityFields, raftFields, sizeFields} from './member-fields.ts';
import {membersShown, selectedMember} from './members-shown.ts';
import {noMembers} from './no-members.ts';
import type {ViewProps} from './view.ts';

/** Everything that is known of one member. Its name and its state stand in the header. */
export function MemberPage(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={memberLines(props)} columns={columns} rows={rows} theme={theme} />;
}

/** Two columns of fields need this width. */
const pairedFrom = 76;
const leftCells = 41;
const labelCells = 16;
const rightLabelCells = 18;
const stackedLabelCells = 20;
const rightValueCells = 14;
const chartFromColumns = 120;

/** A page longer than the screen is scrolled; where there is room the chart of this member ends it. */
export function memberLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, rows, theme} = props;
	const record = selectedMember(membersShown(state.members, screen), screen);
	if (record === undefined) {
		return noMembers(props);
	}
	const page = [
		...pairedSections(
			{title: 'size', fields: sizeFields(record, theme)},
			{title: 'raft', fields: raftFields(record, theme)},
			columns,
			theme,
		),
		...answers(record, props),
		rule('identity', [], columns, theme),
		...identityFields(record, state, theme).flatMap((field) => wrappedField(field, columns, theme)),
		...defragmentations(record, props),
	];
	const chart =
		columns >= chartFromColumns
			? dbSizeChart({...props, screen: {...screen, chartScope: 'selected'}, members: [record], rows: rows - page.length})
			: [];
	const first = Math.max(0, Math.min(screen.scroll, page.length - rows));
	return [...page.slice(first), ...chart];
}

type Section = {readonly title: string; readonly fields: readonly Field[]};

/** Side by side, their rules in one line; one under the other where it is narrow. */
function pairedSections(left: Section, right: Section, columns: number, theme: Theme): readonly Line[] {
	if (columns < pairedFrom) {
		return [left, right].flatMap(({title, fields}) => [
			rule(title, [], columns, theme),
			...fields.map((field) => wideField(field, columns, theme, stackedLabelCells)),
		]);
	}
	const {symbols, styles} = theme;
	const dashes = (cells: number) => span(symbols.rule.repeat(Math.max(0, cells)), styles.dim);
	const leftRule = rule(left.title, [], leftCells, theme);
	const rightRule: Line = [blank(1), span(right.title, styles.strong), blank(1)];
	const title = [...leftRule, ...rightRule, dashes(columns - leftCells - lineWidth(rightRule))];
	return [title, ...pairs(left.fields, right.fields, theme)];
}

function pairs(left: readonly Field[], right: readonly Field[], theme: Theme): readonly Line[] {
	return Array.from({length: Math.max(left.length, right.length)}, (_, index) => {
		const start = left[index] === undefined ? [] : wideField(left[index], leftCells, theme);
		const end = right[index];
		return end === undefined ? start : [...fillLine(start, leftCells + 1, theme), ...rightField(end, theme)];
	});
}

function wideField({label, value}: Field, cells: number, theme: Theme, ofLabel = labelCells): Line {
	const start = span(` ${cell(label, ofLabel)}`, theme.styles.dim);
	return fillLine([start, ...value], cells, theme);
}

/** A text that is too long goes on under itself; what has parts of its own is cut. */
function wrappedField({label, value}: Field, columns: number, theme: Theme): readonly Line[] {
	const [only] = value;
	if (only === undefined || value.length > 1) {
		return [wideField({label, value}, columns, theme)];
	}
	return wrapText(only.text, columns - labelCells - 2).map((text, index) =>
		wideField({label: index === 0 ? label : '', value: [span(text, only.style)]}, columns, theme),
	);
}

/** Figures under each other, right-aligned. */
function rightField({label, value}: Field, theme: Theme): Line {
	return [span(cell(label, rightLabelCells), theme.styles.dim), blank(rightValueCells - lineWidth(value)), ...value];
}

function answers(record: MemberRecord, {state, columns, theme}: ViewProps): readonly Line[] {
	const {left, right} = answerFields(record, state, theme);
	const body =
		columns < pairedFrom
			? [...left, ...right].map((field) => wideField(field, columns, theme, stackedLabelCells))
			: pairs(left, right, theme);
	return [rule('answers', [], columns, theme), ...body];
}

function defragmentations(record: MemberRecord, {state, columns, theme}: ViewProps): readonly Line[] {
	const {metrics, defragmentations: known, lastDefragmentation} = record;
	const count = metrics?.value.defragCount;
	const inflight = metrics?.value.defragInflight;
	const summary = [
		count === undefined ? 'not counted: no metrics' : `${count} since it started`,
		inflight === undefined ? '' : inflight > 0 ? 'one in flight' : 'none in flight',
		lastDefragmentation === undefined ? '' : lastText(daysSince(lastDefragmentation.endedWallMs, state.now + state.wallOffsetMs)),
		`${known.filter(({by}) => by !== anotherTool).length} in the journal`,
	].filter((part) => part !== '');
	const {symbols} = theme;
	const rows = known.toReversed().map(({endedWallMs, durationMs, before, after, by}): Line => {
		const size = (bytes: number | undefined) => cell(bytes === undefined ? symbols.none : sizeText(bytes), 8, 'right');
		const took = cell(durationMs === undefined ? symbols.none : tookText(durationMs), 5, 'right');
		const sizes = `${size(before)} ${symbols.arrow} ${size(after)}`;
		return [span(` ${dayAndTime(endedWallMs)}    ${sizes}   ${took}    ${theme.text(by)}`)];
	});
	const none: readonly Line[] = known.length > 0 ? [] : [[span(' none known of: not in the journal, none seen while watching')]];
	const title = rule('defragmentations', [fitting(summary, columns - titleCells)], columns, theme);
	return [title, ...none, ...rows];
}

/** Around the summary in the rule. */
const titleCells = '── defragmentations ──  ─'.length;

function lastText(days: number): string {
	return days < 1 ? 'last less than a day ago' : days < 2 ? 'last 1 day ago' : `last ${Math.floor(days)} days ago`;
}

/** As many of the parts as there is room for, the first ones first. */
function fitting(parts: readonly string[], cells: number): string {
	const whole = parts.join(', ');
	return displayWidth(whole) <= cells || parts.length === 1 ? whole : fitting(parts.slice(0, -1), cells);
}
