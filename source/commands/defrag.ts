/** `etcdtop defrag`: the monitor's own runs, told in sentences. */

import {blockingGate} from '../domain/defrag-gates.ts';
import type {DefragPlan, Scope} from '../domain/defrag-plan.ts';
import {isOver, type Run} from '../domain/defrag-run.ts';
import {durationText, percentText, sizeText} from '../domain/text.ts';
import type {State} from '../engine/state.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {follow, waitFor} from './follow.ts';
import {memberNamed} from './members.ts';
import {progressOf} from './run-progress.ts';
import {sentence} from './status.ts';
import {tableText} from './table.ts';

export async function runDefrag(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	if (options.all === options.operands.length > 0) {
		throw new UsageError('name the members to defragment, or give --all.');
	}
	if (!options.dryRun && !options.yes && !isTerminal) {
		throw new UsageError('without a terminal to ask on, defrag needs --yes (or --dry-run).');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	try {
		const known = await waitFor(handle.store, (state) => (state.clusterId === undefined ? state.membershipFailure : 'known'));
		if (known !== 'known') {
			context.say(sentence(known));
			return exitCodes.failed;
		}
		const scopes: readonly Scope[] = options.all
			? [{kind: 'all'}]
			: options.operands.map((word) => ({kind: 'member', memberId: memberNamed(word, handle.store.getState())}));
		for (const scope of scopes) {
			const code = await defragment(scope, context, handle);
			if (code !== exitCodes.done) {
				return code;
			}
		}
		return exitCodes.done;
	} finally {
		await handle.engine.stop();
	}
}

async function defragment(scope: Scope, context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, say, print} = context;
	handle.controls.openPlan(scope);
	handle.controls.setMoveLeader(options.moveLeader);
	const plan = await readyPlan(handle, say);
	if (typeof plan === 'string') {
		say(`refused: ${plan}`);
		return exitCodes.refused;
	}
	if (options.dryRun) {
		print(planText(plan));
		handle.controls.closePlan();
		return exitCodes.done;
	}
	say(planText(plan));
	const typed = await confirmed(plan, context);
	if (typed === undefined) {
		handle.controls.closePlan();
		say('Nothing was changed.');
		return exitCodes.refused;
	}
	handle.controls.startRun(typed);
	return followRun(context, handle);
}

/**
 * The plan once every gate that time does not open has passed, or why not. A cooldown and a young leader are waited for by the
 * run itself; another's run on this machine is waited for here.
 */
async function readyPlan({store}: EngineHandle, say: (text: string) => void): Promise<DefragPlan | string> {
	const stop = follow(store, say, ({plan}) => plan?.gates.find(({id, state}) => id === 'lock' && state === 'failed')?.detail);
	try {
		return await waitFor(store, ({plan, message}) => {
			if (plan === undefined) {
				return message?.kind === 'refused' ? message.text : undefined;
			}
			if (plan.refusal !== undefined) {
				return plan.gates.some(({state}) => state === 'pending') && plan.steps.length === 0 ? undefined : plan.refusal;
			}
			const blocking = blockingGate(plan.gates, plan.confirmation.acknowledges);
			if (blocking === undefined || (blocking.state === 'pending' && (blocking.id === 'cooldown' || blocking.id === 'leader'))) {
				return plan;
			}
			const waits = blocking.state === 'pending' || ['lock', 'inflight', 'snapshot', 'lag'].includes(blocking.id);
			return waits ? undefined : `${blocking.title}: ${blocking.detail}`;
		});
	} finally {
		stop();
	}
}

async function confirmed(
	{confirmation}: DefragPlan,
	{options, say, ask, isTerminal}: CommandContext,
): Promise<string | undefined> {
	if (confirmation.outage && !options.allowOutage && options.yes) {
		say(`refused: ${confirmation.consequences[0] ?? ''} Give --allow-outage to accept that.`);
		return undefined;
	}
	if (options.yes && !confirmation.terminalOnly) {
		return confirmation.word;
	}
	if (!isTerminal) {
		say('refused: only a person at a terminal may confirm this.');
		return undefined;
	}
	for (const line of confirmation.consequences) {
		say(line);
	}
	const typed = await ask(`Type "${confirmation.word}" to start, anything else to leave: `);
	return typed === confirmation.word ? typed : undefined;
}

async function followRun(context: CommandContext, {store, controls}: EngineHandle): Promise<number> {
	const {say, print} = context;
	const began = await waitFor(
		store,
		({run, message, plan}) => run ?? (plan === undefined && message?.kind === 'refused' ? message.text : undefined),
	);
	if (typeof began === 'string') {
		say(`refused: ${began}`);
		return exitCodes.refused;
	}
	let interrupts = 0;
	const leaving = new Promise<'leave'>((resolve) => {
		const forget = context.onInterrupt(() => {
			interrupts++;
			controls.stopAfterThis();
			say(
				interrupts === 1
					? 'No further member will start; waiting for the one at work. Interrupt again to leave it to etcd.'
					: 'Leaving. What has begun goes on by itself on the server; the journal holds the next run back until it has ended.',
			);
			if (interrupts > 1) {
				resolve('leave');
			}
		});
		void waitFor(store, ({run}) => (run !== undefined && isOver(run) ? true : undefined)).then(forget);
	});
	const stop = follow(store, say, (state) => progressOf(state));
	const ended = await Promise.race([waitFor(store, endOf), leaving]);
	stop();
	if (ended === 'leave') {
		return exitCodes.unknown;
	}
	print(summaryText(ended));
	return codeOf(ended);
}

/** A run whose member's outcome is unknown is over for a script: nothing more will be done by it. */
function endOf({run}: State): Run | undefined {
	return run !== undefined && (isOver(run) || run.phase.kind === 'unknown') ? run : undefined;
}

function codeOf({phase}: Run): number {
	switch (phase.kind) {
		case 'finished':
			return exitCodes.done;
		case 'unknown':
			return exitCodes.unknown;
		case 'cancelled':
			return exitCodes.failed;
		default:
			return exitCodes.failed;
	}
}

export function planText(plan: DefragPlan): string {
	const rows = [
		...plan.steps.map((row, index) => [
			String(index + 1),
			row.name,
			row.role,
			sizeText(row.dbSizeBytes),
			`${sizeText(row.reclaimBytes)} ${percentText(row.reclaimRatio)}`,
			`~${durationText(row.estimateMs)}`,
			row.why,
		]),
		...plan.leftOut.map((row) => [
			'–',
			row.name,
			row.role,
			sizeText(row.dbSizeBytes),
			`${sizeText(row.reclaimBytes)} ${percentText(row.reclaimRatio)}`,
			'–',
			row.why,
		]),
	];
	const marks = {passed: '✓', failed: '✗', pending: '◌', acknowledge: '▲', unchecked: '!'} as const;
	return [
		tableText(['', 'MEMBER', 'ROLE', 'DB SIZE', 'GIVES BACK', 'BLOCKS', 'WHY HERE'], rows),
		`Gives back ${sizeText(plan.reclaimBytes)} in ~${durationText(plan.totalMs)}.`,
		...plan.warnings.map(({text, remedy}) => `▲ ${text}. ${remedy}`),
		...plan.gates.map(({title, state, detail}) => `${marks[state]} ${title}: ${detail}`),
	].join('\n');
}

export function summaryText(run: Run): string {
	const rows = run.turns.map(({name, outcome, before, after, durationMs, longestSilenceMs, termBefore, termAfter, why}) => [
		outcome,
		name,
		sizeText(before.dbSizeBytes),
		after === undefined ? '–' : sizeText(after.dbSizeBytes),
		after === undefined ? '–' : sizeText(before.dbSizeBytes - after.dbSizeBytes),
		durationMs === undefined ? '–' : durationText(durationMs),
		longestSilenceMs === undefined ? '–' : durationText(longestSilenceMs),
		termBefore === undefined
			? '–'
			: termBefore === termAfter
				? `${termBefore}, unchanged`
				: `${termBefore} → ${termAfter ?? '?'}`,
		why ?? '',
	]);
	const {phase} = run;
	const end =
		phase.kind === 'halted'
			? [`halted: ${phase.reason}: ${phase.detail}`, `next: ${phase.nextStep}`]
			: phase.kind === 'unknown'
				? [
						'outcome unknown: the member may still be at work. It is not sent again, and nothing else starts before it has answered.',
					]
				: [phase.kind];
	return [tableText(['', 'MEMBER', 'BEFORE', 'AFTER', 'GIVEN BACK', 'BLOCKED', 'SILENT', 'RAFT TERM', ''], rows), ...end].join(
		'\n',
	);
}
