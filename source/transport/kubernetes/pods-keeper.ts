/** The pods of etcd, kept up: looked at again when they are asked for and what is known of them is old. */
import {parseEndpoint} from '../grpc/endpoint.ts';
import type {CallOptions} from '../transport.ts';
import type {KubernetesClient} from './client.ts';
import {type EtcdPod, hasAddress} from './etcd-pod.ts';
import {type FoundEtcd, listEtcdPods} from './find-etcd.ts';
import {sameEndpoint} from './match-pods.ts';

/** Readiness and restarts are shown; nothing waits for them. */
const oldAfterMs = 10_000;

export class PodsKeeper {
	readonly #client: KubernetesClient;
	readonly #found: FoundEtcd;
	readonly #container: string | undefined;
	readonly #options: CallOptions;
	#pods: readonly EtcdPod[];
	#readAt = performance.now();
	#reading: Promise<void> | undefined;

	constructor(client: KubernetesClient, found: FoundEtcd, container: string | undefined, options: CallOptions) {
		this.#client = client;
		this.#found = found;
		this.#container = container;
		this.#options = options;
		this.#pods = found.pods;
	}

	/** As they were seen last; looks again in the background when that is a while ago. */
	get current(): readonly EtcdPod[] {
		if (performance.now() - this.#readAt > oldAfterMs) {
			void this.refresh();
		}
		return this.#pods;
	}

	/** Milliseconds since the API last answered. */
	get ageMs(): number {
		return performance.now() - this.#readAt;
	}

	/** Looks now. While the API does not answer, the old ones stay. Never rejects. */
	refresh(): Promise<void> {
		return this.read().catch(() => {});
	}

	/** Looks now. Throws `TransportError` where the API does not tell; the old ones stay. */
	read(): Promise<void> {
		this.#reading ??= listEtcdPods(this.#client, this.#found.place, this.#container, this.#options)
			.then((pods) => {
				this.#pods = pods;
				this.#readAt = performance.now();
			})
			.finally(() => {
				this.#reading = undefined;
			});
		return this.#reading;
	}

	/** The pod whose etcd is reached at this URL. */
	at(url: string): EtcdPod | undefined {
		return podAt(this.current, url);
	}
}

/** By the URL that it advertises, else by its address, and its ports where several have that. */
export function podAt(pods: readonly EtcdPod[], url: string): EtcdPod | undefined {
	const {host, port} = parseEndpoint(url, true);
	const there = pods.filter((pod) => hasAddress(pod, host));
	return (
		pods.find(({clientUrls}) => clientUrls.some((own) => sameEndpoint(own, url))) ??
		(there.length > 1 ? there.find(({client, metrics}) => [client.port, metrics?.port].includes(port)) : there[0])
	);
}

/** The URL by which a pod's etcd goes. */
export function urlOf({clientUrls, client, ips}: EtcdPod): string | undefined {
	const [ip] = ips;
	const [advertised] = clientUrls;
	const host = ip?.includes(':') ? `[${ip}]` : ip;
	return advertised ?? (host === undefined ? undefined : `${client.secure ? 'https' : 'http'}://${host}:${client.port}`);
}
