/** The way to the API server, which can be slow, freeze, and go away and come back at the same port. */
import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';

export class FrontDoor {
	/** Added to every round trip: half of it on each way. */
	roundTripMs = 0;
	readonly #target: number;
	readonly #passages = new Set<Passage>();
	#server: Server | undefined;
	#port = 0;
	#frozen = false;

	/** Leads to this port on loopback. */
	constructor(target: number) {
		this.#target = target;
	}

	get port(): number {
		return this.#port;
	}

	/** Listens; the second time at the port of the first. */
	async open(): Promise<void> {
		const server = createServer((client) => this.#enter(client));
		this.#server = server;
		server.listen(this.#port, '127.0.0.1');
		await once(server, 'listening');
		this.#port = (server.address() as AddressInfo).port;
	}

	/** Nothing listens any more, and nothing is connected. */
	close(): void {
		this.#server?.close();
		this.#server = undefined;
		this.cut();
	}

	/** Resets every connection. */
	cut(): void {
		for (const passage of this.#passages) {
			passage.cut();
		}
	}

	/** Connections and bytes are accepted, and get no answer: not in a handshake either. */
	freeze(): void {
		this.#frozen = true;
		for (const passage of this.#passages) {
			passage.pause();
		}
	}

	thaw(): void {
		this.#frozen = false;
		for (const passage of this.#passages) {
			passage.resume();
		}
	}

	#enter(client: Socket): void {
		const passage = new Passage(client, connect({host: '127.0.0.1', port: this.#target}), () => this.roundTripMs / 2);
		this.#passages.add(passage);
		client.once('close', () => this.#passages.delete(passage));
		if (this.#frozen) {
			passage.pause();
		}
	}
}

/** One connection, from end to end. */
class Passage {
	readonly #ends: readonly [Socket, Socket];
	#isPaused = false;

	constructor(client: Socket, server: Socket, delayMs: () => number) {
		this.#ends = [client, server];
		client.setNoDelay();
		server.setNoDelay();
		this.#lead(client, server, delayMs);
		this.#lead(server, client, delayMs);
	}

	pause(): void {
		this.#isPaused = true;
		for (const end of this.#ends) {
			end.pause();
		}
	}

	resume(): void {
		this.#isPaused = false;
		for (const end of this.#ends) {
			end.resume();
		}
	}

	cut(): void {
		for (const end of this.#ends) {
			end.resetAndDestroy();
		}
	}

	#lead(from: Socket, to: Socket, delayMs: () => number): void {
		let lastDueAt = 0;
		/** In order, also when the delay gets shorter. */
		const later = (deed: () => void): void => {
			const now = performance.now();
			lastDueAt = Math.max(lastDueAt, now + delayMs());
			if (lastDueAt <= now) {
				deed();
			} else {
				setTimeout(deed, lastDueAt - now);
			}
		};
		from.on('data', (bytes) => later(() => this.#pass(bytes, from, to)));
		from.on('error', () => {}); // Its close follows.
		from.once('close', () => later(() => to.destroySoon()));
	}

	#pass(bytes: Buffer, from: Socket, to: Socket): void {
		if (!to.write(bytes) && !from.isPaused()) {
			from.pause();
			to.once('drain', () => {
				if (!this.#isPaused) {
					from.resume();
				}
			});
		}
	}
}
