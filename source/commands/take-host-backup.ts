/** A backup on a control-plane host of OpenShift by its own script, brought here: `etcdtop backup` where OpenShift is around. */
import {manifestName} from '../domain/backup-manifest.ts';
import type {Gate} from '../domain/gate.ts';
import {hostBackupConsequences, removeWord, startWord} from '../domain/host-backup-consequences.ts';
import {
	type HostBackup,
	type HostBackupPlan,
	type HostBackupRequest,
	isHostBackupOver,
	type LeftPod,
} from '../domain/host-backup-run.ts';
import {partialLabelName} from '../domain/partial-encryption.ts';
import type {State} from '../engine/state.ts';
import {durationText, percentText, sizeText, tookText} from '../format.ts';
import type {Reached} from '../reached.ts';
import {safeText} from '../transport/safe-text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {sentence} from './sentence.ts';

export async function takeHostBackup(context: CommandContext, reached: Reached): Promise<number> {
	const {options, isTerminal} = context;
	const request = requestFrom(context, () => reached.transport.close());
	if (!options.yes && !isTerminal) {
		reached.transport.close();
		throw new UsageError('without a terminal to ask on, a backup on a host needs --yes.');
	}
	const handle = context.createEngine(reached);
	handle.engine.start();
	const {promise: left, resolve: leave} = Promise.withResolvers<number>();
	const forget = context.onInterrupt(() => {
		const {hostBackup} = handle.store.getState();
		if (hostBackup === undefined || isHostBackupOver(hostBackup)) {
			context.say('Interrupted. Nothing was begun.');
			leave(exitCodes.failed);
		} else {
			context.say('Interrupted: ending the script and removing the debug pod.');
			handle.controls.stopHostBackup();
		}
	});
	try {
		return await Promise.race([backUp(request, context, handle), left]);
	} finally {
		forget();
		await handle.engine.stop();
	}
}

function requestFrom({options}: CommandContext, close: () => void): HostBackupRequest {
	const [directory, ...more] = options.operands;
	const {host, hostDirectory, leave, resourcesDirectory} = options.hostBackup;
	const fault = leave
		? directory !== undefined || resourcesDirectory !== undefined
			? 'with --leave nothing comes here: leave the directories out.'
			: undefined
		: directory === undefined || more.length > 0
			? 'say where it goes: etcdtop backup DIRECTORY, or --leave to leave it on the host.'
			: undefined;
	if (fault !== undefined) {
		close();
		throw new UsageError(fault);
	}
	return {
		hostDirectory,
		...(host !== undefined && {host}),
		...(directory !== undefined && {directory}),
		...(resourcesDirectory !== undefined && {resourcesDirectory}),
	};
}

async function backUp(request: HostBackupRequest, context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, say, ask} = context;
	const {store, controls} = handle;
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		say(sentence(known));
		return exitCodes.failed;
	}
	await waitFor(store, ({pods}) => pods);
	controls.openHostBackup(request);
	const first = await waitFor(store, ({hostBackupPlan}) => hostBackupPlan);
	const plan = await withoutLeftovers(first, context, handle);
	for (const gate of plan.gates) {
		say(gateText(gate));
	}
	if (plan.refusal !== undefined || plan.choice.kind === 'none') {
		controls.closeHostBackup();
		say(`refused: ${plan.refusal ?? 'no host can give one'}`);
		return exitCodes.refused;
	}
	const {node} = plan.choice;
	for (const line of hostBackupConsequences(plan, node)) {
		say(line);
	}
	const word = plan.word ?? startWord;
	const isAgreed = options.yes && (plan.word === undefined || options.hostBackup.allowPartial);
	if (!isAgreed && !context.isTerminal) {
		controls.closeHostBackup();
		const why = plan.isMigrating
			? 'an encryption migration is under way; wait for its end, or take'
			: 'nobody tells whether an encryption migration is under way; ask for the permission to see it, or take';
		say(`refused: ${why} a partially encrypted backup with --allow-partial`);
		return exitCodes.refused;
	}
	if (!isAgreed && (await ask(`Type "${word}" to start, anything else to leave: `)) !== word) {
		controls.closeHostBackup();
		say('Nothing was changed.');
		return exitCodes.usage;
	}
	controls.dismissMessage();
	controls.startHostBackup(plan, plan.word ?? '');
	const stops = [followLines(handle, say), follow(store, say, progressSentence)];
	const ended = await waitFor<HostBackup | string>(store, ({hostBackup, message}) => {
		if (hostBackup === undefined) {
			return message?.kind === 'refused' ? message.text : undefined;
		}
		return isHostBackupOver(hostBackup) ? hostBackup : undefined;
	});
	for (const stop of stops) {
		stop();
	}
	if (typeof ended === 'string') {
		say(`refused: ${ended}`);
		return exitCodes.refused;
	}
	return report(ended, context);
}

/** The plan, once what earlier backups left is gone, or is to stay. What runs may be another's backup: only a person says that it is not. */
async function withoutLeftovers(plan: HostBackupPlan, context: CommandContext, handle: EngineHandle): Promise<HostBackupPlan> {
	const {options, say, ask, isTerminal} = context;
	const {leftovers} = plan;
	if (leftovers.length === 0) {
		return plan;
	}
	for (const one of leftovers) {
		say(`left by an earlier backup: ${leftoverText(one)}`);
	}
	const ended = leftovers.filter(({isRunning}) => !isRunning);
	const doomed =
		isTerminal &&
		(await ask(`Type "${removeWord}" to remove ${leftovers.length === 1 ? 'it' : 'them'}, anything else to go on: `)) ===
			removeWord
			? leftovers
			: options.yes
				? ended
				: [];
	for (const {what, command} of leftovers) {
		if (doomed.some((one) => one.what === what)) {
			handle.controls.removeLeftPod(what);
		} else {
			say(`it stays; to remove it: ${command}`);
		}
	}
	return waitFor(handle.store, ({hostBackupPlan, message}) => {
		if (hostBackupPlan === undefined || hostBackupPlan === plan) {
			return undefined;
		}
		const isLeft = hostBackupPlan.leftovers.some(({what}) => doomed.some((one) => one.what === what));
		return isLeft && message?.kind !== 'refused' ? undefined : hostBackupPlan;
	});
}

function leftoverText({what, node, operator, createdWallMs, isRunning}: LeftPod): string {
	const since =
		createdWallMs === undefined ? '' : `, made ${new Date(createdWallMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
	return `${what}, on ${node}, by ${operator}${since}, ${isRunning ? 'still running: a backup may be under way in it' : 'ended'}`;
}

const gateMarks: Readonly<Record<Gate['state'], string>> = {
	pending: '◌',
	passed: '✓',
	failed: '✗',
	acknowledge: '▲',
	unchecked: '!',
};

function gateText({state, title, detail}: Gate): string {
	return `${gateMarks[state]} ${title}: ${detail}`;
}

function followLines({store}: EngineHandle, say: (text: string) => void): () => void {
	let told = 0;
	const look = () => {
		const lines = store.getState().hostBackup?.lines ?? [];
		for (const line of lines.slice(told)) {
			say(`  ${line}`);
		}
		told = Math.max(told, lines.length);
	};
	return store.subscribe(look);
}

/** A tenth at a time: a log is read too. */
function progressSentence({hostBackup}: State): string | undefined {
	if (hostBackup === undefined) {
		return undefined;
	}
	const {phase, node} = hostBackup;
	switch (phase.kind) {
		case 'checking':
			return `${node}: looking whether anything else is at work`;
		case 'opening':
			return `${node}: starting the debug pod`;
		case 'running':
			return `${node}: cluster-backup.sh runs`;
		case 'summing':
			return `${node}: ${phase.files.map(({name, bytes}) => `${name} (${sizeText(bytes)})`).join(', ')}; summing them up there`;
		case 'bringing': {
			const {name, receivedBytes, totalBytes, resumed} = phase;
			const tenths = Math.floor((receivedBytes / Math.max(1, totalBytes)) * 10) / 10;
			const how = resumed === 0 ? '' : `, on after ${resumed} lost ${resumed === 1 ? 'connection' : 'connections'}`;
			return `${name}: ${percentText(tenths)} of ${sizeText(totalBytes)}${how}`;
		}
		case 'verifying':
			return 'all of it is here; reading the snapshot again';
		default:
			return undefined;
	}
}

function report(backup: HostBackup, {options, print, say}: CommandContext): number {
	const {phase, node, from, startedAt, warnings, isPartial, request} = backup;
	for (const warning of warnings) {
		say(`▲ ${warning}`);
	}
	switch (phase.kind) {
		case 'done': {
			const snapshot = phase.files.find(({role}) => role === 'snapshot')!;
			const manifest = manifestName(snapshot.place);
			if (options.writeOut === 'json') {
				const durationMs = Math.round(phase.at - startedAt);
				print(JSON.stringify({host: node, from, files: phase.files, manifest, isPartial, ...phase.snapshot, durationMs}));
				return exitCodes.done;
			}
			for (const {place, bytes, sha256} of phase.files) {
				print(safeText(place));
				say(`  ${sizeText(bytes)}, sha256 ${sha256}`);
			}
			const verified =
				phase.snapshot === undefined
					? 'checked on the host'
					: `verified: revision ${phase.snapshot.revision}, ${phase.snapshot.totalKeys} keys, hash ${phase.snapshot.hash}`;
			say(`backup of ${node} ${verified}, in ${tookText(phase.at - startedAt)}. Beside it: ${safeText(manifest)}`);
			if (isPartial) {
				say(
					`▲ PARTIALLY ENCRYPTED: ${safeText(partialLabelName(snapshot.place))} says so. Take another one once the migration is complete.`,
				);
			}
			return exitCodes.done;
		}
		case 'cancelled':
			say(`Interrupted after ${durationText(phase.at - startedAt)}. Nothing of it was kept.`);
			return exitCodes.failed;
		case 'failed':
			say([`no backup: ${phase.reason}`, phase.nextStep].filter((text) => text !== '').join('. '));
			if (phase.left !== undefined) {
				say(`whole on the host, to be fetched another way: ${phase.left.join(' and ')}`);
			}
			if (request.directory !== undefined) {
				say(`Nothing of it is left in ${safeText(request.directory)}.`);
			}
			return exitCodes.failed;
		default:
			return exitCodes.failed;
	}
}
