import {chmodSync, existsSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, it, onTestFinished} from 'vitest';
import type {Run} from '../../source/domain/defrag-run.ts';
import {runSocketPath, shareRun, watchRun} from '../../source/engine/run-share.ts';
import {createStore} from '../../source/engine/store.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {phases, sampleRun} from '../helpers/sample-run.ts';
import {prodState} from '../helpers/sample-state.ts';

async function shared() {
	const path = runSocketPath(temporaryDirectory(), 'cdf818194e3a8c32');
	const store = createStore(prodState({run: sampleRun(phases.cooling)}));
	const cancelled: string[] = [];
	const run = await shareRun(path, {store, onCancel: (by) => cancelled.push(by)});
	onTestFinished(() => run.close());
	return {path, store, run, cancelled};
}

function watch(path: string) {
	const runs: Run[] = [];
	let ended = false;
	const watched = watchRun(
		path,
		(run) => runs.push(run),
		() => {
			ended = true;
		},
	);
	onTestFinished(() => watched.close());
	return {watched, runs, ended: () => ended};
}

async function until(what: () => boolean): Promise<void> {
	for (let tries = 0; !what(); tries++) {
		expect(tries).toBeLessThan(2000);
		await sleep(10);
	}
}

it('a run is shown as it is, as it changes, and to its end', async () => {
	const {path, store, run} = await shared();
	expect(statSync(path).mode & 0o777).toBe(0o600);
	const one = watch(path);
	await until(() => one.runs.length === 1);
	expect(one.runs[0]).toEqual(store.getState().run);
	store.dispatch({type: 'runChanged', run: sampleRun(phases.defragmenting)});
	await until(() => one.runs.length === 2);
	store.dispatch({type: 'runChanged', run: sampleRun(phases.finished)});
	run.close();
	await until(one.ended);
	expect(one.runs.at(-1)?.phase.kind).toBe('finished');
	expect(existsSync(path)).toBe(false);
});

it('is stopped from another process, by whom it says', async () => {
	const {path, cancelled} = await shared();
	const one = watch(path);
	await until(() => one.runs.length === 1);
	one.watched.cancel('ben@bastion-1');
	await until(() => cancelled.length === 1);
	expect(cancelled).toEqual(['ben@bastion-1']);
});

it.each(['no JSON\n', '[]\n', '{"cancel":7}\n', 'null\n'])('%j is no wish of anybody', async (text) => {
	const {path, cancelled} = await shared();
	const socket = connect(path);
	socket.on('error', () => {});
	onTestFinished(() => void socket.destroy());
	socket.write(text);
	await sleep(50);
	expect(cancelled).toEqual([]);
	const one = watch(path);
	await until(() => one.runs.length === 1);
});

it.each([
	'{"version":2,"run":{}}\n',
	'{"version":1,"run":{"id":"x"}}\n',
	'{"version":1}\n',
	'x\n',
	`${'x'.repeat(2 * 1024 * 1024)}`,
])('what is no run is not shown (%#)', async (text) => {
	const path = join(temporaryDirectory(), 'x.sock');
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.write(text);
	}).listen(path);
	onTestFinished(() => void server.close());
	await until(() => existsSync(path));
	const one = watch(path);
	await sleep(100);
	expect(one.runs).toEqual([]);
});

it('what one that died left behind is replaced; nobody there is the end', async () => {
	const directory = temporaryDirectory();
	const path = runSocketPath(directory, 'c1');
	writeFileSync(path, '');
	const gone = watch(path);
	await until(gone.ended);
	const store = createStore(prodState({run: sampleRun(phases.cooling)}));
	const run = await shareRun(path, {store, onCancel: () => {}});
	onTestFinished(() => run.close());
	const one = watch(path);
	await until(() => one.runs.length === 1);
});

it('a directory that others may write is refused, and a long one has a short substitute', async () => {
	const directory = join(temporaryDirectory(), 'open');
	mkdirSync(directory);
	chmodSync(directory, 0o777);
	const store = createStore(prodState());
	await expect(shareRun(runSocketPath(directory, 'c1'), {store, onCancel: () => {}})).rejects.toThrow('belongs to somebody else');
	expect(runSocketPath(`/${'x'.repeat(100)}`, 'c1').length).toBeLessThan(100);
});
