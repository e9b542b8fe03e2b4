/** A real sshd on loopback for one test, with keys and a configuration of its own. */
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, onTestFinished} from 'vitest';
import {freePort} from '../../source/demo/free-port.ts';
import {findSshd, type SshPrograms} from './bring-sshd.ts';

/** Why there can be none here; undefined where somebody can log in. `npm test` brings it where it can. */
export async function whyNoSshd(): Promise<string | undefined> {
	const programs = findSshd();
	if (programs === undefined) {
		return 'there is no sshd: install openssh-server';
	}
	// Some containers let nobody change root, which sshd needs when it runs as root.
	const sshd = await startSshd(programs).catch((error: unknown) => String(error));
	if (typeof sshd === 'string') {
		return sshd;
	}
	try {
		const [ssh = 'ssh', ...flags] = sshd.command;
		execFileSync(ssh, [...flags, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', sshd.host, 'true'], {stdio: 'ignore'});
		return undefined;
	} catch {
		return 'its sshd lets nobody in';
	} finally {
		await sshd.remove();
	}
}

export type Sshd = {
	/** The program and the flags that lead there: what a user's own configuration would say. */
	readonly command: readonly string[];
	/** `USER@127.0.0.1`. */
	readonly host: string;
	stop(): Promise<void>;
	start(): Promise<void>;
};

/** `settings`: further lines of its configuration. */
export async function sshdForTest(settings: readonly string[] = []): Promise<Sshd> {
	const sshd = await startSshd(findSshd()!, settings);
	onTestFinished(sshd.remove);
	return sshd;
}

/** One for all tests of a suite: call it inside `beforeAll`, or at the top of a file. */
export async function sshdForSuite(): Promise<Sshd> {
	const sshd = await startSshd(findSshd()!);
	afterAll(sshd.remove);
	return sshd;
}

async function startSshd(
	{sshd: program, ssh, keygen}: SshPrograms,
	settings: readonly string[] = [],
): Promise<Sshd & {remove(): Promise<void>}> {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-sshd-'));
	const path = (name: string) => join(directory, name);
	for (const name of ['host', 'user', 'stranger']) {
		execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', path(name)]);
	}
	if (userInfo().uid === 0) {
		mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
	}
	const port = await freePort();
	execFileSync('cp', [path('user.pub'), path('authorized_keys')]);
	writeFileSync(
		path('sshd_config'),
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${path('host')}`,
			`AuthorizedKeysFile ${path('authorized_keys')}`,
			'StrictModes no',
			'PasswordAuthentication no',
			'KbdInteractiveAuthentication no',
			'UsePAM no',
			'PermitRootLogin prohibit-password',
			`PidFile ${path('pid')}`,
			'MaxSessions 100',
			...settings,
		].join('\n'),
	);
	const hostKey = execFileSync('cut', ['-d', ' ', '-f', '1,2', path('host.pub')])
		.toString()
		.trim();
	writeFileSync(path('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
	let child: ReturnType<typeof spawn> | undefined;

	async function start(): Promise<void> {
		child = spawn(program, ['-D', '-e', '-f', path('sshd_config')], {stdio: 'ignore', detached: true});
		for (let tries = 0; tries < 200; tries++) {
			if (await listens(port)) {
				return;
			}
			await sleep(25);
		}
		throw new Error('sshd does not listen');
	}

	/** With every session: they are in its group. */
	async function stop(): Promise<void> {
		const pid = child?.pid;
		child = undefined;
		if (pid !== undefined) {
			for (const session of sessionsOf(pid)) {
				kill(session);
			}
			kill(pid);
		}
		while (await listens(port)) {
			await sleep(10);
		}
	}

	await start();
	return {
		async remove() {
			await stop();
			rmSync(directory, {recursive: true, force: true});
		},
		command: [
			ssh,
			'-F',
			'none',
			'-p',
			String(port),
			'-i',
			path('user'),
			'-o',
			'IdentitiesOnly=yes',
			'-o',
			`UserKnownHostsFile=${path('known_hosts')}`,
		],
		host: `${userInfo().username}@127.0.0.1`,
		start,
		stop,
	};
}

/** Each connection's process is a child of the one that listens. */
function sessionsOf(pid: number): readonly number[] {
	try {
		return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
			.toString()
			.split('\n')
			.map(Number)
			.filter((one) => one > 0);
	} catch {
		return [];
	}
}

function kill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended by itself.
	}
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		const answer = (does: boolean) => {
			socket.destroy();
			resolve(does);
		};
		socket.once('connect', () => answer(true));
		socket.once('error', () => answer(false));
	});
}
