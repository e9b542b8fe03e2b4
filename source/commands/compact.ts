/** `etcdtop compact`: drops revisions older than five minutes, which it has to have watched. */
import type {Compaction} from '../domain/compact.ts';
import {durationText, sizeText} from '../domain/text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {waitFor} from './follow.ts';
import {sentence} from './status.ts';

export async function runCompact(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	if (options.operands.length > 0) {
		throw new UsageError('compact takes no operands: it finds the revision by itself.');
	}
	if (!options.yes && !isTerminal) {
		throw new UsageError('without a terminal to ask on, compact needs --yes.');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	try {
		return await compact(context, handle);
	} finally {
		await handle.engine.stop();
	}
}

async function compact({options, say, print, ask}: CommandContext, {store, controls}: EngineHandle): Promise<number> {
	const known = await waitFor(store, (state) =>
		state.members.some(({status}) => status !== undefined) ? 'known' : state.membershipFailure,
	);
	if (known !== 'known') {
		say(sentence(known));
		return exitCodes.failed;
	}
	controls.openCompact();
	const first = await waitFor(store, ({compactPlan}) =>
		compactPlan === undefined || compactPlan.headRevision === 0 ? undefined : compactPlan,
	);
	if (!options.toHead && first.targetAt !== undefined) {
		say(
			`No revision is known to be 5 minutes old yet: watching for ${durationText(first.targetAt - store.getState().now)}. --to-head drops the last 5 minutes too.`,
		);
	}
	const plan = options.toHead
		? first
		: await waitFor(store, ({compactPlan}) => (compactPlan?.confirmation === undefined ? undefined : compactPlan));
	const confirmation = options.toHead ? plan.headConfirmation : plan.confirmation;
	for (const line of confirmation?.consequences ?? []) {
		say(line);
	}
	const word = confirmation?.word ?? '';
	const typed = options.yes ? word : await ask(`Type "${word}" to compact: `);
	if (typed !== word) {
		controls.closeCompact();
		say('Nothing was changed.');
		return exitCodes.refused;
	}
	controls.compact(options.toHead ? 'head' : 'target', typed);
	const ended = await waitFor<Compaction | string>(store, ({compaction, message}) =>
		compaction !== undefined && 'at' in compaction.phase
			? compaction
			: compaction === undefined && message?.kind === 'refused'
				? message.text
				: undefined,
	);
	if (typeof ended === 'string') {
		say(`refused: ${ended}`);
		return exitCodes.refused;
	}
	return report(ended, say, print);
}

function report({phase, revision, inUseBefore}: Compaction, say: (text: string) => void, print: (text: string) => void): number {
	switch (phase.kind) {
		case 'finished':
			print(
				`compacted to revision ${revision}: in use ${sizeText(inUseBefore)} → ${sizeText(phase.inUseBytes)}. Defragment to make the files smaller.`,
			);
			return exitCodes.done;
		case 'unknown':
			say(`${phase.reason}. ${phase.nextStep}`);
			return exitCodes.unknown;
		case 'failed':
			say(`${phase.reason}. ${phase.nextStep}`);
			return exitCodes.failed;
		default:
			return exitCodes.failed;
	}
}
