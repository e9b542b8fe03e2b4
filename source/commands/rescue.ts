/** `etcdtop rescue`: the monitor's own rescue from NOSPACE, each step by the command that does it, asked for as that command asks. */
import {type AskedStep, noSnapshotWord, type RescueState, writeProbeWord} from '../domain/rescue.ts';
import type {State} from '../engine/state.ts';
import {percentText, sizeText} from '../format.ts';
import {adviceTexts, forecastText, prefixRows, type RescueStepText, rescueSteps} from '../rescue-text.ts';
import {UsageError} from '../usage-error.ts';
import {disarm} from './alarm.ts';
import {compact} from './compact.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {defragment} from './defrag.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {untilInterrupted} from './interrupts.ts';
import {sentence} from './sentence.ts';
import {type Column, tableText} from './table.ts';
import {backUp} from './take-snapshot.ts';

/** After a step the members are asked again before it is decided anew: two rounds of polling. */
const settleMs = 4000;

/** How long the keys are counted before the first step is asked for; it goes on beside the others. */
const countMs = 60_000;

/** So many are shown. */
const largestShown = 10;

export async function runRescue(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	if (!options.yes && !isTerminal) {
		throw new UsageError('without a terminal to ask on, rescue needs --yes.');
	}
	if (options.operands.length > 1) {
		throw new UsageError('one directory for the snapshot: etcdtop rescue DIRECTORY.');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	const kept = 'What etcd was asked for goes on; the rescue is kept, and etcdtop rescue goes on from here.';
	const interrupted = untilInterrupted(context, handle, kept);
	try {
		return await Promise.race([rescueFrom(context, handle), interrupted.left]);
	} finally {
		interrupted.forget();
		if (!interrupted.hasLeftWork()) {
			await handle.engine.stop();
		}
	}
}

async function rescueFrom(context: CommandContext, handle: EngineHandle): Promise<number> {
	const {say, print} = context;
	const {store, controls} = handle;
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		say(sentence(known));
		return exitCodes.failed;
	}
	controls.openRescue();
	const begun = store.getState().rescue;
	if (begun === undefined) {
		print('no NOSPACE alarm: there is nothing to be rescued from');
		return exitCodes.done;
	}
	sayStep('whose alarm', context, handle);
	await tellWhatGrew(context, handle);
	// The keys tell how much of the file is history.
	sayStep('will it help', context, handle);
	const stop = follow(store, say, ({rescue, ...state}) =>
		rescue?.decision.kind === 'wait' && rescue.decision.step === 'members'
			? `waiting: ${rescue.decision.why}`
			: watchSentence(state, rescue),
	);
	try {
		return await goThrough(begun.rescue.round, context, handle);
	} finally {
		stop();
	}
}

function sayStep(title: string, {say}: CommandContext, {store}: EngineHandle): void {
	const state = store.getState();
	const step = state.rescue && rescueSteps(state, state.rescue).find((one) => one.title === title);
	if (step !== undefined) {
		say(stepSentence(step));
	}
}

/** `whose alarm: etcd-1 since 03:09:41; quota 8.00 GiB` */
function stepSentence({title, text}: RescueStepText): string {
	return `${title}: ${text}`;
}

function watchSentence(state: Omit<State, 'rescue'>, rescue: RescueState | undefined): string | undefined {
	const step = rescue?.decision.kind === 'watch' ? rescueSteps(state, rescue).at(-1) : undefined;
	// The forecast moves with every poll: it is said at the end.
	return step && stepSentence(step).split(';')[0];
}

async function tellWhatGrew({print, say}: CommandContext, {store}: EngineHandle): Promise<void> {
	const since = store.getState().now;
	const scan = await waitFor(store, ({rescue, now}) => {
		const current = rescue?.rescue.scan;
		const isOver = current?.phase === 'done' || current?.phase === 'failed' || current?.phase === 'stopped';
		return isOver || now - since > countMs ? (current ?? 'none') : undefined;
	});
	if (scan === 'none' || scan.table.keys === 0) {
		return say(scan === 'none' ? 'no key has been counted yet' : `what grew: ${scan.reason ?? 'there is no key'}`);
	}
	type Row = ReturnType<typeof prefixRows>[number];
	const columns: readonly Column<Row>[] = [
		{title: 'PREFIX', text: ({prefix}) => prefix},
		{title: 'KEYS', align: 'right', text: ({keys}) => String(keys)},
		{title: 'SIZE', align: 'right', text: ({bytes}) => (bytes === undefined ? '–' : `~${sizeText(bytes)}`)},
		{title: 'SHARE', align: 'right', text: ({share}) => percentText(share)},
	];
	print(tableText(columns, prefixRows({scan}).slice(0, largestShown)));
	const whole = scan.phase === 'done' ? '' : ', not all of them yet';
	say(`${scan.table.keys} keys counted${whole}; sizes are estimated from a few values, without history`);
}

/** One step after the other, as the rescue asks for them, until nothing is left or one of them fails. */
async function goThrough(round: number, context: CommandContext, handle: EngineHandle): Promise<number> {
	const {say, options} = context;
	const {store} = handle;
	let before = '';
	for (;;) {
		const {rescue, decision} = await nextOf(handle);
		switch (decision.kind) {
			case 'ask': {
				if (options.yes && rescue.round > round) {
					say('NOSPACE was raised again: what writes has to be stopped first. Nothing further is done by --yes.');
					return exitCodes.failed;
				}
				const asked = JSON.stringify([decision, rescue.compacted, rescue.defragmented, rescue.snapshot]);
				if (asked === before) {
					say(`${decision.step} led to nothing: ${decision.why ?? 'it is asked for again'}. Look at it with etcdtop.`);
					return exitCodes.failed;
				}
				before = asked;
				const code = await carryOut(decision.step, decision.memberId, context, handle);
				if (code !== exitCodes.done) {
					say('The rescue is kept: etcdtop rescue goes on from here.');
					return code;
				}
				await rest(handle);
				break;
			}
			case 'watch':
				await offerProbe(context, handle);
				await waitFor(store, (state) => (state.rescue?.decision.kind === 'watch' ? undefined : true));
				break;
			case 'finished':
				return report(rescue.finished !== undefined, context, handle);
			case 'halt':
			case 'can not help':
				for (const text of adviceTexts({rescue, decision})) {
					say(text);
				}
				return decision.kind === 'halt' ? exitCodes.refused : exitCodes.failed;
			case 'wait':
				break;
		}
	}
}

function nextOf({store}: EngineHandle): Promise<RescueState> {
	return waitFor(store, ({rescue}) => (rescue === undefined || rescue.decision.kind === 'wait' ? undefined : rescue));
}

async function rest({store}: EngineHandle): Promise<void> {
	const since = store.getState().now;
	await waitFor(store, ({now}) => (now - since > settleMs ? true : undefined));
}

function carryOut(step: AskedStep, memberId: string | undefined, context: CommandContext, handle: EngineHandle): Promise<number> {
	switch (step) {
		case 'snapshot':
			return snapshotFirst(context, handle);
		case 'compact':
			return compact(context, handle);
		case 'defragment':
			return defragment({kind: 'all'}, context, handle);
		case 'disarm':
			return disarm(memberId ?? '', context, handle);
	}
}

/** Into the directory that was given. To go without takes a person. */
async function snapshotFirst(context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, isTerminal, ask, say} = context;
	const [directory] = options.operands;
	if (directory !== undefined) {
		return backUp(directory, context, handle);
	}
	say(
		'A snapshot comes first, by etcd itself: debug pods and Leases are writes, which are refused now. etcdtop rescue DIRECTORY takes one.',
	);
	if (options.yes || !isTerminal) {
		say(`refused: going without takes a person who types "${noSnapshotWord}"; leave --yes away.`);
		return exitCodes.refused;
	}
	if ((await ask(`Type "${noSnapshotWord}" to go on without, anything else to leave: `)) !== noSnapshotWord) {
		say('Nothing was changed.');
		return exitCodes.usage;
	}
	handle.controls.declineSnapshot(noSnapshotWord);
	return exitCodes.done;
}

/** Whatever comes of it, it is watched on. */
async function offerProbe(context: CommandContext, handle: EngineHandle): Promise<void> {
	const {options, ask} = context;
	const {store, controls} = handle;
	if (store.getState().rescue?.rescue.probe?.kind === 'written') {
		return;
	}
	const question = `Type "${writeProbeWord}" to write one key of our own and delete it, anything else to go without: `;
	if (!options.yes && (await ask(question)) !== writeProbeWord) {
		return;
	}
	controls.dismissMessage();
	const before = store.getState().rescue?.rescue.probe?.at;
	controls.tryWrite(writeProbeWord);
	await waitFor(store, ({rescue, message}) => {
		const probe = rescue?.rescue.probe;
		const isOver = probe !== undefined && probe.kind !== 'trying' && probe.at !== before;
		return isOver || message?.kind === 'refused' ? true : undefined;
	});
	sayStep('try a write', context, handle);
}

function report(isOver: boolean, {print, say}: CommandContext, {store, controls}: EngineHandle): number {
	const state = store.getState();
	if (isOver && state.rescue !== undefined) {
		print('writes are accepted, and the alarm was not raised again');
		say(forecastText(state, state.rescue.rescue));
		controls.dismissRescue();
	}
	return exitCodes.done;
}
