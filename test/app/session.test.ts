/** Clusters one after another behind the screen, over engines that only write down what becomes of them. */
import {expect, test} from 'vitest';
import type {Controls} from '../../source/engine/controls.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import type {State} from '../../source/engine/state.ts';
import {createStore, type DispatchingStore} from '../../source/engine/store.ts';
import {type Options, parseOptions} from '../../source/options.ts';
import type {Reached} from '../../source/reached.ts';
import {createSession} from '../../source/session.ts';
import {directPlatform} from '../../source/transport/platform.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {phases, sampleRun} from '../helpers/sample-run.ts';

const clock = createManualClock();

function begin(clusterName: string): State {
	return initialState({clock, clusterName, readOnly: false, intervalMs: 2000, journalDirectory: '/state'});
}

function open(line = '--context home --cert /c --key /k') {
	const log: string[] = [];
	const stores = new Map<string, DispatchingStore>();
	const asked: Options['connection'][] = [];
	let waiting: (() => void) | undefined;
	let slow = false;
	let stopped = Promise.resolve();
	const store = createStore(begin(''));
	const session = createSession({
		store,
		connection: parseOptions(line.split(' '), {}).connection,
		begin,
		async reach(connection, signal) {
			const name = connection.kubernetes.context ?? 'none';
			asked.push(connection);
			if (slow) {
				await new Promise<void>((resolve) => {
					waiting = resolve;
				});
			}
			if (name === 'odd') {
				throw new TypeError('never thought of');
			}
			if (name === 'gone' || signal.aborted) {
				throw new TransportError({kind: 'unreachable', message: 'the API is away', nextStep: 'Look at the VPN.'});
			}
			const transport = {close: () => log.push(`${name}: transport closed`)} as unknown as Transport;
			return {transport, platform: directPlatform, clusterName: name, contexts: ['home', 'gone', 'abroad']};
		},
		createEngine({clusterName}: Reached, own) {
			stores.set(clusterName, own);
			return {
				controls: {
					stopAfterThis: () => log.push(`${clusterName}: stopAfterThis`),
					openPlan: () => log.push(`${clusterName}: openPlan`),
				} as unknown as Controls,
				start: () => void log.push(`${clusterName}: started`),
				async stop() {
					await stopped;
					log.push(`${clusterName}: stopped`);
				},
				close: () => void log.push(`${clusterName}: closed`),
			};
		},
	});
	return {
		session,
		store,
		log,
		asked,
		ownStore: (name: string) => stores.get(name)!,
		beSlow() {
			slow = true;
		},
		arrive: () => waiting?.(),
		stopSlowly() {
			const {promise, resolve} = Promise.withResolvers<void>();
			stopped = promise;
			return resolve;
		},
		settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
	};
}

test('another context gets the screen from its beginning, and the keys', async () => {
	const {session, store, log, asked, settle, ownStore} = open();
	await session.start();
	expect(store.getState()).toMatchObject({clusterName: 'home', contexts: ['home', 'gone', 'abroad']});
	ownStore('home').dispatch({type: 'connected', connection: {kind: 'tunnel', security: 'mTLS', endpoints: []}});
	session.controls.switchContext('abroad');
	await settle();
	expect(log).toEqual(['home: started', 'home: stopped', 'abroad: started']);
	expect(store.getState()).toMatchObject({clusterName: 'abroad'});
	expect(store.getState()).not.toHaveProperty('connection');
	session.controls.stopAfterThis();
	expect(log.at(-1)).toBe('abroad: stopAfterThis');
	// What was given for etcd itself belongs to the first cluster alone.
	expect(asked[0]).toMatchObject({cert: '/c', kubernetes: {context: 'home'}});
	expect(asked[1]).not.toHaveProperty('cert');
	session.controls.switchContext('home');
	await settle();
	expect(asked[2]).toMatchObject({cert: '/c', kubernetes: {context: 'home'}});
});

test('what the engine that was given up still hears changes nothing', async () => {
	const {session, store, settle, ownStore} = open();
	await session.start();
	session.controls.switchContext('abroad');
	await settle();
	ownStore('home').dispatch({type: 'messageChanged', message: {kind: 'good', text: 'of another cluster'}});
	expect(store.getState()).not.toHaveProperty('message');
});

test('an engine that was given up goes on seeing its own cluster, not the one that came after it', async () => {
	const {session, store, settle, ownStore} = open();
	await session.start();
	session.controls.switchContext('abroad');
	await settle();
	expect(store.getState().clusterName).toBe('abroad');
	expect(ownStore('home').getState().clusterName).toBe('home');
});

test('nothing is begun on either cluster while the other one is being reached', async () => {
	const {session, store, log, settle, beSlow, arrive} = open();
	await session.start();
	beSlow();
	session.controls.switchContext('abroad');
	session.controls.openPlan({kind: 'all'});
	expect(store.getState().message).toEqual({kind: 'refused', text: 'another context is being connected to; wait for it'});
	arrive();
	await settle();
	session.controls.openPlan({kind: 'all'});
	expect(log).toEqual(['home: started', 'home: stopped', 'abroad: started', 'abroad: openPlan']);
});

test('the first cluster comes before any other', async () => {
	const {session, store, log, asked, settle, beSlow, arrive} = open();
	beSlow();
	const started = session.start();
	session.controls.switchContext('abroad');
	expect(store.getState().message).toEqual({kind: 'refused', text: 'abroad: not connected yet'});
	arrive();
	await started;
	await settle();
	expect(asked).toHaveLength(1);
	expect(log).toEqual(['home: started']);
});

test('who leaves while the old cluster is being left begins no new one', async () => {
	const {session, log, settle, stopSlowly} = open();
	await session.start();
	const stopNow = stopSlowly();
	session.controls.switchContext('abroad');
	await settle();
	const stopped = session.stop();
	stopNow();
	await stopped;
	await settle();
	expect(log).not.toContain('abroad: started');
	expect(log).toContain('abroad: transport closed');
});

test('a defect on the way to another context ends nothing here', async () => {
	const {session, store, log, settle} = open();
	await session.start();
	session.controls.switchContext('odd');
	await settle();
	expect(store.getState().message?.text).toMatch(/^odd: TypeError: never thought of\. This is a defect/);
	expect(log).toEqual(['home: started']);
});

test('a context that is not reached leaves everything as it was, with the reason', async () => {
	const {session, store, log, settle} = open();
	await session.start();
	session.controls.switchContext('gone');
	expect(store.getState().message?.text).toBe('connecting to gone …');
	await settle();
	expect(store.getState()).toMatchObject({
		clusterName: 'home',
		message: {kind: 'refused', text: 'gone: the API is away. Look at the VPN.'},
	});
	expect(log).toEqual(['home: started']);
});

test('a run keeps the screen on its cluster, also one that began while the other was being reached', async () => {
	const {session, store, log, settle, beSlow, arrive} = open();
	await session.start();
	store.dispatch({type: 'runChanged', run: sampleRun(phases.defragmenting)});
	session.controls.switchContext('abroad');
	expect(store.getState().message?.text).toMatch(/^abroad: a run is going on here/);
	store.dispatch({type: 'runChanged', run: undefined});
	beSlow();
	session.controls.switchContext('abroad');
	session.controls.switchContext('gone');
	expect(store.getState().message?.text).toBe('gone: another context is being connected to');
	store.dispatch({type: 'runChanged', run: sampleRun(phases.defragmenting)});
	arrive();
	await settle();
	expect(store.getState().message?.text).toMatch(/^abroad: a run is going on here/);
	expect(log).toEqual(['home: started', 'abroad: transport closed']);
});

test('leaving while the first cluster is still being reached is no failure', async () => {
	const {session, log, beSlow, arrive} = open();
	beSlow();
	const started = session.start();
	session.close();
	arrive();
	await expect(started).resolves.toBeUndefined();
	expect(log).toEqual([]);
});

test('the first cluster that is not reached is told', async () => {
	const {session} = open('--context gone');
	await expect(session.start()).rejects.toThrow(TransportError);
});
