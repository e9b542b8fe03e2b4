/** `etcdtop encryption status`, `enable` and `disable`: what is configured, how far it is, and a change that may be waited for. */
import type {EncryptionType} from '../domain/encryption.ts';
import {isCompleted, isUnderWay} from '../domain/encryption-known.ts';
import {type EncryptionPlan, encryptionObject} from '../domain/encryption-plan.ts';
import type {State} from '../engine/state.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {encryptionStatusNow, printStatus} from './encryption-status.ts';
import {progressSentence, verdictSentence} from './encryption-text.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {sentence} from './sentence.ts';

export async function runEncryption(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	const [verb, ...rest] = options.operands;
	if (rest.length > 0 || (verb !== 'status' && verb !== 'enable' && verb !== 'disable')) {
		throw new UsageError('say etcdtop encryption status, enable, or disable.');
	}
	if (options.encryptionType !== undefined && verb !== 'enable') {
		throw new UsageError('--type belongs to etcdtop encryption enable.');
	}
	if (verb === 'status') {
		return options.wait ? withEngine(context, (handle) => waitForRest(context, handle)) : encryptionStatusNow(context);
	}
	if (!options.yes && !isTerminal) {
		throw new UsageError(`without a terminal to ask on, encryption ${verb} needs --yes.`);
	}
	const type = verb === 'disable' ? 'identity' : (options.encryptionType ?? 'aescbc');
	return withEngine(context, (handle) => change(type, context, handle));
}

/** Ends when the work ends, or when a signal comes: what the cluster was asked for goes on there. */
async function withEngine(context: CommandContext, work: (handle: EngineHandle) => Promise<number>): Promise<number> {
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	const {promise: left, resolve: leave} = Promise.withResolvers<number>();
	const forget = context.onInterrupt(() => leave(interrupted(handle.store.getState(), context)));
	try {
		return await Promise.race([work(handle), left]);
	} finally {
		forget();
		await handle.engine.stop();
	}
}

function interrupted({encryption, encryptionChange}: State, {options, say}: CommandContext): number {
	const isGoing = encryption?.kind === 'seen' && isUnderWay((encryption.old?.status ?? encryption.status).verdict);
	switch (encryptionChange?.phase.kind) {
		case 'asking':
		case 'unknown':
			say('Interrupted. Whether the change arrived is not known: etcdtop encryption status tells what is configured.');
			return exitCodes.unknown;
		case 'done':
			say('Interrupted. It goes on in the cluster by itself: etcdtop encryption status --wait follows it.');
			return exitCodes.unknown;
		default:
			say(
				options.operands[0] === 'status' || isGoing
					? 'Interrupted. Nothing was changed; what is under way goes on in the cluster.'
					: 'Interrupted. Nothing was changed.',
			);
			return exitCodes.failed;
	}
}

/** What was told first; a number is the exit code where nobody can tell. */
async function firstLook({say}: CommandContext, {store, controls}: EngineHandle): Promise<number | undefined> {
	// etcd itself says whether it takes writes.
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		say(sentence(known));
		return exitCodes.failed;
	}
	controls.watchEncryption(true);
	const encryption = await waitFor(store, (state) => state.encryption);
	if (encryption.kind === 'none') {
		say(`There is nothing to change: ${encryption.why}.`);
		return exitCodes.failed;
	}
	return undefined;
}

async function waitForRest(context: CommandContext, handle: EngineHandle): Promise<number> {
	const failed = await firstLook(context, handle);
	if (failed !== undefined) {
		return failed;
	}
	const {store} = handle;
	const stop = follow(store, context.say, progressSentence);
	const sight = await waitFor(store, ({encryption}) => {
		const isOver = encryption?.kind === 'seen' && encryption.old === undefined && encryption.status.servers.every(isAtRest);
		return isOver ? encryption.sight : undefined;
	});
	stop();
	const isFrozen = store.getState().alarms.some(({alarm}) => alarm === 'NOSPACE');
	return printStatus(sight, isFrozen, context);
}

/** A server that can't be seen for want of a permission never will be: nobody waits for it. */
function isAtRest({isSettled, phase}: {readonly isSettled: boolean; readonly phase: string}): boolean {
	return isSettled || phase === 'unknown';
}

async function change(type: EncryptionType, context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, say, print: printed} = context;
	const {store, controls} = handle;
	const failed = await firstLook(context, handle);
	if (failed !== undefined) {
		return failed;
	}
	controls.openEncryptionPlan();
	const plans = await waitFor(store, ({encryptionPlan}) => encryptionPlan);
	if (isConfigured(type, store.getState())) {
		controls.closeEncryptionPlan();
		printed(`${type} is configured already`);
		return options.wait ? followTo(type, 0, context, handle) : exitCodes.done;
	}
	const plan = plans[type];
	if (plan.refusal !== undefined) {
		controls.closeEncryptionPlan();
		say(`refused: ${plan.refusal}`);
		return exitCodes.refused;
	}
	const word = await confirmed(plan, context);
	if (word === undefined) {
		controls.closeEncryptionPlan();
		say('Nothing was changed.');
		return exitCodes.usage;
	}
	controls.changeEncryption(type, word);
	const {phase} = await waitFor(store, ({encryptionChange}) =>
		encryptionChange === undefined || encryptionChange.phase.kind === 'asking' ? undefined : encryptionChange,
	);
	switch (phase.kind) {
		case 'refused':
			say(`refused: ${phase.reason}`);
			return exitCodes.refused;
		case 'unknown':
			say(`${phase.reason}. It may have arrived: etcdtop encryption status tells what is configured.`);
			return exitCodes.unknown;
		case 'asking':
			return exitCodes.unknown;
		case 'done':
			say(`${type} is configured; the cluster carries it out by itself, in 20 minutes or longer.`);
			return options.wait ? followTo(type, phase.at, context, handle) : exitCodes.done;
	}
}

function isConfigured(type: EncryptionType, {encryption}: State): boolean {
	return encryption?.kind === 'seen' && encryption.status.type === type;
}

/** Undefined where it was not typed. */
async function confirmed(
	{confirmation, patch}: EncryptionPlan,
	{options, say, ask}: CommandContext,
): Promise<string | undefined> {
	for (const line of confirmation.consequences) {
		say(line);
	}
	say(`merge patch of ${encryptionObject}: ${patch}`);
	const {word} = confirmation;
	if (options.yes) {
		return word;
	}
	return (await ask(`Type "${word}" to start, anything else to leave: `)) === word ? word : undefined;
}

/** To the end on every API server, over whatever silence of the API. `since`: a look that began before that says nothing yet. */
async function followTo(
	type: EncryptionType,
	since: number,
	{say, print: printed}: CommandContext,
	{store}: EngineHandle,
): Promise<number> {
	const stop = follow(store, say, progressSentence);
	const ended = await waitFor(store, ({encryption}) => {
		if (
			encryption?.kind !== 'seen' ||
			encryption.at < since ||
			encryption.old !== undefined ||
			encryption.status.type === undefined
		) {
			return undefined;
		}
		const {status: told} = encryption;
		if (isCompleted(told, type)) {
			return {told, code: exitCodes.done};
		}
		// Somebody asked for another type meanwhile: that is not ours to wait for.
		return told.type === type ? undefined : {told, code: exitCodes.failed};
	});
	stop();
	if (ended.code !== exitCodes.done) {
		say(`${ended.told.type} is configured now: somebody changed it meanwhile`);
		return ended.code;
	}
	printed(verdictSentence(ended.told));
	return ended.code;
}
