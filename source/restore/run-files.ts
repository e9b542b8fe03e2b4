/** Runbooks under way, each in a file of its own: written whole, synced and renamed, so that a kill leaves the old one or the new one. */
import {
	closeSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from 'node:fs';
import {join} from 'node:path';
import {largestRunBytes, parseRun, serializeRun} from '../domain/restore-file.ts';
import type {RestoreRun} from '../domain/restore-run.ts';

export type KeptRun = {readonly path: string; readonly run: RestoreRun};
export type DamagedRun = {readonly path: string; readonly damage: string};

const pattern = /^restore-[\w.-]+\.json$/;

export function runPath(directory: string, id: string): string {
	return join(directory, `restore-${id}.json`);
}

/** Throws the system's error where it can't be kept. */
export function keepRun(path: string, directory: string, run: RestoreRun): void {
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const written = `${path}.${process.pid}`;
	try {
		const file = openSync(written, 'w', 0o600);
		try {
			const bytes = Buffer.from(serializeRun(run));
			for (let at = 0; at < bytes.length; ) {
				at += writeSync(file, bytes, at);
			}
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(written, path);
	} catch (error) {
		rmSync(written, {force: true});
		throw error;
	}
	syncDirectory(directory);
}

/** The name is what a rename changes, and it is the directory's. */
function syncDirectory(directory: string): void {
	const file = openSync(directory, 'r');
	try {
		fsyncSync(file);
	} catch {
		// Some file systems have no such thing.
	} finally {
		closeSync(file);
	}
}

/** Those in the directories, the newest first. */
export function keptRuns(directories: readonly string[]): {
	readonly runs: readonly KeptRun[];
	readonly damaged: readonly DamagedRun[];
} {
	const paths = directories.flatMap((directory) =>
		namesIn(directory)
			.filter((name) => pattern.test(name))
			.map((name) => join(directory, name)),
	);
	const read = paths.map((path) => ({path, run: readRun(path)}));
	return {
		runs: read
			.flatMap(({path, run}) => ('damage' in run ? [] : [{path, run}]))
			.toSorted((a, b) => b.run.startedWallMs - a.run.startedWallMs),
		damaged: read.flatMap(({path, run}) => ('damage' in run ? [{path, damage: run.damage}] : [])),
	};
}

function namesIn(directory: string): readonly string[] {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}

function readRun(path: string): RestoreRun | {readonly damage: string} {
	try {
		return statSync(path).size > largestRunBytes ? {damage: 'too large'} : parseRun(readFileSync(path, 'utf8'));
	} catch (error) {
		return {damage: (error as NodeJS.ErrnoException).code ?? 'unreadable'};
	}
}
