/** A whole restore by the control, over real logins to hosts in folders; and what it refuses. */
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import type {ClusterProxy} from '../../source/domain/restore-inputs.ts';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {beginRestore, currentStep, performWord, type RestoreRun} from '../../source/domain/restore-run.ts';
import type {RunbookStep} from '../../source/domain/runbook.ts';
import {createRestoreControl, type RestoreControl} from '../../source/restore/control.ts';
import type {Ways} from '../../source/restore/looks.ts';
import {keeper} from '../../source/restore/open-run.ts';
import {keptRuns, runPath} from '../../source/restore/run-files.ts';
import {createSshHosts} from '../../source/transport/host/ssh-hosts.ts';
import type {HostCommands} from '../../source/transport/platform.ts';
import {controlPlaneHosts} from '../helpers/control-plane-hosts.ts';
import {whyNoSshd} from '../helpers/sshd.ts';
import {backupIn, folder, madeUpApi} from './made-up-cluster.ts';

const lacking = await whyNoSshd();
const nodes = ['cp-1', 'cp-2'];
const hosts = nodes.map((name, index) => ({name, address: `10.0.0.1${index + 1}`}));

function begun(release: string, proxy: ClusterProxy = {kind: 'off'}): RestoreRun {
	const plan = planRestore({
		kind: 'openshift',
		clusterName: 'ocp-west',
		release,
		isReleaseAssumed: false,
		areHostsAssumed: false,
		hosts,
		recovery: 'cp-1',
		user: 'core',
		proxy,
		backup: backupIn(folder(), release),
	});
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}
	return beginRestore(plan.runbook, 'x', Date.now());
}

/** Waits are short: what is waited for is seen at the next look. */
const clock = {
	wallMs: Date.now,
	sleep: (_ms: number, signal?: AbortSignal) =>
		new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, 20);
			signal?.addEventListener('abort', () => {
				clearTimeout(timer);
				resolve();
			});
		}),
};

type Opened = {readonly control: RestoreControl; readonly notes: string[]; readonly directory: string};

function opened(run: RestoreRun, ways: Ways, directory = folder()): Opened {
	const path = runPath(directory, run.id);
	const notes: string[] = [];
	const control = createRestoreControl({
		run,
		path,
		keep: keeper(path),
		ways,
		clock,
		note: (type, reason, outcome) => notes.push(`${type} ${outcome ?? ''} ${reason}`.replace('  ', ' ')),
	});
	return {control, notes, directory};
}

/** Until the control waits for a person; what it can do is then done by it, what it can't is typed. */
async function walk(control: RestoreControl, typed: (step: RunbookStep) => void): Promise<void> {
	control.start();
	const asked = new Set<string>();
	await vi.waitFor(
		() => {
			const {run, acting, answers, whyNotByProgram, message} = control.getState();
			const step = currentStep(run);
			if (step === undefined) {
				return;
			}
			const isLooked = step.check === undefined || answers[step.id] !== undefined;
			if (acting === undefined && isLooked && !asked.has(step.id)) {
				if (whyNotByProgram[step.id] === undefined) {
					asked.add(step.id);
					control.perform(step, performWord(run, step));
				} else if (step.personOnly === true) {
					asked.add(step.id);
					typed(step);
					control.tick(step, step.word);
				}
			}
			throw new Error(`at ${step.id}: ${answers[step.id]?.answer.text}; ${message?.text}`);
		},
		{timeout: 60_000, interval: 15},
	);
	control.stop();
}

describe.skipIf(lacking !== undefined)(`over a real sshd${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
	async function madeUp(): Promise<{
		ways: Ways;
		at: Awaited<ReturnType<typeof controlPlaneHosts>>;
		api: ReturnType<typeof madeUpApi>;
	}> {
		const at = await controlPlaneHosts(hosts.map(({address}) => address));
		vi.stubEnv('PATH', `${at.programs}:${process.env['PATH']}`);
		const commands = createSshHosts({user: 'core', dialTimeoutMs: 4000, command: at.command});
		const api = madeUpApi(nodes, '4.17.3');
		return {ways: {hosts: commands, api, members: async () => ({known: 2, answering: nodes})}, at, api};
	}

	test('up to 4.17: every host is stopped whole, the script runs with the proxy, and the rollouts follow one by one', async () => {
		const {ways, at, api} = await madeUp();
		const proxy = {kind: 'on', httpProxy: 'http://p:3128', httpsProxy: 'http://p:3128', noProxy: '.svc,10.0.0.0/16'} as const;
		const {control, notes, directory} = opened(begun('4.17.3', proxy), ways);
		const typed: string[] = [];
		await walk(control, ({id}) => typed.push(id));
		(ways.hosts as HostCommands).close();
		const {run} = control.getState();
		for (const {address} of hosts.slice(1)) {
			expect(at.has(address, 'etc/kubernetes/manifests/etcd-pod.yaml')).toBe(false);
			expect(at.has(address, 'etc/kubernetes/manifests/kube-apiserver-pod.yaml')).toBe(false);
			expect(at.has(address, 'var/lib/etcd')).toBe(false);
			expect(at.has(address, 'tmp/etcd/member')).toBe(true);
		}
		expect(at.has(hosts[0]!.address, 'var/lib/etcd')).toBe(true);
		expect(hosts.every(({address}) => at.has(address, 'kubelet-started'))).toBe(true);
		expect(at.read(hosts[0]!.address, 'restored-with')).toBe('HTTPS_PROXY=http://p:3128 NO_PROXY=.svc,10.0.0.0/16\n');
		expect(typed).toEqual(['begin']);
		expect(api.patches.map(({name}) => name)).toEqual(['etcd', 'kubeapiserver', 'kubecontrollermanager', 'kubescheduler']);
		expect(new Set(api.patches.map(({reason}) => reason)).size).toBe(4);
		expect(api.patches.some(({whileOthersRolled}) => whileOthersRolled)).toBe(false);
		expect(run.ticks.filter(({by}) => by === 'person').map(({stepId}) => stepId)).toEqual(['begin', 'cluster-restore@cp-1']);
		expect(notes.filter((note) => note.startsWith('answered')).every((note) => note.startsWith('answered done'))).toBe(true);
		expect(keptRuns([directory]).runs[0]?.run).toEqual(run);
	}, 90_000);

	test('a command that fails is told, ticks nothing off, and can be done again', async () => {
		const {ways, at} = await madeUp();
		const {control, notes} = opened(begun('4.17.3'), ways);
		control.start();
		await vi.waitFor(() => expect(currentStep(control.getState().run)?.id).toBe('copy@cp-1'), {timeout: 20_000});
		const copy = currentStep(control.getState().run)!;
		control.perform(copy, 'cp-2');
		expect(control.getState().message?.text).toBe('the word is cp-1');
		// Somebody else's file is there too: the script would not take that directory.
		await ways.hosts!.run(
			hosts[0]!,
			'/bin/mkdir -p "$HOST_ROOT/home/core/backup_2026-11-27_031500" && touch "$HOST_ROOT/home/core/backup_2026-11-27_031500/x"',
			{timeoutMs: 10_000},
		);
		control.perform(copy, 'cp-1');
		await vi.waitFor(() => expect(notes.some((note) => /^answered (done|failed)/.test(note))).toBe(true), {timeout: 20_000});
		await vi.waitFor(
			() =>
				expect(control.getState().answers[copy.id]?.answer).toMatchObject({
					kind: 'not yet',
					text: expect.stringMatching(/something else too: x/),
				}),
			{timeout: 20_000},
		);
		expect(currentStep(control.getState().run)?.id).toBe(copy.id);
		expect(at.has(hosts[0]!.address, 'home/core/backup_2026-11-27_031500/x')).toBe(true);
		control.stop();
		ways.hosts!.close();
	}, 60_000);
});

describe('without a host that answers', () => {
	const silent: HostCommands = {run: () => Promise.reject(new Error('no')), close() {}};

	test('a damaged snapshot holds everything up, and says so', async () => {
		const run = begun('4.17.3');
		appendFileSync(run.runbook.backup.files[0]!.path, 'x');
		const {control} = opened(run, {});
		control.start();
		await vi.waitFor(() => expect(control.getState().answers['backup-files']?.answer.text).toMatch(/^snapshot_.*: cut off/), {
			timeout: 15_000,
		});
		expect(control.getState().run.ticks).toEqual([]);
		control.stop();
	});

	test('what is being done when the screen goes is awaited, and what came of it kept', async () => {
		const {promise, resolve} = Promise.withResolvers<{code: number; stdout: string; stderr: string}>();
		const slow: HostCommands = {run: () => promise, close() {}};
		const run = begun('4.17.3');
		const script = run.runbook.steps.find(({id}) => id.startsWith('cluster-restore@'))!;
		const before = run.runbook.steps.slice(0, run.runbook.steps.indexOf(script));
		const ticks = before.map(({id}) => ({stepId: id, wallMs: 0, by: 'person', text: ''}) as const);
		const {control, directory} = opened({...run, ticks}, {hosts: slow});
		control.perform(script, 'cp-1');
		await vi.waitFor(() => expect(keptRuns([directory]).runs[0]?.run.acts).toMatchObject([{outcome: 'begun'}]));
		control.stop();
		resolve({code: 0, stdout: '', stderr: ''});
		await control.idle();
		const kept = keptRuns([directory]).runs[0]!.run;
		expect(kept.acts).toMatchObject([{stepId: script.id, outcome: 'done'}]);
		expect(currentStep(kept)?.id).toBe('kubelet@cp-1');
	});

	test('a slow API lets no step be begun twice', async () => {
		const api = madeUpApi(nodes, '4.17.3');
		const {promise: answers, resolve: answer} = Promise.withResolvers<void>();
		const slow = {...api, operator: (name: Parameters<typeof api.operator>[0]) => answers.then(() => api.operator(name))};
		const run = begun('4.17.3');
		const step = run.runbook.steps.find(({id}) => id === 'redeploy-etcd')!;
		const before = run.runbook.steps.slice(0, run.runbook.steps.indexOf(step));
		const ticks = before.map(({id}) => ({stepId: id, wallMs: 0, by: 'person', text: ''}) as const);
		const {control} = opened({...run, ticks}, {api: slow});
		const word = performWord(run, step);
		control.perform(step, word);
		control.perform(step, word);
		expect(control.getState().message).toEqual({kind: 'refused', text: 'a step is being done'});
		answer();
		await vi.waitFor(() => expect(control.getState().run.acts).toMatchObject([{outcome: 'done'}]), {timeout: 15_000});
		await control.idle();
		expect(api.patches).toHaveLength(1);
	});

	test('what can not be kept is not done', async () => {
		const run = begun('4.17.3');
		const {control} = opened(run, {hosts: silent}, join(folder(), 'a-file', 'x'));
		appendFileSync(join(control.getState().path, '../..'), '');
		control.tick(run.runbook.steps[0]!, 'whole');
		expect(control.getState().message).toMatchObject({kind: 'refused', text: expect.stringMatching(/can't be kept in/)});
		expect(control.getState().run.ticks).toEqual([]);
	});

	test('an API that is away is no "not yet", and a cluster of another release stops the runbook', async () => {
		const api = madeUpApi(nodes, '4.17.4');
		const {control} = opened(begun('4.17.3'), {api});
		control.start();
		await vi.waitFor(() => expect(control.getState().answers['release']?.answer.text).toMatch(/is 4\.17\.4 now/), {
			timeout: 15_000,
		});
		expect(currentStep(control.getState().run)?.id).toBe('release');
		control.stop();
		api.away = true;
		const run = begun('4.18.1');
		const settled = run.runbook.steps.find(({id}) => id === 'api')!;
		const before = run.runbook.steps.slice(0, run.runbook.steps.indexOf(settled));
		const ticks = before.map(({id}) => ({stepId: id, wallMs: 0, by: 'person', text: ''}) as const);
		const later = opened({...run, ticks}, {api}).control;
		later.start();
		await vi.waitFor(
			() => expect(later.getState().answers['api']?.answer).toEqual({kind: 'unknown', text: 'connection refused'}),
			{timeout: 15_000},
		);
		api.away = false;
		await vi.waitFor(() => expect(currentStep(later.getState().run)?.id).toBe('quorum-guard-off'), {timeout: 15_000});
		later.stop();
	});
});
