import type {Store} from './controls.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';
import {update} from './update.ts';

/** At most this often are listeners told, so that a burst of answers is one frame. */
const notifyEveryMs = 1000 / 30;

export type DispatchingStore = Store & {readonly dispatch: (message: EngineMessage) => void};

/** How listeners' notifications are put off; Node's `setTimeout` outside tests. */
export type Schedule = (callback: () => void, ms: number) => void;

/** A listener's defect is the program's to die of, but not in the middle of whatever told it: a run goes on to its journal line. */
function tell(listener: () => void): void {
	try {
		listener();
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
}

/** Holds the state. A burst is told at once and at its end; the last change is never kept back. */
export function createStore(initial: State, schedule: Schedule = setTimeout): DispatchingStore {
	let state = initial;
	const listeners = new Set<() => void>();
	let resting = false;
	let changed = false;

	function notify(): void {
		if (resting) {
			changed = true;
			return;
		}
		resting = true;
		changed = false;
		schedule(() => {
			resting = false;
			if (changed) {
				notify();
			}
		}, notifyEveryMs);
		for (const listener of listeners) {
			tell(listener);
		}
	}

	return {
		getState: () => state,
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		dispatch(message) {
			const next = update(state, message);
			if (next !== state) {
				state = next;
				notify();
			}
		},
	};
}
