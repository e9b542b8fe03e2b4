import {execFile} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, onTestFinished, test} from 'vitest';
import {JournalError, journalDirectories, openJournal, whyUnwritable} from '../../source/engine/journal.ts';
import {mountNamespace} from '../helpers/mount-namespace.ts';
import {startedLine} from './journal-lines.ts';

const run = promisify(execFile);
const appendLines = fileURLToPath(new URL('fixtures/append-lines.ts', import.meta.url));

test('what was appended is read back, by another one too, and nobody else may read it', () => {
	const directory = join(temporaryDirectory(), 'state', 'etcdtop');
	const journal = openJournal([directory]);
	const line = startedLine({memberName: 'two\nlines "quoted" \u001b[31m'});
	journal.append(line, {sync: true});
	expect(journal.read()).toEqual({lines: [line], damaged: []});
	expect(openJournal([directory]).read().lines).toEqual([line]);
	expect(statSync(directory).mode & 0o777).toBe(0o700);
	expect(statSync(join(directory, 'journal.jsonl')).mode & 0o777).toBe(0o600);
});

test('reading creates nothing', () => {
	const directory = join(temporaryDirectory(), 'etcdtop');
	expect(openJournal([directory]).read()).toEqual({lines: [], damaged: []});
	expect(existsSync(directory)).toBe(false);
});

test('it gives the same object until something was written, by whomever', () => {
	const directory = temporaryDirectory();
	const [ours, theirs] = [openJournal([directory]), openJournal([directory])];
	const before = ours.read();
	expect(ours.read()).toBe(before);
	theirs.append(startedLine());
	expect(ours.read().lines).toHaveLength(1);
});

test('two processes append side by side: no line is lost or torn', async () => {
	const directory = temporaryDirectory();
	await Promise.all(['one', 'two'].map((name) => run(process.execPath, [appendLines, '200', name, directory])));
	const {lines, damaged} = openJournal([directory]).read();
	expect(damaged).toEqual([]);
	const numbers = (name: string) => attemptsOf(lines).filter((attempt) => attempt.startsWith(name));
	for (const name of ['one', 'two']) {
		expect(numbers(name)).toEqual(Array.from({length: 200}, (_, number) => `${name}-${number}`));
	}
});

test('a line that was cut short is skipped and told, and does not swallow the next', () => {
	const directory = temporaryDirectory();
	const journal = openJournal([directory]);
	journal.append(startedLine({attemptId: 'first'}));
	const file = join(directory, 'journal.jsonl');
	writeFileSync(file, `${readFileSync(file, 'utf8')}{"version":1,"type":"sta`);
	journal.append(startedLine({attemptId: 'last'}));
	const {lines, damaged} = journal.read();
	expect(attemptsOf(lines)).toEqual(['first', 'last']);
	expect(damaged).toEqual([{file, lineNumber: 2, reason: 'not JSON'}]);
});

test.each([
	['[]', 'not an object'],
	['null', 'not an object'],
	['\u0000\u0000\u0000\u0000', 'not JSON'],
	[JSON.stringify({...startedLine(), version: 2}), 'version 2, this program knows 1'],
	[JSON.stringify({...startedLine(), type: 'constructor'}), 'no type'],
	[JSON.stringify({...startedLine(), attemptId: 7}), 'no attemptId'],
	[JSON.stringify({...startedLine(), memberId: undefined}), 'no memberId'],
	[JSON.stringify({...startedLine(), uptimeMs: null}), 'no uptimeMs'],
	[JSON.stringify({...startedLine(), defragCount: '3'}), 'defragCount is not a number'],
])('damaged: %s', (text, reason) => {
	const directory = temporaryDirectory();
	writeFileSync(join(directory, 'journal.jsonl'), `${text}\n`);
	expect(openJournal([directory]).read()).toEqual({
		lines: [],
		damaged: [{file: join(directory, 'journal.jsonl'), lineNumber: 1, reason}],
	});
});

test('of a journal beyond all measure the end is read, and lines keep their numbers', () => {
	const directory = temporaryDirectory();
	const file = join(directory, 'journal.jsonl');
	const line = JSON.stringify(startedLine());
	const count = Math.ceil((17 * 1024 * 1024) / (line.length + 1));
	writeFileSync(file, `${`${line}\n`.repeat(count)}garbage\n`);
	const {lines, damaged} = openJournal([directory]).read();
	expect(lines.length).toBeGreaterThan(50_000);
	expect(lines.length).toBeLessThan(count);
	expect(damaged).toEqual([{file, lineNumber: count + 1, reason: 'not JSON'}]);
});

describe('where it is', () => {
	test.each([
		[{HOME: '/home/ana'}, undefined, ['/home/ana/.local/state/etcdtop']],
		[{HOME: '/home/ana', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r'}, '/named', ['/named', '/s/etcdtop', '/r/etcdtop']],
		[{HOME: '/home/ana', XDG_STATE_HOME: '', XDG_RUNTIME_DIR: ''}, undefined, ['/home/ana/.local/state/etcdtop']],
		// XDG: a relative path is invalid.
		[{HOME: '/home/ana', XDG_STATE_HOME: 's', XDG_RUNTIME_DIR: 'r'}, undefined, ['/home/ana/.local/state/etcdtop']],
	])('%j and --state-dir %s', (environment, stateDirectory, directories) => {
		expect(journalDirectories(environment, stateDirectory)).toEqual(directories);
	});

	test('where the first directory cannot be written the next one is used, and both are read', () => {
		const [first, second] = [temporaryDirectory(), temporaryDirectory()];
		openJournal([first]).append(startedLine({attemptId: 'early', uptimeMs: 1}));
		openJournal([second]).append(startedLine({attemptId: 'between', uptimeMs: 2}));
		openJournal([first]).append(startedLine({attemptId: 'late', uptimeMs: 3}));
		makeUnwritable(join(first, 'journal.jsonl'));
		const journal = openJournal([first, second]);
		expect(journal.directory).toBe(second);
		journal.append(startedLine({attemptId: 'now', uptimeMs: 4}));
		expect(attemptsOf(journal.read().lines)).toEqual(['between', 'now']);
		expect(journal.read().damaged).toEqual([
			{file: join(first, 'journal.jsonl'), lineNumber: 0, reason: "can't be read: it is a directory"},
		]);
	});

	test('lines of two places come in the order in which they were written, whatever the wall clock did', () => {
		const [first, second] = [temporaryDirectory(), temporaryDirectory()];
		for (const [directory, attemptId, uptimeMs, wallMs] of [
			[first, '1', 10, 9000],
			[second, '2', 20, 1000],
			[first, '3', 30, 2000],
		] as const) {
			openJournal([directory]).append(startedLine({attemptId, uptimeMs, wallMs}));
		}
		expect(attemptsOf(openJournal([first, second]).read().lines)).toEqual(['1', '2', '3']);
	});

	test('every directory on the way is made, for its owner alone', () => {
		const parent = temporaryDirectory();
		const journal = openJournal([join(parent, 'one', 'two')]);
		journal.append(startedLine());
		for (const made of ['one', 'one/two']) {
			expect(statSync(join(parent, made)).mode & 0o777).toBe(0o700);
		}
	});

	test.skipIf(process.platform !== 'linux').each([
		['/proc/x', 'nothing can be made there'],
		['/proc/x/y/z', 'nothing can be made there'],
		['/proc/self/mem', 'not a directory'],
	])('%s can not be written, which is told at once', (directory, reason) => {
		expect(whyUnwritable(directory)).toBe(reason);
		expect(() => openJournal([directory]).append(startedLine())).toThrow(`${directory}/journal.jsonl: ${reason}`);
	});

	test('nowhere: it opens, and refuses the line with every directory and its reason', () => {
		const parent = temporaryDirectory();
		const notDirectory = join(parent, 'file');
		writeFileSync(notDirectory, '');
		const linked = join(parent, 'linked');
		mkdirSync(linked);
		symlinkSync(join(parent, 'elsewhere'), join(linked, 'journal.jsonl'));
		const journal = openJournal([join(notDirectory, 'etcdtop'), linked]);
		expect(journal.read()).toEqual({lines: [], damaged: []});
		expect(() => journal.append(startedLine())).toThrow(JournalError);
		expect(() => journal.append(startedLine())).toThrow(
			`the journal can't be written: ${notDirectory}/etcdtop/journal.jsonl: not a directory; ${linked}/journal.jsonl: it is a symbolic link. Make room there, or name another directory with --state-dir`,
		);
	});
});

describe('a disk without room', () => {
	test('a line that fits only in part is refused, and skipped when it is read', async () => {
		const directory = temporaryDirectory();
		// The size limit of files cuts a write short just as a full disk does.
		const {stdout} = await run('bash', [
			'-c',
			'trap "" XFSZ; ulimit -f 1; exec "$@"',
			'bash',
			process.execPath,
			appendLines,
			'100',
			'line',
			directory,
		]);
		expect(stdout).toMatch(/^JournalError: the journal can't be written: .*bytes fit on the disk/);
		const {lines, damaged} = openJournal([directory]).read();
		expect(lines.length).toBeGreaterThan(1);
		expect(damaged).toEqual([{file: join(directory, 'journal.jsonl'), lineNumber: lines.length + 1, reason: 'not JSON'}]);
		openJournal([directory]).append(startedLine({attemptId: 'room again'}));
		expect(attemptsOf(openJournal([directory]).read().lines).at(-1)).toBe('room again');
	});

	test('a full disk: the next directory takes the line, and without one it is refused', async (context) => {
		const [full, other] = [temporaryDirectory(), temporaryDirectory()];
		const namespace = await mountNamespace();
		if (namespace === undefined) {
			return context.skip('mounting is not allowed here');
		}
		const script = [
			'mount -t tmpfs -o size=8k tmpfs "$1" && mkdir "$1/etcdtop" && shift',
			'"$@"; "$@" "$OTHER"; cat "$OTHER/journal.jsonl"',
		].join('\n');
		const {stdout} = await run(
			'unshare',
			[...namespace, 'sh', '-c', script, 'sh', full, process.execPath, appendLines, '40', 'line', join(full, 'etcdtop')],
			{env: {...process.env, OTHER: other}},
		);
		const [refusal, ...written] = stdout.trim().split('\n');
		expect(refusal).toMatch(/^JournalError: the journal can't be written: .*(the disk is full|bytes fit on the disk)/);
		expect(written).toHaveLength(40);
	});
});

function attemptsOf(lines: ReturnType<ReturnType<typeof openJournal>['read']>['lines']): string[] {
	return lines.map((line) => ('attemptId' in line ? line.attemptId : line.type));
}

function temporaryDirectory(): string {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-journal-'));
	onTestFinished(() => rmSync(directory, {recursive: true, force: true}));
	return directory;
}

/** Root may write whatever the permissions say, so that a directory stands where the file should be. */
function makeUnwritable(file: string): void {
	rmSync(file);
	mkdirSync(file);
	chmodSync(file, 0o500);
}
