/** An sshd for the tests by SSH: the machine's own, else the distribution's package, as etcd is brought. */
import {accessSync, constants, existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {installPackages, unpackPackages} from '../../source/demo/debian-packages.ts';
import {run} from '../../source/demo/run-program.ts';

export type SshPrograms = {readonly sshd: string; readonly ssh: string; readonly keygen: string};

const packages = ['openssh-server', 'openssh-client'] as const;
/** Without a network apt waits longer than these tests are worth. */
const patienceMs = 120_000;

const folder = fileURLToPath(new URL('../../node_modules/.cache/openssh', import.meta.url));

/** Undefined where one of them is missing. What is in PATH goes by its name; sshd wants to know where it is. */
export function findSshd(): SshPrograms | undefined {
	const path = (process.env['PATH'] ?? '').split(delimiter);
	const programIn = (folders: readonly string[], name: string) => folders.map((one) => join(one, name)).find(isProgram);
	const sshd = programIn([...path, '/usr/sbin', join(folder, 'usr/sbin')], 'sshd');
	const [ssh, keygen] = ['ssh', 'ssh-keygen'].map((name) =>
		programIn(path, name) === undefined ? programIn([join(folder, 'usr/bin')], name) : name,
	);
	return sshd === undefined || ssh === undefined || keygen === undefined ? undefined : {sshd, ssh, keygen};
}

/** Once, before the tests: two that fetch at the same time are in each other's way. Without it those by SSH are skipped, and say so. */
export async function bringSshd(say: (sentence: string) => void): Promise<void> {
	if (findSshd() !== undefined) {
		return;
	}
	const environment = process.env;
	const signal = AbortSignal.timeout(patienceMs);
	if (process.getuid?.() !== 0) {
		say("sshd is not installed: fetching the distribution's package.");
		await unpackPackages(packages, {folder, environment, signal});
	} else if (environment['CI'] !== undefined || !existsSync('/run/systemd/system')) {
		// Root's sshd wants a user of its own, which the package makes. Without systemd nothing starts the service that comes with it.
		say(`sshd is not installed: installing ${packages.join(' and ')}.`);
		if (!(await installPackages(packages, environment, signal))) {
			await run('apt-get', ['update'], {env: environment, signal}).catch(() => '');
			await installPackages(packages, environment, signal);
		}
	}
}

function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
