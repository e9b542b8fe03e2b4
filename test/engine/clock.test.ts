import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {createSystemClock} from '../../source/engine/system-clock.ts';

const printClock = fileURLToPath(new URL('fixtures/print-clock.ts', import.meta.url));

test('another process of the same boot reads the same uptime and the same boot id', async () => {
	const clock = createSystemClock();
	const before = clock.uptimeMs();
	const {stdout} = await promisify(execFile)(process.execPath, [printClock]);
	const theirs: {uptimeMs: number; bootId: string} = JSON.parse(stdout);
	expect(theirs.bootId).toBe(clock.bootId);
	expect(theirs.uptimeMs).toBeGreaterThanOrEqual(before);
	expect(theirs.uptimeMs).toBeLessThanOrEqual(clock.uptimeMs());
});

test('a sleep lasts as long as was asked, and ends at once when it is aborted', async () => {
	const clock = createSystemClock();
	const began = clock.uptimeMs();
	await clock.sleep(50);
	expect(clock.uptimeMs() - began).toBeGreaterThanOrEqual(49);
	const abort = new AbortController();
	const sleeping = clock.sleep(60_000, abort.signal);
	abort.abort();
	await sleeping;
	await clock.sleep(60_000, AbortSignal.abort());
});
