import {BackupError} from '../backup/backup-error.ts';
import {memberLabel} from '../domain/member.ts';
import type {Transport} from '../transport/transport.ts';
import type {Clock} from './clock.ts';
import {observeNow} from './observe-now.ts';

/**
 * Throws `BackupError` where a member is being defragmented. Asked anew before a backup: what the dialog showed may be seconds old. A
 * silent member can't be frozen by another's stream.
 */
export async function refuseInflight(transport: Transport, clock: Clock, timeoutMs: number): Promise<void> {
	const {members} = await observeNow(transport, await transport.membership({timeoutMs}), clock, {timeoutMs});
	const busy = members.find(({metrics}) => metrics.kind === 'answered' && (metrics.value.defragInflight ?? 0) > 0);
	if (busy !== undefined) {
		throw new BackupError(`${memberLabel(busy.member)} is being defragmented`, 'Wait until it is done.');
	}
}
