/** The manifest beside a snapshot, and whether the snapshot is the one that it tells of. */
import {readFile, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {type BackupManifest, largestManifestBytes, manifestName, parseManifest} from '../domain/backup-manifest.ts';
import type {SnapshotStatus} from './snapshot-status.ts';

export type FoundManifest =
	| {readonly kind: 'none'}
	| {readonly kind: 'found'; readonly path: string; readonly manifest: BackupManifest}
	| {readonly kind: 'unusable'; readonly path: string; readonly why: string};

export async function manifestBeside(snapshotPath: string): Promise<FoundManifest> {
	const path = join(dirname(snapshotPath), manifestName(basename(snapshotPath)));
	let text: string;
	try {
		if ((await stat(path)).size > largestManifestBytes) {
			return {kind: 'unusable', path, why: 'too long for a manifest'};
		}
		text = await readFile(path, 'utf8');
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		return code === 'ENOENT' ? {kind: 'none'} : {kind: 'unusable', path, why: `it can't be read (${code})`};
	}
	const manifest = parseManifest(text);
	return 'damage' in manifest ? {kind: 'unusable', path, why: manifest.damage} : {kind: 'found', path, manifest};
}

/** What of the file is not as its manifest says; undefined where all is. */
export function differenceFrom({files, snapshot}: BackupManifest, name: string, status: SnapshotStatus): string | undefined {
	const file = files.find((one) => one.role === 'snapshot' && one.name === name);
	if (file === undefined) {
		return 'it does not name this file';
	}
	if (file.bytes !== status.fileBytes) {
		return `it tells of ${file.bytes} bytes, and there are ${status.fileBytes}`;
	}
	if (file.sha256 !== status.sha256) {
		return 'it tells of another SHA-256';
	}
	const same = snapshot === undefined || (snapshot.hash === hashText(status) && snapshot.revision === String(status.revision));
	return same ? undefined : 'it tells of another hash or revision';
}

/** As etcdctl prints it. */
export function hashText({hash}: Pick<SnapshotStatus, 'hash'>): string {
	return hash.toString(16);
}
