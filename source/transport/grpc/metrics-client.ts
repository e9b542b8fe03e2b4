/** Fetches `/metrics` of one endpoint, over connections of its own: a member that is silent in gRPC goes on answering here. */
import {Agent, type IncomingMessage, request as requestHttp} from 'node:http';
import {request as requestHttps, Agent as SecureAgent} from 'node:https';
import type {Socket} from 'node:net';
import {connect as tlsConnect} from 'node:tls';
import type {Failure} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {afterRead} from './after-read.ts';
import type {Tunnel} from './dial.ts';
import {connectionFailure} from './explain.ts';
import type {Poolable} from './pool.ts';
import type {Route} from './route.ts';
import {tlsOptions} from './tls-session.ts';

/** A page is 150 KB; a hundred times that is no metrics page. */
const maximumBytes = 16 * 1024 * 1024;

export type MetricsPage = {
	readonly text: string;
	/** The `Date` of the answer, by the server's clock. */
	readonly serverClockSeconds?: number;
};

/** Why there is no page. Stays inside the transport. */
export class MetricsError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure, cause?: unknown) {
		super(failure.message, {cause});
		this.failure = failure;
	}
}

export class MetricsClient implements Poolable {
	readonly route: Route;
	closed = false;
	readonly #agent: Agent;
	#inFlight = 0;
	#retired = false;

	constructor(route: Route) {
		const {address, tls} = route;
		this.route = route;
		// One to ask again by while the first one's answer is late.
		const options = {keepAlive: true, maxSockets: 2};
		this.#agent = tls === undefined ? new Agent(options) : new SecureAgent({...options, ...tlsOptions(tls, address)});
		if (address.tunnel !== undefined) {
			this.#agent.createConnection = throughTunnel(address.tunnel, this.route);
		}
	}

	/** Rejects with `MetricsError`. */
	async page({timeoutMs, signal}: CallOptions): Promise<MetricsPage> {
		this.#inFlight++;
		const deadline = new AbortController();
		const timer = setTimeout(() => deadline.abort(), timeoutMs);
		const either = signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]);
		try {
			return await this.#exchange(either);
		} catch (error) {
			throw this.#explain(error, timeoutMs, {late: deadline.signal.aborted, stopped: signal?.aborted ?? false});
		} finally {
			clearTimeout(timer);
			this.#inFlight--;
			if (this.#retired && this.#inFlight === 0) {
				afterRead(() => this.close());
			}
		}
	}

	retire(): void {
		this.#retired = true;
		if (this.#inFlight === 0) {
			this.close();
		}
	}

	close(): void {
		this.closed = true;
		this.#agent.destroy();
	}

	async #exchange(signal: AbortSignal): Promise<MetricsPage> {
		const response = await this.#ask(signal);
		if (response.statusCode !== 200) {
			response.destroy();
			throw new MetricsError({
				kind: response.statusCode === 404 ? 'unsupported' : 'not-etcd',
				message: `/metrics answers ${response.statusCode}`,
				nextStep: 'Look whether this etcd serves its metrics at another port (--listen-metrics-urls).',
			});
		}
		const text = await body(response);
		const clock = Date.parse(response.headers.date ?? '');
		return {text, ...(Number.isNaN(clock) ? {} : {serverClockSeconds: clock / 1000})};
	}

	#ask(signal: AbortSignal, again = false): Promise<IncomingMessage> {
		const {address, tls} = this.route;
		const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>();
		const options = {host: address.host, port: address.port, path: '/metrics', agent: this.#agent, signal};
		const request = tls === undefined ? requestHttp(options) : requestHttps(options);
		// A request whose connection is still being made elsewhere would tell of it only then.
		signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		request.once('response', resolve);
		request.on('error', (error) => {
			// A kept connection that the server closed just then says nothing about the server.
			const lost = request.reusedSocket && !again && !signal.aborted;
			lost ? this.#ask(signal, true).then(resolve, reject) : reject(error);
		});
		request.end();
		return promise;
	}

	#explain(error: unknown, timeoutMs: number, {late, stopped}: {late: boolean; stopped: boolean}): MetricsError {
		if (error instanceof MetricsError) {
			return error;
		}
		if (stopped) {
			return new MetricsError({kind: 'cancelled', message: 'stopped waiting', nextStep: ''}, error);
		}
		if (late) {
			const message = `no metrics within ${(timeoutMs / 1000).toFixed(1)} s`;
			return new MetricsError({kind: 'timed-out', message, nextStep: 'The member may be frozen or overloaded.'}, error);
		}
		const cause = error as NodeJS.ErrnoException;
		const failure = connectionFailure(cause.message, cause, this.route) ?? {
			kind: 'unreachable' as const,
			message: `no metrics: ${safeText(cause.message)}`,
			nextStep: 'Look whether the member still runs.',
		};
		return new MetricsError(failure, error);
	}
}

function throughTunnel(tunnel: Tunnel, {address, tls}: Route): Agent['createConnection'] {
	return (_options, callback) => {
		tunnel.open().then(
			(stream) => {
				const socket = tls === undefined ? stream : tlsConnect({...tlsOptions(tls, address), socket: stream});
				stream.once('close', () => socket.destroy());
				stream.once('error', (error) => socket.destroy(error));
				callback?.(null, socket as Socket);
			},
			(error: Error) => callback?.(error, undefined as never),
		);
		return undefined;
	};
}

async function body(response: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > maximumBytes) {
			response.destroy();
			throw new MetricsError({
				kind: 'not-etcd',
				message: '/metrics is longer than 16 MiB',
				nextStep: 'Check what answers there.',
			});
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}
