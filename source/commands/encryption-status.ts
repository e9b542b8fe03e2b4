/** `etcdtop encryption status`: what one look tells, and whether it can still change. */
import {isOutOfSpace} from '../domain/alarm.ts';
import type {EncryptionSight} from '../domain/encryption.ts';
import {encryptionStatus} from '../domain/encryption-status.ts';
import {observeNow} from '../engine/observe-now.ts';
import type {Transport} from '../transport/transport.ts';
import {TransportError} from '../transport/transport-error.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {statusText, verdictSentence} from './encryption-text.ts';

/** One look, without an engine. */
export async function encryptionStatusNow(context: CommandContext): Promise<number> {
	const {transport, platform} = await context.connect();
	try {
		if (platform.encryption === undefined) {
			context.say('Only OpenShift tells of it, through the Kubernetes API; this cluster is none, or is reached without that.');
			return exitCodes.failed;
		}
		const [sight, isFrozen] = await Promise.all([platform.encryption.look(), isFull(transport, context)]);
		return printStatus(sight, isFrozen, context);
	} finally {
		transport.close();
	}
}

/** By what etcd's members say, not by what the API shows; a cluster that tells nothing is not known to be. */
async function isFull(transport: Transport, {clock, options}: CommandContext): Promise<boolean> {
	const timeout = {timeoutMs: options.connection.commandTimeoutMs};
	try {
		return isOutOfSpace(await observeNow(transport, await transport.membership(timeout), clock, timeout));
	} catch (error) {
		if (error instanceof TransportError) {
			return false;
		}
		throw error;
	}
}

/** Exit code. `isFrozen`: a NOSPACE alarm stands. */
export function printStatus(sight: EncryptionSight, isFrozen: boolean, context: CommandContext): number {
	const {options, print: printed, say, columns} = context;
	const told = encryptionStatus(sight);
	printed(
		statusText(
			told,
			{...(sight.serverNowMs !== undefined && {serverNowMs: sight.serverNowMs}), isFrozen},
			options.writeOut,
			columns,
		),
	);
	if (isFrozen && options.writeOut !== 'json') {
		say('NOSPACE: nothing can write what stands here; it is frozen, and no change is accepted.');
	}
	if (options.writeOut !== 'json') {
		say(verdictSentence(told));
	}
	return told.verdict === 'unknown' ? exitCodes.failed : exitCodes.done;
}
