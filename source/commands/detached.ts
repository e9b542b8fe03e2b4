/** The process of a detached run: see `detach.ts`. */
import {writeSync} from 'node:fs';
import {isOver} from '../domain/defrag-run.ts';
import {runSocketPath, shareRun} from '../engine/run-share.ts';
import {type CommandContext, type EngineHandle, exitCodes} from './context.ts';
import {followRun, judgedPlan, refuse} from './defrag.ts';
import type {Confirmed, Word} from './detach.ts';
import {everyMemberAsked, waitFor} from './follow.ts';
import {untilInterrupted} from './interrupts.ts';
import {sentence} from './sentence.ts';

/** Where its one word goes, as `detach` has opened it. */
const wordFile = 3;

/** Makes the plan anew, begins what was confirmed, and shows it to whoever looks. */
export async function runDetached({plan: shown, typed, moveLeader}: Confirmed, context: CommandContext): Promise<number> {
	const {journal} = context;
	const tell = (word: Word) => {
		try {
			writeSync(wordFile, `${JSON.stringify(word)}\n`);
		} catch {
			// Who asked has left.
		}
	};
	const refused = (reason: string, code: number) => {
		tell({refused: reason, code});
		return refuse(reason, context) && code;
	};
	let handle: EngineHandle;
	try {
		handle = context.createEngine(await context.connect());
	} catch (error) {
		tell({refused: error instanceof Error ? error.message : String(error), code: exitCodes.failed});
		throw error;
	}
	const {engine, store, controls} = handle;
	engine.start();
	const interrupted = untilInterrupted(context, handle);
	const work = async (): Promise<number> => {
		const known = await waitFor(store, everyMemberAsked);
		if (known !== 'asked') {
			return refused(sentence(known), exitCodes.failed);
		}
		controls.openPlan(shown.scope);
		controls.setMoveLeader(moveLeader);
		const found = await judgedPlan(context, handle);
		const reason = typeof found === 'string' ? found : found.refusal;
		if (reason !== undefined) {
			return refused(reason, exitCodes.refused);
		}
		controls.startRun(shown, typed);
		const began = await waitFor(
			store,
			({run, message, plan}) => run ?? (plan === undefined && message?.kind === 'refused' ? message.text : undefined),
		);
		if (typeof began === 'string') {
			return refused(began, exitCodes.refused);
		}
		const shared = await shareRun(runSocketPath(journal.directory, began.clusterId), {
			store,
			onCancel: () => !isOver(store.getState().run ?? began) && controls.stopAfterThis(),
		});
		try {
			tell({runId: began.id});
			return await followRun(context, handle);
		} finally {
			shared.close();
		}
	};
	try {
		return await Promise.race([work(), interrupted.left]);
	} finally {
		interrupted.forget();
		if (!interrupted.hasLeftWork()) {
			await engine.stop();
		}
	}
}
