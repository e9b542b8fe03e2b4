/** The built program over a real cluster, in real time: every cooldown is waited. */
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {openJournal} from '../../source/engine/journal.ts';
import {clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fillUp, put, smallQuotaBytes} from '../helpers/fill.ts';
import {startProgram} from '../helpers/program.ts';

it('rescues a cluster under NOSPACE: compacts, defragments every member a real minute apart, disarms', async () => {
	const cluster = await clusterForTest({quotaBytes: smallQuotaBytes});
	await fillUp(cluster);
	const stateHome = temporaryDirectory();
	const run = async (...args: readonly string[]) => {
		const started = startProgram([...args, ...cluster.connectionFlags], stateHome);
		return {code: await started.exitCode, said: started.stderr() + started.stdout()};
	};
	expect(await run('alarm', 'disarm', '--yes')).toMatchObject({code: 3, said: expect.stringMatching(/quota/)});
	expect(await run('compact', '--to-head', '--yes')).toMatchObject({code: 0});

	const program = startProgram(['defrag', '--all', '--yes', ...cluster.connectionFlags], stateHome);
	const code = await program.exitCode;
	expect(code, program.stderr() + program.stdout()).toBe(0);
	const {lines} = openJournal([join(stateHome, 'etcdtop')]).read();
	const started = lines.filter(({type}) => type === 'started');
	const ended = lines.filter(({type}) => type === 'ended');
	expect(started).toHaveLength(3);
	expect(new Set(started.map(({memberId}) => memberId)).size).toBe(3);
	for (const [index, {uptimeMs}] of started.slice(1).entries()) {
		expect(uptimeMs - (ended[index]?.uptimeMs ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(60_000);
	}
	const settled = lines.filter((line) => line.type === 'settled');
	expect(settled).toHaveLength(3);
	for (const {before, after} of settled) {
		expect(after).toBeLessThan(before / 2);
	}
	expect(program.stdout()).toContain('finished');

	expect(await run('alarm', 'disarm', '--yes')).toMatchObject({code: 0});
	await put(cluster, 'writable');
});
