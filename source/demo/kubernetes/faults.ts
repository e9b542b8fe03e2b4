/** What goes wrong with an API, with the network before it and with the pods behind it, when it is told to. */
import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Cluster} from '../cluster.ts';
import type {FrontDoor} from './front-door.ts';
import {type Kubelet, podNameOf} from './kubelet.ts';
import type {PodSockets} from './pod-sockets.ts';
import type {ApiUser} from './users.ts';

export type FaultsOptions = {
	readonly cluster: Cluster;
	readonly door: FrontDoor;
	readonly sockets: PodSockets;
	readonly kubelet: Kubelet;
};

export class Faults {
	readonly #options: FaultsOptions;

	constructor(options: FaultsOptions) {
		this.#options = options;
	}

	/** Adds this much to every round trip; 0 ends it. */
	slow(roundTripMs: number): void {
		this.#options.door.roundTripMs = roundTripMs;
	}

	/** Connections are accepted and never answered, not in the TLS handshake either, and those that are open go silent. */
	freeze(): void {
		this.#options.door.freeze();
	}

	thaw(): void {
		this.#options.door.thaw();
	}

	/** Every connection is reset: WebSockets end with 1006. */
	cut(): void {
		this.#options.door.cut();
	}

	/** Nothing listens any more. */
	goAway(): void {
		this.#options.door.close();
	}

	/** At the same port. */
	async comeBack(): Promise<void> {
		await this.#options.door.open();
	}

	async goneFor(ms: number): Promise<void> {
		this.goAway();
		await sleep(ms);
		await this.comeBack();
	}

	/** WebSockets get a 403 though the user may open them: something in between does not let them through. */
	refuseUpgrades(refuses = true): void {
		this.#options.sockets.faults.refuseUpgrades = refuses;
	}

	/** WebSockets to pods of this node are never answered in their handshake. */
	freezeKubelet(node: string): void {
		this.#options.sockets.faults.frozenKubelets.add(node);
	}

	/** Those that were not answered stay so. */
	thawKubelet(node: string): void {
		this.#options.sockets.faults.frozenKubelets.delete(node);
	}

	/** The connection of every command with this word is cut (1006) shortly after the command began; `undefined` ends it. */
	cutOnExec(word: string | undefined): void {
		this.#options.sockets.faults.cutOnExec = word;
	}

	/** The next command with this word loses its connection (1006) once it has printed more than so many bytes. */
	cutAfter(word: string, bytes: number): void {
		this.#options.sockets.faults.cutAfter = {word, bytes};
	}

	/** As an API server that restarts: WebSockets end in good order. */
	closeSockets(code = 1000): void {
		this.#options.sockets.close(code);
	}

	/** The container of etcd is started again, on its data; forwards to it end. Resolves once its member is healthy and its pod says so. */
	async restartPod(podName: string): Promise<void> {
		const {cluster, kubelet} = this.#options;
		const member = cluster.members.find((each) => podNameOf(each) === podName);
		if (member === undefined) {
			throw new Error(`there is no pod ${podName}`);
		}
		await member.restart();
		await kubelet.report();
	}

	/** The user's token is not accepted any more; the new one is. */
	expireToken(user: ApiUser): string {
		user.token = randomBytes(24).toString('base64url');
		return user.token;
	}
}
