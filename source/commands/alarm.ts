/** `etcdtop alarm list` and `etcdtop alarm disarm`. */
import {type Disarming, type DisarmPlan, disarmingText, disarmWord} from '../domain/disarm.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import {percentText, sizeText} from '../format.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {everyMemberAsked, waitFor} from './follow.ts';
import {memberNamed} from './members.ts';
import {sentence} from './sentence.ts';
import {type Column, tableText} from './table.ts';

export async function runAlarm(context: CommandContext): Promise<number> {
	const [verb, ...members] = context.options.operands;
	if (verb === 'list' && members.length === 0) {
		return list(context);
	}
	if (verb !== 'disarm') {
		throw new UsageError('say etcdtop alarm list, or etcdtop alarm disarm [MEMBER…].');
	}
	if (!context.options.yes && !context.isTerminal) {
		throw new UsageError('without a terminal to ask on, alarm disarm needs --yes.');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	try {
		return await disarmEach(members, context, handle);
	} finally {
		await handle.engine.stop();
	}
}

type NamedAlarm = {readonly memberId: MemberId; readonly name: string; readonly alarm: string};

const listColumns: readonly Column<NamedAlarm>[] = [
	{title: 'MEMBER', text: ({name}) => name},
	{title: 'ID', text: ({memberId}) => memberId},
	{title: 'ALARM', text: ({alarm}) => alarm},
];

async function list({options, connect, print}: CommandContext): Promise<number> {
	const {transport} = await connect();
	try {
		const timeout = {timeoutMs: options.connection.commandTimeoutMs};
		const [alarms, membership] = await Promise.all([transport.alarms(timeout), transport.membership(timeout)]);
		const named = alarms
			.map(({memberId, alarm}) => {
				const found = membership.members.find(({id}) => id === memberId);
				return {memberId, name: found === undefined ? memberId : memberLabel(found), alarm};
			})
			.sort((a, b) => a.name.localeCompare(b.name, 'en', {numeric: true}));
		print(
			{
				json: () => JSON.stringify(named),
				// As etcdctl writes them, ids in decimal.
				simple: () => named.map(({memberId, alarm}) => `memberID:${BigInt(`0x${memberId}`)} alarm:${alarm}`).join('\n'),
				table: () => (named.length === 0 ? 'no alarms' : tableText(listColumns, named)),
			}[options.writeOut](),
		);
		return exitCodes.done;
	} finally {
		transport.close();
	}
}

async function disarmEach(words: readonly string[], context: CommandContext, handle: EngineHandle): Promise<number> {
	const {store, controls} = handle;
	const known = await waitFor(store, everyMemberAsked);
	if (known !== 'asked') {
		context.say(sentence(known));
		return exitCodes.failed;
	}
	controls.askAlarms();
	const asked = await waitFor(store, ({alarmsAsked}) => alarmsAsked);
	if (asked.alarms === undefined) {
		context.say(asked.failure === undefined ? 'etcd does not tell its alarms' : sentence(asked.failure));
		return exitCodes.failed;
	}
	const withAlarm = asked.alarms.filter(({alarm}) => alarm === 'NOSPACE').map(({memberId}) => memberId);
	const chosen = words.length === 0 ? withAlarm : words.map((word) => alarmedMember(word, withAlarm, store.getState()));
	if (chosen.length === 0) {
		context.print('no NOSPACE alarm');
	}
	for (const memberId of new Set(chosen)) {
		if (!withAlarm.includes(memberId)) {
			context.print(`${nameOf(memberId, store.getState())} has no NOSPACE alarm`);
			continue;
		}
		const code = await disarm(memberId, context, handle);
		if (code !== exitCodes.done) {
			return code;
		}
	}
	return exitCodes.done;
}

/** The alarm of a member that was removed stands on, and can be named by its id. */
function alarmedMember(word: string, withAlarm: readonly MemberId[], state: State): MemberId {
	return withAlarm.find((memberId) => memberId === word.toLowerCase()) ?? memberNamed(word, state);
}

function nameOf(memberId: MemberId, {members}: State): string {
	const found = members.find(({member}) => member.id === memberId)?.member;
	return found === undefined ? memberId : memberLabel(found);
}

export async function disarm(memberId: MemberId, context: CommandContext, {store, controls}: EngineHandle): Promise<number> {
	const {say} = context;
	controls.openDisarm(memberId);
	const plan = await waitFor<DisarmPlan | Disarming>(store, ({disarmPlan, disarming}) =>
		disarmPlan?.memberId === memberId ? disarmPlan : endOf(memberId, disarming),
	);
	if ('phase' in plan) {
		return report(plan, context);
	}
	if (plan.confirmation === undefined) {
		controls.closeDisarm();
		say(`refused: ${plan.refusal ?? 'it can not be disarmed now'}`);
		return exitCodes.refused;
	}
	for (const {name, dbSizeBytes, used} of plan.rows) {
		say(`${name}: ${sizeText(dbSizeBytes)}, ${percentText(used)} of its quota`);
	}
	for (const line of plan.confirmation.consequences) {
		say(line);
	}
	const typed = await confirmed(plan.name, plan.confirmation.word, context);
	if (typeof typed === 'number') {
		controls.closeDisarm();
		return typed;
	}
	controls.disarm(typed);
	return report(await waitFor(store, ({disarming}) => endOf(memberId, disarming)), context);
}

function endOf(memberId: MemberId, disarming: Disarming | undefined): Disarming | undefined {
	return disarming?.memberId === memberId && disarming.phase.kind !== 'asking' ? disarming : undefined;
}

function report(disarming: Disarming, {say, print}: CommandContext): number {
	const {phase} = disarming;
	const text = disarmingText(disarming);
	switch (phase.kind) {
		case 'done':
			print(text);
			return exitCodes.done;
		case 'refused':
			say(`refused: ${text}`);
			return exitCodes.refused;
		case 'failed':
		case 'unknown':
			say(phase.nextStep === '' ? text : `${text}. ${phase.nextStep}`);
			return phase.kind === 'unknown' ? exitCodes.unknown : exitCodes.failed;
		case 'asking':
			return exitCodes.unknown;
	}
}

/** The word, or the exit code where nobody says it. What is tight or assumed takes a person: `--yes` stands for the ordinary word only. */
async function confirmed(name: string, word: string, {options, isTerminal, ask, say}: CommandContext): Promise<string | number> {
	if (options.yes && word === disarmWord) {
		return word;
	}
	if (options.yes || !isTerminal) {
		say(`refused: this takes a person who types "${word}"; leave --yes away.`);
		return exitCodes.refused;
	}
	if ((await ask(`Type "${word}" to disarm NOSPACE of ${name}, anything else to leave: `)) === word) {
		return word;
	}
	say('Nothing was changed.');
	return exitCodes.usage;
}
