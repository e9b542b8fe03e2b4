/** The help, made from the table of keys: what is refused stays, dim, with its reason. */
import {reasonAgainst} from '../actions/index.ts';
import {type Dialog, type DialogRow, dialogCells, type Room, row, textRows} from '../components/dialog.ts';
import {blank, cutLine, type Line, lineWidth, type Span, span} from '../components/line.ts';
import type {State} from '../engine/state.ts';
import {displayWidth, zoneText} from '../format.ts';
import type {KeyRecord, Section} from '../key-record.ts';
import {keymap} from '../keymap.ts';
import {type ScreenState, selectedId} from '../screen-state.ts';
import type {Symbols, Theme} from '../theme.ts';

/** Labels of the left column and of what acts; the right column's are short. */
const labelCells = 13;
const shortLabelCells = 7;
const leftCells = 39;

export function helpDialog(state: State, screen: ScreenState, scroll: number, room: Room, theme: Theme): Dialog {
	const rows = helpRows(state, screen, room, theme);
	const last = Math.max(0, rows.length - Math.max(1, room.rows - 2));
	const first = Math.min(scroll, last);
	const shown = rows.slice(first, first + Math.max(1, room.rows - 2));
	return {title: 'Keys', aside: `${last > 0 ? '↑ ↓ scroll, ' : ''}? or Esc closes`, rows: shown};
}

function helpRows(state: State, screen: ScreenState, room: Room, theme: Theme): readonly DialogRow[] {
	const cells = dialogCells(room);
	const move = sectionLines('MOVE', theme);
	const look = sectionLines('LOOK', theme, cells >= 70 ? shortLabelCells : labelCells);
	return [
		...(cells >= 70 ? sideBySide(move, look, theme) : [...move, ...look]).map((line) => row(line)),
		row([span('ACT', theme.styles.strong), span('  what changes the cluster asks first', theme.styles.dim)]),
		...listed('ACT').map((record) => row(actLine(record, state, screen, cells, theme))),
		...programRows(room, theme),
		...legendRows(room, theme),
		...textRows(`Times are ${zoneText(state.now + state.wallOffsetMs)}. Journal: ${state.journal.directory}`, room, theme),
		...state.journal.warnings.flatMap((warning) => textRows(`${theme.symbols.warning} ${warning}`, room, theme)),
	];
}

function listed(section: Section): readonly KeyRecord[] {
	return keymap.filter((record) => record.section === section && record.unlisted === undefined);
}

function sectionLines(section: Section, theme: Theme, cells = labelCells): readonly Line[] {
	return [[span(section, theme.styles.strong)], ...listed(section).map((record) => keyLine(record, theme, cells))];
}

function keyLine({label, help}: KeyRecord, theme: Theme, cells = labelCells): Line {
	const text = theme.text(label);
	return [span(text, theme.styles.strong), blank(Math.max(1, cells - displayWidth(text))), span(theme.text(help))];
}

function sideBySide(left: readonly Line[], right: readonly Line[], theme: Theme): readonly Line[] {
	return Array.from({length: Math.max(left.length, right.length)}, (_, index) => {
		const start = cutLine(left[index] ?? [], leftCells, theme);
		return [...start, blank(leftCells - lineWidth(start)), ...(right[index] ?? [])];
	});
}

function actLine(record: KeyRecord, state: State, screen: ScreenState, cells: number, theme: Theme): Line {
	const selected = selectedId(screen, state);
	const reason = record.action && reasonAgainst(record.action, {state, ...(selected === undefined ? {} : {selected})});
	const line = keyLine(record, theme);
	if (reason === undefined) {
		return line;
	}
	// Where the label is more than the key, the reason says which one it is about.
	const [key = ''] = record.keys;
	const named = record.label === key ? '' : `${key}: `;
	const dim: Line = line.map(({text}): Span => span(text, theme.styles.dim));
	const padding = blank(Math.max(2, 40 - lineWidth(line)));
	return cutLine(
		[...dim, padding, span(theme.symbols.failed, theme.styles.bad), span(theme.text(` ${named}${reason}`))],
		cells,
		theme,
	);
}

function programRows(room: Room, theme: Theme): readonly DialogRow[] {
	const keys = listed('PROGRAM').map(({label, help}) => `${label} ${help}`);
	return textRows(`PROGRAM  ${keys.join('  ')}`, room, theme);
}

const legend: readonly (readonly [keyof Symbols, string])[] = [
	['healthy', 'healthy'],
	['warning', 'slow, stalled, alert'],
	['frozen', 'frozen'],
	['failed', 'down, refused'],
	['alarm', 'alarm, halt'],
	['working', 'defragmenting'],
	['unknown', 'unknown, unseen'],
	['waiting', 'waiting'],
	['done', 'done'],
	['none', 'skipped, no value'],
];

function legendRows(room: Room, theme: Theme): readonly DialogRow[] {
	const signs = (part: typeof legend) => part.map(([symbol, text]) => `${theme.symbols[symbol]} ${text}`).join('  ');
	return [...textRows(signs(legend.slice(0, 5)), room, theme), ...textRows(signs(legend.slice(5)), room, theme)];
}
