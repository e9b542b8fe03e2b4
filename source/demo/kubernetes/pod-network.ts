/**
 * Addresses and ports as they are inside of the cluster, and where they are on this machine. A member that advertises another
 * URL than the one it listens on has an address of its own, which leads nowhere but through the API.
 */
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {ClusterKind} from './resources.ts';

/** What the flags and the status of a member's pod say. */
export type PodAddress = {
	readonly ip: string;
	readonly advertisedUrl: string;
	/** Every URL that it listens on for clients. */
	readonly clientUrls: readonly string[];
	readonly metricsUrl?: string;
	readonly quotaBytes?: number;
};

const metricsPorts: Readonly<Record<ClusterKind, number>> = {openshift: 9978, kubeadm: 2381, rke2: 2381};

export class PodNetwork {
	readonly #cluster: Cluster;
	readonly #kind: ClusterKind;

	constructor(cluster: Cluster, kind: ClusterKind) {
		this.#cluster = cluster;
		this.#kind = kind;
	}

	addressOf(member: ClusterMember): PodAddress {
		const {quotaBytes} = this.#cluster;
		return {...this.#addressOf(member), ...(quotaBytes !== undefined && {quotaBytes})};
	}

	#addressOf(member: ClusterMember): PodAddress {
		const {advertisedUrl, clientUrl, metricsUrl} = member;
		const {hostname, port, protocol} = new URL(advertisedUrl);
		if (!hasOwnAddress(member)) {
			return {ip: hostname, advertisedUrl, clientUrls: [clientUrl], ...(metricsUrl !== undefined && {metricsUrl})};
		}
		const metricsPort = metricsPorts[this.#kind];
		if (this.#kind !== 'openshift') {
			return {
				ip: hostname,
				advertisedUrl,
				clientUrls: [`${protocol}//127.0.0.1:${port}`, advertisedUrl],
				...(metricsUrl !== undefined && {metricsUrl: `http://127.0.0.1:${metricsPort}`}),
			};
		}
		// OpenShift's listens on all addresses, with the client port's certificates for the metrics too.
		const metricsProtocol = metricsUrl === undefined ? protocol : 'http:';
		const metrics = `${metricsProtocol}//0.0.0.0:${metricsPort}`;
		return {ip: hostname, advertisedUrl, clientUrls: [`${protocol}//0.0.0.0:${port}`], metricsUrl: metrics};
	}

	/** Where a port of the member's pod is on this machine. */
	portOutside(member: ClusterMember, port: number): number {
		return this.#ports(member).get(port) ?? port;
	}

	/** A text for a process in the member's pod, with addresses of the cluster as those of this machine. */
	outside(text: string, member: ClusterMember): string {
		const local = [...this.#ports(member)].flatMap(([port, outside]) =>
			['localhost', '127.0.0.1'].map((host) => [`${host}:${port}`, `${host}:${outside}`] as const),
		);
		const others = this.#cluster.members.flatMap((each) =>
			[...this.#ports(each)].map(([port, outside]) => [`${this.addressOf(each).ip}:${port}`, `127.0.0.1:${outside}`] as const),
		);
		return replaced(text, [...local, ...others]);
	}

	/** What such a process prints, with addresses of this machine as those of the cluster. */
	inside(text: string): string {
		const pairs = this.#cluster.members.flatMap((each) =>
			[...this.#ports(each)].flatMap(([port, outside]) => [
				[`127.0.0.1:${outside}`, `${this.addressOf(each).ip}:${port}`] as const,
				[`localhost:${outside}`, `localhost:${port}`] as const,
			]),
		);
		return replaced(text, pairs);
	}

	/** Ports inside, and where they are outside. */
	#ports(member: ClusterMember): ReadonlyMap<number, number> {
		const {advertisedUrl, clientUrl, metricsUrl} = member;
		if (!hasOwnAddress(member)) {
			return new Map();
		}
		return new Map([
			[portOf(advertisedUrl), portOf(clientUrl)],
			[metricsPorts[this.#kind], portOf(metricsUrl ?? clientUrl)],
		]);
	}
}

function hasOwnAddress({advertisedUrl, clientUrl}: ClusterMember): boolean {
	return advertisedUrl !== clientUrl;
}

function portOf(url: string): number {
	return Number(new URL(url).port);
}

/** Each place once, as the first pair that fits says; a port that only begins so is another one. */
function replaced(text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
	if (pairs.length === 0) {
		return text;
	}
	const byText = new Map(pairs.toReversed());
	const pattern = [...byText.keys()].map((from) => from.replaceAll('.', '\\.')).join('|');
	return text.replace(new RegExp(`(?<![\\w.])(?:${pattern})(?!\\d)`, 'g'), (from) => byText.get(from) ?? from);
}
