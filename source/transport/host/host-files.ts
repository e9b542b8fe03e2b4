/** Files of a control-plane host: of this one, or of one that SSH leads to. */
import {readFile} from 'node:fs/promises';
import {TransportError} from '../transport-error.ts';

export interface HostFiles {
	/** `this host`, `root@cp-1`. */
	readonly host: string;
	/** Undefined where there is no such file. Throws `TransportError` where it may not be read, or nobody answers. */
	read(path: string): Promise<Buffer | undefined>;
}

export const ownFiles: HostFiles = {
	host: 'this host',
	async read(path) {
		try {
			return await readFile(path);
		} catch (error) {
			const {code = ''} = error as NodeJS.ErrnoException;
			if (code === 'ENOENT' || code === 'ENOTDIR') {
				return undefined;
			}
			throw new TransportError(
				code === 'EACCES' || code === 'EPERM'
					? {
							kind: 'permission-denied',
							message: `${path}: you may not read it`,
							nextStep: 'Run it with sudo: sudo etcdtop --local.',
						}
					: {kind: 'unsupported', message: `${path}: ${code}`, nextStep: 'Look at that file.'},
				error,
			);
		}
	},
};
