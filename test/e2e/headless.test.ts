/** The built program without a screen, as a script meets it: what is printed where, and the exit codes. */
import {type ChildProcess, execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, test} from 'vitest';
import {clusterForSuite} from '../helpers/cluster.ts';
import {fragment} from '../helpers/fill.ts';

const program = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'etcdtop-headless-'));
afterAll(() => rmSync(state, {recursive: true, force: true}));

describe('without a cluster', () => {
	test.each<[line: string, code: number, stderr: string | RegExp]>([
		['statsu', 2, 'etcdtop: there is no command "statsu". Did you mean: etcdtop status?\n'],
		['defrag --all', 2, 'etcdtop: without a terminal to ask on, defrag needs --yes (or --dry-run).\n'],
		['--read-only', 2, 'etcdtop: the monitor needs a terminal on both ends. Without one, run: etcdtop status\n'],
		[
			'status --endpoints 127.0.0.1:1',
			1,
			'etcdtop: nothing listens at http://127.0.0.1:1. Check that etcd runs there, and the port.\n',
		],
		['status --cacert /nowhere', 2, /^etcdtop: --cacert \/nowhere: there is no such file/],
		['status --endpoints ::1:2379', 2, /^etcdtop: ::1:2379: not an endpoint/],
		['defrag --all --yes --endpoints 127.0.0.1:1', 1, /nothing listens/],
		['defrag --all --yes --state-dir /dev/null/x', 2, "etcdtop: --state-dir /dev/null/x can't be used: not a directory.\n"],
		['journal --state-dir /nowhere', 2, "etcdtop: --state-dir /nowhere can't be used: there is no such directory.\n"],
	])('etcdtop %s', async (line, code, stderr) => {
		const ended = await run(line.split(' '));
		expect(ended).toMatchObject({code, stdout: ''});
		expect(ended.stderr).toMatch(stderr);
		expect(ended.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
	});

	test.each(['--help', 'help defrag', '--version', 'completion bash'])('etcdtop %s goes to stdout', async (line) => {
		expect(await run(line.split(' '))).toMatchObject({code: 0, stderr: '', stdout: expect.stringContaining('etcdtop')});
	});
});

describe('three members', async () => {
	const cluster = await clusterForSuite();

	test('status -w json', async () => {
		const {code, stdout, stderr} = await run(['status', '-w', 'json', ...cluster.connectionFlags]);
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		const {cluster: whole, members, alarms} = JSON.parse(stdout);
		expect(whole).toMatchObject({healthy: true, leader: expect.stringMatching(/^[0-9a-f]+$/)});
		expect(members).toHaveLength(3);
		expect(members.filter(({isLeader}: {isLeader: boolean}) => isLeader)).toHaveLength(1);
		expect(members[0]).toMatchObject({state: 'healthy', errors: [], dbSizeBytes: expect.any(Number)});
		expect(String(members[0].latencyMs)).toMatch(/^\d+(\.\d{1,3})?$/);
		expect(alarms).toEqual([]);
	});

	test('a name that is no member ends it at once', async () => {
		const began = performance.now();
		const {code, stderr} = await run(['defrag', 'nobody', '--yes', ...cluster.connectionFlags]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/^etcdtop: no member is called "nobody"\. The members are etcd-1 \([0-9a-f]+\), /);
		expect(performance.now() - began).toBeLessThan(15_000);
	});

	test('defrag --dry-run says what it would do, and leaves no trace', async () => {
		const {code, stdout} = await run(['defrag', '--all', '--dry-run', ...cluster.connectionFlags]);
		expect([0, 3]).toContain(code);
		expect(stdout).toContain('MEMBER');
		expect((await run(['journal', '-w', 'json'])).stdout).toBe('[]\n');
	});

	test('defrag --all --if-fragmented touches nothing where the files are small, and has done its work', async () => {
		const flags = [...cluster.connectionFlags, '--state-dir', state];
		const {code, stdout, stderr} = await run(['defrag', '--all', '--yes', '--if-fragmented', '45%', '100MiB', ...flags]);
		expect({code, stdout}).toEqual({code: 0, stdout: ''});
		expect(stderr.match(/skip, (under 45%|file under 100 MiB)/g)).toHaveLength(3);
		expect(stderr).toMatch(/no member gives back enough to be worth the silence\n$/);
		expect(await run(['journal', '--state-dir', state])).toMatchObject({stdout: ''});
	});

	test('interrupted while it waits, it ends at once and nothing was asked of a member', async () => {
		await fragment(cluster);
		const words = ['defrag', '--all', '--yes', ...cluster.connectionFlags];
		const ended = await run(words, (child, stderr) => {
			if (stderr.includes('waiting, all agree on one leader')) {
				child.kill('SIGTERM');
			}
		});
		expect(ended, ended.stderr).toMatchObject({code: 1});
		expect(ended.stdout).toMatch(/^cancelled by .*@/m);
		const lines: {type: string}[] = JSON.parse((await run(['journal', '-w', 'json'])).stdout);
		expect(lines.map(({type}) => type)).toEqual(['confirmed', 'run']);
	});

	test('a killed member stays in the list, with the exit code 1', async () => {
		const killed = cluster.members[2]!;
		await killed.kill();
		const {code, stdout, stderr} = await run(['status', '-w', 'json', ...cluster.connectionFlags]);
		expect(code).toBe(1);
		const {cluster: whole, members} = JSON.parse(stdout);
		expect(whole.healthy).toBe(false);
		expect(members.find(({name}: {name: string}) => name === killed.name)).toMatchObject({
			state: 'down',
			dbSizeBytes: null,
			error: expect.stringContaining('nothing listens'),
		});
		expect(stderr).toContain(killed.name);
	});
});

type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** `onProgress` gets everything said so far, each time that something is. */
function run(words: readonly string[], onProgress?: (child: ChildProcess, stderr: string) => void): Promise<Ended> {
	return new Promise((resolve) => {
		const child = execFile(process.execPath, [program, ...words], {env: environment()}, (_, stdout, stderr) => {
			resolve({code: child.exitCode ?? -1, stdout, stderr});
		});
		let said = '';
		child.stderr?.on('data', (text: string) => {
			said += text;
			onProgress?.(child, said);
		});
	});
}

function environment(): NodeJS.ProcessEnv {
	return {PATH: process.env['PATH'] ?? '', HOME: state, XDG_STATE_HOME: state};
}
