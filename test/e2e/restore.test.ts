/** The built program walks through a restore without any cluster that answers, is killed, and goes on from where it was. */
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, it, onTestFinished, vi} from 'vitest';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {beginRestore} from '../../source/domain/restore-run.ts';
import {keepRun, keptRuns, runPath} from '../../source/restore/run-files.ts';
import {openshiftInputs} from '../domain/restore-samples.ts';
import {controlPlaneHosts} from '../helpers/control-plane-hosts.ts';
import {type PseudoTerminal, startInTerminal} from '../helpers/pseudo-terminal.ts';
import {whyNoSshd} from '../helpers/sshd.ts';
import {backupIn, folder} from '../restore/made-up-cluster.ts';

const run = promisify(execFile);
const lacking = await whyNoSshd();
const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));

it('goes on after a kill, copies commands, takes no step out of its turn, and prints what it walks through', async () => {
	const state = folder();
	const home = folder();
	const {directory} = backupIn(folder());
	// A kubeconfig that is of no use does not keep a runbook shut.
	const kubeconfig = join(home, 'kubeconfig');
	writeFileSync(kubeconfig, '');
	const env = {
		KUBECONFIG: kubeconfig,
		PATH: process.env['PATH'],
		HOME: home,
		XDG_STATE_HOME: state,
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
	};
	const flags = ['--from', directory, '--release', '4.17.3', '--hosts', 'cp-1=192.0.2.1,cp-2=192.0.2.2'];
	const open = (args: readonly string[]) => {
		const program = startInTerminal(process.execPath, [launcher, 'restore', ...args], {columns: 80, rows: 24, env});
		onTestFinished(() => program.kill());
		return program;
	};

	const first = open(flags);
	await first.waitFor(/✓ +1 Look at the files[\s\S]*> ◌ +2 Compare the releases/, 20_000);
	first.send('c');
	await first.waitFor('copied');
	expect(first.bytes()).toContain(`\x1b]52;c;${Buffer.from('oc get clusterversion').toString('base64').slice(0, 24)}`);
	first.send('\r');
	await first.waitFor('Type the release');
	await typed(first, '4.17.2');
	first.send('\r');
	await first.waitFor('4.17.2 is not 4.17.3');
	first.send('\r');
	await first.waitFor('Type the release');
	await typed(first, '4.17.3');
	first.send('\r');
	await first.waitFor(/✓ +2 Compare[\s\S]*> ◌ +3 Log in to cp-1/);
	first.kill('SIGKILL');
	await first.exit;

	const again = await run(process.execPath, [launcher, 'restore', ...flags, '--print'], {env});
	expect(again.stdout).toContain('# Restore the cluster');
	const kept = await run(process.execPath, [launcher, 'restore', '--resume', '--print'], {env});
	expect(kept.stdout.match(/- \[x\] done/g)).toHaveLength(2);
	const second = open(flags);
	await second.waitFor(/go on with it by --resume/);
	expect(await second.exit).toMatchObject({code: 2});

	const third = open(['--resume']);
	await third.waitFor(/2 of \d+ done[\s\S]*✓ +2 Compare[\s\S]*> ◌ +3 Log in to cp-1/);
	const fourth = open(['--resume']);
	await fourth.waitFor('this runbook is open already');
	expect(await fourth.exit).toMatchObject({code: 3});
	third.send('j');
	await third.waitFor(/> +4 Log in to cp-2/);
	third.send('\r');
	await third.waitFor('✗ Enter: first: Log in to cp-1');
	third.send('q');
	await third.waitFor('kept in ');
	expect(await third.exit).toMatchObject({code: 0});
}, 90_000);

/** Letter by letter: what comes in one read is a paste. */
async function typed(program: PseudoTerminal, text: string): Promise<void> {
	for (const [index, letter] of [...text].entries()) {
		program.send(letter);
		await program.waitFor(`${text.slice(0, index + 1)}_`);
	}
}

it.skipIf(lacking !== undefined)(
	`a connection that is lost cuts no script short on its host, and what came of it is kept${lacking === undefined ? '' : ` (skipped: ${lacking})`}`,
	async () => {
		const hosts = ['cp-1', 'cp-2'].map((name, index) => ({name, address: `10.0.0.${index + 1}`}));
		const at = await controlPlaneHosts(hosts.map(({address}) => address));
		const plan = planRestore({...openshiftInputs(), hosts, recovery: 'cp-1', backup: backupIn(folder(), '4.17.3')});
		if (plan.kind === 'refused') {
			throw new Error(plan.why);
		}
		const run = beginRestore(plan.runbook, 'lost', Date.now());
		const {steps} = run.runbook;
		const script = steps.findIndex(({id}) => id.startsWith('cluster-restore@'));
		const ticks = steps.slice(0, script).map(({id}) => ({stepId: id, wallMs: 0, by: 'person', text: ''}) as const);
		const state = folder();
		const directory = join(state, 'etcdtop');
		keepRun(runPath(directory, run.id), directory, {...run, ticks});
		for (const path of ['home/core/backup_2026-11-27_031500/a', 'home/core/backup_2026-11-27_031500/b', 'slow']) {
			at.put(hosts[0]!.address, path);
		}
		const env = {
			PATH: `${at.programs}:${process.env['PATH']}`,
			HOME: folder(),
			XDG_STATE_HOME: state,
			TERM: 'xterm-256color',
			LANG: 'C.UTF-8',
		};
		const program = startInTerminal(process.execPath, [launcher, 'restore', '--resume', '--ssh', 'core@'], {
			columns: 80,
			rows: 24,
			env,
		});
		onTestFinished(() => program.kill());
		await program.waitFor(/> ◌ +\d+ Restore on cp-1/, 20_000);
		program.send('r');
		await program.waitFor('Run on cp-1');
		for (const key of [...'cp-1', '\t', '\r']) {
			// The first keys in a dialog do not count, and each of a word counts by itself.
			await sleep(600);
			program.send(key);
		}
		await program.waitFor(/stopping etcd-pod/, 20_000);
		program.hangUp();
		// As a shell tells everything that it started.
		process.kill(-program.pid, 'SIGHUP');
		await vi.waitFor(
			() => {
				const kept = keptRuns([directory]).runs[0]!.run;
				expect(kept.acts).toMatchObject([{outcome: 'done'}]);
				expect(kept.ticks.at(-1)?.stepId).toBe(steps[script]!.id);
			},
			{timeout: 30_000, interval: 100},
		);
		expect(at.read(hosts[0]!.address, 'restored-with')).toMatch(/^HTTPS_PROXY=/);
	},
	90_000,
);
