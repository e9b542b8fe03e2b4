/**
 * One run per cluster at a time on a machine, by an abstract Unix socket named by the cluster id: the kernel frees it when its
 * process dies, however it dies, keeps it while the process is stopped, and shows it to every user. It spans one network
 * namespace: containers on one host each have their own. Where there are no abstract sockets (macOS) a socket file in the
 * directory for temporary files stands in; one that nobody listens on is taken over.
 */
import {rmSync} from 'node:fs';
import {connect, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

export interface RunLock {
	release(): void;
}

export type AcquireLock = (
	clusterId: string,
	operator: string,
) => Promise<{readonly kind: 'acquired'; readonly lock: RunLock} | {readonly kind: 'held'; readonly heldBy: string}>;

/** How long the holder may take to say who it is; a stopped one never does. */
const introductionTimeoutMs = 1000;

const maximumIntroduction = 200;

function addressOf(clusterId: string): string {
	const name = `etcdtop-run-${clusterId.replace(/[^0-9a-z-]/gi, '')}`;
	return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

export const acquireRunLock: AcquireLock = async (clusterId, operator) => {
	const address = addressOf(clusterId);
	const introduction = `${operator}, pid ${process.pid}`;
	const server = await listen(address, introduction);
	if (server !== undefined) {
		return acquired(server);
	}
	const heldBy = await holder(address);
	if (heldBy === undefined && process.platform !== 'linux') {
		rmSync(address, {force: true});
		const again = await listen(address, introduction);
		if (again !== undefined) {
			return acquired(again);
		}
	}
	return {kind: 'held', heldBy: sentence(heldBy)};
};

/** Who holds the lock now, as a sentence; undefined when nobody does. */
export async function runLockHolder(clusterId: string): Promise<string | undefined> {
	const heldBy = await holder(addressOf(clusterId));
	return heldBy === undefined ? undefined : sentence(heldBy);
}

function sentence(heldBy: string | undefined): string {
	return heldBy === undefined || heldBy === ''
		? 'a stopped etcdtop on this machine holds the run lock of this cluster'
		: `${heldBy} has a run under way on this machine`;
}

function acquired(server: Server): {readonly kind: 'acquired'; readonly lock: RunLock} {
	return {kind: 'acquired', lock: {release: () => server.close()}};
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
			text = (text + chunk).replace(/[^\x20-\x7e]/g, '').slice(0, maximumIntroduction);
		});
		socket.on('end', () => settle(text));
		socket.on('error', () => settle(undefined));
	});
}
