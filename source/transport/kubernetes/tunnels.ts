/** Tunnels to the ports of etcd's pods: how the direct transport reaches members that only the Kubernetes API reaches. */
import type {Duplex} from 'node:stream';
import type {Address, Dial} from '../grpc/dial.ts';
import {type Doorstep, listenForNobody} from '../grpc/doorstep.ts';
import type {Endpoint} from '../grpc/endpoint.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {Backoff} from './backoff.ts';
import {openSocket} from './channel-socket.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {ForwardedStream} from './forwarded-stream.ts';
import type {PodsKeeper} from './pods-keeper.ts';

const protocols = ['v4.channel.k8s.io'];

/** etcd has no patience for connections that say nothing. */
const spareMs = 5000;

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
	/** By URL: opened ahead, and not in use yet. */
	readonly #spares = new Map<string, Promise<ForwardedStream>[]>();
	#doorstep: Promise<Doorstep> | undefined;
	#closed = false;

	constructor(options: TunnelsOptions) {
		this.#options = options;
	}

	/** The way to an endpoint of etcd, or to the metrics of the member there. */
	readonly dial: Dial = async (endpoint: Endpoint): Promise<Address> => {
		const doorstep = await this.#listening();
		return {host: endpoint.host, port: endpoint.port, tunnel: {open: () => this.open(endpoint), doorstep}};
	};

	/** Opens some ahead of time: a handshake less to wait for when they are wanted, which has to be soon. */
	warm(endpoint: Endpoint, count: number): void {
		const spares = this.#spares.get(endpoint.url) ?? [];
		this.#spares.set(endpoint.url, spares);
		for (let index = 0; index < count; index++) {
			const spare = this.#connect(endpoint);
			spares.push(spare);
			const discard = () => void (spares.includes(spare) && spare.then((stream) => stream.destroy()));
			spare.then(
				() => setTimeout(discard, spareMs).unref(),
				() => {},
			);
		}
	}

	/** Rejects with `TransportError`. */
	async open(endpoint: Endpoint): Promise<Duplex> {
		const spare = await this.#spares
			.get(endpoint.url)
			?.shift()
			?.catch(() => undefined);
		return spare?.isOpen === true ? spare : this.#connect(endpoint);
	}

	async #connect(endpoint: Endpoint): Promise<ForwardedStream> {
		const pod = await this.#podAt(endpoint.url);
		const port = portIn(pod, endpoint);
		const {client, dialTimeoutMs} = this.#options;
		const what = `tunnel to port ${port} of pod ${pod.name}`;
		this.#backoff.check(pod.name);
		try {
			const {namespace, name} = pod.key;
			const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`;
			const socket = await openSocket({client, path, protocols, what}, {timeoutMs: dialTimeoutMs});
			this.#backoff.succeeded(pod.name);
			return this.#track(new ForwardedStream(socket, {podName: pod.name, port, isEtcdPort: pod.loopbackPorts.has(port)}));
		} catch (error) {
			this.#backoff.failed(pod.name, failureOf(error));
			// It may be another pod by now.
			void this.#options.pods.refresh();
			throw error;
		}
	}

	close(): void {
		this.#closed = true;
		for (const stream of this.#open) {
			stream.destroy();
		}
		this.#doorstep?.then(
			({server}) => server.close(),
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

	#track(stream: ForwardedStream): ForwardedStream {
		if (this.#closed) {
			stream.destroy();
		}
		this.#open.add(stream);
		stream.once('close', () => this.#open.delete(stream));
		// Whoever uses it listens too; before that, and after, nobody may.
		stream.on('error', () => {});
		return stream;
	}

	async #listening(): Promise<Doorstep> {
		if (this.#closed) {
			throw new TransportError({kind: 'cancelled', message: 'stopped', nextStep: ''});
		}
		this.#doorstep ??= listenForNobody();
		return this.#doorstep;
	}
}

/** A tunnel ends on the pod's loopback, where etcd may have another port than at the address that it advertises. */
export function portIn({client, metrics, loopbackPorts}: EtcdPod, {port}: Endpoint): number {
	return loopbackPorts.size === 0 || loopbackPorts.has(port) || port === metrics?.port ? port : client.port;
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
