import {randomInt} from 'node:crypto';
import {createServer} from 'node:net';

/**
 * Below the range that the kernel gives to outgoing connections (32768 and up on Linux, 49152 on macOS): a member that is
 * stopped for a while finds its port still free when it comes back.
 */
const lowestPort = 12_000;
const highestPort = 32_000;

const attempts = 200;

/** Ports handed out by this process: a member that is being started has not bound its own yet. */
const taken = new Set<number>();

/** A loopback TCP port that nothing listens on. Another process can still be faster: the caller retries when etcd says so. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < attempts; attempt++) {
		const port = randomInt(lowestPort, highestPort);
		if (!taken.has(port) && (await canListen(port))) {
			taken.add(port);
			return port;
		}
	}
	throw new Error(`no free port found on 127.0.0.1 between ${lowestPort} and ${highestPort}`);
}

function canListen(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
