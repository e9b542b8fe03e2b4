/** The files of a backup as they lie in a directory here, and what the manifest beside them says. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {type BackupManifest, largestManifestBytes, manifestName, parseManifest} from '../domain/backup-manifest.ts';
import type {RunbookBackup, RunbookFile} from '../domain/runbook.ts';
import {safeText} from '../transport/safe-text.ts';
import {UsageError} from '../usage-error.ts';

export type BackupDirectory = {
	readonly backup: RunbookBackup;
	readonly manifest?: BackupManifest;
	/** What was passed over, and why. */
	readonly notes: readonly string[];
};

const snapshotPattern = /^snapshot_(.+)\.db$/;

/** `from`: a directory, or the snapshot in one. Of several backups the newest. Throws `UsageError`. */
export function readBackupDirectory(from: string): BackupDirectory {
	const path = resolve(from);
	const isFile = path.endsWith('.db');
	const directory = isFile ? dirname(path) : path;
	const names = namesIn(directory);
	const snapshots = names.filter((name) => (isFile ? name === basename(path) : name.endsWith('.db')));
	// The stamps are dates: the last one is the newest. Snapshots of other names come before them.
	const [snapshot, ...older] = snapshots.toSorted((a, b) => stampOf(a).localeCompare(stampOf(b)) || a.localeCompare(b)).reverse();
	if (snapshot === undefined) {
		throw new UsageError(
			`${path} holds no snapshot: --from wants the directory of a backup, with snapshot_<datetimestamp>.db in it.`,
		);
	}
	const {manifest, note} = manifestOf(directory, snapshot);
	const files = [fileOf(directory, snapshot, manifest), ...resourcesOf(directory, snapshot, names, manifest)];
	return {
		backup: {
			directory,
			files,
			...(manifest !== undefined && {createdAt: manifest.createdAt}),
			...releaseOf(manifest),
			...(manifest?.encryption?.isPartial && {isPartiallyEncrypted: true}),
		},
		...(manifest !== undefined && {manifest}),
		notes: [
			...(older.length === 0 ? [] : [`${directory} holds ${older.length + 1} backups; this is about the newest, ${snapshot}`]),
			...(note === undefined ? [] : [note]),
		],
	};
}

function namesIn(directory: string): readonly string[] {
	try {
		return readdirSync(directory);
	} catch (error) {
		throw new UsageError(`--from ${directory} can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`);
	}
}

function stampOf(name: string): string {
	return snapshotPattern.exec(name)?.[1] ?? '';
}

function releaseOf(manifest: BackupManifest | undefined): {readonly release?: string} {
	const release = manifest?.openshiftVersion ?? manifest?.etcdVersion;
	return release === undefined ? {} : {release};
}

function manifestOf(directory: string, snapshot: string): {readonly manifest?: BackupManifest; readonly note?: string} {
	const path = join(directory, manifestName(snapshot));
	let text: string;
	try {
		if (statSync(path).size > largestManifestBytes) {
			return {note: `${path} is too large for a manifest, and was not read`};
		}
		text = readFileSync(path, 'utf8');
	} catch {
		return {note: `there is no manifest beside ${snapshot}: what it was taken from is not known`};
	}
	const parsed = parseManifest(text);
	if ('damage' in parsed) {
		return {note: `${path} was passed over: ${safeText(parsed.damage)}`};
	}
	// It is shown, and becomes commands: nothing in it may be more than it looks like.
	return textsIn(parsed).every((one) => one === safeText(one))
		? {manifest: parsed}
		: {note: `${path} was passed over: there are characters in it that don't show`};
}

function textsIn(value: unknown): readonly string[] {
	if (typeof value === 'string') {
		return [value];
	}
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function resourcesOf(
	directory: string,
	snapshot: string,
	names: readonly string[],
	manifest: BackupManifest | undefined,
): readonly RunbookFile[] {
	const wanted = `static_kuberesources_${stampOf(snapshot)}.tar.gz`;
	const recorded = manifest?.files.find(({role}) => role === 'static_kuberesources');
	if (recorded !== undefined) {
		return [fileOf(recorded.directory ?? directory, recorded.name, manifest)];
	}
	return names.includes(wanted) ? [fileOf(directory, wanted, manifest)] : [];
}

function fileOf(directory: string, name: string, manifest: BackupManifest | undefined): RunbookFile {
	const path = join(directory, name);
	const recorded = manifest?.files.find((file) => file.name === name);
	return {
		name,
		path,
		...(recorded === undefined ? sizeOf(path) : {bytes: recorded.bytes, sha256: recorded.sha256}),
	};
}

function sizeOf(path: string): {readonly bytes?: number} {
	try {
		return {bytes: statSync(path).size};
	} catch {
		return {};
	}
}
