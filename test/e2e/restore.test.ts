/** The built program walks through a restore without any cluster that answers, is killed, and goes on from where it was. */
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, it, onTestFinished} from 'vitest';
import {type PseudoTerminal, startInTerminal} from '../helpers/pseudo-terminal.ts';
import {backupIn, folder} from '../restore/made-up-cluster.ts';

const run = promisify(execFile);
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
