/** A restore, full screen: what is restored, the steps, the one at hand, and what can be pressed. */
import {type Dialog, dialogLines, type Room, row, textRows} from '../components/dialog.ts';
import {blank, cutLine, emptyLine, type Line, lineWidth, span, spread} from '../components/line.ts';
import {currentStep, lastAct} from '../domain/restore-run.ts';
import {timeOfDay, wrapText} from '../format.ts';
import {type RestoreOverlay, type RestoreScreen, selectedStep} from '../restore/screen.ts';
import type {RestoreState} from '../restore/state.ts';
import type {Theme} from '../theme.ts';
import {confirmationDialog} from './confirmation.ts';
import {detailSection, stepsSection} from './runbook-steps.ts';
import {signedLines} from './signed-lines.ts';

export type RunbookPageProps = {
	readonly state: RestoreState;
	readonly screen: RestoreScreen;
	/** `ssh core@`, `no ssh`. */
	readonly ways: string;
	readonly columns: number;
	readonly rows: number;
	readonly theme: Theme;
};

/** Exactly `rows` lines. */
export function runbookPageLines(props: RunbookPageProps): readonly Line[] {
	const {state, screen, columns, rows, theme} = props;
	const selected = selectedStep(screen, state);
	const top = headerLines(props);
	const bottom = [...messageLines(state, columns, theme), footerLine(columns, theme)];
	const room = Math.max(0, rows - top.length - bottom.length);
	const whole = detailSection({state, selected, columns, theme}, screen.command);
	// A third for the list on 24 rows, and what the step at hand leaves on more.
	const listRows = Math.max(
		4,
		Math.min(state.run.runbook.steps.length + 1, Math.max(Math.floor(room / 3), room - whole.length - 1)),
	);
	const list = stepsSection({state, selected, columns, theme}, listRows);
	const detail = scrolled(whole, screen.scroll, room - list.length, theme);
	const middle = [...list, ...detail];
	return [...top, ...middle, ...Array.from({length: Math.max(0, room - middle.length)}, () => emptyLine), ...bottom];
}

function scrolled(lines: readonly Line[], scroll: number, rows: number, theme: Theme): readonly Line[] {
	if (lines.length <= rows) {
		return lines;
	}
	const [title = emptyLine, ...rest] = lines;
	const room = Math.max(1, rows - 2);
	const from = Math.min(scroll, rest.length - room);
	const below = rest.length - room - from;
	const more = `${from > 0 ? `${from} lines above, PgUp` : ''}${from > 0 && below > 0 ? '   ' : ''}${below > 0 ? `${below} lines below, PgDn` : ''}`;
	return [title, ...rest.slice(from, from + room), [span(` ${theme.symbols.ellipsis} ${more}`, theme.styles.dim)]];
}

function headerLines({state, ways, columns, theme}: RunbookPageProps): readonly Line[] {
	const {run, wallMs} = state;
	const {clusterName, variant, release, backup, recovery} = run.runbook;
	const {styles, symbols} = theme;
	const isOver = currentStep(run) === undefined;
	const first: Line = [
		span(' restore  '),
		span(theme.text(clusterName), styles.strong),
		span('  '),
		isOver ? span(`${symbols.done} RESTORED`, styles.good) : span(`${symbols.working} RESTORE`, styles.working),
		span(`  ${theme.text(variant)}, ${theme.text(release)}`),
	];
	const snapshot = backup.files[0]?.name ?? '';
	const where = recovery === undefined ? '' : `   on ${recovery}`;
	return [
		spread(first, [span(` ${timeOfDay(wallMs)} `)], columns, theme),
		cutLine([span(theme.text(` ${ways}   ${snapshot}${where}`))], columns, theme),
	];
}

const signs = {good: ['done', 'good'], refused: ['failed', 'bad'], note: ['note', 'plain']} as const;

function messageLines(state: RestoreState, columns: number, theme: Theme): readonly Line[] {
	const {message, run} = state;
	if (message !== undefined) {
		const [symbol, style] = signs[message.kind];
		return wrapText(theme.text(message.text), columns - 4)
			.slice(0, 3)
			.map(
				(line, index): Line => [
					blank(1),
					index === 0 ? span(theme.symbols[symbol], theme.styles[style]) : blank(1),
					span(` ${line}`),
				],
			);
	}
	if (currentStep(run) !== undefined) {
		return [emptyLine];
	}
	return run.runbook.afterwards.flatMap((text) => signedLines(text, {symbol: 'note'}, columns, theme)).slice(0, 4);
}

/** The last in rank give way first. */
const keys: readonly {readonly key: string; readonly text: string; readonly rank: number}[] = [
	{key: 'c', text: 'copy', rank: 2},
	{key: 'Enter', text: 'tick off', rank: 1},
	{key: 'r', text: 'run', rank: 3},
	{key: 'l', text: 'look', rank: 6},
	{key: '↑ ↓', text: 'steps', rank: 5},
	{key: 'Esc', text: 'current', rank: 7},
	{key: '?', text: 'help', rank: 4},
	{key: 'q', text: 'leave', rank: 0},
];

function footerLine(columns: number, theme: Theme): Line {
	for (let most = keys.length; ; most--) {
		const line = keys
			.filter(({rank}) => rank < most)
			.flatMap(
				({key, text}, index): Line => [
					span(index === 0 ? ' ' : '  '),
					span(theme.text(key), theme.styles.strong),
					span(` ${text}`),
				],
			);
		if (lineWidth(line) <= columns || most === 1) {
			return line;
		}
	}
}

export function runbookDialogLines(overlay: RestoreOverlay, state: RestoreState, room: Room, theme: Theme): readonly Line[] {
	return dialogLines(dialogOf(overlay, state, room, theme), room, theme);
}

function dialogOf(overlay: RestoreOverlay, state: RestoreState, room: Room, theme: Theme): Dialog {
	const {run} = state;
	if (overlay.kind === 'help') {
		return helpDialog(run.runbook.warnings, room, theme);
	}
	const step = run.runbook.steps.find(({id}) => id === overlay.stepId)!;
	const aside = step.host ?? run.runbook.clusterName;
	if (overlay.kind === 'ask') {
		return {
			title: `Type ${step.asks ?? 'it'}`,
			aside,
			rows: [
				...textRows(step.why, room, theme, 1),
				row(emptyLine, 0),
				row([span('  '), span(`${theme.text(overlay.typed)}_`, theme.styles.strong)]),
				row(emptyLine, 0),
				row([span('Enter', theme.styles.strong), span(' says so      '), span('Esc', theme.styles.strong), span(' cancel')]),
			],
		};
	}
	const {confirmation} = overlay;
	if (overlay.kind === 'tick') {
		const found = state.answers[step.id]?.answer;
		const doubt =
			found === undefined || found.kind === 'yes'
				? []
				: [`${found.kind === 'not yet' ? 'The program sees that it is not so' : 'The program has not seen it'}: ${found.text}.`];
		const more = [`It worked when: ${step.seen}`, ...doubt];
		return confirmationDialog(
			{title: `Done? ${step.title}`, aside, consequences: more, confirmation, button: 'Tick off'},
			room,
			theme,
		);
	}
	const act = lastAct(run, step.id);
	const warning =
		act === undefined || act.outcome === 'done'
			? []
			: [
					`It was begun from here before, and ${act.outcome === 'failed' ? `failed: ${act.text}` : 'how that ended is not known'}.`,
				];
	const where = step.fromHere
		? 'Run here:'
		: step.host === undefined
			? 'By the Kubernetes API, as this would:'
			: `Run on ${step.host}:`;
	const commands = step.commands.flatMap((command) =>
		command.split('\n').flatMap((line) => textRows(`$ ${line}`, room, theme, undefined, theme.styles.strong)),
	);
	return confirmationDialog(
		{title: `Run? ${step.title}`, aside, consequences: [...warning, where], more: commands, confirmation, button: 'Run'},
		room,
		theme,
	);
}

function helpDialog(warnings: readonly string[], room: Room, theme: Theme): Dialog {
	const help: readonly (readonly [key: string, text: string])[] = [
		['↑ ↓ k j', 'other steps; Esc goes back to the one that is waited for'],
		['PgUp PgDn', "the step's text"],
		['c', 'copy its next command (OSC 52)'],
		['Enter', 'tick it off by its word, where the program does not see it'],
		['r', 'have it run: shown first, confirmed by a word, step by step'],
		['l', 'look now; else every 5 s'],
		['q Ctrl-C', 'leave: everything is kept, --resume goes on'],
	];
	return {
		title: 'Keys',
		aside: '? or Esc closes',
		rows: [
			...help.map(([key, text]) => row([span(theme.text(key.padEnd(11)), theme.styles.strong), span(theme.text(text))], 2)),
			row(emptyLine, 0),
			...warnings.flatMap((warning) => textRows(warning, room, theme, 1)),
		],
	};
}
