/** The machine's own clocks. */
import {execFileSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from './clock.ts';

const nanosecondsPerMicrosecond = 1000n;

/**
 * `hrtime` is CLOCK_MONOTONIC: it counts from the boot, is the same for every process of one boot, never steps, and stands still
 * while the machine sleeps, so that a wait can only become longer by it.
 */
export function createSystemClock(): Clock {
	return {
		// A healthy answer takes a millisecond or two: in whole ones its latency could not be told.
		uptimeMs: () => Number(process.hrtime.bigint() / nanosecondsPerMicrosecond) / 1000,
		wallMs: () => Date.now(),
		bootId: readBootId(),
		async sleep(ms, signal) {
			try {
				await delay(ms, undefined, signal === undefined ? {} : {signal});
			} catch {
				// Aborted: the wait is over, which is all that is promised.
			}
		},
	};
}

/** Where boots can't be told apart, an id that equals no other makes every cooldown start in full. */
function readBootId(): string {
	try {
		return process.platform === 'darwin'
			? execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], {encoding: 'utf8'}).trim()
			: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	} catch {
		return `unknown-${randomUUID()}`;
	}
}
