/**
 * One run per cluster at a time on a machine: a lock that the kernel frees when its process dies, however it dies, keeps while
 * the process is stopped, and shows to every user. On Linux it is an abstract Unix socket named by the cluster id; it spans one
 * network namespace, so that containers on one host each have their own. Elsewhere it is a locked file (`file-lock.ts`).
 */
import {connect, createServer, type Server} from 'node:net';
import type {Clock} from './clock.ts';
import {acquireFileLock, fileLockHolder} from './file-lock.ts';

export interface RunLock {
	/** Frees it at once; a second call does nothing. */
	release(): void;
}

/**
 * Takes the lock of a cluster, or tells in a sentence who holds it. `operator` is what others are told of us: `ana@bastion-1`.
 * Rejects with the system's error where there can be no lock at all.
 */
export type AcquireLock = (
	clusterId: string,
	operator: string,
) => Promise<{readonly kind: 'acquired'; readonly lock: RunLock} | {readonly kind: 'held'; readonly heldBy: string}>;

/** How long the holder may take to say who it is; a stopped one never does. */
const introductionTimeoutMs = 1000;

const maximumIntroduction = 200;

const askAgainEveryMs = 1000;

export const acquireRunLock: AcquireLock = async (clusterId, operator) => {
	const name = nameOf(clusterId);
	const introduction = `${operator}, pid ${process.pid}`;
	if (process.platform !== 'linux') {
		const lock = acquireFileLock(name, introduction);
		return lock === undefined ? {kind: 'held', heldBy: sentence(fileLockHolder(name) ?? '')} : {kind: 'acquired', lock};
	}
	const server = await listen(`\0${name}`, introduction);
	return server === undefined
		? {kind: 'held', heldBy: sentence((await holder(`\0${name}`)) ?? '')}
		: {kind: 'acquired', lock: {release: () => void server.close()}};
};

/** Who holds the lock now, as a sentence; undefined when nobody does. */
export async function runLockHolder(clusterId: string): Promise<string | undefined> {
	const name = nameOf(clusterId);
	const heldBy = process.platform === 'linux' ? await holder(`\0${name}`) : fileLockHolder(name);
	return heldBy === undefined ? undefined : sentence(heldBy);
}

/** The same lock for a command that has the time: asks until it is free, and tells whom it waits for when that changes. */
export function waitingForLock(acquire: AcquireLock, clock: Clock, onWait: (heldBy: string) => void): AcquireLock {
	return async (clusterId, operator) => {
		let told: string | undefined;
		for (;;) {
			const answer = await acquire(clusterId, operator);
			if (answer.kind === 'acquired') {
				return answer;
			}
			if (answer.heldBy !== told) {
				told = answer.heldBy;
				onWait(told);
			}
			await clock.sleep(askAgainEveryMs);
		}
	};
}

function nameOf(clusterId: string): string {
	return `etcdtop-run-${clusterId.replace(/[^0-9a-z-]/gi, '')}`;
}

function sentence(heldBy: string): string {
	return heldBy === ''
		? 'a stopped etcdtop on this machine holds the run lock of this cluster'
		: `${heldBy} has a run under way on this machine`;
}

function listen(address: string, introduction: string): Promise<Server | undefined> {
	return new Promise((resolve, reject) => {
		const server = createServer((socket) => {
			socket.on('error', () => socket.destroy());
			socket.end(introduction);
		});
		server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
		server.listen(address, () => {
			server.unref();
			resolve(server);
		});
	});
}

/** What the holder says of itself; empty when it is silent, undefined when nobody listens. */
function holder(address: string): Promise<string | undefined> {
	return new Promise((resolve) => {
		const socket = connect(address);
		let text = '';
		const settle = (answer: string | undefined) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(answer);
		};
		const timer = setTimeout(() => settle(text), introductionTimeoutMs);
		socket.setEncoding('utf8');
		socket.on('data', (chunk: string) => {
			// Whoever took the name may say anything.
			text = (text + chunk).replace(/[^\x20-\x7e]/g, '').slice(0, maximumIntroduction);
		});
		socket.on('end', () => settle(text));
		// Only a refusal says that the name is free; a holder that was stopped long ago has no room for one more caller.
		socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED' ? undefined : text));
	});
}
