/** `etcdtop alarm list` and `etcdtop alarm disarm`. */

import type {DisarmPlan} from '../domain/disarm.ts';
import {memberLabel} from '../domain/member.ts';
import {percentText, sizeText} from '../domain/text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {waitFor} from './follow.ts';
import {memberNamed} from './members.ts';
import {sentence} from './status.ts';

export async function runAlarm(context: CommandContext): Promise<number> {
	const [verb, ...members] = context.options.operands;
	if (verb === 'list' && members.length === 0) {
		return list(context);
	}
	if (verb !== 'disarm') {
		throw new UsageError('say etcdtop alarm list, or etcdtop alarm disarm [MEMBER].');
	}
	if (!context.options.yes && !context.isTerminal) {
		throw new UsageError('without a terminal to ask on, alarm disarm needs --yes.');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	try {
		return await disarmAll(members, context, handle);
	} finally {
		await handle.engine.stop();
	}
}

async function list({options, connect, print}: CommandContext): Promise<number> {
	const transport = await connect();
	try {
		const timeout = {timeoutMs: options.connection.commandTimeoutMs};
		const [alarms, membership] = await Promise.all([transport.alarms(timeout), transport.membership(timeout)]);
		const named = alarms.map(({memberId, alarm}) => {
			const found = membership.members.find(({id}) => id === memberId);
			return {memberId, name: found === undefined ? memberId : memberLabel(found), alarm};
		});
		print(
			options.writeOut === 'json'
				? JSON.stringify(named)
				: named.map(({memberId, name, alarm}) => `${name} (${memberId}) ${alarm}`).join('\n') || 'no alarms',
		);
		return exitCodes.done;
	} finally {
		transport.close();
	}
}

async function disarmAll(words: readonly string[], context: CommandContext, handle: EngineHandle): Promise<number> {
	const {store, controls} = handle;
	const known = await waitFor(store, (state) => (state.clusterId === undefined ? state.membershipFailure : 'known'));
	if (known !== 'known') {
		context.say(sentence(known));
		return exitCodes.failed;
	}
	controls.askAlarms();
	const asked = await waitFor(store, ({alarmsAsked}) => alarmsAsked);
	if (asked.alarms === undefined) {
		context.say(asked.failure === undefined ? 'etcd does not tell its alarms' : sentence(asked.failure));
		return exitCodes.failed;
	}
	const nospace = asked.alarms.filter(({alarm}) => alarm === 'NOSPACE').map(({memberId}) => memberId);
	const chosen = words.length === 0 ? nospace : words.map((word) => memberNamed(word, store.getState()));
	if (chosen.length === 0) {
		context.print('no NOSPACE alarm');
		return exitCodes.done;
	}
	for (const memberId of chosen) {
		const code = await disarm(memberId, context, handle);
		if (code !== exitCodes.done) {
			return code;
		}
	}
	return exitCodes.done;
}

async function disarm(
	memberId: string,
	{options, say, print, ask}: CommandContext,
	{store, controls}: EngineHandle,
): Promise<number> {
	controls.dismissMessage();
	controls.openDisarm(memberId);
	const plan = await waitFor<DisarmPlan | string>(
		store,
		({disarmPlan, message}) => disarmPlan ?? (message?.kind === 'refused' ? message.text : undefined),
	);
	if (typeof plan === 'string' || plan.confirmation === undefined) {
		controls.closeDisarm();
		say(`refused: ${typeof plan === 'string' ? plan : (plan.refusal ?? '')}`);
		return exitCodes.refused;
	}
	for (const {name, dbSizeBytes, used} of plan.rows) {
		say(`${name}: ${sizeText(dbSizeBytes)}, ${percentText(used)} of its quota`);
	}
	for (const line of plan.confirmation.consequences) {
		say(line);
	}
	// What is tight or assumed takes a person's word: --yes stands for the ordinary one only.
	const typed = options.yes ? 'disarm' : await ask(`Type "${plan.confirmation.word}" to disarm NOSPACE of ${plan.name}: `);
	if (typed !== plan.confirmation.word) {
		controls.closeDisarm();
		say(`refused: "${plan.confirmation.word}" was not typed. Nothing was changed.`);
		return exitCodes.refused;
	}
	controls.disarm(typed);
	const outcome = await waitFor(store, ({message}) => message);
	(outcome.kind === 'good' ? print : say)(outcome.text);
	return outcome.kind === 'good' ? exitCodes.done : exitCodes.failed;
}
