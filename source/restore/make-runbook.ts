/** From the flags to a runbook: the backup's files, the cluster where it answers, the manifest where it does not. */
import {planRestore} from '../domain/restore-plan.ts';
import {gatherInputs} from '../domain/restore-sources.ts';
import type {Runbook} from '../domain/runbook.ts';
import type {Options} from '../options.ts';
import type {Reached} from '../reached.ts';
import {UsageError} from '../usage-error.ts';
import {readBackupDirectory} from './backup-directory.ts';
import {askCluster, type OpenShiftApi} from './cluster-facts.ts';

export type MadeRunbook =
	| {readonly kind: 'runbook'; readonly runbook: Runbook; readonly notes: readonly string[]}
	| {readonly kind: 'refused'; readonly why: string; readonly notes: readonly string[]};

/** Throws `UsageError` for what was typed wrongly, and where something has to be said that nobody tells. */
export async function makeRunbook(
	options: Options,
	api: OpenShiftApi | undefined,
	connect: () => Promise<Reached>,
): Promise<MadeRunbook> {
	const {restore, connection} = options;
	const {from, sshUser, ...typed} = restore;
	if (from === undefined) {
		throw new UsageError('restore needs the backup: etcdtop restore --from DIRECTORY.');
	}
	const directory = readBackupDirectory(from);
	const {cluster, notes: silence} = await askCluster(api, connect, connection.commandTimeoutMs);
	const named = options.clusterName === undefined ? cluster : {...cluster, clusterName: options.clusterName};
	const gathered = gatherInputs({
		backup: directory.backup,
		...(directory.manifest !== undefined && {manifest: directory.manifest}),
		cluster: named,
		typed: {...typed, ...(sshUser !== undefined && {user: sshUser})},
	});
	const notes = [...directory.notes, ...silence];
	if (gathered.kind === 'missing') {
		throw new UsageError(`nobody tells ${gathered.what}. ${notes.map((note) => `${note}.`).join(' ')}`.trim());
	}
	return {...planRestore(gathered.inputs), notes};
}
