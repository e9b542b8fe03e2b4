/** Why a backup came to nothing here: the disk, a directory, or what arrived. Expected, and told with its way out. */
export class BackupError extends Error {
	override readonly name = 'BackupError';
	readonly nextStep: string;

	constructor(message: string, nextStep: string, cause?: unknown) {
		super(message, cause === undefined ? undefined : {cause});
		this.nextStep = nextStep;
	}
}

const explanations: Readonly<Record<string, readonly [message: string, nextStep: string]>> = {
	ENOSPC: ['the disk is full', 'Make room there, or name another directory.'],
	EDQUOT: ['the disk quota is used up', 'Make room there, or name another directory.'],
	EFBIG: ['a file may not grow so large there', 'Name another directory.'],
	EROFS: ['the file system is read-only', 'Name another directory.'],
	EACCES: ['permission denied', 'Name a directory of your own.'],
	EPERM: ['not permitted', 'Name a directory of your own.'],
	ENOTDIR: ['it is no directory', 'Name a directory.'],
	ELOOP: ['it is a symbolic link', 'Name the directory itself.'],
	EIO: ['the disk fails', 'Name a directory on another disk.'],
	ENAMETOOLONG: ['the name is too long', 'Name another directory.'],
};

/** What the system says of a file or a directory; anything that is no such error as it is. */
export function diskError(error: unknown, place: string): unknown {
	const {code} = error as NodeJS.ErrnoException;
	if (error instanceof BackupError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) {
		return error;
	}
	const [message, nextStep] = explanations[code] ?? [code, 'Name another directory.'];
	return new BackupError(`${place}: ${message}`, nextStep, error);
}
