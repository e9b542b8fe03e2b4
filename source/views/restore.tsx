import type {ReactElement} from 'react';
import {emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {memberLabel} from '../domain/member.ts';
import {type Readiness, type RestoreUnderWay, restoreCommand, restoreReadiness} from '../domain/restore-readiness.ts';
import {shellWord} from '../domain/shell-word.ts';
import {cell, dayAndTime, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {signedLines} from './signed-lines.ts';
import type {ViewProps} from './view.ts';

/** What a restore needs and whether it is there, a runbook that is under way, and the command that opens one. */
export function RestoreView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={restoreLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function restoreLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, theme} = props;
	const facts = state.restore;
	if (facts === undefined) {
		return [
			rule('restore', [], columns, theme),
			...signedLines('What a restore needs is being looked up.', {symbol: 'waiting'}, columns, theme),
		];
	}
	const {kind} = state.connection ?? {};
	const isKubernetes = kind === 'tunnel' || kind === 'exec';
	const rows = restoreReadiness({
		facts,
		backups: state.backups,
		members: state.members.map(({member}) => memberLabel(member)),
		versions: state.members.flatMap(({status}) => status?.value.version ?? []),
		isKubernetes,
		nowWallMs: state.now + state.wallOffsetMs,
	});
	const missing = rows.filter((row) => row.state === 'missing').length;
	const lines = [
		rule(
			'restore',
			[missing === 0 ? 'what it needs is there, as far as can be seen' : `${missing} of ${rows.length} are missing`],
			columns,
			theme,
		),
		...rows.flatMap((row) => readinessLines(row, columns, theme)),
		emptyLine,
		...facts.underWay.flatMap((run) => underWayLines(run, columns, theme)),
		rule('begin', ['in a terminal; it goes on when the API does not'], columns, theme),
		...commandLines(
			restoreCommand({facts, backups: state.backups}, isKubernetes ? state.clusterName : undefined),
			columns,
			theme,
		),
		...wrapText(
			'With --print it is printed, to be read before it is needed. Nothing is restored from this screen.',
			columns - 2,
		).map((line): Line => [span(` ${line}`, theme.styles.dim)]),
	];
	return lines.slice(Math.max(0, Math.min(screen.scroll, lines.length - props.rows)));
}

const signs = {ready: ['done', 'good'], missing: ['failed', 'bad'], unknown: ['unknown', 'unknown']} as const;
const titleCells = 20;

function readinessLines({title, state, text}: Readiness, columns: number, theme: Theme): readonly Line[] {
	const [symbol, style] = signs[state];
	const sign = theme.symbols[symbol];
	const indent = 3 + sign.length + titleCells;
	return wrapText(theme.text(text), columns - indent - 1).map(
		(line, index): Line =>
			index === 0
				? [span(' '), span(sign, theme.styles[style]), span(` ${cell(title, titleCells)} ${line}`)]
				: [span(`${' '.repeat(indent)}${line}`)],
	);
}

function underWayLines(
	{clusterName, directory, startedWallMs, done, steps, next}: RestoreUnderWay,
	columns: number,
	theme: Theme,
): readonly Line[] {
	return [
		rule(
			'under way',
			[theme.text(clusterName), `${done} of ${steps} done`, `begun ${dayAndTime(startedWallMs)}`],
			columns,
			theme,
		),
		...signedLines(`next: ${next}`, {symbol: 'working', style: theme.styles.working}, columns, theme),
		...commandLines(`etcdtop restore --resume --from ${shellWord(directory)}`, columns, theme),
		emptyLine,
	];
}

function commandLines(command: string, columns: number, theme: Theme): readonly Line[] {
	return wrapText(theme.text(command), columns - 5).map(
		(line, index): Line => [span(index === 0 ? ' $ ' : '   ', theme.styles.dim), span(line, theme.styles.strong)],
	);
}
