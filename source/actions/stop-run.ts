import {isOver} from '../domain/defrag-run.ts';
import type {Action} from './action.ts';

/** Not dangerous: it only keeps further members from starting. */
export const stopRun: Action = {
	id: 'stop-run',
	keys: ['X'],
	title: 'stop run',
	help: 'stop the run',
	dangerous: false,
	disabledReason({state: {run}}) {
		if (run === undefined || isOver(run)) {
			return 'no run';
		}
		return run.cancel === undefined ? undefined : 'it stops already, after the member at work';
	},
	run({controls}) {
		controls.stopAfterThis();
	},
};
