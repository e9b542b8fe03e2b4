/** Whether a snapshot taken now would be partially encrypted: asked before it is begun, where the cluster can tell. */
import {encryptionOfBackup} from '../domain/encryption-known.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {waitFor} from './follow.ts';

/** The exit code where it is not to be begun; what is known stands in the manifest of one that is. */
export async function refusedAsPartlyEncrypted(
	{options, say}: Pick<CommandContext, 'options' | 'say'>,
	{store, controls}: Pick<EngineHandle, 'store' | 'controls'>,
): Promise<number | undefined> {
	controls.watchEncryption(true);
	const encryption = await waitFor(store, (state) => state.encryption);
	controls.watchEncryption(false);
	if (encryption.kind === 'seen' && encryption.status.verdict === 'unknown') {
		say('Whether an encryption migration is under way can not be seen: etcdtop encryption status says why.');
	}
	if (encryptionOfBackup(encryption)?.isPartial !== true) {
		return undefined;
	}
	if (options.hostBackup.allowPartial) {
		say('An encryption migration is under way: the snapshot is partially encrypted, and its manifest says so.');
		return undefined;
	}
	say(
		'refused: an encryption migration is under way; wait for its end, or take a partially encrypted backup with --allow-partial',
	);
	return exitCodes.refused;
}
