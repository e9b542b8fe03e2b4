/** The application of the demo's cluster: it keeps writing over its own keys and, as Kubernetes does, compacts now and then. */
import {setTimeout as sleep} from 'node:timers/promises';
import {NoopPolicy} from 'cockatiel';
import {Etcd3} from 'etcd3';

const valueBytes = 8 * 1024;
/** Live data: 512 × 8 KiB = 4 MiB. Everything above it in the size in use is history. */
const keyCount = 512;
const value = Buffer.alloc(valueBytes, 'etcdtop ');

/** 80 puts a second, 640 KiB: the size in use visibly moves within a minute, and a core is hardly touched. */
const steadyPuts = 20;
const steadyPauseMs = 250;
/** Long enough for some 20 MiB of history, a third of the demo's quota. */
const compactEveryMs = 30_000;

/** For filling up: big values, over and over in one key, so that 64 MiB of history take a few seconds. */
const historyValueBytes = 64 * 1024;
const historyValue = Buffer.alloc(historyValueBytes, 'etcdtop ');
const historyPuts = 16;
const historyPutTimeoutMs = 60_000;
/** Ten times the demo's quota: filling up that has not hit it by then never will. */
const fillingLimitBytes = 640 * 1024 * 1024;

/** As kube-apiserver lays them out. */
const kinds = [
	{prefix: '/registry/events/demo', count: 600, bytes: 800},
	{prefix: '/registry/pods/demo', count: 60, bytes: 6000},
	{prefix: '/registry/secrets/demo', count: 40, bytes: 8000},
	{prefix: '/registry/configmaps/demo', count: 50, bytes: 4000},
	{prefix: '/registry/operators.coreos.com/clusterserviceversions/demo', count: 90, bytes: 8192},
	{prefix: '/registry/leases/demo', count: 20, bytes: 500},
] as const;

/** etcd takes 128. */
const putsOfTransaction = 100;

const callTimeoutMs = 3000;
/** Between attempts while the cluster takes no writes. */
const retryPauseMs = 1000;

export type WriterOptions = {
	readonly endpoints: readonly string[];
	/** PEM; left out without TLS. */
	readonly tls?: {readonly rootCertificate: Buffer; readonly certChain: Buffer; readonly privateKey: Buffer};
	/** Ends all writing, as `stop` does. */
	readonly signal: AbortSignal;
};

export class Writer {
	readonly #client: Etcd3;
	readonly #stopping = new AbortController();
	readonly #signal: AbortSignal;
	#written = 0;
	#steady: Promise<void> = Promise.resolve();

	constructor({endpoints, tls, signal}: WriterOptions) {
		this.#signal = AbortSignal.any([signal, this.#stopping.signal]);
		this.#client = new Etcd3({
			hosts: [...endpoints],
			// The certificates hold the name as well, and Node warns of TLS to a server named by an address.
			...(tls && {credentials: tls}),
			grpcOptions: {
				...(tls && {'grpc.ssl_target_name_override': 'localhost'}),
				// The members are on this machine, whatever proxy leads out of it.
				'grpc.enable_http_proxy': 0,
			},
			// etcd3's own policy shuts every member out for a while after a few refusals, and NOSPACE is nothing but refusals.
			faultHandling: {global: new NoopPolicy(), host: () => new NoopPolicy()},
			defaultCallOptions: () => ({deadline: Date.now() + callTimeoutMs}),
		});
	}

	/** Writes `bytes` of history as fast as the cluster takes it. Rejects when it takes no more, for want of space or for a minute. */
	async write(bytes: number): Promise<void> {
		let left = Math.ceil(bytes / historyValueBytes);
		const writeOn = async (): Promise<void> => {
			while (left-- > 0 && !this.#signal.aborted) {
				await this.#putHistory();
			}
		};
		await Promise.all(Array.from({length: historyPuts}, writeOn));
	}

	/** Writes what a small Kubernetes would have: so many keys of each kind, so large. */
	async populate(): Promise<void> {
		const keys = kinds.flatMap(({prefix, count, bytes}) =>
			Array.from({length: count}, (_, index) => ({prefix, index, content: value.subarray(0, bytes)})),
		);
		for (let from = 0; from < keys.length && !this.#signal.aborted; from += putsOfTransaction) {
			await this.#client.kv.txn({
				success: keys.slice(from, from + putsOfTransaction).map(({prefix, index, content}) => ({
					request_put: {key: Buffer.from(`${prefix}/demo-${index}`), value: content},
				})),
			});
		}
	}

	/** Writes until the cluster refuses for want of space: a real NOSPACE alarm. Rejects when there seems to be no quota. */
	async fill(): Promise<void> {
		try {
			await this.write(fillingLimitBytes);
		} catch (error) {
			if (isOutOfSpace(error)) {
				return;
			}
			throw error;
		}
		if (!this.#signal.aborted) {
			throw new Error('the cluster took ten times its quota without an alarm');
		}
	}

	/** Compacts to the newest revision and waits until the history is gone from the backend. */
	async compact(): Promise<void> {
		const {header} = await this.#client.get('/').exec();
		await this.#client.kv.compact({revision: header.revision, physical: true});
	}

	/** Goes on writing and compacting until `stop`, through refusals and lost members too. */
	start(): void {
		this.#steady = this.#run();
	}

	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#steady;
		this.#client.close();
	}

	async #run(): Promise<void> {
		let compactedAt = performance.now();
		while (!this.#signal.aborted) {
			try {
				await this.#put(steadyPuts);
				if (performance.now() - compactedAt > compactEveryMs) {
					compactedAt = performance.now();
					await this.compact();
				}
				await this.#pause(steadyPauseMs);
			} catch {
				// No space, no leader, no member: an application in its place would go on trying.
				await this.#pause(retryPauseMs);
			}
		}
	}

	/** A busy machine may miss a deadline or a leader for a moment; that is no reason to tell no story. */
	async #putHistory(): Promise<void> {
		const giveUpAt = performance.now() + historyPutTimeoutMs;
		for (;;) {
			try {
				await this.#client.put('/demo/history').value(historyValue).exec();
				return;
			} catch (error) {
				if (isOutOfSpace(error) || this.#signal.aborted || performance.now() > giveUpAt) {
					throw error;
				}
				await this.#pause(retryPauseMs);
			}
		}
	}

	async #put(count: number): Promise<void> {
		for (let put = 0; put < count; put++) {
			const index = this.#written++ % keyCount;
			await this.#client.put(`/demo/objects/${index}`).value(value).exec();
		}
	}

	async #pause(ms: number): Promise<void> {
		await sleep(ms, undefined, {signal: this.#signal}).catch(() => {});
	}
}

function isOutOfSpace(error: unknown): boolean {
	return String(error).includes('database space exceeded');
}
