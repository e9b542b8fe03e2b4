/** Several streams over one WebSocket: the first byte of every message is its channel. */
import type {Readable} from 'node:stream';
import type {WebSocket} from 'ws';

/** The kubelet's. */
const frameBytes = 32 * 1024;

export function sendFrame(webSocket: WebSocket, channel: number, data: Uint8Array): void {
	if (webSocket.readyState === webSocket.OPEN) {
		webSocket.send(Buffer.concat([Buffer.of(channel), data]));
	}
}

/** Sends what the stream gives, no faster than it is taken; what nobody takes any more is read and dropped. */
export function sendStream(webSocket: WebSocket, channel: number, stream: Readable): void {
	stream.on('data', (data: Buffer) => {
		if (webSocket.readyState !== webSocket.OPEN) {
			return;
		}
		stream.pause();
		for (let start = 0; start < data.length; start += frameBytes) {
			const frame = Buffer.concat([Buffer.of(channel), data.subarray(start, start + frameBytes)]);
			webSocket.send(frame, start + frameBytes < data.length ? () => {} : () => stream.resume());
		}
	});
}
