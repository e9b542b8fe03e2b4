/** A file of a host comes whole, from wherever a connection was lost, or not at all. */
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {partialPath} from '../../source/backup/publish.ts';
import {type HostFileRequest, receiveHostFile} from '../../source/backup/receive-host-file.ts';
import {readAttempts} from '../../source/domain/host-backup-run.ts';

const run = promisify(execFile);
const content = Buffer.from(Array.from({length: 1000}, (_, index) => index % 251));
const sha256 = createHash('sha256').update(content).digest('hex');

class LostError extends Error {}

let folder: string;
let path: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'etcdtop-host-file-'));
	path = join(folder, 'snapshot.db');
});

afterEach(() => rm(folder, {recursive: true, force: true}));

/** Each connection brings at most so many bytes; then it is lost. */
function cutAfter(...lengths: readonly number[]): HostFileRequest['read'] {
	const left = [...lengths];
	return async (offset, sink) => {
		const length = left.shift();
		const bytes = content.subarray(offset, length === undefined ? undefined : offset + length);
		for (let at = 0; at < bytes.length; at += 100) {
			await sink(bytes.subarray(at, at + 100));
		}
		if (length !== undefined) {
			throw new LostError('lost');
		}
	};
}

async function receive(more: Partial<HostFileRequest> = {}) {
	const pauses: number[] = [];
	const done = receiveHostFile({
		path,
		bytes: content.length,
		sha256,
		read: cutAfter(),
		isLost: (error) => error instanceof LostError,
		sleep: async (ms) => void pauses.push(ms),
		onProgress() {},
		onOpened() {},
		signal: new AbortController().signal,
		...more,
	});
	const failed = await done.then(
		() => undefined,
		(error: Error) => error.message,
	);
	return {failed, pauses};
}

it('cut at any byte it goes on from there, and is the same', async () => {
	for (let length = 0; length < content.length; length += 37) {
		const {failed} = await receive({read: cutAfter(length, 0, 250)});
		expect(failed, `cut after ${length}`).toBeUndefined();
		expect((await readFile(partialPath(path))).equals(content)).toBe(true);
		expect((await stat(partialPath(path))).mode & 0o777).toBe(0o600);
		await rm(partialPath(path));
	}
});

describe('is refused', () => {
	it('after so many connections that bring nothing, with longer pauses between; one that brings something counts anew', async () => {
		expect(await receive({read: cutAfter(...Array<number>(readAttempts).fill(0))})).toEqual({
			failed: 'lost',
			pauses: [1000, 2000, 4000, 8000, 15_000],
		});
		await rm(partialPath(path));
		const slow = [...Array<number>(4).fill(0), 1, ...Array<number>(4).fill(0)];
		expect((await receive({read: cutAfter(...slow)})).failed).toBeUndefined();
	});

	it.each<[why: string, more: Partial<HostFileRequest>, said: string]>([
		['is another one', {sha256: 'ab'.repeat(32)}, 'another SHA-256'],
		['is longer', {bytes: content.length - 1}, 'more than its 999 bytes came'],
		['is shorter', {bytes: content.length + 1}, 'it ended after 1000 of 1001 bytes'],
		['is not to be had', {read: () => Promise.reject(new Error('no such file'))}, 'no such file'],
		['nobody waits for', {signal: AbortSignal.abort(new Error('stopped'))}, 'stopped'],
	])('where it %s', async (_, more, said) => {
		expect((await receive(more)).failed).toContain(said);
	});

	it('where another writes it', async () => {
		await writeFile(partialPath(path), 'theirs');
		expect((await receive()).failed).toContain('another backup writes it');
		expect(await readFile(partialPath(path), 'utf8')).toBe('theirs');
	});
});

it('a disk that gets full meanwhile is told, and nothing is left', async (context) => {
	const words = process.getuid?.() === 0 ? ['-m'] : ['-r', '-m'];
	const mount = 'mount -t tmpfs -o size=300k tmpfs "$1"';
	const full = join(folder, 'full');
	await mkdir(full);
	const isAllowed = await run('unshare', [...words, 'sh', '-c', mount, 'sh', full]).then(
		() => true,
		() => false,
	);
	if (!isAllowed) {
		return context.skip('mounting is not allowed here');
	}
	const save = fileURLToPath(new URL('fixtures/save-host.ts', import.meta.url));
	const {stdout} = await run('unshare', [
		...words,
		'sh',
		'-c',
		`${mount}; shift; "$@"`,
		'sh',
		full,
		process.execPath,
		save,
		full,
	]);
	expect(JSON.parse(stdout)).toEqual({outcome: expect.stringMatching(/the disk is full.*Make room there/), there: []});
	expect(await readdir(full)).toEqual([]);
});
