/**
 * Time, passed in. Uptime counts milliseconds since the machine booted, is the same for every process of one boot, and is
 * what all waits rest on; the wall clock can step both ways and is only for showing.
 */
export interface Clock {
	/** Milliseconds of uptime, monotonic. */
	uptimeMs(): number;
	/** Milliseconds since 1970, as the wall clock has it now. */
	wallMs(): number;
	/** Differs after every boot; uptimes of different boots can't be compared. */
	readonly bootId: string;
	/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
