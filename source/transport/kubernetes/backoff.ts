/** Who failed is not asked again at once: half a second later, then twice as much, up to some seconds. */
import type {Failure} from '../../domain/failure.ts';
import {TransportError} from '../transport-error.ts';

const firstMs = 500;

/** An API server that is back should be noticed within a few polls. */
const longestMs = 8000;

type Record = {readonly failure: Failure; readonly waitMs: number; readonly until: number};

export class Backoff {
	readonly #now: () => number;
	readonly #records = new Map<string, Record>();

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Throws the last failure again while it is too early for another attempt. */
	check(name: string): void {
		const record = this.#records.get(name);
		if (record !== undefined && this.#now() < record.until) {
			throw new TransportError({...record.failure, notSent: true});
		}
	}

	succeeded(name: string): void {
		this.#records.delete(name);
	}

	failed(name: string, failure: Failure): void {
		if (failure.kind === 'cancelled') {
			return;
		}
		const waitMs = Math.min(longestMs, (this.#records.get(name)?.waitMs ?? firstMs / 2) * 2);
		this.#records.set(name, {failure, waitMs, until: this.#now() + waitMs});
	}
}
