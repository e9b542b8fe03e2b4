/** The steps of a runbook as a list, and the one with the marker in full. */
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import {firstVisible} from '../components/table.ts';
import {currentStep, isTicked, lastAct} from '../domain/restore-run.ts';
import {type CheckAnswer, phaseTitles, type RunbookStep} from '../domain/runbook.ts';
import {cell, displayWidth, durationText, hourAndMinute, timeOfDay, wrapText} from '../format.ts';
import {commandsOf} from '../restore/screen.ts';
import type {RestoreState} from '../restore/state.ts';
import type {Theme} from '../theme.ts';
import {signedLines} from './signed-lines.ts';

type Props = {readonly state: RestoreState; readonly selected: RunbookStep; readonly columns: number; readonly theme: Theme};

/** The list, in exactly `rows`, the marker in sight. */
export function stepsSection({state, selected, columns, theme}: Props, rows: number): readonly Line[] {
	const {run} = state;
	const {steps} = run.runbook;
	const must = steps.filter(({optional}) => optional !== true);
	const done = must.filter(({id}) => isTicked(run, id)).length;
	const title = rule('steps', [`${done} of ${must.length} done`, phaseTitles[selected.phase]], columns, theme);
	const room = Math.max(1, rows - 1);
	const first = firstVisible(steps.length, room, Math.min(steps.length - 1, steps.indexOf(selected) + 1));
	const shown = steps.slice(first, first + room);
	return [title, ...shown.map((step) => stepLine(step, steps.indexOf(step) + 1, {state, selected, columns, theme}))];
}

const endCells = 13;

function stepLine(step: RunbookStep, number: number, {state, selected, columns, theme}: Props): Line {
	const {styles, symbols} = theme;
	const tick = state.run.ticks.find(({stepId}) => stepId === step.id);
	const isCurrent = currentStep(state.run)?.id === step.id;
	const sign =
		tick !== undefined
			? span(symbols.done, styles.good)
			: state.acting?.stepId === step.id
				? span(symbols.working, styles.working)
				: isCurrent
					? span(symbols.waiting, styles.strong)
					: step.optional
						? span(symbols.none, styles.dim)
						: blank(1);
	const isSelected = step === selected;
	const end =
		tick === undefined ? (isCurrent ? 'now' : '') : `${tick.by === 'program' ? 'seen' : 'typed'} ${hourAndMinute(tick.wallMs)}`;
	const text = cell(theme.text(step.title), Math.max(10, columns - 8 - endCells), 'left', symbols.ellipsis);
	const style = isSelected
		? styles.inverse
		: tick !== undefined || (!isCurrent && step.optional)
			? styles.dim
			: isCurrent
				? styles.strong
				: '';
	return [
		span(isSelected ? symbols.selected : ' ', styles.strong),
		blank(1),
		sign,
		span(` ${String(number).padStart(2)} `),
		span(text, style),
		span(cell(` ${end}`, endCells, 'right'), tick === undefined ? styles.strong : styles.dim),
	];
}

/** Everything about the step: where, why, what is done, how it is seen, and what was seen last. */
export function detailSection({state, selected, columns, theme}: Props, command: number): readonly Line[] {
	const {run} = state;
	const host = run.runbook.hosts.find(({name}) => name === selected.host);
	const where = host === undefined ? 'here' : `${host.name}${host.address === host.name ? '' : ` (${host.address})`}`;
	const place = selected.fromHere ? `from here, to ${where}` : host === undefined ? where : `on ${where}`;
	return [
		rule(`step ${run.runbook.steps.indexOf(selected) + 1}`, [theme.text(place)], columns, theme),
		// What is going on comes first: it is what is waited for, and has to be in sight on 24 rows.
		...foundLines(state, selected, columns, theme),
		...actLines(state, selected, columns, theme),
		...sentence(selected.why, columns, theme),
		...commandLines(selected, command, columns, theme),
		...sentence(`It worked when: ${selected.seen}`, columns, theme),
		...(selected.wait === undefined || isTicked(run, selected.id)
			? []
			: sentence(selected.wait, columns, theme, theme.styles.dim)),
	];
}

function commandLines(step: RunbookStep, command: number, columns: number, theme: Theme): readonly Line[] {
	const {styles, symbols} = theme;
	const all = commandsOf(step);
	const lines = all.flatMap((text, index): readonly Line[] => {
		const isNext = index === Math.min(command, all.length - 1);
		const broken = text.split('\n').flatMap((line) => brokenAt(theme.text(line), columns - 6));
		return [
			...(index === step.commands.length && step.commands.length > 0 ? [[span('   then look:')]] : []),
			...broken.map(
				(line, at): Line => [
					span(at === 0 ? ` ${isNext && all.length > 1 ? symbols.selected : ' '} $ ` : blank(5).text, styles.dim),
					span(line, isNext ? styles.strong : ''),
				],
			),
		];
	});
	return lines.length === 0 ? [] : [emptyLine, ...lines, emptyLine];
}

/** A command is broken anywhere rather than cut: nothing of it may be missing. */
function brokenAt(text: string, cells: number): readonly string[] {
	return displayWidth(text) <= cells ? [text] : wrapText(text, cells);
}

const answerSigns = {yes: ['done', 'good'], 'not yet': ['waiting', 'plain'], unknown: ['unknown', 'unknown']} as const;

function foundLines(state: RestoreState, step: RunbookStep, columns: number, theme: Theme): readonly Line[] {
	const tick = state.run.ticks.find(({stepId}) => stepId === step.id);
	if (tick !== undefined) {
		return signed(
			'done',
			'good',
			`done ${timeOfDay(tick.wallMs)}, ${tick.by === 'program' ? 'seen by the program' : 'told by a person'}: ${tick.text}`,
			columns,
			theme,
		);
	}
	const found = state.answers[step.id];
	if (found !== undefined) {
		const [symbol, style] = answerSigns[found.answer.kind];
		return signed(symbol, style, `${wordOf(found.answer)}; looked ${timeOfDay(found.wallMs)}`, columns, theme);
	}
	if (state.looking === step.id) {
		return signed('waiting', 'plain', 'being looked at', columns, theme);
	}
	return step.check === undefined ? signed('note', 'plain', 'only a person can know this', columns, theme) : [];
}

function wordOf({kind, text}: CheckAnswer): string {
	return kind === 'yes' ? text : `${kind}: ${text}`;
}

function actLines(state: RestoreState, step: RunbookStep, columns: number, theme: Theme): readonly Line[] {
	const {acting, run, wallMs} = state;
	if (acting?.stepId === step.id) {
		const lines = acting.lines.slice(-6).map((line): Line => [span(`   ${theme.text(line)}`, theme.styles.dim)]);
		return [...signed('working', 'working', `being done for ${durationText(wallMs - acting.wallMs)}`, columns, theme), ...lines];
	}
	const act = lastAct(run, step.id);
	if (act === undefined || isTicked(run, step.id)) {
		return [];
	}
	const at = timeOfDay(act.wallMs);
	switch (act.outcome) {
		case 'begun':
			return signed(
				'unknown',
				'unknown',
				`begun from here ${at}, and how it ended is not known: look before it is done again`,
				columns,
				theme,
			);
		case 'unknown':
			return signed('unknown', 'unknown', `done from here ${at}, outcome unknown: ${act.text}`, columns, theme);
		case 'failed':
			return signed('failed', 'bad', `done from here ${at}, failed: ${act.text}`, columns, theme);
		case 'done':
			return signed('done', 'good', `done from here ${at}: ${act.text}`, columns, theme);
	}
}

function signed(
	symbol: keyof Theme['symbols'],
	style: keyof Theme['styles'],
	text: string,
	columns: number,
	theme: Theme,
): readonly Line[] {
	return signedLines(text, {symbol, style: theme.styles[style]}, columns, theme);
}

function sentence(text: string, columns: number, theme: Theme, style = ''): readonly Line[] {
	return wrapText(theme.text(text), columns - 2).map((line): Line => [span(` ${line}`, style)]);
}
