/** Finds the run that another process of this user has under way in this cluster, and shows it as if it were ours. */
import {existsSync} from 'node:fs';
import {isOver} from '../domain/defrag-run.ts';
import type {EngineMessage} from './messages.ts';
import {runSocketPath, type WatchedRun, watchRun} from './run-share.ts';
import type {State} from './state.ts';

export type RunsElsewhereOptions = {
	/** The journal's: both have the same. */
	readonly directory: string;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
	/** We have one of our own. */
	readonly isBusy: () => boolean;
};

export interface RunsElsewhere {
	/** About once a second. */
	tick(): void;
	/** True where the run that is shown is another process's, which was told. */
	cancel(by: string): boolean;
	close(): void;
}

export function createRunsElsewhere({directory, getState, dispatch, isBusy}: RunsElsewhereOptions): RunsElsewhere {
	let watched: WatchedRun | undefined;

	function begin(path: string): void {
		watched = watchRun(
			path,
			(run) => {
				if (!isBusy() && run.clusterId === getState().clusterId) {
					dispatch({type: 'runSeen', run});
				}
			},
			() => {
				watched = undefined;
				const {run, runIsElsewhere} = getState();
				if (runIsElsewhere === true && run !== undefined && !isOver(run)) {
					dispatch({type: 'runChanged', run: undefined});
					const text = 'the process of the detached run ended without a word; etcdtop report tells how far it came';
					dispatch({type: 'messageChanged', message: {kind: 'warning', text}});
				}
			},
		);
	}

	return {
		tick() {
			const {clusterId} = getState();
			if (watched !== undefined || clusterId === undefined || isBusy()) {
				return;
			}
			const path = runSocketPath(directory, clusterId);
			if (existsSync(path)) {
				begin(path);
			}
		},
		cancel(by) {
			if (watched === undefined || getState().runIsElsewhere !== true) {
				return false;
			}
			watched.cancel(by);
			return true;
		},
		close() {
			watched?.close();
			watched = undefined;
		},
	};
}
