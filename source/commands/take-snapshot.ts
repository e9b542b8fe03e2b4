/** A snapshot of one member into a directory here: the backup of any etcd. */
import {type Backup, isBackupOver} from '../domain/backup.ts';
import {manifestName} from '../domain/backup-manifest.ts';
import type {BackupPlan} from '../domain/backup-plan.ts';
import type {State} from '../engine/state.ts';
import {durationText, percentText, sizeText, tookText} from '../format.ts';
import type {Reached} from '../reached.ts';
import {safeText} from '../transport/safe-text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {memberNamed} from './members.ts';
import {refusedAsPartlyEncrypted} from './partly-encrypted.ts';
import {sentence} from './sentence.ts';

export async function takeSnapshot(context: CommandContext, reached: Reached): Promise<number> {
	const [directory, ...more] = context.options.operands;
	if (directory === undefined || more.length > 0) {
		reached.transport.close();
		throw new UsageError('say where it goes: etcdtop backup DIRECTORY.');
	}
	const handle = context.createEngine(reached);
	handle.engine.start();
	const {promise: left, resolve: leave} = Promise.withResolvers<number>();
	const forget = context.onInterrupt(() => {
		const {backup} = handle.store.getState();
		if (backup === undefined) {
			context.say('Interrupted. Nothing was begun.');
			leave(exitCodes.failed);
		} else if (!isBackupOver(backup)) {
			handle.controls.stopBackup();
		}
	});
	try {
		const refused = reached.platform.encryption && (await Promise.race([refusedAsPartlyEncrypted(context, handle), left]));
		return refused ?? (await Promise.race([backUp(directory, context, handle), left]));
	} finally {
		forget();
		await handle.engine.stop();
	}
}

/** Over an engine that has been started. */
export async function backUp(directory: string, context: CommandContext, {store, controls}: EngineHandle): Promise<number> {
	const {options, say} = context;
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		say(sentence(known));
		return exitCodes.failed;
	}
	controls.openBackup();
	const plan = await waitFor(store, ({backupPlan}) => backupPlan);
	const memberId = options.backupFrom === undefined ? plan.best : memberNamed(options.backupFrom, store.getState());
	const refusal = plan.refusal ?? againstAll(plan, memberId);
	if (refusal !== undefined || memberId === undefined) {
		controls.closeBackup();
		say(`refused: ${refusal ?? 'no member can hand out a snapshot now'}`);
		return exitCodes.refused;
	}
	const source = plan.sources.find((one) => one.memberId === memberId);
	if (source?.role === 'leader' && plan.sources.length > 1) {
		say(`${source.name} leads: its clients, and everybody's writes, may feel that it reads its whole file.`);
	}
	controls.startBackup(memberId, directory);
	const stop = follow(store, say, progressSentence);
	const ended = await waitFor<Backup | string>(store, ({backup, message}) => {
		if (backup === undefined) {
			return message?.kind === 'refused' ? message.text : undefined;
		}
		return isBackupOver(backup) ? backup : undefined;
	});
	stop();
	if (typeof ended === 'string') {
		say(`refused: ${ended}`);
		return exitCodes.refused;
	}
	return report(ended, context);
}

/** Where the one that is meant can't: why. Where no one can: why each can't. */
function againstAll({sources, best}: BackupPlan, memberId: string | undefined): string | undefined {
	const meant = sources.find((one) => one.memberId === memberId);
	if (meant !== undefined) {
		return meant.against === undefined ? undefined : `${meant.name}: ${meant.against}`;
	}
	return best === undefined ? sources.map(({name, against}) => `${name}: ${against ?? 'it can'}`).join('; ') : undefined;
}

/** A tenth at a time: a log is read too. */
function progressSentence({backup}: State): string | undefined {
	if (backup === undefined) {
		return undefined;
	}
	const {phase, from} = backup;
	switch (phase.kind) {
		case 'checking':
			return `snapshot of ${from.name}: looking whether anything else is at work`;
		case 'receiving': {
			const {totalBytes, receivedBytes} = phase;
			if (totalBytes === undefined) {
				return `snapshot of ${from.name}: receiving`;
			}
			const tenths = Math.floor((receivedBytes / totalBytes) * 10) / 10;
			return `snapshot of ${from.name}: ${percentText(tenths)} of ${sizeText(totalBytes)}`;
		}
		case 'verifying':
			return `snapshot of ${from.name}: all of it is here; reading it again`;
		default:
			return undefined;
	}
}

function report({phase, from, startedAt, directory}: Backup, {options, print, say}: CommandContext): number {
	switch (phase.kind) {
		case 'done': {
			const {path, bytes, sha256, hash, revision, totalKeys, at} = phase;
			const manifest = manifestName(path);
			const took = at - startedAt;
			if (options.writeOut === 'json') {
				print(
					JSON.stringify({
						file: path,
						manifest,
						from,
						bytes,
						sha256,
						hash: Number.parseInt(hash, 16),
						revision: Number(revision),
						totalKeys,
						durationMs: Math.round(took),
					}),
				);
			} else {
				const what = `${sizeText(bytes)}, revision ${revision}, ${totalKeys} keys, hash ${hash}`;
				print(safeText(path));
				say(`snapshot of ${from.name} verified: ${what}, in ${tookText(took)}. Beside it: ${safeText(manifest)}`);
			}
			return exitCodes.done;
		}
		case 'cancelled':
			say(`Interrupted after ${durationText(phase.at - startedAt)}. Nothing of it is left in ${safeText(directory)}.`);
			return exitCodes.failed;
		case 'failed':
			say([`no backup: ${phase.reason}`, phase.nextStep].filter((text) => text !== '').join('. '));
			say(`Nothing of it is left in ${safeText(directory)}.`);
			return exitCodes.failed;
		default:
			return exitCodes.failed;
	}
}
