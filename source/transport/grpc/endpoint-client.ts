/**
 * One gRPC connection to one endpoint, through etcd3: calls that are sent once, end by their deadline and can be stopped. It is never
 * made a second time, so all its calls reach one and the same member.
 */
import {Channel, Metadata, type ServiceError, setLogger, status} from '@grpc/grpc-js';
import {NoopPolicy} from 'cockatiel';
import {Etcd3, type Services} from 'etcd3';
import {ChannelDialer} from './channel-dialer.ts';
import {GrpcError} from './grpc-error.ts';
import type {Poolable} from './pool.ts';
import type {Route} from './route.ts';

// Its complaints are in our errors, and stderr belongs to the screen.
setLogger({error() {}, info() {}, debug() {}});

/** A method of etcd's API. `decode` reads the answer where etcd3's protocol file does not know all of it. */
export type Rpc<Request, Response> = {
	readonly service: keyof typeof Services;
	/** As etcd names it: `MemberList`. */
	readonly method: string;
	/** Never set; it carries the request's type. */
	readonly request?: Request;
	readonly decode?: (message: Buffer) => Response;
};

export type RpcOptions = {
	/** Milliseconds from now, connecting included. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal;
	/** From `Authenticate`. */
	readonly token?: string | undefined;
};

export type StreamOptions = {
	/** Milliseconds without a message, while one is waited for. */
	readonly silenceMs: number;
	readonly signal?: AbortSignal;
	readonly token?: string | undefined;
};

const channelOptions = {
	// Retrying is the caller's to decide; a call is sent once.
	'grpc.enable_retries': 0,
	// etcdctl dials directly too.
	'grpc.enable_http_proxy': 0,
	'grpc.service_config_disable_resolution': 1,
	'grpc.max_receive_message_length': 16 * 1024 * 1024,
};

/** etcd3 with its connection made by us, its retries and circuit breakers off. */
class DialledEtcd3 extends Etcd3 {
	readonly #channel: Channel;

	constructor(target: string, dialer: ChannelDialer) {
		const channel = new Channel(target, dialer, channelOptions);
		super({
			hosts: target,
			faultHandling: {global: new NoopPolicy(), host: () => new NoopPolicy()},
			// One for all services; by itself each of them would have its own.
			grpcOptions: {channelOverride: channel},
		});
		this.#channel = channel;
	}

	/** At once: etcd3 itself would first give a connection that is being made another second. */
	override close(): void {
		this.#channel.close();
	}

	/** The gRPC client below etcd3's, whose calls can be cancelled, carry a token and tell their status code. */
	connection(service: keyof typeof Services) {
		return this.pool.withConnection(service, ({client}) => client);
	}
}

export class EndpointClient implements Poolable {
	readonly route: Route;
	readonly #dialer: ChannelDialer;
	readonly #etcd: DialledEtcd3;
	#inFlight = 0;
	#retired = false;
	#closed = false;

	constructor(route: Route) {
		const {address, tls} = route;
		this.route = route;
		this.#dialer = new ChannelDialer(address, tls);
		const {host, port} = address.tunnel?.doorstep ?? address;
		this.#etcd = new DialledEtcd3(`${host.includes(':') ? `[${host}]` : host}:${port}`, this.#dialer);
	}

	/** One call. Rejects with `GrpcError`. */
	async call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, options: RpcOptions): Promise<Response> {
		if (this.#closed) {
			const details = 'the connection was closed';
			const error = {...new Error(details), message: details, code: status.UNAVAILABLE, details, metadata: new Metadata()};
			throw new GrpcError(error, undefined, {...this.#dialer, usedUp: true});
		}
		this.#inFlight++;
		try {
			return await this.#send(rpc, request, options);
		} finally {
			this.#ended();
		}
	}

	/**
	 * The messages of a call that is answered by many, one whenever it is asked for: what nobody asks for stays at the server, for HTTP/2
	 * lets it send no more than a window of 64 KiB ahead, through whatever tunnel. Leaving the iteration ends the call. Throws `GrpcError`.
	 */
	async *stream<Request, Response>(
		rpc: Rpc<Request, Response>,
		request: Request,
		options: StreamOptions,
	): AsyncGenerator<Response> {
		this.#inFlight++;
		try {
			yield* this.#receive(rpc, request, options);
		} finally {
			this.#ended();
		}
	}

	#ended(): void {
		this.#inFlight--;
		if (this.#retired && this.#inFlight === 0) {
			this.close();
		}
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** Closes once the calls under way have ended. */
	retire(): void {
		this.#retired = true;
		if (this.#inFlight === 0) {
			this.close();
		}
	}

	/** Cuts the connection; calls under way fail. */
	close(): void {
		this.#closed = true;
		this.#etcd.close();
		this.#dialer.close();
	}

	async #send<Request, Response>(rpc: Rpc<Request, Response>, request: Request, options: RpcOptions): Promise<Response> {
		const client = await this.#etcd.connection(rpc.service);
		const {path, requestSerialize, responseDeserialize} = definition(client, rpc.service, rpc.method);
		const metadata = new Metadata();
		if (options.token !== undefined) {
			metadata.set('token', options.token);
		}
		const {promise, resolve, reject} = Promise.withResolvers<Response>();
		const dialer = this.#dialer;
		let ended: GrpcError['ended'];
		const call = client.makeUnaryRequest<Request, Response>(
			path,
			requestSerialize,
			rpc.decode ?? responseDeserialize,
			request,
			metadata,
			{deadline: Date.now() + options.timeoutMs},
			(error, response) => {
				if (error === null) {
					resolve(response as Response);
				} else {
					const deadlinePassed = error.code === status.DEADLINE_EXCEEDED ? 'deadline' : undefined;
					reject(new GrpcError(error, ended ?? deadlinePassed, dialer));
				}
			},
		);
		const end = (why: GrpcError['ended']) => {
			ended ??= why;
			call.cancel();
		};
		const stop = () => end('stopped');
		// Ours beside gRPC's: that one follows the wall clock.
		const deadline = setTimeout(() => end('deadline'), options.timeoutMs);
		const dialDeadline = setTimeout(() => dialer.connected || end('dial deadline'), this.route.dialTimeoutMs);
		options.signal?.addEventListener('abort', stop);
		if (options.signal?.aborted) {
			stop();
		}
		try {
			return await promise;
		} finally {
			clearTimeout(deadline);
			clearTimeout(dialDeadline);
			options.signal?.removeEventListener('abort', stop);
		}
	}

	async *#receive<Request, Response>(
		rpc: Rpc<Request, Response>,
		request: Request,
		options: StreamOptions,
	): AsyncGenerator<Response> {
		const client = await this.#etcd.connection(rpc.service);
		const {path, requestSerialize, responseDeserialize} = definition(client, rpc.service, rpc.method);
		const metadata = new Metadata();
		if (options.token !== undefined) {
			metadata.set('token', options.token);
		}
		const decode = rpc.decode ?? responseDeserialize;
		const call = client.makeServerStreamRequest<Request, Response>(path, requestSerialize, decode, request, metadata, {});
		let ended: GrpcError['ended'];
		const end = (why: GrpcError['ended']) => {
			ended ??= why;
			call.cancel();
		};
		const stop = () => end('stopped');
		// It may fail while nobody waits for a message: whoever asks for the next one is told.
		call.on('error', () => {});
		options.signal?.addEventListener('abort', stop);
		if (options.signal?.aborted) {
			stop();
		}
		const messages: AsyncIterator<Response> = call[Symbol.asyncIterator]();
		try {
			for (;;) {
				const silence = setTimeout(() => end('deadline'), options.silenceMs);
				const next = await messages.next().finally(() => clearTimeout(silence));
				if (next.done === true) {
					return;
				}
				yield next.value;
			}
		} catch (error) {
			throw new GrpcError(error as ServiceError, ended, this.#dialer);
		} finally {
			options.signal?.removeEventListener('abort', stop);
			call.cancel();
		}
	}
}

type Definition = {
	readonly path: string;
	readonly requestSerialize: (request: unknown) => Buffer;
	readonly responseDeserialize: (message: Buffer) => never;
};

/** How etcd3's protocol file describes a method: gRPC keeps that on the generated client's class. */
function definition(client: object, service: string, method: string): Definition {
	const {service: methods} = client.constructor as unknown as {readonly service: Readonly<Record<string, Definition>>};
	const found = methods[method];
	if (found === undefined) {
		throw new TypeError(`etcd3 knows no method ${service}/${method}`);
	}
	return found;
}
