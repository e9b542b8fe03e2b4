import type {ReactElement} from 'react';
import {progressBar} from '../components/gauge.ts';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {type Column, tableHead, tableRow, tableWidth} from '../components/table.ts';
import {type Backup, backupAgeMs, isBackupOverdue, type KnownBackup, newestBackup} from '../domain/backup.ts';
import {ageText, bytesCell, displayWidth, endOf, percentText, timeCell, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {backupEntry} from './backup-line.ts';
import {hostBackupLines} from './host-backup-section.ts';
import {barCells, barLine, entryLines, underLines} from './run-parts.ts';
import type {ViewProps} from './view.ts';

/** The backup under way, and those of this cluster that the journal tells of. */
export function BackupsView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={backupsLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function backupsLines(props: ViewProps): readonly Line[] {
	const {state, columns, theme} = props;
	return [
		...(state.backup === undefined ? [] : [...currentLines(state.backup, props), emptyLine]),
		...(state.hostBackup === undefined ? [] : [...hostBackupLines(state.hostBackup, state.now, columns, theme), emptyLine]),
		...knownLines(props, columns, theme),
	];
}

function currentLines(backup: Backup, {state, columns, theme}: ViewProps): readonly Line[] {
	const {phase, directory, operator} = backup;
	const title = rule('backup', [`snapshot of ${theme.text(backup.from.name)}`, theme.text(operator)], columns, theme);
	const entry = entryLines(backupEntry(backup, state.now, theme), columns, theme);
	const under = (text: string) => underLines(text, columns, theme);
	switch (phase.kind) {
		case 'receiving': {
			const share = phase.totalBytes === undefined ? 0 : phase.receivedBytes / phase.totalBytes;
			const bar = barLine(progressBar(share, barCells, theme), percentText(share), theme);
			return [title, ...entry, bar, ...under(`into ${directory}; it gets its name when it is whole`)];
		}
		case 'verifying':
			return [title, ...entry, barLine(progressBar(phase.share, barCells, theme), percentText(phase.share), theme)];
		case 'done':
			return [
				title,
				...entry,
				...under(phase.path),
				...under(`${phase.totalKeys} keys, hash ${phase.hash}, SHA-256 ${phase.sha256}`),
			];
		case 'failed':
		case 'cancelled':
			return [
				title,
				...entry,
				...(phase.nextStep === '' ? [] : under(phase.nextStep)),
				...under(`nothing of it is left in ${directory}`),
			];
		default:
			return [title, ...entry];
	}
}

function knownLines({state, screen, rows}: ViewProps, columns: number, theme: Theme): readonly Line[] {
	const {backups} = state;
	const nowWallMs = state.now + state.wallOffsetMs;
	if (backups === undefined) {
		return [rule('backups', [], columns, theme), [span(` ${theme.symbols.waiting} reading the journal`)]];
	}
	const newest = newestBackup(backups);
	const age = newest === undefined ? 'none known here' : `newest ${ageText(backupAgeMs(newest, nowWallMs)).trim()}`;
	const title = rule(
		'backups',
		[age, `${backups.length} in the journal`],
		columns,
		theme,
		state.hasHostBackups === true ? 'B on a host, b a snapshot' : 'b takes one',
	);
	const table = columnsOf(columns, nowWallMs, theme);
	const first = Math.max(0, Math.min(screen.scroll, backups.length - Math.max(1, rows - rowsAround)));
	return [
		title,
		...(isBackupOverdue(backups, nowWallMs) ? overdueLines(newest, columns, theme) : []),
		...(backups.length === 0 ? [] : [tableHead(table, theme), ...backups.slice(first).map((row) => tableRow(table, row, theme))]),
	];
}

/** Title, warning and head of the list, and what is said of the one under way. */
const rowsAround = 9;

function overdueLines(newest: KnownBackup | undefined, columns: number, theme: Theme): readonly Line[] {
	const text =
		newest === undefined
			? 'No backup of this cluster is known here: b takes one. Others may have been taken elsewhere.'
			: 'None is younger than a day: what was written since would be lost.';
	return wrapText(theme.text(text), columns - 3).map(
		(line, index): Line => [index === 0 ? span(` ${theme.symbols.warning} `, theme.styles.warning) : blank(3), span(line)],
	);
}

function columnsOf(columns: number, nowWallMs: number, theme: Theme): readonly Column<KnownBackup>[] {
	const {styles, symbols} = theme;
	const fixed: readonly Column<KnownBackup>[] = [
		{head: '', cells: 1, align: 'left', gap: 1, content: ({isThere}) => thereSign(isThere, theme)},
		{head: 'TAKEN', cells: 8, align: 'left', gap: 1, content: ({wallMs}) => span(timeCell(wallMs, nowWallMs))},
		{head: 'FROM', cells: 12, align: 'left', gap: 2, content: ({from}) => span(theme.text(from))},
		{head: 'SIZE', cells: 8, align: 'right', gap: 2, content: ({bytes}) => span(bytesCell(bytes, symbols.none))},
	];
	const revision: Column<KnownBackup> = {
		head: 'REVISION',
		cells: 10,
		align: 'right',
		gap: 2,
		content: ({revision: found}) => span(found === undefined ? symbols.none : String(found)),
	};
	const shown = columns >= 92 ? [...fixed, revision] : fixed;
	return [
		...shown,
		{
			head: 'WHERE',
			cells: Math.max(8, columns - tableWidth(shown) - 3),
			align: 'left',
			gap: 2,
			content: ({files, isThere}) => {
				const path = theme.text(`${isThere === false ? 'gone: ' : ''}${files[0] ?? ''}`);
				const cells = Math.max(8, columns - tableWidth(shown) - 3);
				return span(endFitting(path, cells, theme), isThere === false ? styles.dim : '');
			},
		},
	];
}

/** Of a path the end tells more. */
function endFitting(path: string, cells: number, {symbols}: Theme): string {
	return displayWidth(path) <= cells ? path : symbols.ellipsis + endOf(path, cells - symbols.ellipsis.length);
}

function thereSign(isThere: boolean | undefined, {symbols, styles}: Theme) {
	switch (isThere) {
		case true:
			return span(symbols.done, styles.good);
		case false:
			return span(symbols.failed, styles.bad);
		case undefined:
			return span(symbols.none);
	}
}
