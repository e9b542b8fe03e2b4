/** The runbook that a backup writes beside itself: on the day it is needed, nothing else may answer. */
import type {BackupManifest} from './backup-manifest.ts';
import {planRestore} from './restore-plan.ts';
import {gatherInputs, type TellingCluster} from './restore-sources.ts';
import type {RunbookBackup} from './runbook.ts';
import {runbookMarkdown} from './runbook-markdown.ts';

/** `snapshot_2026-11-27_093000.restore.md` of `snapshot_2026-11-27_093000.db`. */
export function runbookName(snapshotName: string): string {
	return `${snapshotName.replace(/\.db$/, '')}.restore.md`;
}

/** `directory`: absolute. Undefined where no runbook can be made of what is known, as of a snapshot of OpenShift's etcd alone. */
export function runbookBeside(manifest: BackupManifest, directory: string, cluster: TellingCluster = {}): string | undefined {
	const gathered = gatherInputs({backup: backupOf(manifest, directory), manifest, cluster, typed: {}});
	if (gathered.kind === 'missing') {
		return undefined;
	}
	const plan = planRestore(gathered.inputs);
	return plan.kind === 'refused' ? undefined : runbookMarkdown(plan.runbook);
}

function backupOf(
	{createdAt, files, openshiftVersion, etcdVersion, encryption}: BackupManifest,
	directory: string,
): RunbookBackup {
	return {
		directory,
		createdAt,
		release: openshiftVersion ?? etcdVersion,
		...(encryption?.isPartial && {isPartiallyEncrypted: true}),
		files: files.map(({name, directory: own = directory, bytes, sha256}) => ({name, path: `${own}/${name}`, bytes, sha256})),
	};
}
