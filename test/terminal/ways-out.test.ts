import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {type PseudoTerminal, startInTerminal} from '../helpers/pseudo-terminal.ts';
import {buildApp} from './fixtures/build-app.ts';

const restored = '\x1b[0m\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l';

let app: Awaited<ReturnType<typeof buildApp>>;
let folder: string;
let running: PseudoTerminal[] = [];

beforeAll(async () => {
	app = await buildApp();
	folder = mkdtempSync(path.join(tmpdir(), 'etcdtop-terminal-'));
});

afterEach(() => {
	for (const terminal of running) {
		terminal.kill();
	}

	running = [];
});

afterAll(() => {
	app.remove();
	rmSync(folder, {recursive: true, force: true});
});

function start(command: string, programArguments: string[]): PseudoTerminal {
	const terminal = startInTerminal(command, programArguments, {
		columns: 80,
		rows: 24,
		env: {
			PATH: process.env['PATH'],
			HOME: folder,
			XDG_STATE_HOME: folder,
			LANG: 'C.UTF-8',
			CI: '1',
			LIVED_ON_FILE: path.join(folder, 'lived-on'),
		},
	});
	running.push(terminal);
	return terminal;
}

/** Runs the app from a shell that tells the terminal's settings afterwards. The app's process id is shown first. */
async function startInShell(mode = ''): Promise<{terminal: PseudoTerminal; processId: number}> {
	const script = `"${process.execPath}" "${app.file}" ${mode} & app=$!; echo "pid $app."; fg >/dev/null; echo "code $?"; stty -a; echo over`;
	const terminal = start('bash', ['--norc', '-c', `set -m; ${script}`]);
	await terminal.waitFor('ready');
	return {terminal, processId: Number(/pid (\d+)\./.exec(terminal.bytes())![1])};
}

function expectRestored(terminal: PseudoTerminal, screen: string): void {
	expect(terminal.buffer()).toBe('normal');
	expect(terminal.bytes()).toContain(restored);
	expect(screen).toMatch(/[^-]icanon/);
	expect(screen).toMatch(/[^-]echo\b/);
	expect(screen).not.toContain('ready');
}

test.each([
	['q', 'closed: asked', 'code 3'],
	['X', 'closed: crash thrown on purpose', 'code 3'],
	['R', 'closed: crash rejected on purpose', 'code 3'],
	['E', '', 'code 5'],
])('gives the terminal back after %s', async (key, closed, code) => {
	const {terminal} = await startInShell();
	expect(terminal.buffer()).toBe('alternate');
	terminal.send(key);
	const screen = await terminal.waitFor('over');
	expect(screen).toContain(closed);
	expect(screen).toContain(code);
	expectRestored(terminal, screen);
});

test.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('gives the terminal back on %s', async (signal) => {
	const {terminal, processId} = await startInShell();
	process.kill(processId, signal);
	const screen = await terminal.waitFor('over');
	expect(screen).toContain('closed: signal');
	expectRestored(terminal, screen);
});

test('stops on Ctrl-Z with the terminal restored, and is drawn again when continued', async () => {
	const terminal = start('bash', ['--norc', '-i']);
	terminal.send(`"${process.execPath}" "${app.file}"\r`);
	await terminal.waitFor('ready');
	terminal.send('a');
	await terminal.waitFor('<:a>');
	terminal.send('\x1a');
	await terminal.waitFor('Stopped');
	expect(terminal.buffer()).toBe('normal');
	terminal.send('stty -a; echo ov""er\r');
	expectRestored(terminal, (await terminal.waitFor('over')).replace('ready', ''));
	terminal.send('fg\r');
	await terminal.waitFor('<:a>');
	expect(terminal.buffer()).toBe('alternate');
	terminal.send('b');
	await terminal.waitFor('<:b>');
	terminal.send('q');
	await terminal.waitFor('closed: asked');
});

test.each(['SIGHUP', 'hang-up'])('lives on when the terminal goes away by %s', async (way) => {
	const livedOn = path.join(folder, 'lived-on');
	const terminal = start(process.execPath, [app.file, 'flood']);
	await terminal.waitFor('ready');
	if (way === 'SIGHUP') {
		process.kill(terminal.pid, 'SIGHUP');
		process.kill(terminal.pid, 'SIGHUP');
	} else {
		terminal.hangUp();
	}

	await expect.poll(() => isRunning(terminal.pid)).toBe(false);
	expect(readFileSync(livedOn, 'utf8')).toBe('lived on');
	rmSync(livedOn);
});

test('is not held up by a terminal that takes no bytes, and leaves it soon', async () => {
	const terminal = start(process.execPath, [app.file, 'flood']);
	await terminal.waitFor('beat');
	terminal.stopReading();
	await new Promise((resolve) => setTimeout(resolve, 1500));
	const sentAt = performance.now();
	process.kill(terminal.pid, 'SIGTERM');
	// A process whose event loop hangs in a write never gets to handle the signal.
	await expect.poll(() => isRunning(terminal.pid)).toBe(false);
	expect(performance.now() - sentAt).toBeLessThan(10_000);
});

test('what is printed goes to the log, not to the screen', async () => {
	const {terminal} = await startInShell();
	terminal.send('W');
	await terminal.waitFor('<shift:W>');
	terminal.send('q');
	await terminal.waitFor('over');
	expect(terminal.bytes()).not.toMatch(/printed|warned/);
	const log = path.join(folder, 'etcdtop', 'etcdtop.log');
	expect(existsSync(log) && readFileSync(log, 'utf8')).toMatch(/printed\nprinted too\n(.|\n)*warned/);
});

function isRunning(processId: number): boolean {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
	} catch {
		return false;
	}
}
