import {writeSync} from 'node:fs';

const retryPauseMs = 20;

/**
 * Writes to a file descriptor at once, past the stream's queue, for moments after which the event loop may not turn again.
 * While the terminal takes nothing it is tried again for `patienceMs`. Returns false when it went away or took too long.
 */
export function writeNow(fileDescriptor: number, text: string, patienceMs: number): boolean {
	const deadline = performance.now() + patienceMs;
	let rest = Buffer.from(text);
	while (rest.length > 0) {
		try {
			rest = rest.subarray(writeSync(fileDescriptor, rest));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() >= deadline) {
				return false;
			}

			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryPauseMs);
		}
	}

	return true;
}
