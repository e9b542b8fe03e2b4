/** A TCP proxy that misbehaves when told to: between a client and etcd, or before several members as a balancer. */
import {once} from 'node:events';
import {connect, createServer, type Server, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import {freePort} from '../../source/demo/free-port.ts';

type Pair = {readonly client: Socket; readonly upstream: Socket};

export class FaultProxy {
	readonly port: number;
	/** How many connections were accepted so far. */
	accepted = 0;
	/** Bytes that came from behind it: they are taken as fast as they come, whatever the client takes. */
	passed = 0;
	/** Bytes wait this long in both directions. */
	delayMs = 0;
	#targets: readonly {host: string; port: number}[] = [];
	readonly #pairs = new Set<Pair>();
	#server: Server | undefined;
	#stalled = false;

	/** `targets` are client URLs; connections go to each in turn. */
	constructor(port: number, targets: readonly string[]) {
		this.port = port;
		this.aim(targets);
	}

	/** Leads new connections elsewhere. */
	aim(targets: readonly string[]): void {
		this.#targets = targets.map((url) => ({host: new URL(url).hostname, port: Number(new URL(url).port)}));
	}

	/** The proxy as a client URL. */
	url(scheme: 'http' | 'https' = 'https'): string {
		return `${scheme}://127.0.0.1:${this.port}`;
	}

	/** Listens, again after `refuse` too. */
	async accept(): Promise<void> {
		this.#server = createServer((client) => this.#join(client));
		this.#server.listen(this.port, '127.0.0.1');
		await once(this.#server, 'listening');
	}

	/** Nothing listens any more; what is connected stays. */
	async refuse(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		server?.close();
	}

	/** Accepts connections and bytes, and passes none on. */
	stall(): void {
		this.#stalled = true;
		for (const {client, upstream} of this.#pairs) {
			client.pause();
			upstream.pause();
		}
	}

	resume(): void {
		this.#stalled = false;
		for (const {client, upstream} of this.#pairs) {
			client.resume();
			upstream.resume();
		}
	}

	/** Ends every connection at once. */
	cut(): void {
		for (const {client, upstream} of this.#pairs) {
			client.resetAndDestroy();
			upstream.destroy();
		}
	}

	async close(): Promise<void> {
		await this.refuse();
		this.cut();
	}

	#join(client: Socket): void {
		const target = this.#targets[this.accepted++ % this.#targets.length]!;
		const pair = {client, upstream: connect(target)};
		this.#pairs.add(pair);
		for (const [from, to] of [
			[client, pair.upstream],
			[pair.upstream, client],
		] as const) {
			from.on('data', (bytes) => {
				this.passed += from === pair.upstream ? bytes.length : 0;
				if (this.delayMs === 0) {
					to.write(bytes);
				} else {
					setTimeout(() => to.write(bytes), this.delayMs);
				}
			});
			from.on('error', () => {}); // Its close follows.
			from.once('close', () => {
				to.destroy();
				this.#pairs.delete(pair);
			});
		}
		if (this.#stalled) {
			client.pause();
			pair.upstream.pause();
		}
	}
}

/** A proxy for one test: call it inside `test`. */
export async function faultProxyForTest(...targets: string[]): Promise<FaultProxy> {
	const proxy = new FaultProxy(await freePort(), targets);
	await proxy.accept();
	onTestFinished(() => proxy.close());
	return proxy;
}
