/** The pods of etcd, kept up: looked at again when they are asked for and what is known of them is old. */
import {parseEndpoint} from '../grpc/endpoint.ts';
import type {CallOptions} from '../transport.ts';
import type {KubernetesClient} from './client.ts';
import {type EtcdPod, hasAddress} from './etcd-pod.ts';
import {type FoundEtcd, listEtcdPods} from './find-etcd.ts';
import {livelierFirst, sameEndpoint} from './match-pods.ts';

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

/**
 * By the URL that it advertises, else by its address, and its ports where several have that. Of two for one place, as while one
 * replaces the other, the one that runs.
 */
export function podAt(pods: readonly EtcdPod[], url: string): EtcdPod | undefined {
	const {host, port} = parseEndpoint(url, true);
	const advertising = pods.filter(({clientUrls}) => clientUrls.some((own) => sameEndpoint(own, url)));
	if (advertising.length > 0) {
		return advertising.toSorted(livelierFirst)[0];
	}
	const there = pods.filter((pod) => hasAddress(pod, host));
	const atPort = there.filter(({client, metrics}) => [client.port, metrics?.port].includes(port));
	const candidates = there.length > 1 ? atPort : there;
	// Its own addresses come first in the list, that of its node last: there other pods may have the same port.
	const distance = ({ips}: EtcdPod) => ips.findIndex((ip) => ip.toLowerCase() === host);
	const nearest = Math.min(...candidates.map(distance));
	return candidates.filter((pod) => distance(pod) === nearest).toSorted(livelierFirst)[0];
}

/** The URL by which a pod's etcd goes. */
export function urlOf({clientUrls, client, ips}: EtcdPod): string | undefined {
	const [ip] = ips;
	const [advertised] = clientUrls;
	const host = ip?.includes(':') ? `[${ip}]` : ip;
	return advertised ?? (host === undefined ? undefined : `${client.secure ? 'https' : 'http'}://${host}:${client.port}`);
}
