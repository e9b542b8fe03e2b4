/** Tunnels to the ports of etcd's pods: how the direct transport reaches members that only the Kubernetes API reaches. */
import {type AddressInfo, createServer, type Server} from 'node:net';
import type {Duplex} from 'node:stream';
import type {Address, Dial} from '../grpc/dial.ts';
import type {Endpoint} from '../grpc/endpoint.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {Backoff} from './backoff.ts';
import {openSocket} from './channel-socket.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {ForwardedStream} from './forwarded-stream.ts';
import type {PodsKeeper} from './pods-keeper.ts';

const protocols = ['v4.channel.k8s.io'];

/** Whoever stands on the doorstep is sent away after this. */
const doorstepMs = 10_000;

export type TunnelsOptions = {
	readonly client: KubernetesClient;
	readonly pods: PodsKeeper;
	/** Longest wait for a tunnel, its handshakes included. */
	readonly dialTimeoutMs: number;
};

export class Tunnels {
	readonly #options: TunnelsOptions;
	readonly #backoff = new Backoff();
	readonly #open = new Set<Duplex>();
	#doorstep: Promise<Server> | undefined;

	constructor(options: TunnelsOptions) {
		this.#options = options;
	}

	/** The way to an endpoint of etcd, or to the metrics of the member there. */
	readonly dial: Dial = async (endpoint: Endpoint): Promise<Address> => {
		const {address, port} = (await this.#listening()).address() as AddressInfo;
		return {
			host: endpoint.host,
			port: endpoint.port,
			tunnel: {open: () => this.open(endpoint), doorstep: {host: address, port}},
		};
	};

	/** Rejects with `TransportError`. */
	async open({url, port}: Endpoint): Promise<Duplex> {
		const pod = await this.#podAt(url);
		const {client, dialTimeoutMs} = this.#options;
		const what = `tunnel to port ${port} of pod ${pod.name}`;
		this.#backoff.check(pod.name);
		try {
			const {namespace, name} = pod.key;
			const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`;
			const socket = await openSocket({client, path, protocols, what}, {timeoutMs: dialTimeoutMs});
			this.#backoff.succeeded(pod.name);
			return this.#track(new ForwardedStream(socket, {podName: pod.name, port, isEtcdPort: pod.isOnLoopback === true}));
		} catch (error) {
			this.#backoff.failed(pod.name, failureOf(error));
			// It may be another pod by now.
			void this.#options.pods.refresh();
			throw error;
		}
	}

	close(): void {
		for (const stream of this.#open) {
			stream.destroy();
		}
		this.#doorstep?.then(
			(server) => server.close(),
			() => {},
		);
	}

	async #podAt(url: string): Promise<EtcdPod> {
		const {pods} = this.#options;
		const known = pods.at(url);
		if (known !== undefined) {
			return known;
		}
		await pods.refresh();
		return pods.at(url) ?? noPod(url);
	}

	#track(stream: ForwardedStream): Duplex {
		this.#open.add(stream);
		stream.once('close', () => this.#open.delete(stream));
		// Whoever uses it listens too; before that, and after, nobody may.
		stream.on('error', () => {});
		return stream;
	}

	#listening(): Promise<Server> {
		this.#doorstep ??= new Promise((resolve, reject) => {
			const server = createServer((socket) => {
				socket.on('error', () => {});
				socket.setTimeout(doorstepMs, () => socket.destroy());
			});
			server.once('error', reject);
			server.listen(0, '127.0.0.1', () => resolve(server));
			server.unref();
		});
		return this.#doorstep;
	}
}

function noPod(url: string): never {
	throw new TransportError({
		kind: 'unreachable',
		message: `no pod of etcd has ${url}`,
		nextStep: 'Look whether its pod runs; a member without a pod can only be reached directly.',
		endpoint: url,
		notSent: true,
	});
}
