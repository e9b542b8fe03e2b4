import {describe, expect, it, vi} from 'vitest';
import {initialState} from '../../source/engine/initial-state.ts';
import {createStore} from '../../source/engine/store.ts';

function storeWithClock() {
	const waiting: {readonly callback: () => void; readonly ms: number}[] = [];
	const clock = {uptimeMs: () => 0, wallMs: () => 0};
	const initial = initialState({clock, clusterName: 'test', readOnly: false, intervalMs: 2000, journalDirectory: '/tmp'});
	const store = createStore(initial, (callback, ms) => waiting.push({callback, ms}));
	/** Lets a thirtieth of a second pass. */
	const pass = () => {
		for (const {callback} of waiting.splice(0)) {
			callback();
		}
	};
	const say = (text: string) => store.dispatch({type: 'messageChanged', message: {kind: 'note', text}});
	return {store, waiting, pass, say};
}

describe('the store', () => {
	it('tells the first change at once, and a burst after it once, at its end', () => {
		const {store, waiting, pass, say} = storeWithClock();
		const seen: (string | undefined)[] = [];
		store.subscribe(() => seen.push(store.getState().message?.text));
		say('1');
		say('2');
		say('3');
		expect(seen).toEqual(['1']);
		expect(store.getState().message?.text).toBe('3');
		expect(waiting.map(({ms}) => Math.round(ms))).toEqual([33]);
		pass();
		expect(seen).toEqual(['1', '3']);
		pass();
		expect(seen).toEqual(['1', '3']);
		say('4');
		expect(seen).toEqual(['1', '3', '4']);
	});

	it('tells no more than 30 times in a second of changes', () => {
		const {store, pass, say} = storeWithClock();
		const listener = vi.fn();
		store.subscribe(listener);
		for (let frame = 0; frame < 30; frame++) {
			for (let change = 0; change < 20; change++) {
				say(`${frame} ${change}`);
			}
			pass();
		}
		expect(listener.mock.calls.length).toBeLessThanOrEqual(31);
	});

	it('tells no one who left', () => {
		const {store, pass, say} = storeWithClock();
		const listener = vi.fn();
		const leave = store.subscribe(listener);
		say('1');
		leave();
		say('2');
		pass();
		expect(listener).toHaveBeenCalledTimes(1);
	});

	it('tells the others of a change when one of them fails, and does not fail the one who made it', async () => {
		const {store, say} = storeWithClock();
		const listener = vi.fn();
		const runners = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[];
		process.removeAllListeners('uncaughtException');
		const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
		store.subscribe(() => {
			throw new Error('a defect of this listener');
		});
		store.subscribe(listener);
		say('1');
		expect(listener).toHaveBeenCalledTimes(1);
		expect(await caught).toMatchObject({message: 'a defect of this listener'});
		for (const runner of runners) {
			process.on('uncaughtException', runner);
		}
	});
});
