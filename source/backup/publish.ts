/** Files that appear under their name whole, or not at all, and never in the place of another. */
import {constants} from 'node:fs';
import {type FileHandle, link, lstat, mkdir, open, rename, rm, statfs} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {sizeText} from '../domain/text.ts';
import {BackupError, diskError} from './backup-error.ts';

/** What is not finished has this name, in the same directory: the same for all who would write that file, so that one at a time does. */
export function partialPath(path: string): string {
	return join(dirname(path), `.${path.slice(dirname(path).length).replace(/^[/\\]+/, '')}.partial`);
}

/** Creates what is missing of it, for its owner alone. Throws `BackupError` where it can't be, or has no such room. */
export async function prepareDirectory(directory: string, neededBytes: number): Promise<void> {
	try {
		await makeDirectory(directory);
		const {bavail, bsize} = await statfs(directory);
		const free = bavail * bsize;
		if (free < neededBytes) {
			throw new BackupError(
				`${directory} has ${sizeText(free)} free, and a backup takes ${sizeText(neededBytes)} with some room to spare`,
				'Make room there, or name another directory.',
			);
		}
	} catch (error) {
		throw diskError(error, directory);
	}
}

/** By single steps: `recursive` tries for ever where a parent exists and says that it doesn't, as `/proc` does. */
async function makeDirectory(directory: string): Promise<void> {
	const missing: string[] = [];
	for (let path = resolve(directory); (await kindOf(path)) === undefined; path = dirname(path)) {
		missing.unshift(path);
		if (path === dirname(path)) {
			break;
		}
	}
	for (const path of missing) {
		await mkdir(path, {mode: 0o700}).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') {
				throw error;
			}
		});
	}
}

async function kindOf(path: string): Promise<object | undefined> {
	return lstat(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') {
			return undefined;
		}
		throw error;
	});
}

/** Throws `BackupError` where something has that name. */
export async function refuseExisting(path: string): Promise<void> {
	if ((await kindOf(path)) !== undefined) {
		throw new BackupError(`${path} is there already, and nothing is overwritten`, 'Wait a second, or name another directory.');
	}
}

/** The unfinished file of that name, empty, open for writing. */
export async function openPartial(path: string): Promise<FileHandle> {
	const partial = partialPath(path);
	try {
		const file = await open(partial, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
		await file.chmod(0o600);
		return file;
	} catch (error) {
		throw (error as NodeJS.ErrnoException).code === 'EEXIST'
			? new BackupError(`${partial} is there: another backup writes it, or was killed`, 'Remove it, if nobody writes it.', error)
			: diskError(error, partial);
	}
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let done = 0; done < bytes.length; ) {
		done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
	}
}

/** On file systems that know no second name for a file. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives the finished file its name. Throws `BackupError` where another file has got it meanwhile. */
export async function publish(path: string): Promise<void> {
	const partial = partialPath(path);
	try {
		// Renaming would take the place of a file that is there; a second name never does.
		await link(partial, path);
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		if (code === 'EEXIST') {
			await refuseExisting(path);
		}
		if (!noLinks.has(code)) {
			throw diskError(error, path);
		}
		await refuseExisting(path);
		await rename(partial, path).catch((failure: unknown) => {
			throw diskError(failure, path);
		});
	}
	await rm(partial, {force: true});
}

/** A name that was given is there after a crash too. */
export async function syncDirectory(directory: string): Promise<void> {
	const opened = await open(directory, constants.O_RDONLY);
	try {
		await opened.sync();
	} catch (error) {
		// Not every file system can; then it does it by itself.
		if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) {
			throw error;
		}
	} finally {
		await opened.close();
	}
}
