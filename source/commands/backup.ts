/** `etcdtop backup`: of any etcd a snapshot of one member, put here. */
import type {CommandContext} from './context.ts';
import {takeSnapshot} from './take-snapshot.ts';

/** Which kind of backup is taken follows from what was reached. */
export async function runBackup(context: CommandContext): Promise<number> {
	return takeSnapshot(context, await context.connect());
}
