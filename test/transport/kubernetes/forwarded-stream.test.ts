import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished, test, vi} from 'vitest';
import WebSocket, {WebSocketServer} from 'ws';
import {ForwardedStream} from '../../../source/transport/kubernetes/forwarded-stream.ts';
import {TransportError} from '../../../source/transport/transport-error.ts';

/** A stream, and the kubelet's end of its WebSocket. */
async function pair(
	isEtcdPort = true,
): Promise<{stream: ForwardedStream; socket: WebSocket; kubelet: WebSocket; errors: Error[]}> {
	const server = new WebSocketServer({port: 0, host: '127.0.0.1'});
	await once(server, 'listening');
	const accepted = once(server, 'connection');
	const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const [[kubelet]] = (await Promise.all([accepted, once(socket, 'open')])) as [[WebSocket], unknown];
	const errors: Error[] = [];
	const stream = new ForwardedStream(socket, {podName: 'etcd-a', port: 2379, isEtcdPort});
	stream.on('error', (error) => errors.push(error));
	onTestFinished(() => {
		stream.destroy();
		kubelet.terminate();
		server.close();
	});
	return {stream, socket, kubelet, errors};
}

const frame = (channel: number, ...parts: (string | number[])[]) =>
	Buffer.concat([Buffer.from([channel]), ...parts.map((part) => Buffer.from(part as string))]);

test('passes bytes both ways, without the port that each channel begins with', async () => {
	const {stream, kubelet} = await pair();
	kubelet.send(frame(0, [75]));
	kubelet.send(frame(0, [9], 'hel'));
	kubelet.send(frame(0, 'lo'));
	let heard = '';
	for await (const chunk of stream.iterator({destroyOnReturn: false})) {
		heard += String(chunk);
		if (heard === 'hello') {
			break;
		}
	}
	const received = once(kubelet, 'message');
	stream.write('there');
	expect((await received)[0]).toEqual(frame(0, 'there'));
});

test.each([
	['error forwarding port 2379: dial tcp4 127.0.0.1:2379: connect: connection refused', true, 'refused'],
	['error forwarding port 9979: dial tcp4 127.0.0.1:9979: connect: connection refused', false, 'unreachable'],
	['error forwarding port 2379: container not running', true, 'unreachable'],
	['socat[7] E connect(5, AF=2 127.0.0.1:2379, 16): Connection refused', true, 'refused'],
	['dial unix /run/containerd/containerd.sock: connect: connection refused', true, 'unreachable'],
	['error dialing backend: dial tcp 10.0.0.2:10250: connect: connection refused', true, 'unreachable'],
	['IPv4: dial tcp4 127.0.0.1:2379: i/o timeout IPv6 dial tcp6 [::1]:2379: connect: connection refused', true, 'unreachable'],
])('%s', async (complaint, isEtcdPort, kind) => {
	const {stream, kubelet, errors} = await pair(isEtcdPort);
	const closed = once(stream, 'close').catch(() => {});
	kubelet.send(frame(1, [75, 9]));
	kubelet.send(frame(1, complaint));
	await closed;
	expect(errors[0]).toBeInstanceOf(TransportError);
	expect((errors[0] as TransportError).kind).toBe(kind);
});

test('a socket that is closed in good order ends it with a reason too: what is above would not notice', async () => {
	const {stream, kubelet, errors} = await pair();
	const closed = once(stream, 'close').catch(() => {});
	kubelet.close(1000);
	await closed;
	expect(errors[0]?.message).toBe('the tunnel to port 2379 of pod etcd-a was closed (1000)');
	expect(stream.destroyed).toBe(true);
});

test('reads no more than is taken from it', async () => {
	const {stream, kubelet} = await pair();
	kubelet.send(frame(0, [75, 9]));
	const chunk = Buffer.concat([Buffer.from([0]), Buffer.alloc(1024 * 1024)]);
	let sent = 0;
	for (let index = 0; index < 64; index++) {
		kubelet.send(chunk, () => {
			sent++;
		});
	}
	await sleep(300);
	expect(stream.readableLength).toBeLessThan(4 * 1024 * 1024);
	expect(sent).toBeLessThan(64);
	let read = 0;
	stream.on('data', (bytes: Buffer) => {
		read += bytes.length;
	});
	await vi.waitFor(() => expect(read).toBe(64 * 1024 * 1024), {timeout: 20_000});
});

test('a network that answered pings and does so no more ends it; one that never did is let be', async () => {
	vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']});
	onTestFinished(() => void vi.useRealTimers());
	const answering = await pair();
	await once(answering.socket, 'pong');
	(answering.kubelet as unknown as {_socket: {pause(): void}})._socket.pause();
	vi.advanceTimersByTime(10_000);
	expect(answering.stream.destroyed).toBe(false);
	vi.advanceTimersByTime(5000);
	expect(answering.stream.destroyed).toBe(true);
	await vi.waitFor(() => expect(answering.errors[0]?.message).toContain('does not answer any more'), 20_000);

	const mute = await pair();
	vi.spyOn(mute.kubelet, 'pong').mockImplementation(() => {});
	(mute.kubelet as unknown as {_socket: {pause(): void}})._socket.pause();
	vi.advanceTimersByTime(60_000);
	await sleep(10);
	expect(mute.stream.destroyed).toBe(false);
});
