/** A backup under way and what came of it: in one line on every view but its own. */
import type {Line} from '../components/line.ts';
import {type Backup, isBackupOver} from '../domain/backup.ts';
import {isHostBackupOver} from '../domain/host-backup-run.ts';
import type {State} from '../engine/state.ts';
import {displayWidth, durationText, estimateText, percentText, sizeText, tookText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {hostBackupEntry} from './host-backup-section.ts';
import {detailStart, entryLines, type RunEntry} from './run-parts.ts';

/** One that went well needs no more words than this. */
const doneSaidMs = 30_000;

export function backupLine(state: State, columns: number, theme: Theme): Line | undefined {
	return snapshotLine(state, columns, theme) ?? hostLine(state, columns, theme);
}

function hostLine({hostBackup, now}: State, columns: number, theme: Theme): Line | undefined {
	if (hostBackup === undefined || (hostBackup.phase.kind === 'done' && now - hostBackup.phase.at > doneSaidMs)) {
		return undefined;
	}
	return lineOf(
		hostBackupEntry(hostBackup, now, theme),
		{whom: `, from ${hostBackup.node}`, isOver: isHostBackupOver(hostBackup)},
		columns,
		theme,
	);
}

function snapshotLine({backup, now}: State, columns: number, theme: Theme): Line | undefined {
	if (backup === undefined || (backup.phase.kind === 'done' && now - backup.phase.at > doneSaidMs)) {
		return undefined;
	}
	return lineOf(
		backupEntry(backup, now, theme),
		{whom: `, from ${backup.from.name}`, isOver: isBackupOver(backup)},
		columns,
		theme,
	);
}

type About = {readonly whom: string; readonly isOver: boolean};

function lineOf(entry: BackupEntry, {whom: from, isOver}: About, columns: number, theme: Theme): Line | undefined {
	const whom = `${entry.detail}${from}`;
	const way = isOver ? '; 7 shows it' : '; 7 shows it, there x stops it';
	const whole = [`${whom}${way}`, whom, entry.detail].find((text) => displayWidth(theme.text(text)) <= columns - detailStart);
	return entryLines({...entry, name: 'backup', detail: whole ?? entry.short}, columns, theme)[0];
}

export type BackupEntry = RunEntry & {readonly short: string};

export function backupEntry({phase, from, startedAt}: Backup, now: number, theme: Theme): BackupEntry {
	const {styles} = theme;
	const {name} = from;
	switch (phase.kind) {
		case 'checking':
			return {symbol: 'waiting', name, state: 'checking', detail: 'whether anything else is at work', short: name};
		case 'receiving': {
			const {receivedBytes, totalBytes} = phase;
			const share = totalBytes === undefined ? '' : ` of ${sizeText(totalBytes)}, ${percentText(receivedBytes / totalBytes)}`;
			const short = `${sizeText(receivedBytes)}${share}`;
			return {
				symbol: 'working',
				style: styles.working,
				name,
				state: 'receiving',
				detail: `${short}${leftText(phase, now)}`,
				short,
			};
		}
		case 'verifying': {
			const short = `reading it again, ${percentText(phase.share)}`;
			return {symbol: 'waiting', name, state: 'verifying', detail: short, short};
		}
		case 'done': {
			const short = `${sizeText(phase.bytes)}, revision ${phase.revision}`;
			const took = tookText(phase.at - startedAt);
			return {
				symbol: 'done',
				style: styles.good,
				name,
				state: 'done, verified',
				detail: `${short}, in ${took}`,
				short,
			};
		}
		case 'failed':
			return {symbol: 'failed', style: styles.bad, name, state: 'failed', detail: phase.reason, short: phase.reason};
		case 'cancelled':
			return {symbol: 'none', name, state: 'cancelled', detail: phase.reason, short: phase.reason};
	}
}

/** Below this nobody can tell how fast it goes. */
const knownAfterMs = 2000;

function leftText({since, receivedBytes, totalBytes}: Extract<Backup['phase'], {kind: 'receiving'}>, now: number): string {
	const elapsed = now - since;
	if (totalBytes === undefined || elapsed < knownAfterMs || receivedBytes === 0) {
		return `, ${durationText(elapsed)}`;
	}
	return `, ${estimateText(((totalBytes - receivedBytes) / receivedBytes) * elapsed)} left`;
}
