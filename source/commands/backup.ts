/** `etcdtop backup`: on OpenShift by its own script on a host, of any other etcd a snapshot of one member; put here. */
import {UsageError} from '../usage-error.ts';
import type {CommandContext} from './context.ts';
import {takeHostBackup} from './take-host-backup.ts';
import {takeSnapshot} from './take-snapshot.ts';

/** Which kind of backup is taken follows from what was reached. */
export async function runBackup(context: CommandContext): Promise<number> {
	const {hostBackup, backupFrom} = context.options;
	const {rpc, host, leave, resourcesDirectory} = hostBackup;
	const wantsSnapshot = rpc || backupFrom !== undefined;
	const ofHost = host !== undefined || leave || resourcesDirectory !== undefined;
	if (wantsSnapshot && ofHost) {
		throw new UsageError(
			'--host, --leave and --kuberesources-dir are of a backup on a host; --rpc and --from are of a snapshot.',
		);
	}
	const reached = await context.connect();
	if (reached.platform.hostBackup !== undefined && !wantsSnapshot) {
		return takeHostBackup(context, reached);
	}
	if (ofHost) {
		reached.transport.close();
		throw new UsageError('--host, --leave and --kuberesources-dir are for OpenShift, and there is none around this etcd.');
	}
	return takeSnapshot(context, reached);
}
