import type {ReactElement} from 'react';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import type {RescueState} from '../domain/rescue.ts';
import {bytesCell, cell, displayWidth, endOf, percentCell, timeOfDay, wrapText} from '../format.ts';
import {adviceTexts, type PrefixRow, prefixRows, type RescueStepText, rescueSteps} from '../rescue-text.ts';
import type {Theme} from '../theme.ts';
import type {ViewProps} from './view.ts';

/** A rescue from NOSPACE, step by step: what each one found, which is next and by which key, and what the database holds. */
export function RescueView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={rescueViewLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function rescueViewLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, rows, theme} = props;
	const shown = state.rescue;
	if (shown === undefined) {
		return noRescue(props);
	}
	const steps = rescueSteps(state, shown).flatMap((step, index) => stepLines(step, index, columns, theme));
	const advice = adviceTexts(shown).flatMap((text, index) => adviceLines(text, index, columns, theme));
	const all = [title(props, shown), ...steps, ...advice, ...prefixLines(props, shown)];
	return all.slice(Math.max(0, Math.min(screen.scroll, all.length - rows)));
}

function noRescue({state, columns, theme}: ViewProps): readonly Line[] {
	const stands = state.alarms.some(({alarm}) => alarm === 'NOSPACE');
	return [
		rule('rescue', ['none'], columns, theme),
		stands
			? [
					span(' NOSPACE stands. '),
					span('R', theme.styles.strong),
					span(' begins a rescue: it looks first, and asks before every change.'),
				]
			: [span(' No NOSPACE alarm stands: there is nothing to be rescued from.')],
	];
}

/** `── rescue ── begun 03:10:12 by ana@bastion-1 ────────── Enter does what has the > ──` */
function title({columns, theme}: ViewProps, {rescue, decision}: RescueState): Line {
	const {startedAt, operator, finished} = rescue;
	const end = finished === undefined ? [] : [`${theme.symbols.done} over ${timeOfDay(finished.at)}`];
	const hint = decision.kind === 'ask' ? 'Enter does what has the >' : finished === undefined ? '' : 'Esc closes it';
	return rule('rescue', [...end, `begun ${timeOfDay(startedAt)} by ${operator}`], columns, theme, hint);
}

/** What tells one from another stands at the end. */
function endThatFits(prefix: string, cells: number, theme: Theme): string {
	const {ellipsis} = theme.symbols;
	const text = theme.text(prefix);
	return displayWidth(text) <= cells ? text : `${ellipsis}${endOf(text, cells - ellipsis.length)}`;
}

const titleCells = 13;

/** Sign, number, title and key. */
const startCells = 1 + 1 + 3 + titleCells + 3;

/** ` > 4 snapshot      b  first, by etcd itself: …`; a longer text goes on below. */
function stepLines(
	{title: name, key, stage, text}: RescueStepText,
	index: number,
	columns: number,
	theme: Theme,
): readonly Line[] {
	const {styles} = theme;
	const style = stage === 'next' ? styles.strong : stage === 'waits' ? styles.dim : '';
	return wrapText(theme.text(text), columns - startCells - 1).map(
		(words, line): Line =>
			line > 0
				? [blank(startCells), span(words, style)]
				: [
						blank(1),
						signOf(stage, theme),
						span(` ${index + 1} ${cell(name, titleCells)}`, style),
						span(cell(key, 1), styles.strong),
						span(`  ${words}`, style),
					],
	);
}

function signOf(stage: RescueStepText['stage'], {symbols, styles}: Theme) {
	switch (stage) {
		case 'done':
			return span(symbols.done, styles.good);
		case 'skipped':
			return span(symbols.none, styles.dim);
		case 'next':
			return span(symbols.selected, styles.strong);
		case 'under way':
			return span(symbols.working, styles.working);
		case 'failed':
			return span(symbols.failed, styles.bad);
		case 'offered':
			return span(symbols.note);
		case 'waits':
			return span(' ');
	}
}

function adviceLines(text: string, index: number, columns: number, theme: Theme): readonly Line[] {
	const {symbols, styles} = theme;
	return wrapText(theme.text(text), columns - 4).map((words, line): Line => {
		const sign = line > 0 ? blank(1) : index === 0 ? span(symbols.alarm, styles.alarm) : span(symbols.note);
		return [blank(1), sign, blank(1), span(words)];
	});
}

function prefixLines({columns, theme}: ViewProps, {rescue}: RescueState): readonly Line[] {
	const rows = prefixRows(rescue);
	if (rows.length === 0) {
		return [];
	}
	const samples = rescue.scan?.table.groups.reduce((sum, group) => sum + group.samples, 0) ?? 0;
	const keys = rescue.scan?.table.keys ?? 0;
	const parts = [
		`${keys} key${keys === 1 ? '' : 's'}`,
		`sizes estimated from ${samples} value${samples === 1 ? '' : 's'}`,
		'without history',
	];
	const table = prefixColumns(columns, theme);
	return [
		emptyLine,
		rule('largest prefixes', parts, columns, theme),
		tableHead(table, theme),
		...rows.map((row) => tableRow(table, row, theme)),
	];
}

function prefixColumns(columns: number, theme: Theme): readonly Column<PrefixRow>[] {
	const fixed = 1 + 11 + 11 + 7;
	const cells = Math.max(20, Math.min(60, columns - fixed - 1));
	return [
		{head: 'PREFIX', cells, align: 'left', gap: 1, content: ({prefix}) => span(endThatFits(prefix, cells, theme))},
		{head: 'KEYS', cells: 9, align: 'right', gap: 2, content: ({keys}) => span(String(keys))},
		{
			head: 'SIZE',
			cells: 9,
			align: 'right',
			gap: 2,
			content: ({bytes}) => span(bytes === undefined ? theme.symbols.none : `~${bytesCell(bytes).trim()}`),
		},
		{head: 'SHARE', cells: 5, align: 'right', gap: 2, content: ({share}) => span(percentCell(share))},
	];
}
