/** The built program on real etcd behind a Kubernetes API, by kubeconfig alone. */
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest';
import {temporaryDirectory} from '../helpers/engine.ts';
import {kubernetesForSuite} from '../helpers/kubernetes.ts';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
const patienceMs = 20_000;

describe('through a Kubernetes API', async () => {
	const openshift = await kubernetesForSuite({kind: 'openshift', contextName: 'ocp-west'});
	const kubeadm = await kubernetesForSuite({kind: 'kubeadm', contextName: 'kubeadm-lab', members: 1});
	let environment: NodeJS.ProcessEnv;

	beforeEach(() => {
		const HOME = temporaryDirectory();
		// Two files become one, as kubectl has it; the first one's current context counts.
		const KUBECONFIG = [openshift, kubeadm]
			.map(({api}, index) => {
				const path = join(HOME, `config-${index}`);
				writeFileSync(path, api.kubeconfig());
				return path;
			})
			.join(':');
		environment = {PATH: process.env['PATH'], HOME, KUBECONFIG, TERM: 'xterm-256color', LANG: 'C.UTF-8'};
	});

	it('finds the cluster, says how it is reached, and shows the pods', async () => {
		const program = startInTerminal(process.execPath, [launcher], {columns: 120, rows: 36, env: environment});
		onTestFinished(() => program.kill());
		await program.waitFor(/ocp-west +● HEALTHY +3 of 3 voters[\s\S]*via tunnel; OpenShift: 3 etcd pods/, patienceMs);
		program.send('w');
		await program.waitFor(/w pods columns/);
		program.send('w');
		await program.waitFor(/POD +NODE +READY[\s\S]*> master-1 +etcd-master-1 +master-1 +yes/, patienceMs);
		program.send(':');
		await program.waitFor(/ :_/);
		program.send('context kube');
		await program.waitFor(/:context kube_ +kubeadm-lab/);
		program.send('\t');
		await program.waitFor(/:context kubeadm-lab_/);
		program.send('\r');
		await program.waitFor(/kubeadm-lab +● HEALTHY +1 of 1 voter[\s\S]*via exec; no tunnels: kubeadm keeps etcd's/, patienceMs);
		program.send('q');
		expect(await program.exit).toMatchObject({code: 0});
	}, 90_000);

	it('status names the pods, and says on standard error what was found', async () => {
		const {stdout, stderr} = await run(process.execPath, [launcher, 'status'], {env: environment});
		expect(stdout).toMatch(/master-1 .*etcd-master-1 +\| master-1 \| true/);
		expect(stderr).toBe('OpenShift: 3 etcd pods (app=etcd in openshift-etcd); reached by tunnel\n');
	}, 60_000);

	it.each<[args: readonly string[], code: number, message: RegExp]>([
		[['--context', 'ocp-est'], 2, /no context ocp-est in .*Did you mean ocp-west\?/],
		[['--container', 'nope'], 1, /there are no pods with a container nope and app=etcd in openshift-etcd/],
		[['--namespace', 'elsewhere'], 1, /there are no pods with app=etcd in elsewhere/],
		[['--as', 'nobody'], 1, /you may not list pods in openshift-etcd/],
		[['--endpoints', 'https://10.0.0.1:2379', '--context', 'ocp-west'], 2, /goes straight to etcd, --context through Kubernetes/],
	])(
		'status %j says what is wrong',
		async (args, code, message) => {
			const failed = await run(process.execPath, [launcher, 'status', ...args], {env: environment}).then(
				() => undefined,
				(error: {readonly code: number; readonly stderr: string}) => error,
			);
			expect(failed?.code).toBe(code);
			expect(failed?.stderr).toMatch(message);
			expect(failed?.stderr).not.toMatch(/\n\s+at /);
		},
		60_000,
	);
});
