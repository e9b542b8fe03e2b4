/** Our client of one Kubernetes API: every request and every WebSocket has a deadline, and fails with a `TransportError`. */
import {
	type ApiConstructor,
	type ApiType,
	type ConfigurationOptions,
	Observable,
	type ObservableMiddleware,
} from '@kubernetes/client-node';
import type {ClientOptions} from 'ws';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {type Asked, networkFailure, refusalFailure, refusalIn} from './api-failure.ts';
import {Credentials} from './credentials.ts';
import type {KubeContext} from './kube-context.ts';
import {checkFiles} from './kubeconfig-material.ts';
import {type Library, openLibrary} from './library.ts';
import {tokenExpiry} from './token-expiry.ts';

/** What a call of the client library takes after its request. */
export type RequestConfiguration = ConfigurationOptions;

export class KubernetesClient {
	readonly context: KubeContext;
	readonly #library: Library;
	readonly #credentials: Credentials;
	readonly #closing = new AbortController();

	/** Throws `TransportError` for files of the kubeconfig that are of no use, or a certificate that has expired. */
	constructor(context: KubeContext, newestToken?: () => string | undefined) {
		this.context = context;
		this.#credentials = new Credentials(context, newestToken);
		checkFiles(context);
		this.#library = openLibrary(context, this.#credentials);
	}

	get server(): string {
		return this.context.cluster.server;
	}

	/** Aborted by `close`. */
	get closing(): AbortSignal {
		return this.#closing.signal;
	}

	get closed(): boolean {
		return this.#closing.signal.aborted;
	}

	/** One request, by its deadline: `ask` hands what it gets to the client library. Throws `TransportError`. */
	async request<Api extends ApiType, T>(
		what: string,
		api: ApiConstructor<Api>,
		ask: (api: Api, configuration: RequestConfiguration) => Promise<T>,
		options: CallOptions,
	): Promise<T> {
		return this.withCredentials(what, options, (signal) => ask(this.#library.config.makeApiClient(api), stoppable(signal)));
	}

	/**
	 * Runs `ask` by the deadline, once more with new credentials where the API refused the old ones and there are others to be had.
	 * What `ask` throws becomes a `TransportError`.
	 */
	async withCredentials<T>(what: string, options: CallOptions, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const deadline = new AbortController();
		const timer = setTimeout(() => deadline.abort(), options.timeoutMs);
		const stops = [deadline.signal, this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
		const signal = AbortSignal.any(stops);
		const stopped = whenAborted(signal);
		const attempt = () => Promise.race([ask(signal), stopped.promise]);
		try {
			return await attempt().catch((error: unknown) => {
				if (!isUnauthenticated(error) || !this.#credentials.renewable) {
					throw error;
				}
				this.#credentials.forget();
				return attempt();
			});
		} catch (error) {
			throw this.#explain(error, what, options, deadline.signal.aborted);
		} finally {
			stopped.forget();
			clearTimeout(timer);
		}
	}

	/** Credentials, authorities and the way for a WebSocket: what `ws` wants beside the URL. */
	async socketOptions(): Promise<ClientOptions> {
		const options: ClientOptions = {};
		await this.#library.config.applyToHTTPSOptions(options);
		return options;
	}

	/** A refusal of a WebSocket's handshake. */
	refused(code: number, message: string, what: string): TransportError {
		const failure = refusalFailure({code, message}, this.#asked(what));
		// The API server and the kubelet refuse before they begin; what a gateway in between says of them is another thing.
		return new TransportError(code <= 500 ? {...failure, notSent: true} : failure);
	}

	close(): void {
		this.#closing.abort();
		this.#library.close();
	}

	#explain(error: unknown, what: string, {timeoutMs, signal}: CallOptions, isLate: boolean): TransportError {
		if (signal?.aborted || this.closed) {
			return new TransportError({kind: 'cancelled', message: 'stopped waiting', nextStep: ''}, error);
		}
		if (error instanceof TransportError) {
			return error;
		}
		if (isLate) {
			return new TransportError(
				{
					kind: 'timed-out',
					message: `${what}: no answer from the Kubernetes API within ${(timeoutMs / 1000).toFixed(1)} s`,
					nextStep: 'Check your network and VPN; under NOSPACE or without quorum of etcd the API may not answer.',
					beforeEtcd: true,
				},
				error,
			);
		}
		const asked = this.#asked(what);
		const refusal = refusalIn(error);
		const failure = refusal === undefined ? networkFailure(error, asked) : refusalFailure(refusal, asked);
		return new TransportError(failure ?? failureOf(error), error);
	}

	#asked(what: string): Asked {
		const {name, cluster} = this.context;
		const expiry = tokenExpiry(this.#credentials.token);
		return {
			what,
			server: cluster.server,
			contextName: name,
			...(expiry !== undefined && expiry.getTime() < Date.now() && {expiredAt: expiry}),
		};
	}
}

function isUnauthenticated(error: unknown): boolean {
	return refusalIn(error)?.code === 401 || (error instanceof TransportError && error.kind === 'unauthenticated');
}

/** Rejects once `signal` is aborted: not everything that is waited for heeds it. */
function whenAborted(signal: AbortSignal): {promise: Promise<never>; forget: () => void} {
	const {promise, reject} = Promise.withResolvers<never>();
	const stop = () => reject(new Error('stopped waiting'));
	promise.catch(() => {});
	signal.addEventListener('abort', stop);
	if (signal.aborted) {
		stop();
	}
	return {promise, forget: () => signal.removeEventListener('abort', stop)};
}

/** A request that ends when `signal` says so. */
function stoppable(signal: AbortSignal): RequestConfiguration {
	const middleware: ObservableMiddleware = {
		pre(context) {
			context.setSignal(signal);
			return new Observable(Promise.resolve(context));
		},
		post: (context) => new Observable(Promise.resolve(context)),
	};
	return {middleware: [middleware], middlewareMergeStrategy: 'append'} as RequestConfiguration;
}
