/** What each picture shows, and the keys that lead there. */
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {beginRestore, currentStep, type RestoreRun, tickByPerson} from '../../source/domain/restore-run.ts';
import {keepRun, runPath} from '../../source/restore/run-files.ts';
import {openshiftInputs} from '../domain/restore-samples.ts';
import type {PseudoTerminal} from '../helpers/pseudo-terminal.ts';

export type Picture = {
	/** Flags of `etcdtop demo`; absent for what has no cluster. */
	readonly demo?: readonly string[];
	/** Puts what it takes into the state directory, and says what is started instead of a demo. */
	readonly prepare?: (stateHome: string) => readonly string[];
	readonly columns: number;
	readonly rows: number;
	/** Resolves when the screen is as it should be. */
	readonly pose: (program: PseudoTerminal) => Promise<void>;
};

const wide = {columns: 120, rows: 36};

/** Long enough for lines in a window of five minutes. */
const watchMs = 100_000;
const startMs = 90_000;
/** A cluster that has just started is no reason to hold a plan back any more. */
const settledMs = 120_000;
const retryMs = 3000;

export const pictures: Readonly<Record<string, Picture>> = {
	overview: {
		demo: ['--scenario', 'fragmented'],
		...wide,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			await shortWindow(program);
			await delay(watchMs);
		},
	},
	plan: {
		demo: ['--scenario', 'fragmented'],
		...wide,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			await shortWindow(program);
			await pressUntil(program, 'D', /GATES/);
			await program.waitFor((screen) => !/◌/.test(screen), settledMs);
		},
	},
	kubernetes: {
		demo: ['--scenario', 'fragmented', '--kubernetes'],
		...wide,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			await pressUntil(program, 'w', /RESTARTS/);
		},
	},
	nospace: {
		demo: ['--scenario', 'nospace'],
		...wide,
		async pose(program) {
			await program.waitFor(/■ NOSPACE/, startMs);
			await pressUntil(program, 'R', /largest prefixes/);
			await program.waitFor(/✓ 3 what grew/);
		},
	},
	'host-backup': {
		demo: ['--kubernetes'],
		...wide,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			await pressUntil(program, 'B', /no rollout of etcd/);
		},
	},
	encryption: {
		demo: ['--kubernetes'],
		...wide,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			program.send('6');
			await program.waitFor(/configured identity/);
			program.send('e');
			await program.waitFor(/\[ aescbc \]/);
			for (const key of ['\t', '\r', ...'encrypt', '\t', '\r']) {
				// The first keys in a dialog do not count, and each of a word counts by itself.
				await delay(600);
				program.send(key);
			}
			await program.waitFor(/[1-4] of 5 resources/, settledMs);
		},
	},
	backups: {
		demo: ['--scenario', 'fragmented'],
		columns: 120,
		rows: 20,
		async pose(program) {
			await program.waitFor(/● HEALTHY/, startMs);
			for (let taken = 1; taken <= 2; taken++) {
				await pressUntil(program, 'b', /\[ Back up \]/);
				program.send('\t');
				await delay(1000);
				program.send('\r');
				await program.waitFor(new RegExp(`done, verified[\\s\\S]*${taken} in the journal`), settledMs);
			}
		},
	},
	restore: {
		prepare(stateHome) {
			const run = stoppedAt('stop-kube-apiserver@');
			const directory = join(stateHome, 'etcdtop');
			keepRun(runPath(directory, run.id), directory, run);
			return ['restore', '--resume'];
		},
		...wide,
		async pose(program) {
			await program.waitFor(/now[\s\S]*unknown: /, startMs);
		},
	},
};

/** A restore whose steps are done up to that one. */
function stoppedAt(step: string): RestoreRun {
	const plan = planRestore(openshiftInputs());
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}
	let run = beginRestore(plan.runbook, 'picture', Date.now());
	for (let next = currentStep(run); next !== undefined && !next.id.startsWith(step); next = currentStep(run)) {
		const ticked = tickByPerson(run, next, next.word, Date.now());
		run = ticked.kind === 'ticked' ? ticked.run : run;
	}
	return run;
}

/** A member that started just now holds a plan back, and a press then only says so. */
async function pressUntil(program: PseudoTerminal, key: string, shown: RegExp): Promise<void> {
	for (let tries = 0; tries < settledMs / retryMs && !shown.test(program.screen()); tries++) {
		program.send(key);
		await delay(retryMs);
	}
	await program.waitFor(shown);
}

/** Five minutes instead of an hour, most of which a new cluster has not lived. */
async function shortWindow(program: PseudoTerminal): Promise<void> {
	program.send('[');
	await delay(500);
	program.send('[');
}
