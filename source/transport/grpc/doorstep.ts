/** A listener that leads nowhere, for tunnels: see `Tunnel` in `dial.ts`. */
import {once} from 'node:events';
import {type AddressInfo, createServer, type Server} from 'node:net';

export type Doorstep = {readonly host: string; readonly port: number; readonly server: Server};

const loopback = '127.0.0.1';

/** Whoever stands on the doorstep is sent away after this. */
const doorstepMs = 10_000;

/** Does not keep the process alive. The caller closes it. */
export async function listenForNobody(): Promise<Doorstep> {
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.setTimeout(doorstepMs, () => socket.destroy());
	});
	server.listen(0, loopback);
	server.unref();
	await once(server, 'listening');
	return {host: loopback, port: (server.address() as AddressInfo).port, server};
}
