import {execFile} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string};

test('what is published runs by itself, far from node_modules, and loads every part', async () => {
	const elsewhere = mkdtempSync(join(tmpdir(), 'etcdtop-dist-'));
	onTestFinished(() => rmSync(elsewhere, {recursive: true}));
	for (const name of ['bin', 'dist', 'package.json']) {
		cpSync(join(root, name), join(elsewhere, name), {recursive: true});
	}
	const run = (...programArguments: string[]): Promise<{stdout: string; stderr: string}> =>
		promisify(execFile)(process.execPath, [join(elsewhere, 'bin/etcdtop.js'), ...programArguments], {cwd: elsewhere});

	expect(await run('--version')).toEqual({stdout: expect.stringContaining(version), stderr: ''});
	// Nothing listens there: the answer comes from the transport, so its protocol files have been found.
	const status = await run('status', '--endpoints', 'http://127.0.0.1:1', '--command-timeout', '2s').catch((error) => error);
	expect(status).toMatchObject({code: 1, stderr: expect.stringContaining('127.0.0.1:1')});
	expect(status.stderr).not.toMatch(/ENOENT|Cannot find|\n\s+at /);
});
