/** The runbook to go on with, or a new one. */
import {dirname, join, resolve} from 'node:path';
import {beginRestore, currentStep, type RestoreRun} from '../domain/restore-run.ts';
import type {Clock} from '../engine/clock.ts';
import type {Options} from '../options.ts';
import type {Reached} from '../reached.ts';
import {UsageError} from '../usage-error.ts';
import type {OpenShiftApi} from './cluster-facts.ts';
import {makeRunbook} from './make-runbook.ts';
import {type KeptRun, keepRun, keptRuns, runPath} from './run-files.ts';

export type OpenedRun =
	| {readonly kind: 'run'; readonly run: RestoreRun; readonly path: string; readonly notes: readonly string[]}
	| {readonly kind: 'refused'; readonly why: string; readonly notes: readonly string[]};

export type OpenRunOptions = {
	readonly options: Options;
	/** Where runbooks are kept, best first. */
	readonly directories: readonly string[];
	readonly clock: Pick<Clock, 'wallMs'>;
	readonly api: OpenShiftApi | undefined;
	readonly connect: () => Promise<Reached>;
};

/** Throws `UsageError`. */
export async function openRun(given: OpenRunOptions): Promise<OpenedRun> {
	const {options, directories} = given;
	const {from, resume} = options.restore;
	const {open, notes} = openRuns(directories, from);
	return resume
		? {kind: 'run', ...newestOpen(directories, from), notes: [...notes, ...olderNotes(open)]}
		: begin(given, open, notes);
}

/** Those that are not at their end, the newest first. */
function openRuns(
	directories: readonly string[],
	from: string | undefined,
): {readonly open: readonly KeptRun[]; readonly notes: readonly string[]} {
	const {runs, damaged} = keptRuns(directories);
	return {
		open: runs.filter(({run}) => currentStep(run) !== undefined && (from === undefined || isFrom(run, from))),
		notes: damaged.map(({path, damage}) => `${path} is no runbook that can be gone on with: ${damage}`),
	};
}

/** Throws `UsageError` where there is none. */
export function newestOpen(directories: readonly string[], from: string | undefined): KeptRun {
	const {open, notes} = openRuns(directories, from);
	const [newest] = open;
	if (newest === undefined) {
		throw new UsageError(`there is no runbook to go on with. ${notes.map((note) => `${note}.`).join(' ')}`.trim());
	}
	return newest;
}

function olderNotes({length}: readonly KeptRun[]): readonly string[] {
	return length < 2 ? [] : [`${length - 1} older ones are under way too; this is the newest`];
}

function isFrom({runbook: {backup}}: RestoreRun, from: string): boolean {
	const path = resolve(from);
	return path === backup.directory || backup.files.some((file) => file.path === path);
}

async function begin(
	{options, directories, clock, api, connect}: OpenRunOptions,
	open: readonly KeptRun[],
	notes: readonly string[],
): Promise<OpenedRun> {
	const [before] = open;
	if (options.restore.from !== undefined && before !== undefined) {
		const {ticks, startedWallMs} = before.run;
		throw new UsageError(
			`a restore from there was begun ${new Date(startedWallMs).toLocaleString('sv-SE')}, and ${ticks.length} of its steps are done: go on with it by --resume, or remove ${before.path} to begin anew.`,
		);
	}
	const made = await makeRunbook(options, api, connect);
	if (made.kind === 'refused') {
		return {...made, notes: [...notes, ...made.notes]};
	}
	const wallMs = clock.wallMs();
	const run = beginRestore(made.runbook, idOf(wallMs), wallMs);
	return {kind: 'run', run, path: keptSomewhere(run, directories), notes: [...notes, ...made.notes]};
}

/** `2026-11-27_031500`. */
function idOf(wallMs: number): string {
	return new Date(wallMs).toISOString().replace('T', '_').replaceAll(':', '').slice(0, 17);
}

function keptSomewhere(run: RestoreRun, directories: readonly string[]): string {
	const failures: string[] = [];
	for (const directory of directories) {
		const path = runPath(directory, run.id);
		try {
			keepRun(path, directory, run);
			return path;
		} catch (error) {
			failures.push(`${directory}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
		}
	}
	throw new UsageError(
		`the runbook can't be kept: ${failures.join('; ')}. Make room there, or name another directory with --state-dir.`,
	);
}

/** Keeps it where it was kept before. */
export function keeper(path: string): (run: RestoreRun) => void {
	const directory = dirname(path);
	return (run) => keepRun(join(path), directory, run);
}
