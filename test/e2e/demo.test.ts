/** `etcdtop demo --no-monitor` as its user meets it: a cluster to reach from elsewhere, and nothing left of it afterwards. */
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';

const program = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));

type Demo = {
	readonly child: ChildProcess;
	readonly flags: readonly string[];
	readonly stateDirectory: string;
	readonly directory: string;
};

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
	'on %s it stops and removes the cluster',
	{timeout: 90_000},
	async (signal) => {
		const demo = await startDemo('single');
		demo.child.kill(signal);
		expect((await once(demo.child, 'exit'))[0]).toBe(0);
		expect(existsSync(demo.directory)).toBe(false);
		expect(await membersOf(demo)).toEqual([]);
	},
);

test('killed, it leaves no process and no file behind', {timeout: 90_000}, async () => {
	const demo = await startDemo('slow-disk');
	expect(await membersOf(demo)).toHaveLength(3);
	demo.child.kill('SIGKILL');
	await expect.poll(() => existsSync(demo.directory), {timeout: 30_000}).toBe(false);
	expect(await membersOf(demo)).toEqual([]);
});

test('its journal is its own, and goes with it', {timeout: 90_000}, async () => {
	const demo = await startDemo('single');
	expect(dirname(demo.stateDirectory)).toBe(demo.directory);
	const home = mkdtempSync(join(tmpdir(), 'etcdtop-demo-'));
	onTestFinished(() => rmSync(home, {recursive: true, force: true}));
	const words = ['compact', '--to-head', '--yes', ...demo.flags, '--state-dir', demo.stateDirectory];
	const compacting = spawn(process.execPath, [program, ...words], {env: {...process.env, HOME: home, XDG_STATE_HOME: home}});
	onTestFinished(() => void compacting.kill('SIGKILL'));
	const journal = join(demo.stateDirectory, 'journal.jsonl');
	await expect
		.poll(() => existsSync(journal) && readFileSync(journal, 'utf8'), {timeout: 20_000})
		.toContain('"what":"compact","revision"');
	expect(readdirSync(home)).toEqual([]);
	compacting.kill('SIGKILL');
	demo.child.kill('SIGTERM');
	await once(demo.child, 'exit');
	expect(existsSync(demo.stateDirectory)).toBe(false);
});

test('it leads to no real cluster', {timeout: 90_000}, async () => {
	const home = mkdtempSync(join(tmpdir(), 'etcdtop-demo-'));
	onTestFinished(() => rmSync(home, {recursive: true, force: true}));
	const KUBECONFIG = join(home, 'config');
	const [name, server] = ['prod', 'https://127.0.0.1:1'];
	const contexts = [{name, context: {cluster: name}}];
	writeFileSync(KUBECONFIG, JSON.stringify({'current-context': name, contexts, clusters: [{name, cluster: {server}}]}));
	const env = {PATH: process.env['PATH'], HOME: home, KUBECONFIG, TERM: 'xterm-256color', LANG: 'C.UTF-8'};
	const monitor = startInTerminal(process.execPath, [program, 'demo', '--scenario', 'single'], {columns: 100, rows: 30, env});
	onTestFinished(() => monitor.kill());
	await monitor.waitFor(/demo single +● HEALTHY/, 30_000);
	monitor.send(':');
	await monitor.waitFor(/ :_/);
	monitor.send('context prod');
	await monitor.waitFor(/:context prod_/);
	monitor.send('\r');
	await monitor.waitFor(/no kubeconfig was found, so there is no context to switch to/);
	monitor.send('q');
	expect(await monitor.exit).toMatchObject({code: 0});
});

test('the flags that it prints reach three voters, and its writer moves their sizes', {timeout: 90_000}, async () => {
	const demo = await startDemo('steady');
	const inUse = async () => (await statusOf(demo)).map(({dbSizeInUse}) => dbSizeInUse);
	const before = await inUse();
	expect(before).toHaveLength(3);
	const grown = async () => (await inUse()).map((bytes, index) => bytes > before[index]! + 500_000);
	await expect.poll(grown, {timeout: 30_000}).toEqual([true, true, true]);
});

test('nospace: a NOSPACE alarm stands, and writes are refused', {timeout: 120_000}, async () => {
	const demo = await startDemo('nospace');
	expect((await statusOf(demo)).flatMap((status) => status.errors).join()).toContain('alarm:NOSPACE');
	await expect(etcdctl(demo, 'put', 'a', 'b')).rejects.toThrow('database space exceeded');
});

test('fragmented: most of each file is free space', {timeout: 120_000}, async () => {
	for (const {dbSize, dbSizeInUse} of await statusOf(await startDemo('fragmented'))) {
		expect(dbSize).toBeGreaterThan(40_000_000);
		expect(dbSizeInUse / dbSize).toBeLessThan(0.3);
	}
});

test('member-down: one of three does not answer, the others have a leader', {timeout: 90_000}, async () => {
	const statuses = await statusOf(await startDemo('member-down'));
	expect(statuses).toHaveLength(2);
	expect(statuses.every((status) => status.leader !== 0)).toBe(true);
});

test('slow-disk: exactly one member answers late, and it does answer', {timeout: 90_000}, async () => {
	const demo = await startDemo('slow-disk');
	const endpoints = demo.flags[demo.flags.indexOf('--endpoints') + 1]!.split(',');
	// A busy machine makes the others late too, for a while.
	const late = async () => (await Promise.all(endpoints.map((one) => medianAnswerMs(demo, one)))).filter((ms) => ms > 500);
	await expect.poll(late, {timeout: 40_000}).toHaveLength(1);
});

async function startDemo(scenario: string, ...more: readonly string[]): Promise<Demo> {
	const child = spawn(process.execPath, [program, 'demo', '--no-monitor', '--scenario', scenario, ...more]);
	onTestFinished(async () => {
		if (child.exitCode === null && child.signalCode === null) {
			child.kill('SIGTERM');
			await once(child, 'exit');
		}
	});
	const said: Buffer[] = [];
	child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
	const line = await Promise.race([
		once(child.stdout, 'data').then(([chunk]) => String(chunk)),
		once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}: ${Buffer.concat(said)}`))),
	]);
	expect(line).toMatch(/^etcdtop (--endpoints \S+ --cacert \S+ --cert \S+ --key|--kubeconfig) \S+ --state-dir \S+\n$/);
	const words = line.trim().split(' ').slice(1);
	// etcdctl knows all but the last.
	const [flags, stateDirectory] = [words.slice(0, -2), words.at(-1)!];
	const file = flags.find((word) => word.startsWith('/'))!;
	return {child, flags, stateDirectory, directory: dirname(file)};
}

test('behind a Kubernetes API its kubeconfig is all that leads there, and nothing is left of it', {timeout: 90_000}, async () => {
	const demo = await startDemo('single', '--kubernetes', '--distribution', 'kubeadm');
	const {stdout, stderr} = await promisify(execFile)(process.execPath, [program, 'status', '-w', 'simple', ...demo.flags]);
	expect(stdout).toMatch(/^https:\/\/192\.0\.2\.11:2379, [0-9a-f]+, .*, healthy\n$/);
	expect(stderr).toMatch(/^kubeadm: 1 etcd pod \(component=etcd in kube-system\); reached by exec/);
	demo.child.kill('SIGINT');
	await once(demo.child, 'exit');
	expect(existsSync(demo.directory)).toBe(false);
});

type EtcdStatus = {dbSize: number; dbSizeInUse: number; leader: number; errors: string[]};

/** Asked on a fixed schedule, as a poll does: asking again after each answer would only find the moments in which it runs. */
async function medianAnswerMs(demo: Demo, endpoint: string): Promise<number> {
	// A second --endpoints would add to the first.
	const alone = {...demo, flags: demo.flags.with(demo.flags.indexOf('--endpoints') + 1, endpoint)};
	const answers = Array.from({length: 7}, async (_, index) => {
		await sleep(index * 370);
		const startedAt = performance.now();
		await etcdctl(alone, 'endpoint', 'status');
		return performance.now() - startedAt;
	});
	return (await Promise.all(answers)).sort((one, other) => one - other)[3]!;
}

/** What the members say that answer. */
async function statusOf(demo: Demo): Promise<EtcdStatus[]> {
	const answer = await etcdctl(demo, 'endpoint', 'status', '-w', 'json').catch((error: {stdout: string}) => error);
	return (JSON.parse(answer.stdout) as {Status: EtcdStatus}[]).map(({Status}) => Status);
}

function etcdctl(demo: Demo, ...command: string[]): Promise<{stdout: string}> {
	return promisify(execFile)('etcdctl', [...demo.flags, ...command], {env: {...process.env, ETCDCTL_API: '3'}});
}

/** The members' processes, as the system lists them. */
async function membersOf({directory}: Demo): Promise<string[]> {
	const {stdout} = await promisify(execFile)('ps', ['-axww', '-o', 'command=']);
	return stdout.split('\n').filter((line) => line.includes(`--data-dir=${directory}/`));
}
