/** What came of a backup: as the screen, the journal and the events tell it. */
import {BackupError} from '../backup/backup-error.ts';
import type {Backup, BackupPhase} from '../domain/backup.ts';
import type {MemberId} from '../domain/member.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {lineOf} from './file-attempt-log.ts';
import type {ClusterEvent} from './state.ts';

export type BackupEnd = Extract<BackupPhase, {at: number}>;

export function stoppedAt(at: number): BackupEnd {
	return {kind: 'cancelled', at, reason: 'stopped here; nothing was left', nextStep: ''};
}

export function endingOf(error: unknown, signal: AbortSignal, at: number): BackupEnd {
	if (signal.aborted) {
		return stoppedAt(at);
	}
	if (error instanceof BackupError) {
		return {kind: 'failed', at, reason: error.message, nextStep: error.nextStep};
	}
	const {message, nextStep, endpoint} = failureOf(error);
	return {kind: 'failed', at, reason: endpoint === undefined ? message : `${endpoint}: ${message}`, nextStep};
}

export function lineOfEnd(backup: Backup, phase: BackupEnd): Parameters<typeof lineOf>[3] {
	const {kind} = backup;
	if (phase.kind !== 'done') {
		return {type: 'backup', kind, outcome: phase.kind, files: [], reason: phase.reason, ...whose(backup)};
	}
	const {path, bytes, sha256, revision} = phase;
	return {type: 'backup', kind, outcome: 'done', files: [path], bytes, sha256, revision: Number(revision), ...whose(backup)};
}

export function eventOfEnd({from}: Backup, phase: BackupEnd): ClusterEvent {
	const isDone = phase.kind === 'done';
	return {
		at: phase.at,
		kind: isDone ? 'good' : 'warning',
		subject: from.name,
		memberId: from.memberId,
		text: isDone ? `backed up to ${phase.path}` : `backup ${phase.kind}: ${phase.reason}`,
	};
}

export function whose({from}: Backup): {readonly memberId: MemberId; readonly memberName: string} {
	return {memberId: from.memberId, memberName: from.name};
}
