/** `etcdtop snapshot verify`: whether a snapshot's file is whole, and the figures by which etcdctl names it. */
import {basename, resolve} from 'node:path';
import {differenceFrom, hashText, manifestBeside} from '../backup/manifest-file.ts';
import {SnapshotDamage, type SnapshotStatus, verifySnapshot} from '../backup/snapshot-status.ts';
import {reasonOf} from '../engine/journal-file.ts';
import {safeText} from '../transport/safe-text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {type Column, tableText} from './table.ts';

export async function runSnapshot(context: CommandContext): Promise<number> {
	const [verb, file, ...more] = context.options.operands;
	if (verb !== 'verify' || file === undefined || more.length > 0) {
		throw new UsageError('say etcdtop snapshot verify FILE.');
	}
	const leaving = new AbortController();
	const forget = context.onInterrupt(() => leaving.abort());
	try {
		return await verify(resolve(file), leaving.signal, context);
	} finally {
		forget();
	}
}

async function verify(path: string, signal: AbortSignal, {options, print, say, columns}: CommandContext): Promise<number> {
	const shown = safeText(path);
	let status: SnapshotStatus;
	try {
		status = await verifySnapshot(path, {signal});
	} catch (error) {
		say(`${shown}: ${signal.aborted ? 'interrupted; nothing is known of it' : whyNot(error)}`);
		return exitCodes.failed;
	}
	print(
		{
			json: () => JSON.stringify(recordOf(status)),
			simple: () => row.map(({text}) => text(status)).join(', '),
			table: () => tableText(row, [status], columns),
		}[options.writeOut](),
	);
	if (!status.hasChecksum) {
		say(
			'There is no SHA-256 at its end, as in a copy of a data directory: its pages are in order, what stands on them was not checked.',
		);
	}
	const found = await manifestBeside(path);
	if (found.kind === 'unusable') {
		say(`${safeText(found.path)} is no help: ${safeText(found.why)}.`);
	}
	const difference = found.kind === 'found' ? differenceFrom(found.manifest, basename(path), status) : undefined;
	if (found.kind === 'found' && difference !== undefined) {
		say(`${shown} is not what its manifest tells of: ${safeText(found.path)}: ${difference}.`);
		return exitCodes.failed;
	}
	return exitCodes.done;
}

/** A defect is thrown on. */
function whyNot(error: unknown): string {
	if (error instanceof SnapshotDamage) {
		return `damaged: ${error.message}. Do not restore from it.`;
	}
	if ((error as NodeJS.ErrnoException).code === undefined) {
		throw error;
	}
	return `it can't be read: ${reasonOf(error)}.`;
}

/** The first four named as etcdctl names them. */
function recordOf(status: SnapshotStatus) {
	const {hash, revision, totalKeys, totalSizeBytes, fileBytes, hasChecksum, sha256} = status;
	return {
		hash,
		revision: Number(revision),
		totalKey: totalKeys,
		totalSize: totalSizeBytes,
		fileSize: fileBytes,
		hasChecksum,
		sha256,
	};
}

/** As etcdctl draws it. */
const row: readonly Column<SnapshotStatus>[] = [
	{title: 'HASH', text: hashText},
	{title: 'REVISION', align: 'right', text: ({revision}) => String(revision)},
	{title: 'TOTAL KEYS', align: 'right', text: ({totalKeys}) => String(totalKeys)},
	{title: 'TOTAL SIZE', align: 'right', text: ({totalSizeBytes}) => decimalSizeText(totalSizeBytes)},
];

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `2.1 MB`, `25 kB`: etcdctl counts in thousands here. */
function decimalSizeText(bytes: number): string {
	const power = bytes < 10 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
	const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
	return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}
