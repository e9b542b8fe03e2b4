/** OpenShift's `cluster-backup.sh` on a control-plane host: what it writes, what it says, and what it needs (etcd tasks, 1.9.4). */
import {sizeText} from './text.ts';

export const backupScript = '/usr/local/bin/cluster-backup.sh';

/** Where the procedure puts it. */
export const defaultHostDirectory = '/home/core/assets/backup';

/** A file in the directory on the host. */
export type HostFile = {readonly name: string; readonly bytes: number};

/** Both files of one backup, by the time in their names. */
export type HostBackupFiles = {readonly stamp: string; readonly snapshot: HostFile; readonly resources: HostFile};

/** The script adds more to a name only under `--force`, which is never given here: such a backup may be of a rollout half done. */
const formats = {
	snapshot: /^snapshot_(\d{4}-\d{2}-\d{2}_\d{6})\.db$/,
	resources: /^static_kuberesources_(\d{4}-\d{2}-\d{2}_\d{6})\.tar\.gz$/,
} as const;

/** What the script may have begun, whole or not: etcdctl adds `.part` to what it is writing. */
const ofBackup = /^(snapshot_\d{4}-\d{2}-\d{2}_\d{6}\.db(\.part)?|static_kuberesources_\d{4}-\d{2}-\d{2}_\d{6}\.tar\.gz)$/;

/** The two files that are new, or why they are no backup. */
export function newBackup(before: readonly HostFile[], after: readonly HostFile[]): HostBackupFiles | {readonly why: string} {
	const known = new Set(before.map(({name}) => name));
	const fresh = after.filter(({name}) => !known.has(name));
	const snapshots = fresh.filter(({name}) => formats.snapshot.test(name));
	const resources = fresh.filter(({name}) => formats.resources.test(name));
	const [snapshot, ...otherSnapshots] = snapshots;
	const [archive, ...otherArchives] = resources;
	if (snapshot === undefined || archive === undefined) {
		const missing = [...(snapshot ? [] : ['snapshot_<time>.db']), ...(archive ? [] : ['static_kuberesources_<time>.tar.gz'])];
		return {why: `there is no new ${missing.join(' and no new ')}`};
	}
	if (otherSnapshots.length + otherArchives.length > 0) {
		return {why: `more than one backup was made there meanwhile: ${fresh.map(({name}) => name).join(', ')}`};
	}
	const stamp = formats.snapshot.exec(snapshot.name)![1]!;
	if (stamp !== formats.resources.exec(archive.name)![1]) {
		return {why: `${snapshot.name} and ${archive.name} are of different times`};
	}
	const empty = [snapshot, archive].find(({bytes}) => bytes === 0);
	return empty === undefined ? {stamp, snapshot, resources: archive} : {why: `${empty.name} is empty`};
}

/** What a backup that did not end well left: new, and named as the script names things. Nothing else is ever removed. */
export function leftByScript(before: readonly HostFile[], after: readonly HostFile[]): readonly string[] {
	const known = new Set(before.map(({name}) => name));
	return after.map(({name}) => name).filter((name) => !known.has(name) && ofBackup.test(name));
}

/** How the script ended: only its own last line and exit code 0 together are a success. */
export type ScriptEnd = {readonly exitCode: number /** Stripped, without blank ones. */; readonly lines: readonly string[]};

/** Why it is no success; undefined where it is one. */
export function scriptFailure(
	{exitCode, lines}: ScriptEnd,
	directory: string,
): {readonly what: string; readonly next: string} | undefined {
	const last = lines.at(-1) ?? '';
	if (exitCode === 0 && last === lastLine(directory)) {
		return undefined;
	}
	const known = failures.find(({pattern}) => lines.some((line) => pattern.test(line)));
	const line = known === undefined ? last : lines.findLast((each) => known.pattern.test(each))!;
	const how = exitCode === 0 ? 'it ended without its last line' : `exit code ${exitCode}`;
	return {
		what: `cluster-backup.sh failed (${how})${line === '' ? '' : `: ${line}`}`,
		next: known?.next ?? 'Read what it printed; nothing of it counts as a backup.',
	};
}

function lastLine(directory: string): string {
	return `snapshot db and kube resources are successfully saved to ${directory}`;
}

const failures: readonly {readonly pattern: RegExp; readonly next: string}[] = [
	{pattern: /operator is progressing/i, next: 'Wait until the rollout is over: oc get clusteroperators shows it.'},
	{
		pattern: /could not find the status of|valid kubeconfig is not found/i,
		next: 'Look at the Kubernetes API server of that host; the script asks it.',
	},
	{pattern: /no space left on device|disk quota exceeded/i, next: 'Make room on the host, or choose another one with --host.'},
	{
		pattern: /error finding manifests|no such file or directory/i,
		next: 'Look at the static pods of that host, or choose another one with --host.',
	},
	{pattern: /x509|certificate/i, next: "Look at etcd's certificates on that host."},
	{
		pattern: /context deadline exceeded|connection refused|dial tcp/i,
		next: 'Look at etcd on that host, or choose another one with --host.',
	},
];

/** Bytes beside the snapshot: static resources are some hundreds of KiB, and the script's own files are small. */
const besideBytes = 64 * 1024 * 1024;

/**
 * Share of a host's file system that has to stay free: below 10 % the kubelet calls it DiskPressure and evicts pods, and there
 * etcd writes to the same disk.
 */
export const hostKeepFreeRatio = 0.1;

/** The free space under the host's directory. */
export type HostDisk = {readonly freeBytes: number; readonly totalBytes: number};

/** etcdctl writes the whole file, not what is in use of it. */
export function neededBytes(dbSizeBytes: number): number {
	return dbSizeBytes + besideBytes;
}

/** Why it doesn't fit; undefined where it does. */
export function diskRefusal({freeBytes, totalBytes}: HostDisk, dbSizeBytes: number): string | undefined {
	const needed = neededBytes(dbSizeBytes);
	const keep = Math.ceil(totalBytes * hostKeepFreeRatio);
	return freeBytes - needed >= keep
		? undefined
		: `it needs ${sizeText(needed)}, and ${sizeText(freeBytes)} of ${sizeText(totalBytes)} are free: less than ${sizeText(keep)} (10%) would be left, where the kubelet evicts pods`;
}

/** A directory on the host that may be handed to a script there: absolute, and nothing in it that means more than its name. */
export function hostDirectoryFault(directory: string): string | undefined {
	if (!directory.startsWith('/')) {
		return 'it has to begin with /';
	}
	if (!/^[\w./@+-]+$/.test(directory)) {
		return 'it may hold letters, digits and . / _ - + @ only';
	}
	return directory.split('/').includes('..') || directory === '/' ? 'it has to be a folder of its own, without ..' : undefined;
}
