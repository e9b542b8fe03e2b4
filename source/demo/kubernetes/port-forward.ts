/** Port-forwards to a pod: each port has a channel for its data and one for its errors, and both begin with its number. */
import {connect, type Socket} from 'node:net';
import type {WebSocket} from 'ws';
import {sendFrame, sendStream} from './channels.ts';

export const portForwardProtocols: readonly string[] = ['v4.channel.k8s.io'];

/** `outside`: where a port of the pod is on this machine. */
export function portForward(webSocket: WebSocket, ports: readonly number[], outside: (port: number) => number): void {
	const connections = ports.map((port, index) => forward(webSocket, port, outside(port), index * 2));
	webSocket.on('message', (data: Buffer) => {
		const [channel = -1] = data;
		const socket = connections[channel / 2];
		if (socket !== undefined && !socket.write(data.subarray(1))) {
			webSocket.pause();
			socket.once('drain', () => webSocket.resume());
		}
	});
	webSocket.on('error', () => {}); // Its close follows.
	webSocket.once('close', () => {
		for (const socket of connections) {
			socket.destroy();
		}
	});
}

function forward(webSocket: WebSocket, port: number, portOutside: number, dataChannel: number): Socket {
	const errorChannel = dataChannel + 1;
	const number = Buffer.alloc(2);
	number.writeUInt16LE(port);
	sendFrame(webSocket, dataChannel, number);
	sendFrame(webSocket, errorChannel, number);
	const socket = connect({host: '127.0.0.1', port: portOutside});
	sendStream(webSocket, dataChannel, socket);
	socket.on('error', ({code, message}: NodeJS.ErrnoException) => {
		const reason = code === 'ECONNREFUSED' ? 'connection refused' : message;
		const text = `error forwarding port ${port} to pod: failed to connect to localhost:${port} inside namespace, IPv4: dial tcp4 127.0.0.1:${port}: connect: ${reason}`;
		sendFrame(webSocket, errorChannel, Buffer.from(text));
	});
	// Whatever ends one of them ends all: the kubelet has it so.
	socket.once('close', () => webSocket.close(1000));
	return socket;
}
