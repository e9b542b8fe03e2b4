/** Status of many members by one call of etcdctl, without one silent member holding up the others. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {MemberStatus} from '../../domain/observation.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {readStatuses} from './etcdctl-json.ts';
import type {EtcdctlRunner} from './etcdctl-runner.ts';

/** Questions of one round of a poll come together within this. */
const gatherMs = 2;

/** etcdctl asks one after the other: what takes this many times as long as it did is held up by somebody. */
const patience = 3;
const shortestPatienceMs = 100;

type Waiting = {readonly url: string; readonly resolve: (status: MemberStatus | undefined) => void};

const words = ['endpoint', 'status'];

export class StatusBatch {
	readonly #etcdctl: EtcdctlRunner;
	/** Those that answered when they were asked last: only they are asked together. */
	readonly #prompt = new Set<string>();
	#waiting: Waiting[] = [];
	#usualMs = shortestPatienceMs;

	constructor(etcdctl: EtcdctlRunner) {
		this.#etcdctl = etcdctl;
	}

	/** Throws `TransportError`. */
	async ask(url: string, options: CallOptions): Promise<MemberStatus> {
		if (!this.#prompt.has(url)) {
			return this.#alone(url, options);
		}
		const started = performance.now();
		const together = this.#together(url, options);
		const soon = await this.#inTime(together, options);
		if (soon !== undefined) {
			return soon;
		}
		const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - started));
		const told = together.then((status) => status ?? Promise.reject(new Error('not told')));
		// The others' call goes on without us; whoever stops waiting must not wait for it.
		const late = unlessAborted(told, options.signal);
		const alone = this.#alone(url, {...options, timeoutMs});
		return Promise.any([alone, late]).catch(() => alone);
	}

	async #alone(url: string, options: CallOptions): Promise<MemberStatus> {
		this.#prompt.delete(url);
		const [entry] = readStatuses(await this.#etcdctl.ask(url, words, options));
		if (entry === undefined) {
			throw new TransportError({
				kind: 'not-etcd',
				message: 'etcdctl told no status',
				nextStep: 'Look which etcdctl is in the pod.',
			});
		}
		this.#prompt.add(url);
		return entry.status;
	}

	/** Undefined where it did not come with the others, or not soon enough. */
	async #inTime(
		together: Promise<MemberStatus | undefined>,
		{timeoutMs, signal}: CallOptions,
	): Promise<MemberStatus | undefined> {
		const patienceMs = Math.min(timeoutMs / 4, Math.max(shortestPatienceMs, this.#usualMs * patience));
		const late = sleep(patienceMs, undefined, {ref: false, ...(signal && {signal})}).catch(() => undefined);
		return Promise.race([together, late]);
	}

	#together(url: string, options: CallOptions): Promise<MemberStatus | undefined> {
		const {promise, resolve} = Promise.withResolvers<MemberStatus | undefined>();
		if (this.#waiting.length === 0) {
			setTimeout(() => void this.#askAll(this.#waiting.splice(0), options.timeoutMs), gatherMs);
		}
		this.#waiting.push({url, resolve});
		return promise;
	}

	async #askAll(waiting: readonly Waiting[], timeoutMs: number): Promise<void> {
		const [pod] = this.#etcdctl.pods;
		const urls = [...new Set(waiting.map(({url}) => url))];
		const byUrl = new Map<string, MemberStatus>();
		if (pod !== undefined && urls.length > 1) {
			const started = performance.now();
			try {
				const {stdout} = await this.#etcdctl.output({pod, endpoints: urls}, words, {timeoutMs});
				for (const {endpoint, status} of readStatuses(stdout)) {
					byUrl.set(endpoint, status);
				}
				this.#usualMs = performance.now() - started;
			} catch {
				// Each of them finds out alone.
			}
		}
		for (const {url, resolve} of waiting) {
			resolve(byUrl.get(url));
		}
	}
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	const {promise: aborted, reject} = Promise.withResolvers<never>();
	const stop = () => reject(new Error('stopped waiting'));
	signal?.addEventListener('abort', stop);
	if (signal?.aborted) {
		stop();
	}
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal?.removeEventListener('abort', stop);
	}
}
