/** `etcdtop compact`: drops revisions older than five minutes, which it has to have watched. */
import type {Compaction, CompactPlan} from '../domain/compact.ts';
import {uncountedText} from '../domain/uncounted.ts';
import type {State} from '../engine/state.ts';
import {durationText, sizeText} from '../format.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {sentence} from './sentence.ts';

const stepMs = 60_000;

export async function runCompact(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	if (!options.yes && !isTerminal) {
		throw new UsageError('without a terminal to ask on, compact needs --yes.');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	const {promise: left, resolve: leave} = Promise.withResolvers<number>();
	const forget = context.onInterrupt(() => leave(interrupted(handle.store.getState(), context.say)));
	try {
		return await Promise.race([compact(context, handle), left]);
	} finally {
		forget();
		await handle.engine.stop();
	}
}

/** Nothing can take a compaction back. */
function interrupted({compaction}: State, say: (text: string) => void): number {
	switch (compaction?.phase.kind) {
		case undefined:
			say('Interrupted. Nothing was changed.');
			return exitCodes.failed;
		case 'compacting':
			say('Interrupted. etcd goes on compacting by itself; nothing can stop it.');
			return exitCodes.unknown;
		default:
			say(`Interrupted. It is compacted to revision ${compaction?.revision}.`);
			return exitCodes.done;
	}
}

export async function compact(context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, say, print, ask} = context;
	const {store, controls} = handle;
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		say(sentence(known));
		return exitCodes.failed;
	}
	if (store.getState().members.every(({status}) => status === undefined)) {
		say('no member tells its revision; etcdtop status says why');
		return exitCodes.failed;
	}
	controls.openCompact();
	const plan = await readyPlan(context, handle);
	const confirmation = options.toHead ? plan.headConfirmation : plan.confirmation;
	if (plan.refusal !== undefined || confirmation === undefined) {
		controls.closeCompact();
		say(`refused: ${plan.refusal ?? 'no revision is old enough yet'}`);
		return exitCodes.refused;
	}
	for (const line of confirmation.consequences) {
		say(line);
	}
	const {word} = confirmation;
	if (!options.yes && (await ask(`Type "${word}" to start, anything else to leave: `)) !== word) {
		controls.closeCompact();
		say('Nothing was changed.');
		return exitCodes.usage;
	}
	controls.dismissMessage();
	controls.compact(options.toHead ? 'head' : 'target', word);
	const stop = follow(store, say, phaseSentence);
	const ended = await waitFor<Compaction | string>(store, ({compaction, message}) => {
		if (compaction === undefined) {
			return message?.kind === 'refused' ? message.text : undefined;
		}
		return 'at' in compaction.phase ? compaction : undefined;
	});
	stop();
	if (typeof ended === 'string') {
		say(`refused: ${ended}`);
		return exitCodes.refused;
	}
	return report(ended, say, print);
}

/** How old a revision is has to be watched; the head can be had at once. */
async function readyPlan({options, say}: CommandContext, {store}: EngineHandle): Promise<CompactPlan> {
	const stop = follow(store, say, ({compactPlan, now}) => {
		if (options.toHead || compactPlan?.targetAt === undefined) {
			return undefined;
		}
		// The state is up to a second old.
		const left = Math.max(1, Math.ceil((compactPlan.targetAt - now - 1000) / stepMs)) * stepMs;
		return `no revision is known to be old enough yet: watching for ${durationText(left)} (--to-head would not wait)`;
	});
	try {
		return await waitFor(store, ({compactPlan}) => {
			const isReady = options.toHead ? compactPlan?.headRevision !== 0 : compactPlan?.confirmation !== undefined;
			return isReady || compactPlan?.refusal !== undefined ? compactPlan : undefined;
		});
	} finally {
		stop();
	}
}

function phaseSentence({compaction}: State): string | undefined {
	switch (compaction?.phase.kind) {
		case 'compacting':
			return `compacting to revision ${compaction.revision}`;
		case 'stabilising':
			return 'compacted; waiting until the size in use rests';
		default:
			return undefined;
	}
}

function report({phase, revision, inUseBefore}: Compaction, say: (text: string) => void, print: (text: string) => void): number {
	switch (phase.kind) {
		case 'finished':
			print(
				`compacted to revision ${revision}: in use ${sizeText(inUseBefore)} → ${sizeText(phase.inUseBytes)}. Defragment to make the files smaller.`,
			);
			if (phase.uncounted.length > 0) {
				say(uncountedText(phase.uncounted));
			}
			return exitCodes.done;
		case 'unknown':
		case 'failed':
			say([phase.reason, phase.nextStep].filter((text) => text !== '').join('. '));
			return phase.kind === 'unknown' ? exitCodes.unknown : exitCodes.failed;
		default:
			return exitCodes.failed;
	}
}
