/** Runs a script in a pod so that a connection that is lost costs nothing: it is started once, goes on by itself, and is asked how it is. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {ScriptEnd} from '../../domain/host-backup.ts';
import type {RunScriptOptions} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {Output} from './pod-exec.ts';

/** At first it may be over at once; later nobody waits for the second. */
const firstLookMs = 100;
const lookEveryMs = 1000;
const questionTimeoutMs = 15_000;

/** Of what it prints, in bytes: a dozen lines. All of it is asked for each time, so that nothing depends on what was heard before. */
const maximumOutput = 256 * 1024;

/** A folder that is there already means that it was started: by a call of ours whose answer was lost. */
const startScript = `mkdir /tmp/etcdtop-backup 2>/dev/null || exit 0
cd /tmp/etcdtop-backup
(
	"$@" >output 2>&1 </dev/null &
	echo $! >pid
	wait $!
	echo $? >exit.part
	mv exit.part exit
) >/dev/null 2>&1 </dev/null &
exit 0`;

/** How it ended, on stderr, before what it printed: once the one is there, the other is whole. */
const lookScript = `cd /tmp/etcdtop-backup || exit 3
cat exit >&2 2>/dev/null
head -c "$1" output 2>/dev/null
exit 0`;

export type RunInPod = (what: string, command: readonly string[], options: CallOptions) => Promise<Output>;

/** Rejects with `TransportError`: the outcome is unknown then. */
export async function followScript(run: RunInPod, words: readonly string[], options: RunScriptOptions): Promise<ScriptEnd> {
	const {onLine, timeoutMs, silentMs, signal} = options;
	const started = performance.now();
	let heardAt = started;
	let isStarted = false;
	let lines: readonly string[] = [];
	/** The last line may be half a line yet. */
	const take = (output: string, isWhole: boolean) => {
		const parts = output.split('\n').slice(0, isWhole ? undefined : -1);
		const told = parts.map(safeText).filter((part) => part !== '');
		told.slice(lines.length).forEach(onLine);
		lines = told;
	};
	const ask = (command: readonly string[]) =>
		run('cluster-backup.sh', command, {timeoutMs: questionTimeoutMs, ...(signal && {signal})});
	for (let pauseMs = firstLookMs; ; pauseMs *= 2) {
		try {
			if (!isStarted) {
				await ask(['/bin/sh', '-c', startScript, 'etcdtop', ...words]);
				isStarted = true;
			}
			const {stdout, stderr, exitCode} = await ask(['/bin/sh', '-c', lookScript, 'etcdtop', String(maximumOutput)]);
			if (exitCode !== 0) {
				throw lost('its pod was started again, and the script in it is gone');
			}
			heardAt = performance.now();
			const hasEnded = /^\d+$/.test(stderr.trim());
			take(stdout, hasEnded);
			if (hasEnded) {
				return {exitCode: Number(stderr), lines};
			}
		} catch (error) {
			const {kind, message} = failureOf(error);
			const isGone = statusCodeOf(error) === 404 || kind === 'rejected' || /not found/i.test(message);
			if (
				kind === 'cancelled' ||
				kind === 'permission-denied' ||
				kind === 'unsupported' ||
				isGone ||
				performance.now() - heardAt > silentMs
			) {
				throw error;
			}
		}
		if (performance.now() - started > timeoutMs) {
			throw lost(`it has not ended within ${Math.round(timeoutMs / 60_000)} min`);
		}
		await sleep(Math.min(lookEveryMs, pauseMs), undefined, signal && {signal}).catch(() => {});
	}
}

function lost(why: string): TransportError {
	return new TransportError({
		kind: 'rejected',
		message: `cluster-backup.sh: ${why}`,
		nextStep: 'Look at the host: nothing there counts as a backup.',
	});
}
