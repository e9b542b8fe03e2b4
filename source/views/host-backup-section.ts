/** A backup on a control-plane host under way, and what came of it. */
import {progressBar} from '../components/gauge.ts';
import type {Line} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import type {HostBackup} from '../domain/host-backup-run.ts';
import {durationText, percentText, sizeText, tookText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {barCells, barLine, entryLines, type RunEntry, underLines} from './run-parts.ts';

/** As many of the script's lines are shown. */
const shownLines = 6;

export function hostBackupLines(backup: HostBackup, now: number, columns: number, theme: Theme): readonly Line[] {
	const {phase, node, operator, lines, warnings, isPartial} = backup;
	const under = (text: string) => underLines(text, columns, theme);
	const title = rule('backup', [`on the host ${theme.text(node)}`, theme.text(operator)], columns, theme);
	const warned = (text: string): readonly Line[] =>
		under(`${theme.symbols.warning} ${text}`).map((line) => line.map((part) => ({...part, style: theme.styles.warning})));
	return [
		title,
		...entryLines(hostBackupEntry(backup, now, theme), columns, theme),
		...(phase.kind === 'bringing' ? [bar(phase.receivedBytes / Math.max(1, phase.totalBytes), theme)] : []),
		...(phase.kind === 'verifying' ? [bar(phase.share, theme)] : []),
		...(phase.kind === 'running' || phase.kind === 'opening' ? lines.slice(-shownLines).flatMap(under) : []),
		...(phase.kind === 'done'
			? phase.files.flatMap(({place, bytes, sha256}) => [...under(`${place}, ${sizeText(bytes)}`), ...under(`SHA-256 ${sha256}`)])
			: []),
		...(phase.kind === 'failed' && phase.nextStep !== '' ? under(phase.nextStep) : []),
		...(phase.kind === 'failed' && phase.left !== undefined ? under(`whole on the host: ${phase.left.join(' and ')}`) : []),
		...(isPartial ? warned('PARTIALLY ENCRYPTED: a migration of the encryption was under way') : []),
		...warnings.flatMap(warned),
	];
}

function bar(share: number, theme: Theme): Line {
	return barLine(progressBar(share, barCells, theme), percentText(share), theme);
}

export function hostBackupEntry(
	{phase, node, startedAt, warnings}: HostBackup,
	now: number,
	theme: Theme,
): RunEntry & {readonly short: string} {
	const {styles} = theme;
	const at = (state: string, detail: string, more: Partial<RunEntry> = {}) => ({
		symbol: 'working' as const,
		style: styles.working,
		name: node,
		state,
		detail,
		short: detail,
		...more,
	});
	switch (phase.kind) {
		case 'checking':
			return at('checking', 'whether anything else is at work', {symbol: 'waiting', style: ''});
		case 'opening':
			return at('debug pod', 'starting it', {symbol: 'waiting', style: ''});
		case 'running':
			return at('running', `cluster-backup.sh, ${durationText(now - phase.since)}`);
		case 'summing':
			return at('summing up', `${phase.files.map(({bytes}) => sizeText(bytes)).join(' and ')} on the host`);
		case 'bringing': {
			const again =
				phase.resumed === 0 ? '' : `, on after ${phase.resumed} lost ${phase.resumed === 1 ? 'connection' : 'connections'}`;
			return at('receiving', `${sizeText(phase.receivedBytes)} of ${sizeText(phase.totalBytes)}${again}`);
		}
		case 'verifying':
			return at('verifying', `reading it again, ${percentText(phase.share)}`, {symbol: 'waiting', style: ''});
		case 'done': {
			const revision = phase.snapshot === undefined ? 'checked on the host' : `revision ${phase.snapshot.revision}`;
			const size = sizeText(phase.files[0]?.bytes ?? 0);
			const isWell = warnings.length === 0;
			return at(
				phase.snapshot === undefined ? 'done, checked' : 'done, verified',
				`${size}, ${revision}, in ${tookText(phase.at - startedAt)}`,
				isWell ? {symbol: 'done', style: styles.good} : {symbol: 'warning', style: styles.warning},
			);
		}
		case 'failed':
			return at('failed', phase.reason, {symbol: 'failed', style: styles.bad});
		case 'cancelled':
			return at('cancelled', phase.reason, {symbol: 'none', style: ''});
	}
}
