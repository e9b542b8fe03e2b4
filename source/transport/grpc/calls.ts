/** Calls to endpoints: over kept connections, with a token where one is wanted, their failures explained. */

import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import type {Dial} from './dial.ts';
import type {Endpoint} from './endpoint.ts';
import {EndpointClient, type Rpc, type StreamOptions} from './endpoint-client.ts';
import {explain, peerPortFailure} from './explain.ts';
import {GrpcError} from './grpc-error.ts';
import {MetricsClient, MetricsError, type MetricsPage} from './metrics-client.ts';
import {Pool} from './pool.ts';
import type {Route} from './route.ts';
import {serverFailure, wantsToken} from './server-failure.ts';
import type {Session} from './session.ts';
import type {TlsKeeper} from './tls-keeper.ts';

/** Who is asked, and over which connection. */
export type Target = {
	readonly endpoint: Endpoint;
	/** Calls with one key share a connection. */
	readonly key: string;
	/** For messages. */
	readonly member?: string;
};

export type Ask = <Request, Response>(rpc: Rpc<Request, Response>, request: Request, options: CallOptions) => Promise<Response>;

export type CallsOptions = {
	readonly dial: Dial;
	readonly tls: TlsKeeper;
	readonly session: Session;
	readonly dialTimeoutMs: number;
	/** Default: where the calls go. */
	readonly metricsEndpoint?: (endpoint: Endpoint) => Endpoint;
};

/** A connection that was lost is made anew; one lost again and again is a failure. */
const maximumAttempts = 3;

export class Calls {
	readonly #options: CallsOptions;
	readonly #clients = new Pool<EndpointClient>();
	readonly #metricsClients = new Pool<MetricsClient>();
	#closed = false;

	constructor(options: CallsOptions) {
		this.#options = options;
	}

	/** One call that changes nothing, over the target's kept connection. Throws `TransportError`. */
	async ask<Request, Response>(
		target: Target,
		rpc: Rpc<Request, Response>,
		request: Request,
		options: CallOptions,
	): Promise<Response> {
		const started = performance.now();
		for (let attempt = 1; ; attempt++) {
			const client = await this.#client(target);
			try {
				return await this.#explained(client, target, options, () =>
					this.#askClient(client, rpc, request, shortened(options, started)),
				);
			} catch (error) {
				// What a lost connection means shows when the next one is made: the member may be gone, or be back.
				if (attempt === maximumAttempts || !wasLost(error)) {
					throw error;
				}
			}
		}
	}

	/**
	 * Asks over a connection that nobody else uses and that is cut afterwards: no other call's failure can end one that takes
	 * minutes. Everything is sent once, with a token fetched just before, by `options`' deadline.
	 */
	async exclusively<T>(target: Target, options: CallOptions, use: (ask: Ask) => Promise<T>): Promise<T> {
		const {session} = this.#options;
		const client = await this.#clients.admit(async () => new EndpointClient(await this.#route(target.endpoint)));
		try {
			await this.#explained(client, target, options, () => session.renew(client, options));
			return await use((rpc, request, callOptions) =>
				this.#explained(client, target, callOptions, () => client.call(rpc, request, {...callOptions, token: session.token})),
			);
		} finally {
			client.close();
		}
	}

	/**
	 * The messages of a stream, over a connection that nobody else uses: `prepare` may ask on it before. `options` bounds what comes
	 * before the stream, and every wait in it.
	 */
	async *streamed<Request, Response>(
		target: Target,
		options: CallOptions & Omit<StreamOptions, 'token'>,
		prepare: (ask: Ask) => Promise<void>,
		rpc: Rpc<Request, Response>,
		request: Request,
	): AsyncGenerator<Response> {
		const {session} = this.#options;
		const client = await this.#clients.admit(async () => new EndpointClient(await this.#route(target.endpoint)));
		try {
			await this.#explained(client, target, options, () => session.renew(client, options));
			await prepare((before, question, callOptions) =>
				this.#explained(client, target, callOptions, () => client.call(before, question, {...callOptions, token: session.token})),
			);
			const messages = client.stream(rpc, request, {...options, token: session.token});
			const wait = {timeoutMs: options.silenceMs};
			try {
				for (;;) {
					const next = await this.#explained(client, target, wait, () => messages.next());
					if (next.done === true) {
						return;
					}
					yield next.value;
				}
			} finally {
				await messages.return(undefined);
			}
		} finally {
			client.close();
		}
	}

	/** The target's metrics page. Throws `TransportError`. */
	async metrics(target: Target, options: CallOptions): Promise<MetricsPage> {
		if (this.#closed) {
			throw stopped();
		}
		const client = await this.#metricsClient(target);
		try {
			return await client.page(options);
		} catch (error) {
			if (this.#closed) {
				throw stopped(error);
			}
			if (!(error instanceof MetricsError)) {
				throw new TransportError(failureOf(error), error);
			}
			if (error.failure.kind !== 'cancelled') {
				this.#metricsClients.drop(client);
			}
			throw this.#transportError(error.failure, target, error);
		}
	}

	/** Gets a first token, so that a wrong password is known before it is needed. Throws `TransportError`. */
	async signIn(target: Target, options: CallOptions): Promise<void> {
		const client = await this.#client(target);
		await this.#explained(client, target, options, () => this.#options.session.renew(client, options));
	}

	/** Throws `TransportError` where the target turns out to be a port for peers. */
	async refusePeerPort(target: Target): Promise<void> {
		const failure = await peerPortFailure(await this.#route(target.endpoint), this.#options.dialTimeoutMs);
		if (failure !== undefined) {
			throw new TransportError({...failure, endpoint: target.endpoint.url});
		}
	}

	/** The next calls to this target go over new connections. */
	async redial(target: Target): Promise<void> {
		this.#clients.drop(await this.#client(target));
		this.#metricsClients.drop(await this.#metricsClient(target));
	}

	/** Starts new connections throughout when the certificates changed on disk. */
	refreshCertificates(): void {
		if (this.#options.tls.refresh()) {
			this.#clients.renew();
			this.#metricsClients.renew();
		}
	}

	close(): void {
		this.#closed = true;
		this.#clients.close();
		this.#metricsClients.close();
	}

	async #route(endpoint: Endpoint): Promise<Route> {
		const {dial, tls, dialTimeoutMs} = this.#options;
		return {endpoint, address: await dial(endpoint), tls: endpoint.secure ? tls.settings : undefined, dialTimeoutMs};
	}

	#client(target: Target): Promise<EndpointClient> {
		return this.#clients.get(target.key, async () => new EndpointClient(await this.#route(target.endpoint)));
	}

	#metricsClient(target: Target): Promise<MetricsClient> {
		const endpoint = this.#options.metricsEndpoint?.(target.endpoint) ?? target.endpoint;
		return this.#metricsClients.get(target.key, async () => new MetricsClient(await this.#route(endpoint)));
	}

	/** With the token there is; where etcd wants another one, with that. */
	async #askClient<Request, Response>(
		client: EndpointClient,
		rpc: Rpc<Request, Response>,
		request: Request,
		options: CallOptions,
	): Promise<Response> {
		const {session} = this.#options;
		const started = performance.now();
		const {token} = session;
		try {
			return await client.call(rpc, request, {...options, token});
		} catch (error) {
			if (!session.known || !(error instanceof GrpcError) || !wantsToken(error.details)) {
				throw error;
			}
			if (session.token === token) {
				await session.renew(client, shortened(options, started));
			}
			return client.call(rpc, request, {...shortened(options, started), token: session.token});
		}
	}

	/** Makes a `TransportError` of whatever `call` throws, and gives up connections that failed. */
	async #explained<T>(client: EndpointClient, target: Target, {timeoutMs}: CallOptions, call: () => Promise<T>): Promise<T> {
		const started = performance.now();
		try {
			return await call();
		} catch (error) {
			if (this.#closed) {
				throw stopped(error);
			}
			if (!(error instanceof GrpcError)) {
				throw new TransportError(failureOf(error), error);
			}
			if (error.ended !== 'stopped' && serverFailure(error.code, error.details) === undefined) {
				this.#clients.drop(client);
			}
			const failure = await explain(error, client.route, {waitedMs: performance.now() - started, timeoutMs});
			throw this.#transportError(failure, target, error);
		}
	}

	#transportError(failure: TransportError['failure'], {endpoint, member}: Target, cause: Error): TransportError {
		if (failure.kind === 'tls') {
			this.refreshCertificates();
		}
		return new TransportError({...failure, endpoint: endpoint.url, ...(member === undefined ? {} : {member})}, cause);
	}
}

/** After `close`, whatever happens is our own doing. */
function stopped(cause?: unknown): TransportError {
	return new TransportError({kind: 'cancelled', message: 'stopped', nextStep: ''}, cause);
}

/** Whether the connection stood, and broke before the answer came. */
function wasLost(error: unknown): boolean {
	return (
		error instanceof TransportError &&
		error.kind === 'unreachable' &&
		error.cause instanceof GrpcError &&
		error.cause.connection.connected
	);
}

/** What is left of the time. */
function shortened(options: CallOptions, started: number): CallOptions {
	return {...options, timeoutMs: Math.max(1, options.timeoutMs - (performance.now() - started))};
}
