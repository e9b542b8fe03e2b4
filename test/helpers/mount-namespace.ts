import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** How a process may mount something that only it sees; undefined where it may not. */
export async function mountNamespace(): Promise<readonly string[] | undefined> {
	for (const flags of [['-m'], ['-rm']]) {
		const works = await run('unshare', [...flags, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).then(
			() => true,
			() => false,
		);
		if (works) {
			return flags;
		}
	}
	return undefined;
}
