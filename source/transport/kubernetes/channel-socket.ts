/** A WebSocket to a subresource of a pod, as exec and port-forward use it: it opens by a deadline, and a refusal is told with its reason. */
import type {IncomingMessage} from 'node:http';
import WebSocket from 'ws';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {statusMessage} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';

/** One frame of a channel; the kubelet's are 32 KiB. */
const maximumFrameBytes = 64 * 1024 * 1024;

/** Of a refusal's body; it is a Status object. */
const maximumRefusalBytes = 16 * 1024;

/** Errors of a connection that was never made. */
const neverSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|SELF_SIGNED|UNABLE_TO_/;

export type SocketRequest = {
	readonly client: KubernetesClient;
	/** With its query, below the server's URL. */
	readonly path: string;
	readonly protocols: readonly string[];
	/** What for, for messages. */
	readonly what: string;
};

/** Rejects with `TransportError`, with `notSent` where the request certainly had no effect. */
export async function openSocket({client, path, protocols, what}: SocketRequest, options: CallOptions): Promise<WebSocket> {
	try {
		return await client.withCredentials(what, options, async (signal) => {
			const socketOptions = await client.socketOptions();
			signal.throwIfAborted();
			const socket = new WebSocket(`${client.server.replace(/^http/, 'ws')}${path}`, [...protocols], {
				...socketOptions,
				perMessageDeflate: false,
				maxPayload: maximumFrameBytes,
			});
			return opened(socket, signal, (code, message) => client.refused(code, message, what));
		});
	} catch (error) {
		const failure = failureOf(error);
		throw new TransportError(hadNoEffect(error) ? {...failure, notSent: true} : failure, error);
	}
}

function opened(socket: WebSocket, signal: AbortSignal, refused: (code: number, message: string) => Error): Promise<WebSocket> {
	const {promise, resolve, reject} = Promise.withResolvers<WebSocket>();
	const stop = () => {
		socket.terminate();
		reject(new Error('stopped waiting'));
	};
	signal.addEventListener('abort', stop);
	socket.once('open', () => {
		signal.removeEventListener('abort', stop);
		resolve(socket);
	});
	// Stays for the socket's life; `close` follows and says it all.
	socket.on('error', reject);
	socket.once('close', () => {
		signal.removeEventListener('abort', stop);
		reject(new Error('the connection was cut in its handshake'));
	});
	socket.once('unexpected-response', (_request, response: IncomingMessage) => {
		readRefusal(response).then((message) => {
			reject(refused(response.statusCode ?? 0, message));
			socket.terminate();
		});
	});
	return promise;
}

/** The message in a refusal's body, as far as it comes. */
async function readRefusal(response: IncomingMessage): Promise<string> {
	let text = '';
	try {
		for await (const chunk of response as AsyncIterable<Buffer>) {
			text += chunk.toString();
			if (text.length > maximumRefusalBytes) {
				break;
			}
		}
	} catch {
		// What came of it has to do.
	}
	return statusMessage(text.trim());
}

function hadNoEffect(error: unknown): boolean {
	const {kind, notSent} = failureOf(error);
	const {code} = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
	return notSent === true || kind === 'unauthenticated' || neverSent.test(code ?? '');
}
