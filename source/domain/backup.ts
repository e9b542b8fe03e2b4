/** A backup that is being taken, or was the last one asked for here; and those that the journal tells of. */
import type {BackupManifest} from './backup-manifest.ts';
import {backupMaximumAgeMs, freshSnapshotMs} from './backup-policy.ts';
import type {MemberId} from './member.ts';

export type Backup = {
	readonly kind: BackupManifest['kind'];
	readonly operator: string;
	readonly from: {readonly memberId: MemberId; readonly name: string};
	readonly directory: string;
	/** Uptime ms. */
	readonly startedAt: number;
	readonly phase: BackupPhase;
};

export type BackupPhase =
	/** Whether anything else is at work, right before. */
	| {readonly kind: 'checking'}
	| {readonly kind: 'receiving'; readonly since: number; readonly receivedBytes: number; readonly totalBytes?: number}
	/** What is on the disk is read again. */
	| {readonly kind: 'verifying'; readonly since: number; readonly share: number}
	| {
			readonly kind: 'done';
			readonly at: number;
			readonly path: string;
			readonly bytes: number;
			readonly sha256: string;
			readonly hash: string;
			readonly revision: string;
			readonly totalKeys: number;
	  }
	| {readonly kind: 'failed' | 'cancelled'; readonly at: number; readonly reason: string; readonly nextStep: string};

export function isBackupOver({phase}: Backup): boolean {
	return phase.kind === 'done' || phase.kind === 'failed' || phase.kind === 'cancelled';
}

/** From a line of the journal. */
export type KnownBackup = {
	readonly kind: BackupManifest['kind'];
	readonly wallMs: number;
	readonly operator: string;
	readonly from: string;
	/** Where it is, the snapshot first; on a node `NODE:PATH`. */
	readonly files: readonly string[];
	readonly bytes?: number;
	readonly revision?: number;
	/** Whether the snapshot is still in its place; absent where that can't be seen from here, or wasn't looked at yet. */
	readonly isThere?: boolean;
};

/** The newest that is not known to be gone. */
export function newestBackup(backups: readonly KnownBackup[]): KnownBackup | undefined {
	return backups
		.filter(({isThere}) => isThere !== false)
		.reduce<KnownBackup | undefined>(
			(newest, one) => (newest === undefined || one.wallMs > newest.wallMs ? one : newest),
			undefined,
		);
}

/** Two readings of the clock in one process may differ by this much. */
const clockJitterMs = 60_000;

/** A clock that was set back makes nothing young: what is told to be of the future is as old as can be. */
export function backupAgeMs({wallMs}: Pick<KnownBackup, 'wallMs'>, nowWallMs: number): number {
	return wallMs > nowWallMs + clockJitterMs ? Number.POSITIVE_INFINITY : Math.max(0, nowWallMs - wallMs);
}

/** The age of a verified snapshot that is there, and so young that little was written since. */
export function freshSnapshotAge(backups: readonly KnownBackup[], nowWallMs: number): number | undefined {
	const newest = newestBackup(backups.filter(({isThere}) => isThere === true));
	const ageMs = newest === undefined ? undefined : backupAgeMs(newest, nowWallMs);
	return ageMs !== undefined && ageMs <= freshSnapshotMs ? ageMs : undefined;
}

/** Whether a day has passed since the last one. */
export function isBackupOverdue(backups: readonly KnownBackup[], nowWallMs: number): boolean {
	const newest = newestBackup(backups);
	return newest === undefined || backupAgeMs(newest, nowWallMs) > backupMaximumAgeMs;
}
