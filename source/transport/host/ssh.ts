/**
 * The system's ssh: one login, kept open, through which files are read and ports reached. The user's own configuration counts. Key
 * material goes through its pipes and stays in memory.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Duplex} from 'node:stream';
import {shellWord} from '../../domain/shell-word.ts';
import type {Address} from '../grpc/dial.ts';
import {type Doorstep, listenForNobody} from '../grpc/doorstep.ts';
import type {Endpoint} from '../grpc/endpoint.ts';
import type {HostCommandOptions, HostCommandResult} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {HostFiles} from './host-files.ts';
import {failureOf} from './ssh-failure.ts';
import {collected, type Ended, ended, SshStream} from './ssh-stream.ts';

export type SshOptions = {
	/** `root@cp-1`, or a name of the user's configuration. */
	readonly host: string;
	readonly dialTimeoutMs: number;
	/** The program, and flags before ours. Default: `ssh` in PATH. */
	readonly command?: readonly string[];
	readonly signal?: AbortSignal;
	/** What runs there goes on when this terminal hangs up; it is for us to await its end. */
	readonly outlivesTerminal?: true;
};

/** A login asks a jump host, a directory, a second factor's server: longer than a connection to etcd may take. */
const loginTimeoutMs = 20_000;
const aliveSeconds = 5;
const readTimeoutMs = 10_000;

export class Ssh implements HostFiles {
	readonly host: string;
	readonly #command: readonly string[];
	readonly #options: SshOptions;
	/** Private: the socket of the login is in it. */
	readonly #directory: string;
	readonly #children = new Set<ChildProcess>();
	/** Lines of the login's own: why a port could not be reached is told there, and not to who asked for it. */
	readonly #said: string[] = [];
	#login: Promise<void> | undefined;
	#doorstep: Promise<Doorstep> | undefined;
	#closed = false;
	readonly #onExit = (): void => this.close();

	/** Throws `TransportError` for what can't be a host. */
	constructor(options: SshOptions) {
		if (options.host === '' || options.host.startsWith('-')) {
			throw new TransportError({
				kind: 'unsupported',
				message: `"${safeText(options.host)}" is no host`,
				nextStep: 'Say --via ssh USER@HOST.',
			});
		}
		this.#options = options;
		this.#directory = mkdtempSync(join(tmpdir(), 'etcdtop-ssh-'));
		this.host = safeText(options.host);
		this.#command = options.command ?? ['ssh'];
		// A killed terminal must leave no login behind.
		process.once('exit', this.#onExit);
	}

	/** By sudo where that asks for no password, else as the user. */
	async read(path: string): Promise<Buffer | undefined> {
		const quoted = shellWord(path);
		// 44: there is no such file. Whether one is there is asked as the one who reads it.
		const script = `test -e ${quoted} || exit 44; cat ${quoted}`;
		const words = `if sudo -n true 2>/dev/null; then sudo -n sh -c ${shellWord(script)}; else sh -c ${shellWord(script)}; fi`;
		const {code, stdout, stderr} = await this.#run([words]);
		if (code === 0) {
			return stdout;
		}
		if (code === 44) {
			return undefined;
		}
		throw new TransportError(
			/permission denied/i.test(stderr)
				? {
						kind: 'permission-denied',
						message: `${path} on ${this.host}: you may not read it, and sudo asks for a password`,
						nextStep: 'Log in as root, or as a user with sudo that asks for none.',
					}
				: {
						kind: 'unreachable',
						message: `${path} on ${this.host}: ${safeText(stderr) || `ssh ended with ${code}`}`,
						nextStep: 'Look at that host.',
					},
		);
	}

	readonly dial = async (endpoint: Endpoint): Promise<Address> => {
		this.#doorstep ??= listenForNobody();
		const doorstep = await this.#doorstep;
		return {host: endpoint.host, port: endpoint.port, tunnel: {open: () => this.#open(endpoint), doorstep}};
	};

	/** Ends the login and everything that goes through it. */
	close(): void {
		if (this.#closed) {
			return;
		}
		this.#closed = true;
		process.off('exit', this.#onExit);
		for (const child of this.#children) {
			child.kill();
		}
		this.#doorstep?.then(
			({server}) => server.close(),
			() => {},
		);
		rmSync(this.#directory, {recursive: true, force: true});
	}

	/** One connection from that host to the endpoint. */
	async #open({host, port}: Endpoint): Promise<Duplex> {
		await this.#loggedIn();
		const mark = this.#said.length;
		const child = this.#spawn(['-W', `${host.includes(':') ? `[${host}]` : host}:${port}`]);
		return new SshStream(child, {from: this.host, to: `${host}:${port}`, whyRefused: () => this.#said.slice(mark)});
	}

	/** A script for the host's own shell. Its code is its own; 255 is ssh's, which then says why. Throws `TransportError`. */
	async run(script: string, {timeoutMs, onLine}: HostCommandOptions): Promise<HostCommandResult> {
		const {code, stdout, stderr, isLate} = await this.#run([script], timeoutMs, onLine);
		if (isLate) {
			throw new TransportError({
				kind: 'timed-out',
				message: `${this.host}: the command has not ended within ${Math.round(timeoutMs / 1000)} s`,
				nextStep: 'It may go on there: look at that host before anything else is done to it.',
			});
		}
		if (code === 255 && stdout.length === 0) {
			throw this.#failure(stderr || 'it ended without a word');
		}
		return {code, stdout: stdout.toString(), stderr};
	}

	async #run(
		words: readonly string[],
		timeoutMs = readTimeoutMs,
		onLine?: (line: string) => void,
	): Promise<{readonly code: number | null; readonly stdout: Buffer; readonly stderr: string; readonly isLate: boolean}> {
		await this.#loggedIn();
		const child = this.#spawn([], words);
		let isLate = false;
		const timer = setTimeout(() => {
			isLate = true;
			child.kill();
		}, timeoutMs);
		child.stdin?.end();
		const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
		if (onLine !== undefined) {
			tellLines(child.stdout, onLine);
			tellLines(child.stderr, onLine);
		}
		try {
			const {code} = await ended(child);
			return {code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), isLate};
		} finally {
			clearTimeout(timer);
		}
	}

	/** The login that is open, or a new one. Throws `TransportError`. */
	#loggedIn(): Promise<void> {
		this.#login ??= this.#logIn().catch((error: unknown) => {
			this.#login = undefined;
			throw error;
		});
		return this.#login;
	}

	async #logIn(): Promise<void> {
		// One that no hangup reaches ends with our end of its pipe, when nothing goes through it any more: a kill leaves no login behind.
		const master = this.#options.outlivesTerminal
			? this.#spawn(['-M'], ['cat >/dev/null'])
			: this.#spawn(['-M', '-N'], [], 'ignore');
		const stderr = collected(master.stderr);
		master.stderr?.on('data', (chunk: Buffer) =>
			this.#said.push(
				...chunk
					.toString()
					.split('\n')
					.filter((line) => line.trim() !== ''),
			),
		);
		let end: Ended | undefined;
		const gone = ended(master).then((how) => {
			end = how;
			// The next one who needs it logs in again.
			this.#login = undefined;
		});
		const deadline = performance.now() + loginTimeoutMs;
		while (end === undefined && performance.now() < deadline && this.#options.signal?.aborted !== true) {
			const check = await ended(this.#spawn(['-O', 'check'], [], 'ignore'));
			if (check.code === 0) {
				return;
			}
			await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 50))]);
		}
		master.kill();
		const {error} = (end as Ended | undefined) ?? {};
		const silent = end === undefined ? `no login within ${loginTimeoutMs / 1000} s` : 'it ended without a word';
		throw this.#failure(error?.message ?? (Buffer.concat(stderr).toString() || silent), error);
	}

	#spawn(flags: readonly string[], words: readonly string[] = [], stdin: 'pipe' | 'ignore' = 'pipe'): ChildProcess {
		if (this.#closed) {
			throw new TransportError({kind: 'cancelled', message: 'stopped', nextStep: ''});
		}
		const [program = 'ssh', ...before] = this.#command;
		const own = {
			BatchMode: 'yes',
			ControlPath: join(this.#directory, 's'),
			ConnectTimeout: String(Math.ceil(this.#options.dialTimeoutMs / 1000)),
			ServerAliveInterval: String(aliveSeconds),
			ServerAliveCountMax: '3',
		};
		const settings = Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
		const child = spawn(program, [...before, ...settings, '-T', ...flags, '--', this.#options.host, ...words], {
			stdio: [stdin, 'pipe', 'pipe'],
			detached: this.#options.outlivesTerminal === true,
		});
		this.#children.add(child);
		child.once('close', () => this.#children.delete(child));
		child.on('error', () => this.#children.delete(child));
		child.stdin?.on('error', () => {});
		return child;
	}

	#failure(said: string, cause?: unknown): TransportError {
		return new TransportError(failureOf(this.host, said), cause);
	}
}

function tellLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
	if (stream !== null) {
		createInterface({input: stream}).on('line', (line) => onLine(safeText(line)));
	}
}
