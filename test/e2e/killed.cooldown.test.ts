/** What a killed run leaves behind, in real time. */
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {expect, it} from 'vitest';
import {openJournal} from '../../source/engine/journal.ts';
import {clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fragment} from '../helpers/fill.ts';
import {type Started, startProgram} from '../helpers/program.ts';

it('a second run after a killed one waits a real minute from its defragmentation', async () => {
	const cluster = await clusterForTest();
	await fragment(cluster);
	const stateHome = temporaryDirectory();
	const journal = openJournal([join(stateHome, 'etcdtop')]);
	const started = () => journal.read().lines.filter(({type}) => type === 'started');

	/** On a busy machine a gate may fall before anything is sent, and end it: then it is started again, as a script would. */
	const untilStarted = async (count: number): Promise<Started> => {
		for (let attempt = 1; ; attempt++) {
			const program = startProgram(['defrag', '--all', '--yes', ...cluster.connectionFlags], stateHome);
			while (started().length < count && program.process.exitCode === null) {
				await delay(5);
			}
			if (started().length >= count || attempt === 3) {
				return program;
			}
		}
	};

	const first = await untilStarted(1);
	first.process.kill('SIGKILL');
	await first.exitCode;
	const killed = started();
	expect(killed).toHaveLength(1);

	const second = await untilStarted(2);
	const next = started()[1];
	expect(next, second.stderr()).toBeDefined();
	expect((next?.uptimeMs ?? 0) - (killed[0]?.uptimeMs ?? 0)).toBeGreaterThanOrEqual(60_000);
	second.process.kill('SIGTERM');
	await second.exitCode;
	expect(started()).toHaveLength(2);
});
