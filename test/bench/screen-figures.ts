/** What the built program costs in a real pseudo-terminal: time to frames, bytes, processor, memory, keys. */
import {execFileSync} from 'node:child_process';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {type Cluster, startCluster} from '../../source/demo/cluster.ts';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';
import type {Figure} from './index.ts';
import {processorSeconds, residentMegabytes} from './process-figures.ts';
import {stateForBench} from './state.ts';
import {median, quantile, sum} from './statistics.ts';

const styles = /\u001B\[[\d;?]*[A-Za-z]/g;
const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
const watchMs = 12_000;
/** Until the events, the chart's start and the resting latencies of a new monitor are over. */
const settleMs = 60_000;
const idleUpdates = 30;
const updateMs = 2000;
/** What V8 compiles in a program's first half minute is no cost of an update. */
const warmUpMs = 30_000;
const steadyMs = 30_000;
const keyPresses = 40;
const environment = {
	...process.env,
	LANG: 'C.UTF-8',
	TERM: 'xterm-256color',
	XDG_STATE_HOME: stateForBench(),
};

export async function screenFigures(): Promise<readonly Figure[]> {
	const cluster = await startCluster({});
	try {
		return [...(await start(cluster)), ...(await idle(cluster)), ...(await steady(cluster)), ...(await peers(cluster))];
	} finally {
		await cluster.stop();
	}
}

type Monitor = ReturnType<typeof monitor>;

function monitor(cluster: Cluster, flags: readonly string[] = []) {
	return startMonitor([...flags, ...cluster.connectionFlags]);
}

export function startMonitor(flags: readonly string[]) {
	return startInTerminal(process.execPath, [launcher, ...flags], {
		columns: 120,
		rows: 36,
		env: environment,
	});
}

async function start({connectionFlags}: Cluster): Promise<readonly Figure[]> {
	const {frames, data} = await startTimes(connectionFlags);
	return [
		{name: 'start to the first frame, median of 5', value: median(frames), unit: 'ms', toReach: 200},
		{name: 'start to the first data, median of 5', value: median(data), unit: 'ms'},
	];
}

/** Of five starts, in ms. */
export async function startTimes(
	flags: readonly string[],
): Promise<{readonly frames: readonly number[]; readonly data: readonly number[]}> {
	const frames: number[] = [];
	const data: number[] = [];
	for (let round = 0; round < 5; round++) {
		const began = performance.now();
		const program = startMonitor(flags);
		await written(program, 'quit');
		frames.push(performance.now() - began);
		await written(program, '● HEALTHY');
		data.push(performance.now() - began);
		program.kill();
		await program.exit;
	}
	return {frames, data};
}

/** Looked for every millisecond: a picture every 20 ms would be too coarse for these figures. */
async function written(program: Monitor, text: string): Promise<void> {
	const deadline = performance.now() + 10_000;
	while (!program.bytes().replaceAll(styles, '').includes(text)) {
		if (performance.now() > deadline) {
			throw new Error(`"${text}" never came:\n${program.screen()}`);
		}
		await delay(1);
	}
}

/** Nobody writes: Raft's own indexes rest, and so should the terminal. */
async function idle(cluster: Cluster): Promise<readonly Figure[]> {
	const program = monitor(cluster);
	await program.waitFor(/● HEALTHY/);
	await delay(settleMs);
	const perUpdate: number[] = [];
	for (let update = 0; update < idleUpdates; update++) {
		const before = program.bytes().length;
		await delay(updateMs);
		perUpdate.push(program.bytes().length - before);
	}
	const keys = await keyTimes(program);
	program.kill();
	await program.exit;
	return [
		{name: 'bytes per update with nothing changed, median', value: median(perUpdate), unit: 'B', toReach: 0},
		{name: `the same, sum of ${(idleUpdates * updateMs) / 1000} s: the chart shifts`, value: sum(perUpdate), unit: 'B'},
		{name: `key to paint, p50 of ${keyPresses}`, value: median(keys), unit: 'ms'},
		{name: `key to paint, p95 of ${keyPresses}`, value: quantile(keys, 0.95), unit: 'ms', toReach: 20},
	];
}

async function keyTimes(program: Monitor): Promise<readonly number[]> {
	const times: number[] = [];
	for (let press = 0; press < keyPresses; press++) {
		const before = program.bytes().length;
		const began = performance.now();
		program.send(press % 2 === 0 ? 'j' : 'k');
		while (program.bytes().length === before && performance.now() - began < 1000) {
			await delay(1);
		}
		times.push(performance.now() - began);
		await delay(60);
	}
	return times;
}

/** A write a second, a poll a second. */
async function steady(cluster: Cluster): Promise<readonly Figure[]> {
	const updates = steadyMs / 1000;
	const program = monitor(cluster, ['--interval', '1s']);
	await program.waitFor(/● HEALTHY/);
	await delay(warmUpMs);
	const before = {bytes: program.bytes().length, cpu: processorSeconds(program.pid)};
	for (let round = 0; round < updates; round++) {
		await cluster.members[0]?.call('/v3/kv/put', {key: 'a2V5', value: Buffer.alloc(2000).toString('base64')});
		await delay(1000);
	}
	const figures: Figure[] = [
		{
			name: 'bytes per update, one write a second, 120×36',
			value: (program.bytes().length - before.bytes) / updates / 1000,
			unit: 'kB',
			toReach: 1,
		},
		{
			name: 'processor at an interval of 1 s',
			value: ((processorSeconds(program.pid) - before.cpu) / updates) * 100,
			unit: '%',
			toReach: 2,
		},
		{name: 'resident memory after a minute', value: residentMegabytes(program.pid), unit: 'MB', toReach: 150},
	];
	program.kill();
	await program.exit;
	return figures;
}

async function peers(cluster: Cluster): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	for (const [name, args] of [
		['htop', ['-d', '10']],
		['top', ['-d', '1']],
	] as const) {
		if (!isInstalled(name)) {
			continue;
		}
		const program = startInTerminal(name, [...args], {columns: 120, rows: 36, env: environment});
		await delay(3000);
		const before = program.bytes().length;
		await delay(watchMs);
		figures.push({
			name: `${name}: bytes per update`,
			value: (program.bytes().length - before) / (watchMs / 1000) / 1000,
			unit: 'kB',
		});
		figures.push({name: `${name}: resident memory`, value: residentMegabytes(program.pid), unit: 'MB'});
		program.kill();
		await program.exit;
	}
	if (isInstalled('etcdctl')) {
		const began = performance.now();
		execFileSync('etcdctl', ['endpoint', 'status', ...cluster.connectionFlags], {
			env: {...process.env, ETCDCTL_API: '3'},
			stdio: 'ignore',
		});
		figures.push({name: 'etcdctl endpoint status of 3 members', value: performance.now() - began, unit: 'ms'});
	}
	return figures;
}

function isInstalled(name: string): boolean {
	try {
		execFileSync('which', [name], {stdio: 'ignore'});
		return true;
	} catch {
		return false;
	}
}
