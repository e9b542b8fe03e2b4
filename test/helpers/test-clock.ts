import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from '../../source/engine/clock.ts';

/** How much real time a wait takes at most; what is longer passes at once after that. */
const usualRealMs = 20;

/** Longer than this, in real ms, no question keeps time from being skipped: whoever was asked has frozen, or has no quorum. */
const longestHoldMs = 700;

export type TestClock = Clock & {
	/**
	 * No time is skipped while this question is open. On a busy machine an answer takes as long as several polls, and what was
	 * learnt before it would be too old to act on, each time again.
	 */
	hold<T>(question: Promise<T>): Promise<T>;
};

/**
 * A clock for engines over real etcd: uptime runs as the machine's does, but a wait never takes longer than a moment. Its end is
 * reached by moving uptime on, so that cooldowns are waited to their very end in the time that the engine knows.
 */
export function createTestClock({bootId = 'test-boot', realMs = usualRealMs as number | (() => number)} = {}): TestClock {
	let skippedMs = 0;
	let open = 0;
	const uptimeMs = () => Number(process.hrtime.bigint() / 1_000_000n) + skippedMs;
	return {
		bootId,
		uptimeMs,
		wallMs: () => Date.now() + skippedMs,
		async sleep(ms, signal) {
			const until = uptimeMs() + ms;
			const options = signal === undefined ? {} : {signal};
			await delay(Math.min(ms, typeof realMs === 'number' ? realMs : realMs()), undefined, options).catch(() => undefined);
			while (open > 0 && signal?.aborted !== true) {
				await delay(5, undefined, options).catch(() => undefined);
			}
			if (signal?.aborted !== true) {
				skippedMs += Math.max(0, until - uptimeMs());
			}
		},
		async hold(question) {
			open++;
			const waited = new AbortController();
			const tooLong = delay(longestHoldMs, undefined, {signal: waited.signal}).catch(() => undefined);
			void Promise.race([question, tooLong]).then(
				() => open--,
				() => open--,
			);
			return question.finally(() => waited.abort());
		},
	};
}
