/** What the plan of a defragmentation says of backups. */
import {type DialogRow, row} from '../components/dialog.ts';
import {span} from '../components/line.ts';
import {backupAgeMs, isBackupOver, isBackupOverdue, newestBackup} from '../domain/backup.ts';
import type {State} from '../engine/state.ts';
import {ageText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {backupEntry} from './backup-line.ts';

/** A backup first is offered, never asked for. */
export function backupRows(state: State, theme: Theme): readonly DialogRow[] {
	const {backup, backups, now, wallOffsetMs} = state;
	const {symbols, styles} = theme;
	if (backup !== undefined && !isBackupOver(backup)) {
		const {short} = backupEntry(backup, now, theme);
		return [row([span(`${symbols.working} `, styles.working), span(theme.text(`Backup of ${backup.from.name}: ${short}`))], 27)];
	}
	if (backups === undefined) {
		return [];
	}
	const newest = newestBackup(backups);
	const isOverdue = isBackupOverdue(backups, now + wallOffsetMs);
	const age = newest === undefined ? '' : ageText(backupAgeMs(newest, now + wallOffsetMs)).trim();
	const text = isOverdue
		? 'No backup younger than a day is known here; b takes one first.'
		: `Last backup ${age}; b takes another first.`;
	const sign = isOverdue ? span(`${symbols.warning} `, styles.warning) : span(`${symbols.done} `, styles.good);
	return [row([sign, span(theme.text(text))], isOverdue ? 27 : 11)];
}
