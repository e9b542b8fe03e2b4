import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from '../../source/engine/clock.ts';

/** How much real time a wait takes at most; what is longer passes at once after that. */
const usualRealMs = 20;

/**
 * A clock for engines over real etcd: uptime runs as the machine's does, but a wait never takes longer than a moment. Its end is
 * reached by moving uptime on, so that cooldowns are waited to their very end in the time that the engine knows.
 */
export function createTestClock({bootId = 'test-boot', realMs = usualRealMs} = {}): Clock {
	let skippedMs = 0;
	const uptimeMs = () => Number(process.hrtime.bigint() / 1_000_000n) + skippedMs;
	return {
		bootId,
		uptimeMs,
		wallMs: () => Date.now() + skippedMs,
		async sleep(ms, signal) {
			const until = uptimeMs() + ms;
			await delay(Math.min(ms, realMs), undefined, signal === undefined ? {} : {signal}).catch(() => undefined);
			if (signal?.aborted !== true) {
				skippedMs += Math.max(0, until - uptimeMs());
			}
		},
	};
}
