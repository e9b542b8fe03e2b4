/** Where a backup goes, and from whom it is taken. */
import type {BackupChoice} from '../backup-dialog-state.ts';
import {buttonsLine, type Dialog, type DialogRow, dialogCells, keysLine, type Room, row, textRows} from '../components/dialog.ts';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import type {BackupSource} from '../domain/backup-plan.ts';
import {encryptionOfBackup} from '../domain/encryption-known.ts';
import type {State} from '../engine/state.ts';
import {bytesCell, displayWidth, endOf, sizeText} from '../format.ts';
import type {Theme} from '../theme.ts';

export function backupDialog(state: State, choice: BackupChoice, room: Room, theme: Theme): Dialog {
	const {backupPlan: plan, clusterName} = state;
	const title = 'Back up: a snapshot of one member';
	if (plan === undefined) {
		const asking = [span(`${theme.symbols.waiting} looking at the members`)];
		return {title, aside: clusterName, rows: [row(asking), row(keysLine([['Esc', 'cancel']], theme))]};
	}
	const columns = columnsOf(choice, dialogCells(room), theme);
	const source = plan.sources.find(({memberId}) => memberId === choice.memberId);
	const size = source?.dbSizeBytes === undefined ? '' : ` It takes ${sizeText(source.dbSizeBytes)}.`;
	return {
		title,
		aside: clusterName,
		rows: [
			row(directoryLine(choice, room, theme)),
			row(emptyLine, 1),
			row(tableHead(columns, theme), 8),
			...plan.sources.map((one) => row(tableRow(columns, one, theme), one.memberId === choice.memberId ? undefined : 9)),
			row(emptyLine, 2),
			...textRows(`The cluster goes on meanwhile.${size} Verified before it gets its name.`, room, theme, 4),
			...textRows('It holds everything in etcd, Secrets too: readable by you alone.', room, theme, 3),
			...(state.hasHostBackups === true
				? textRows(
						`${theme.symbols.warning} To restore OpenShift it takes more than this: B backs up on a host, static resources too.`,
						room,
						theme,
						7,
					)
				: []),
			...(encryptionOfBackup(state.encryption)?.isPartial === true
				? textRows(
						`${theme.symbols.warning} An encryption migration is under way: it will be PARTIALLY ENCRYPTED, as its manifest says.`,
						room,
						theme,
						undefined,
						theme.styles.warning,
					)
				: []),
			...(plan.refusal === undefined ? [] : refusalRows(plan.refusal, room, theme)),
			row(emptyLine, 1),
			row([
				blank(7),
				...buttonsLine(
					[
						{id: 'cancel', label: 'Cancel'},
						{id: 'start', label: 'Back up', open: plan.refusal === undefined},
					],
					choice.focus,
					theme,
					12,
				),
			]),
			row(keys(room, theme), 5),
		],
	};
}

/** The end of a long path stays in sight: there it is typed. */
function directoryLine({directory = '', focus}: BackupChoice, room: Room, theme: Theme): Line {
	const focused = focus === 'directory';
	const start: Line = [span(focused ? `${theme.symbols.selected} ` : '  ', theme.styles.strong), span('Into  ')];
	const cells = dialogCells(room) - 9;
	const text = theme.text(directory);
	const shown = displayWidth(text) <= cells ? text : theme.symbols.ellipsis + endOf(text, cells - theme.symbols.ellipsis.length);
	return [...start, span(shown, theme.styles.strong), ...(focused ? [span('_', theme.styles.inverse)] : [])];
}

function columnsOf({memberId: chosen}: BackupChoice, cells: number, theme: Theme): readonly Column<BackupSource>[] {
	const {symbols, styles} = theme;
	return [
		{
			head: '',
			cells: 1,
			align: 'left',
			gap: 0,
			content: ({memberId}) => span(memberId === chosen ? symbols.selected : ' ', styles.strong),
		},
		{
			head: 'FROM',
			cells: 14,
			align: 'left',
			gap: 1,
			content: ({name, memberId}) => span(theme.text(name), memberId === chosen ? styles.strong : ''),
		},
		{head: 'ROLE', cells: 8, align: 'left', gap: 2, content: ({role}) => span(role ?? symbols.none)},
		{head: 'DB SIZE', cells: 8, align: 'right', gap: 2, content: ({dbSizeBytes}) => span(bytesCell(dbSizeBytes, symbols.none))},
		{head: '', cells: Math.max(8, cells - 40), align: 'left', gap: 2, content: (one) => wordsFor(one, theme)},
	];
}

function wordsFor({against, role}: BackupSource, theme: Theme): Line {
	if (against !== undefined) {
		return [span(theme.symbols.failed, theme.styles.bad), span(` ${theme.text(against)}`)];
	}
	return [span(role === 'leader' ? 'it leads: better from another' : '')];
}

function refusalRows(refusal: string, room: Room, theme: Theme): readonly DialogRow[] {
	const [first, ...rest] = textRows(refusal, {columns: room.columns - 2}, theme);
	return [
		row([span(`${theme.symbols.failed} `, theme.styles.bad), ...(first?.line ?? [])]),
		...rest.map(({line}) => row([blank(2), ...line])),
	];
}

function keys(room: Room, theme: Theme): Line {
	return keysLine(
		[
			[
				'Enter',
				dialogCells(room) >= 70 ? `does what has the ${theme.symbols.selected}` : `the one with ${theme.symbols.selected}`,
			],
			['Tab', 'next'],
			...(dialogCells(room) >= 70 ? [['↑ ↓', 'member'] as const] : []),
			['Esc', 'cancel'],
		],
		theme,
	);
}
