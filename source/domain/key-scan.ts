/** A walk over all keys of one member, page by page, slow enough that nobody else feels it. Limits are in milliseconds and keys. */
import type {PrefixTable} from './key-prefixes.ts';

export type KeyScan = {
	readonly phase: 'scanning' | 'paused' | 'done' | 'stopped' | 'failed';
	readonly table: PrefixTable;
	/** Where it goes on; absent at the beginning and at the end. */
	readonly after?: string;
	/** Who is read. */
	readonly member?: string;
	/** How many keys etcd itself counts. */
	readonly ofKeys?: number;
	/** Why it is paused, or has failed. */
	readonly reason?: string;
};

/** As many as kube-apiserver asks for in one page of a list. etcd looks at each value too, though it sends none: no more at a time. */
export const scanPageKeys = 500;

/** Between two pages, and never less than the page itself took: the member is idle for us at least half of the time. */
export const scanPauseMs = 100;

/** Pages that may fail one after the other before the walk is given up. */
export const scanMaximumFailures = 3;

/** Fewer keys than this share of those that were counted: some were deleted since, and the count tells of what is gone. */
export const scanStaleRatio = 0.97;

/** Whether the walk tells of the keys as they are now. Without etcd's own count of them nobody knows. */
export function isCurrent({phase, table}: KeyScan, keysInEtcd: number | undefined): boolean {
	return phase === 'done' && keysInEtcd !== undefined && keysInEtcd >= scanStaleRatio * table.keys;
}

/** How long the member rests after a page that took that long. */
export function pauseAfterPage(tookMs: number): number {
	return Math.max(scanPauseMs, tookMs);
}
