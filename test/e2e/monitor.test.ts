/** The built monitor in a real pseudo-terminal over a real cluster with mutual TLS. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, it, onTestFinished} from 'vitest';
import {displayWidth} from '../../source/format.ts';
import {type Cluster, clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));

function monitor(
	cluster: Cluster,
	{
		args = [],
		env = {},
		columns = 80,
		rows = 24,
	}: {args?: readonly string[]; env?: NodeJS.ProcessEnv; columns?: number; rows?: number} = {},
) {
	const program = startInTerminal(process.execPath, [launcher, ...args, ...cluster.connectionFlags], {
		columns,
		rows,
		env: {PATH: process.env['PATH'], HOME: temporaryDirectory(), TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env},
	});
	onTestFinished(() => program.kill());
	return program;
}

describe('the monitor', () => {
	it('shows the cluster, its help and a refusal with its reason, and gives the terminal back', async () => {
		const program = monitor(await clusterForTest());
		await program.waitFor(/● HEALTHY +3 of 3 voters[\s\S]*> etcd-1 +● healthy/);
		expect(program.buffer()).toBe('alternate');
		program.send('?');
		await program.waitFor('defragment all, leader last');
		program.send('\u001b');
		await program.waitFor((text) => !text.includes('PROGRAM'));
		program.send('D');
		await program.waitFor(/✗ .*(cooldown|give)/);
		program.send('\u001b');
		await program.waitFor((text) => !text.includes('✗'));
		program.send('q');
		expect(await program.exit).toMatchObject({code: 0});
		expect(program.buffer()).toBe('normal');
	}, 60_000);

	it('tells a frozen, a dead and a thawed member apart, and blanks nobody else', async () => {
		const cluster = await clusterForTest();
		const program = monitor(cluster, {columns: 120, rows: 36});
		await program.waitFor('HEALTHY');
		cluster.members[2]?.freeze();
		await program.waitFor(/etcd-1 +● healthy[\s\S]*etcd-3 +○ frozen/, 20_000);
		cluster.members[2]?.thaw();
		await program.waitFor(/etcd-3 +● healthy/, 20_000);
		await cluster.members[2]?.kill();
		await program.waitFor(/DEGRADED[\s\S]*etcd-3 +✗ down/, 20_000);
	}, 90_000);

	it('is plain ASCII without a UTF-8 locale, and without colour under NO_COLOR', async () => {
		const program = monitor(await clusterForTest({members: 1}), {env: {LANG: 'C', NO_COLOR: '1'}});
		const screen = await program.waitFor('HEALTHY');
		expect(screen).toMatch(/^[\x20-\x7e\n]*$/);
		expect(program.bytes()).not.toMatch(/\u001b\[[0-9;]*[1-9][0-9;]*m/);
	}, 60_000);

	it('takes every changing action away when it is read-only, and says so', async () => {
		const program = monitor(await clusterForTest({members: 1}), {args: ['--read-only']});
		await program.waitFor('READ-ONLY');
		program.send('D');
		await program.waitFor(/read-only session/);
	}, 60_000);

	it('shows a member whose name is full of escape sequences and wide characters, and obeys none of them', async () => {
		const name = '\u001b[3J\u001b]0;owned\u0007etcd\u202e漢字\u001b[31m';
		const program = monitor(await clusterForTest({members: 1, tls: 'none', memberName: () => name}));
		const screen = await program.waitFor(/> \S*etcd\S*漢字\S* +● healthy +leader/);
		expect(screen.split('\n').every((line) => displayWidth(line) <= 80)).toBe(true);
		for (const evil of ['\u001b[3J', '\u001b]', '\u0007', '\u202e', '\u001b[31m漢']) {
			expect(program.bytes()).not.toContain(evil);
		}
	}, 60_000);

	it('without a terminal says one sentence that names etcdtop status', async () => {
		const failure = await run(process.execPath, [launcher]).catch((error: {code: number; stderr: string}) => error);
		expect(failure).toMatchObject({code: 2, stderr: expect.stringMatching(/^etcdtop: .*etcdtop status\n$/)});
	});
});
