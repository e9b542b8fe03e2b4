import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type Server} from 'node:net';
import {fileURLToPath} from 'node:url';
import {expect, onTestFinished, test} from 'vitest';
import {type AcquireLock, acquireRunLock, runLockHolder, waitingForLock} from '../../source/engine/run-lock.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const onLinux = process.platform === 'linux';

test('the second comer is refused and told who holds it; released it is free', async () => {
	const clusterId = randomCluster();
	const first = await acquireRunLock(clusterId, 'ana@bastion-1');
	const heldBy = `ana@bastion-1, pid ${process.pid} has a run under way on this machine`;
	expect(await acquireRunLock(clusterId, 'ben@bastion-1')).toEqual({kind: 'held', heldBy});
	expect(await runLockHolder(clusterId)).toBe(heldBy);
	expect(first.kind === 'acquired' && first.lock.release()).toBeUndefined();
	expect(await runLockHolder(clusterId)).toBeUndefined();
	expect(await take(clusterId)).toBe('acquired');
});

test('clusters do not stand in the way of each other', async () => {
	expect(await take(randomCluster())).toBe('acquired');
	expect(await take(randomCluster())).toBe('acquired');
});

test('of two that come at once one gets it', async () => {
	const clusterId = randomCluster();
	const answers = await Promise.all([take(clusterId), take(clusterId), take(clusterId)]);
	expect(answers.toSorted()).toEqual(['acquired', 'held', 'held']);
});

test('killed, its holder loses it at once', async () => {
	const clusterId = randomCluster();
	const holder = await holdInProcess(clusterId);
	expect(await acquireRunLock(clusterId, 'ben@bastion-1')).toEqual({
		kind: 'held',
		heldBy: `ana@bastion-1, pid ${holder.pid} has a run under way on this machine`,
	});
	holder.kill('SIGKILL');
	await once(holder, 'exit');
	expect(await take(clusterId)).toBe('acquired');
});

test('stopped, its holder keeps it, and the second comer does not wait long for a name', async () => {
	const clusterId = randomCluster();
	const holder = await holdInProcess(clusterId);
	holder.kill('SIGSTOP');
	const began = performance.now();
	expect(await acquireRunLock(clusterId, 'ben@bastion-1')).toEqual({
		kind: 'held',
		heldBy: 'a stopped etcdtop on this machine holds the run lock of this cluster',
	});
	expect(performance.now() - began).toBeLessThan(10_000);
	holder.kill('SIGCONT');
	expect(await runLockHolder(clusterId)).toContain('ana@bastion-1');
});

test.runIf(onLinux)(
	'asked by more than the queue of a stopped holder takes, it is held all the same',
	{timeout: 60_000},
	async () => {
		const clusterId = randomCluster();
		const holder = await holdInProcess(clusterId);
		holder.kill('SIGSTOP');
		const askers = await Promise.all(Array.from({length: 600}, () => runLockHolder(clusterId)));
		expect(askers.filter((heldBy) => heldBy === undefined)).toEqual([]);
	},
);

test.runIf(onLinux)('what a stranger says who took the name is harmless on a terminal', async () => {
	const clusterId = randomCluster();
	const stranger = createServer((socket) => socket.end(`\u001b[2Jmallory\u0007\n${'x'.repeat(10_000)}`));
	await listening(stranger, `\0etcdtop-run-${clusterId}`);
	const heldBy = await runLockHolder(clusterId);
	expect(heldBy).toMatch(/^\[2Jmalloryx+ has a run under way on this machine$/);
	expect(heldBy!.length).toBeLessThan(300);
});

test('a command waits for it, and says for whom each time that changes', async () => {
	const clock = createManualClock();
	const holders = ['ana', 'ana', 'ben', undefined];
	const acquire: AcquireLock = async () => {
		const heldBy = holders.shift();
		return heldBy === undefined ? {kind: 'acquired', lock: {release() {}}} : {kind: 'held', heldBy};
	};
	const told: string[] = [];
	let answer: Awaited<ReturnType<AcquireLock>> | undefined;
	void waitingForLock(acquire, clock, (heldBy) => told.push(heldBy))('c1', 'me').then((value) => {
		answer = value;
	});
	await clock.advance(2000);
	expect(answer).toBeUndefined();
	await clock.advance(1000);
	expect(answer?.kind).toBe('acquired');
	expect(told).toEqual(['ana', 'ben']);
});

async function take(clusterId: string): Promise<'acquired' | 'held'> {
	const answer = await acquireRunLock(clusterId, 'ana@bastion-1');
	onTestFinished(() => (answer.kind === 'acquired' ? answer.lock.release() : undefined));
	return answer.kind;
}

async function holdInProcess(clusterId: string): Promise<ChildProcess> {
	const fixture = fileURLToPath(new URL('fixtures/hold-lock.ts', import.meta.url));
	const child = spawn(process.execPath, [fixture, clusterId], {stdio: ['ignore', 'pipe', 'inherit']});
	onTestFinished(() => void child.kill('SIGKILL'));
	const [said] = await once(child.stdout!, 'data');
	expect(String(said)).toBe('acquired\n');
	return child;
}

async function listening(server: Server, address: string): Promise<void> {
	server.listen(address);
	onTestFinished(() => void server.close());
	await once(server, 'listening');
}

function randomCluster(): string {
	return randomBytes(8).toString('hex');
}
