/** A run handed over by `--detach`: its terminal goes, another one watches it and stops it between two members. In real time. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fragment} from '../helpers/fill.ts';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';

const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
/** A cooldown from the members' start, a turn, and what a busy machine takes. */
const patienceMs = 150_000;

test('goes on without its terminal, is shown in another, and stops there between two members', {timeout: 300_000}, async () => {
	const cluster = await clusterForTest();
	await fragment(cluster);
	const state = temporaryDirectory();
	const flags = [...cluster.connectionFlags, '--state-dir', state];
	const env = {PATH: process.env['PATH'], HOME: state, LANG: 'C.UTF-8'};
	const monitor = startInTerminal(process.execPath, [launcher, ...flags], {columns: 120, rows: 36, env});
	onTestFinished(() => monitor.kill());
	await monitor.waitFor('HEALTHY', patienceMs);
	const first = startInTerminal(process.execPath, [launcher, 'defrag', '--all', '--yes', '--detach', ...flags], {
		columns: 120,
		rows: 36,
		env,
	});
	onTestFinished(() => first.kill());
	const [, runId = '', pid = ''] = /Run (\S+) goes on in the background, pid (\d+)/.exec(
		await first.waitFor(/goes on in the background, pid \d+/, patienceMs),
	)!;
	onTestFinished(() => stop(Number(pid)));
	expect(await first.exit).toMatchObject({code: 0});
	first.hangUp();
	await monitor.waitFor(/ run {2}/, patienceMs);
	monitor.send('4');
	await monitor.waitFor(/cooldown over|cooling|cooldown/i, patienceMs);
	await monitor.waitFor(/✓ etcd-\d +done|etcd-\d +✓|done +etcd-\d|etcd-\d .*given back|→ .* KiB/, patienceMs);
	monitor.send('X');
	await monitor.waitFor(/cancelled/, patienceMs);
	const {stdout} = await promisify(execFile)(process.execPath, [launcher, 'report', runId, '-w', 'json', '--state-dir', state], {
		env,
	});
	expect(JSON.parse(stdout)).toMatchObject({id: runId, outcome: 'cancelled', turns: [{outcome: 'done'}]});
	// It is not asked about: nothing of it ends with this program.
	monitor.send('q');
	expect(await monitor.exit).toMatchObject({code: 0});
});

function stop(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended by itself.
	}
}
