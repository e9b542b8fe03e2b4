/** A connection that breaks while the monitor carries out a run, in real time. */
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {expect, it, onTestFinished} from 'vitest';
import {openJournal} from '../../source/engine/journal.ts';
import {clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fragment} from '../helpers/fill.ts';
import {type PseudoTerminal, startInTerminal} from '../helpers/pseudo-terminal.ts';

const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
/** The members are younger than the cooldown: the first gate opens a minute after their start. */
const patienceMs = 120_000;

it('the member at work is written down, no next one starts, and the program ends', async () => {
	const cluster = await clusterForTest();
	await fragment(cluster);
	const home = temporaryDirectory();
	const journal = openJournal([join(home, '.local/state/etcdtop')]);
	const lines = (type: string) => journal.read().lines.filter((line) => line.type === type);
	const program = startInTerminal(process.execPath, [launcher, ...cluster.connectionFlags], {
		columns: 120,
		rows: 50,
		env: {PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8'},
	});
	onTestFinished(() => program.kill('SIGKILL'));
	// A gate that falls for a moment, as on a busy machine, closes the dialog: it is opened again.
	for (let attempt = 1; lines('started').length === 0; attempt++) {
		try {
			await startAll(program);
			await expect.poll(() => lines('started').length, {interval: 5}).toBe(1);
		} catch (error) {
			if (attempt === 3) {
				throw error;
			}
			program.send('\u001b');
		}
	}
	program.hangUp();
	for (let waited = 0; isAlive(program.pid) && waited < 20_000; waited += 50) {
		await delay(50);
	}
	expect(isAlive(program.pid)).toBe(false);
	expect(lines('started')).toHaveLength(1);
	expect(lines('ended')).toMatchObject([{outcome: 'done'}]);
});

async function startAll(program: PseudoTerminal): Promise<void> {
	await program.waitFor('D all', patienceMs);
	program.send('D');
	// The footer has it only when no gate holds the plan any more.
	await program.waitFor(/yes\/no {2}Enter go on$/m, patienceMs);
	program.send('\r');
	const [, word = ''] = /Type the word {2}(.*?) {2}:/.exec(await program.waitFor('Type the word')) ?? [];
	// Nothing counts in a dialog's first half second.
	await delay(1000);
	// Each by itself: several in one read would be a paste.
	for (const [index, letter] of [...word].entries()) {
		program.send(letter);
		await program.waitFor(`${index + 1} of ${word.length}`);
	}
	program.send('\t');
	await program.waitFor(/> \[ Start \]/);
	program.send('\r');
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
