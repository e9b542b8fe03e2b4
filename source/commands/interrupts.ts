import {isOver, type Run} from '../domain/defrag-run.ts';
import {memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';

export type Interrupted = {
	/** Resolves with the exit code when the command is to be left at once. */
	readonly left: Promise<number>;
	/** A member was at work when it was left: etcd goes on, and nobody awaits it here. */
	hasLeftWork(): boolean;
	/** Signals end the process again. */
	forget(): void;
};

/**
 * Ctrl-C and its kin during a run: the first lets the member at work finish and starts no other, the second leaves it to etcd.
 * Before a run nothing has to be awaited.
 */
export function untilInterrupted(
	{onInterrupt, say}: Pick<CommandContext, 'onInterrupt' | 'say'>,
	{store, controls}: Pick<EngineHandle, 'store' | 'controls'>,
	/** What is said where no run goes on. */
	nothingAtWork = 'Nothing was started.',
): Interrupted {
	const {promise: left, resolve: leave} = Promise.withResolvers<number>();
	let stopping: string | undefined;
	let leftWork = false;
	const forget = onInterrupt(() => {
		const state = store.getState();
		const {run} = state;
		if (run === undefined || isOver(run)) {
			controls.closePlan();
			say(`Interrupted. ${nothingAtWork}`);
			leave(exitCodes.failed);
		} else if (stopping !== run.id) {
			stopping = run.id;
			controls.stopAfterThis();
			const atWork = memberAtWork(run, state);
			if (atWork !== undefined) {
				say(`Interrupted. Waiting for ${atWork}; no other member will start. Interrupt again to leave it to etcd.`);
			}
		} else {
			const atWork = memberAtWork(run, state);
			leftWork = true;
			say(
				atWork === undefined
					? 'Leaving. No other member will start.'
					: `Leaving. etcd goes on with ${atWork} by itself; nothing can stop it. No etcdtop on this machine starts another before it has ended and cooled down.`,
			);
			leave(atWork === undefined ? exitCodes.failed : exitCodes.unknown);
		}
	});
	return {left, hasLeftWork: () => leftWork, forget};
}

/** Its name, while the run waits for what only etcd can end. */
function memberAtWork({phase}: Run, {members}: State): string | undefined {
	if (phase.kind !== 'defragmenting' && phase.kind !== 'unknown' && phase.kind !== 'settling') {
		return undefined;
	}
	const found = members.find(({member}) => member.id === phase.memberId)?.member;
	return found === undefined ? phase.memberId : memberLabel(found);
}
