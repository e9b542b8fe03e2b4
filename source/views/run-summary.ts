/** What a run that is over did and cost: it stays until Esc. */
import {blank, type Line, span} from '../components/line.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import type {Run, Turn} from '../domain/defrag-run.ts';
import type {State} from '../engine/state.ts';
import {bytesCell, percentCell, timeNotBefore, timeOfDay, tookText, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import type {NameOf} from './members-shown.ts';

type SummaryProps = {
	readonly state: State;
	readonly run: Run;
	readonly nameOf: NameOf;
	readonly columns: number;
	readonly theme: Theme;
};

export function summaryLines(props: SummaryProps): readonly Line[] {
	const {state, run, nameOf, theme} = props;
	const columns = columnsOf(props);
	const moves = run.moves.map(({at, from, to, tookMs}): Line => {
		const took = `${(tookMs / 1000).toFixed(1)} s`;
		const text = ` ${timeOfDay(at + state.wallOffsetMs)}  leadership moved ${nameOf(from)} → ${nameOf(to)} in ${took}`;
		return [span(theme.text(text))];
	});
	return [
		tableHead(columns, theme),
		...run.turns.map((turn) => turnLine(columns, turn, theme)),
		...(run.turns.some(({outcome}) => outcome === 'done') ? [tableRow(totalOf(columns, run, theme), run, theme)] : []),
		...moves,
		...nextPossible(state, props.columns),
	];
}

/** Up to AFTER a turn has the same columns whatever became of it. */
const columnsUpToAfter = 5;

/** Where nothing was given back, the reason takes the place of the figures. */
function turnLine(columns: readonly Column<Turn>[], turn: Turn, theme: Theme): Line {
	return turn.outcome === 'done'
		? tableRow(columns, turn, theme)
		: [...tableRow(columns.slice(0, columnsUpToAfter), turn, theme), blank(2), span(theme.text(turn.why ?? ''))];
}

/** From here on there is room for SILENT and for words beside the term. */
const wideColumns = 76;

const signs = {
	done: {symbol: 'done', style: 'good'},
	skipped: {symbol: 'none', style: 'dim'},
	failed: {symbol: 'failed', style: 'bad'},
	unknown: {symbol: 'unknown', style: 'unknown'},
} as const;

function columnsOf({nameOf, columns, theme}: SummaryProps): readonly Column<Turn>[] {
	const text = (of: (turn: Turn) => string) => (turn: Turn) => span(theme.text(of(turn)));
	const none = theme.symbols.none;
	const done = (turn: Turn) => turn.outcome === 'done' && turn.after !== undefined;
	const given = (turn: Turn) => turn.before.dbSizeBytes - (turn.after?.dbSizeBytes ?? turn.before.dbSizeBytes);
	const wide = columns >= wideColumns;
	const fixed: readonly Column<Turn>[] = [
		{
			head: '',
			cells: 1,
			align: 'left',
			gap: 1,
			content: ({outcome}) => span(theme.symbols[signs[outcome].symbol], theme.styles[signs[outcome].style]),
		},
		{head: 'MEMBER', cells: 9, align: 'left', gap: 1, content: text(({memberId}) => nameOf(memberId))},
		{head: 'BEFORE', cells: 8, align: 'right', gap: 1, content: text(({before}) => bytesCell(before.dbSizeBytes))},
		{head: '', cells: 1, align: 'left', gap: 1, content: text((turn) => (done(turn) ? (theme.unicode ? '→' : '>') : ''))},
		{
			head: 'AFTER',
			cells: 8,
			align: 'right',
			gap: 1,
			content: text((turn) => (done(turn) ? bytesCell(turn.after?.dbSizeBytes) : turn.outcome)),
		},
		{head: '', cells: 8, align: 'right', gap: 2, content: text((turn) => (done(turn) ? bytesCell(given(turn)) : none))},
		{
			head: 'GIVEN BACK',
			cells: 4,
			align: 'right',
			gap: 1,
			content: text((turn) => (done(turn) ? percentCell(given(turn) / turn.before.dbSizeBytes) : none)),
		},
		{head: 'BLOCKED', cells: 7, align: 'right', gap: 2, content: text(({durationMs}) => durationOr(durationMs, none))},
		...(wide
			? [
					{
						head: 'SILENT',
						cells: 6,
						align: 'right',
						gap: 2,
						content: text(({longestSilenceMs}: Turn) => (longestSilenceMs === 0 ? 'none' : durationOr(longestSilenceMs, none))),
					} as const,
				]
			: []),
	];
	const used = fixed.reduce((sum, column) => sum + column.cells + column.gap, 0);
	return [
		...fixed,
		{
			head: wide ? 'RAFT TERM' : 'TERM',
			cells: Math.max(6, columns - used - 2),
			align: 'left',
			gap: 2,
			content: text((turn) => termText(turn, wide)),
		},
	];
}

function durationOr(ms: number | undefined, none: string): string {
	return ms === undefined ? none : tookText(ms);
}

/** Whether an election came of it. */
function termText({termBefore, termAfter}: Turn, wide: boolean): string {
	if (termBefore === undefined || termAfter === undefined) {
		return '';
	}
	return termBefore === termAfter ? `${termAfter}${wide ? ', unchanged' : ''}` : `${termBefore} → ${termAfter}`;
}

/** The totals stand in the columns of the members. */
function totalOf(columns: readonly Column<Turn>[], {turns, moves}: Run, theme: Theme): readonly Column<Run>[] {
	const done = turns.filter(({outcome, after}) => outcome === 'done' && after !== undefined);
	const before = done.reduce((sum, turn) => sum + turn.before.dbSizeBytes, 0);
	const given = done.reduce((sum, turn) => sum + turn.before.dbSizeBytes - (turn.after?.dbSizeBytes ?? 0), 0);
	const blocked = done.reduce((sum, {durationMs = 0}) => sum + durationMs, 0);
	const texts = ['', 'total', '', '', '', bytesCell(given), percentCell(before === 0 ? 0 : given / before), tookText(blocked)];
	const terms = done.flatMap(({termBefore, termAfter}) => [termBefore ?? [], termAfter ?? []].flat());
	const first = Math.min(...terms);
	const last = Math.max(...terms);
	const changed =
		terms.length === 0 || first === last
			? ''
			: `${first} → ${last}${moves.length > 0 && columns.some(({head}) => head === 'SILENT') ? ', by us' : ''}`;
	return columns.map(({cells, gap, align, head}, index) => {
		const isLast = index === columns.length - 1;
		const text = isLast ? changed : (texts[index] ?? theme.symbols.none);
		return {head, cells, gap, align, content: () => span(theme.text(text))};
	});
}

function nextPossible({cooldown, wallOffsetMs, now}: State, columns: number): readonly Line[] {
	if (cooldown.kind !== 'cooling' || cooldown.until <= now) {
		return [];
	}
	const text = `The next defragmentation in this cluster is possible from ${timeNotBefore(cooldown.until + wallOffsetMs)}.`;
	return wrapText(text, columns - 2).map((line): Line => [blank(1), span(line)]);
}
