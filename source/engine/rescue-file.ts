/** A rescue in a file beside the journal: written whole or not at all, so that it goes on after the process was killed. */
import {closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Rescue} from '../domain/rescue.ts';
import {reasonOf} from './journal-file.ts';

/** Two hundred beginnings of keys and what was done; a hundred times that is none of ours. */
const maximumBytes = 4 * 1024 * 1024;

export type RescueFile = {
	/** The rescue that is kept there, why it can't be read, or nothing. */
	read(): Rescue | {readonly damage: string} | undefined;
	/** Why it could not be written, in one sentence; undefined when it is on disk. */
	write(rescue: Rescue): string | undefined;
	/** The rescue is over and read. */
	remove(): void;
};

export function rescueFilePath(directory: string, clusterId: string): string {
	return join(directory, `rescue-${clusterId.replace(/[^0-9a-z]/gi, '')}.json`);
}

/** The directory is the journal's, which made it. */
export function openRescueFile(directory: string, clusterId: string): RescueFile {
	const path = rescueFilePath(directory, clusterId);
	return {
		read() {
			try {
				if (statSync(path).size > maximumBytes) {
					return {damage: `${path} is larger than any rescue`};
				}
				const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
				return isRescue(value, clusterId) ? value : {damage: `${path} holds no rescue of this cluster`};
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
					return undefined;
				}
				return {damage: `${path} can't be read: ${reasonOf(error)}`};
			}
		},
		write(rescue) {
			const temporary = `${path}.${process.pid}.tmp`;
			try {
				// Never through what somebody else put there.
				rmSync(temporary, {force: true});
				const file = openSync(temporary, 'wx', 0o600);
				try {
					// All of it, or it throws: a disk that gets full takes a part without a word.
					writeFileSync(file, `${JSON.stringify(rescue)}\n`);
					fsyncSync(file);
				} finally {
					closeSync(file);
				}
				renameSync(temporary, path);
				return undefined;
			} catch (error) {
				rmSync(temporary, {force: true});
				return `the rescue can't be kept in ${path}, and would not go on after a restart: ${reasonOf(error)}`;
			}
		},
		remove() {
			rmSync(path, {force: true});
		},
	};
}

/** What must hold for the rest of the program to rely on it; the cluster tells everything else anew. */
function isRescue(value: unknown, clusterId: string): value is Rescue {
	const rescue = value as Partial<Rescue> | null;
	const {scan} = rescue ?? {};
	return (
		typeof rescue === 'object' &&
		rescue !== null &&
		rescue.version === 1 &&
		rescue.clusterId === clusterId &&
		typeof rescue.operator === 'string' &&
		typeof rescue.startedAt === 'number' &&
		typeof rescue.round === 'number' &&
		Array.isArray(rescue.raised) &&
		Array.isArray(rescue.before) &&
		(scan === undefined || (typeof scan.phase === 'string' && Array.isArray(scan.table?.groups)))
	);
}
