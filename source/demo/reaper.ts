/**
 * What stops a cluster when the program that started it can't: killed, crashed, its terminal gone. A detached process holds
 * the other end of a pipe to us; when we end, however that comes about, the kernel closes the pipe, and the reaper kills the
 * members and removes their directory.
 */
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';

/** The program and first arguments that end in a call of `reap`, such as `[node, etcdtop.js, '__reap']`. */
export type ReaperCommand = readonly [string, ...string[]];

/** A process that was about to start while its parent died shows up a moment later. */
const lookAgainMs = 200;

/** Starts a reaper that watches over `directory` for as long as this process lives. */
export function startReaper(command: ReaperCommand, directory: string): ChildProcess {
	const [program, ...rest] = command;
	// Detached: a session of its own, so neither Ctrl-C nor a terminal that hangs up reaches it.
	const reaper = spawn(program, [...rest, directory], {detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/'});
	reaper.on('error', () => {}); // Without a reaper the cluster is still stopped on every way out that we can catch.
	reaper.stdin?.on('error', () => {});
	reaper.unref();
	return reaper;
}

/** The body of the reaper: waits until `stdin` ends, then stops and removes what is in `directory`. */
export async function reap(directory: string, stdin: NodeJS.ReadableStream = process.stdin): Promise<void> {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {});
	}
	await new Promise<void>((resolve) => {
		stdin.once('end', resolve).once('error', resolve).once('close', resolve).resume();
	});
	await stopMembersIn(directory);
	await rm(directory, {recursive: true, force: true, maxRetries: 5, retryDelay: 100});
	await sleep(lookAgainMs);
	if ((await stopMembersIn(directory)) > 0) {
		await rm(directory, {recursive: true, force: true, maxRetries: 5, retryDelay: 100});
	}
}

/** Kills every process that keeps its data in `directory`, frozen ones too; returns how many there were. */
async function stopMembersIn(directory: string): Promise<number> {
	let killed = 0;
	for (;;) {
		const pids = await membersIn(directory);
		if (pids.length === 0) {
			return killed;
		}
		for (const pid of pids) {
			try {
				process.kill(pid, 'SIGKILL');
				killed++;
			} catch {
				// Gone since we looked.
			}
		}
		await sleep(lookAgainMs / 4);
	}
}

/**
 * The pids whose command line says `--data-dir=DIRECTORY/…`. The random directory is what makes them ours: no list of pids
 * to keep, none that was used again by another process, and a second terminal that merely reads the certificates is spared.
 */
async function membersIn(directory: string): Promise<number[]> {
	const mark = `--data-dir=${directory}/`;
	if (process.platform !== 'linux') {
		const {stdout} = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command=']);
		return stdout
			.split('\n')
			.filter((line) => line.includes(` ${mark}`))
			.map((line) => Number.parseInt(line, 10));
	}
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const found = await Promise.all(
		pids.map(async (pid) => {
			const commandLine = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
			return commandLine.split('\0').some((argument) => argument.startsWith(mark)) ? [Number(pid)] : [];
		}),
	);
	return found.flat();
}
