/** `etcdtop defrag`: the monitor's own runs, told in sentences. */
import {isBackupOverdue} from '../domain/backup.ts';
import {blockingGate} from '../domain/defrag-gates.ts';
import type {DefragPlan, Scope} from '../domain/defrag-plan.ts';
import {notWorthIt} from '../domain/defrag-planner.ts';
import {maximumHoldMs} from '../domain/defrag-policy.ts';
import {isOver, type Run} from '../domain/defrag-run.ts';
import type {Gate} from '../domain/gate.ts';
import {leaseGateId, silentLeaseGateId} from '../domain/run-lease.ts';
import type {State} from '../engine/state.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {planText, summaryRecord, summaryText} from './defrag-text.ts';
import {everyMemberAsked, follow, waitFor} from './follow.ts';
import {untilInterrupted} from './interrupts.ts';
import {memberNamed} from './members.ts';
import {progressOf} from './run-progress.ts';
import {sentence} from './sentence.ts';

export async function runDefrag(context: CommandContext): Promise<number> {
	const {options, isTerminal} = context;
	if (options.all === options.operands.length > 0) {
		throw new UsageError('name the members to defragment, or give --all.');
	}
	if (options.ifFragmented !== undefined && !options.all) {
		throw new UsageError('--if-fragmented chooses among all members: give --all with it.');
	}
	if (options.detach && !options.all && options.operands.length > 1) {
		throw new UsageError('--detach hands over one run: give --all, or one member.');
	}
	if (!options.dryRun && !options.yes && !isTerminal) {
		throw new UsageError('without a terminal to ask on, defrag needs --yes (or --dry-run).');
	}
	const handle = context.createEngine(await context.connect());
	handle.engine.start();
	const interrupted = untilInterrupted(context, handle);
	try {
		return await Promise.race([defragmentEach(context, handle), interrupted.left]);
	} finally {
		interrupted.forget();
		// A member left at work would be awaited by it.
		if (!interrupted.hasLeftWork()) {
			await handle.engine.stop();
		}
	}
}

async function defragmentEach(context: CommandContext, handle: EngineHandle): Promise<number> {
	const known = await waitFor(handle.store, everyMemberAsked);
	if (known !== 'asked') {
		context.say(sentence(known));
		return exitCodes.failed;
	}
	for (const scope of scopesOf(context, handle.store.getState())) {
		const code = await defragment(scope, context, handle);
		if (code !== exitCodes.done) {
			return code;
		}
	}
	return exitCodes.done;
}

/** The leader last, in whatever order they were named. */
function scopesOf({options}: CommandContext, state: State): readonly Scope[] {
	if (options.all) {
		return [{kind: 'all', ...(options.ifFragmented !== undefined && {onlyFrom: options.ifFragmented})}];
	}
	const leaderId = state.health.leader?.id;
	const chosen = [...new Set(options.operands.map((word) => memberNamed(word, state)))];
	return chosen.sort((a, b) => Number(a === leaderId) - Number(b === leaderId)).map((memberId) => ({kind: 'member', memberId}));
}

export async function defragment(scope: Scope, context: CommandContext, handle: EngineHandle): Promise<number> {
	const {options, say, print} = context;
	const {controls} = handle;
	controls.dismissRun();
	controls.dismissMessage();
	controls.openPlan(scope);
	controls.setMoveLeader(options.moveLeader);
	const found = await judgedPlan(context, handle);
	if (typeof found === 'string') {
		say(`refused: ${found}`);
		return exitCodes.refused;
	}
	const {plan, refusal} = found;
	if (options.dryRun) {
		print(options.writeOut === 'json' ? JSON.stringify(plan) : planText(plan, options.moveLeader));
	} else {
		say(planText(plan, options.moveLeader));
	}
	if (refusal !== undefined) {
		controls.closePlan();
		if (nothingToDo(plan)) {
			say(refusal);
			return exitCodes.done;
		}
		return refuse(refusal, context);
	}
	if (options.dryRun) {
		controls.closePlan();
		return exitCodes.done;
	}
	const {backups, now, wallOffsetMs} = handle.store.getState();
	if (!options.yes && backups !== undefined && isBackupOverdue(backups, now + wallOffsetMs)) {
		say('No backup younger than a day is known here; etcdtop backup DIRECTORY takes one first.');
	}
	const typed = await confirmed(plan, context);
	if (typeof typed === 'number') {
		controls.closePlan();
		return typed;
	}
	if (options.detach) {
		controls.closePlan();
		return (await import('./detach.ts')).detach({plan, typed, moveLeader: options.moveLeader}, context);
	}
	controls.startRun(plan, typed);
	return followRun(context, handle);
}

export function refuse(reason: string, {say}: CommandContext): number {
	say(`refused: ${reason}`);
	return exitCodes.refused;
}

/** A nightly `--all` on a cluster without fragmentation has done its work. A member that did not answer is another matter. */
function nothingToDo({scope, steps, leftOut}: DefragPlan): boolean {
	return (
		scope.kind === 'all' &&
		steps.length === 0 &&
		leftOut.every((row) => row.role === 'learner' || (row.dbSizeBytes > 0 && notWorthIt(row, scope) !== undefined))
	);
}

type Judged = {readonly plan: DefragPlan; readonly refusal?: string};

/** Opened by time or by somebody else's end, an unknown outcome by its member's answer: what a script would try again for. */
const passing: ReadonlySet<string> = new Set(['lock', leaseGateId, silentLeaseGateId, 'inflight', 'snapshot', 'lag', 'cooldown']);

/** The plan once every gate was asked, and why it can't start; a sentence where there is no plan at all. */
export async function judgedPlan({options, say}: CommandContext, {store}: EngineHandle): Promise<Judged | string> {
	const began = store.getState().now;
	let said = '';
	const stop = follow(store, say, ({plan}) => {
		const gate = plan === undefined ? undefined : heldBy(plan);
		if (gate === undefined || options.dryRun) {
			return undefined;
		}
		const sentence = `waiting, ${gate.title}: ${gate.detail}`;
		// A log needs no second of how long it has been so.
		said = withoutTimes(sentence) === withoutTimes(said) ? said : sentence;
		return said;
	});
	try {
		return await waitFor<Judged | string>(store, ({plan, message, now}) => {
			if (plan === undefined) {
				return message?.kind === 'refused' ? message.text : undefined;
			}
			if (plan.refusal !== undefined) {
				return {plan, refusal: plan.refusal};
			}
			const gate = blockingGate(withoutWaits(plan.gates), plan.confirmation.acknowledges);
			if (gate === undefined) {
				return {plan};
			}
			// Another run may take its time; anything else that stays closed needs a person.
			const mayWait =
				!options.dryRun && passing.has(gate.id) && (gate.id === 'lock' || gate.id === leaseGateId || now - began < maximumHoldMs);
			return gate.state === 'pending' || mayWait ? undefined : {plan, refusal: `${gate.title}: ${gate.detail}`};
		});
	} finally {
		stop();
	}
}

function withoutTimes(text: string): string {
	return text.replace(/\d+:\d\d/g, '');
}

function heldBy({gates}: DefragPlan): Gate | undefined {
	return gates.find(({id, state}) => passing.has(id) && state === 'failed');
}

/** The run itself waits, with its own countdown, for a cooldown and for a leader that is young. */
function withoutWaits(gates: readonly Gate[]): readonly Gate[] {
	return gates.filter(({id, state}) => !(state === 'pending' && (id === 'cooldown' || id === 'leader')));
}

/** The word to start with, or the exit code where nobody says it. */
async function confirmed({confirmation}: DefragPlan, context: CommandContext): Promise<string | number> {
	const {options, say, ask, isTerminal} = context;
	const [gravest = ''] = confirmation.consequences;
	if (options.yes && confirmation.terminalOnly) {
		return refuse(`${gravest} Only a person at a terminal may confirm that; leave --yes away.`, context);
	}
	if (options.yes && confirmation.outage && !options.allowOutage) {
		return refuse(`${gravest} Give --allow-outage to accept that.`, context);
	}
	if (options.yes) {
		return confirmation.word;
	}
	if (!isTerminal) {
		return refuse('only a person at a terminal may confirm this.', context);
	}
	for (const line of confirmation.consequences) {
		say(line);
	}
	if ((await ask(`Type "${confirmation.word}" to start, anything else to leave: `)) === confirmation.word) {
		return confirmation.word;
	}
	say('Nothing was changed.');
	return exitCodes.usage;
}

export async function followRun({options, say, print}: CommandContext, {store}: EngineHandle): Promise<number> {
	const began = await waitFor(
		store,
		({run, message, plan}) => run ?? (plan === undefined && message?.kind === 'refused' ? message.text : undefined),
	);
	if (typeof began === 'string') {
		say(`refused: ${began}`);
		return exitCodes.refused;
	}
	const stop = follow(store, say, progressOf);
	const ended = await waitFor(store, endOf);
	stop();
	print(options.writeOut === 'json' ? JSON.stringify(summaryRecord(ended)) : summaryText(ended));
	return codeOf(ended);
}

/** A run whose member's outcome is unknown is over for a script: nothing more will be done by it. */
function endOf({run}: State): Run | undefined {
	return run !== undefined && (isOver(run) || run.phase.kind === 'unknown') ? run : undefined;
}

function codeOf({phase, turns}: Run): number {
	if (phase.kind === 'finished') {
		return exitCodes.done;
	}
	if (phase.kind === 'unknown' || turns.some(({outcome}) => outcome === 'unknown')) {
		return exitCodes.unknown;
	}
	const touched = turns.some(({outcome}) => outcome !== 'skipped');
	return phase.kind === 'halted' && !touched ? exitCodes.refused : exitCodes.failed;
}
