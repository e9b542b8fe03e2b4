/** One etcd process of a cluster: started, frozen, killed, started again. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, openSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {ask, type GatewayTls} from './gateway.ts';

/** Generous: a machine with every core busy elects a leader in seconds. */
const readyTimeoutMs = 60_000;
const pollMs = 40;

/** The flags that `--initial-cluster` and its company make up: different on the first start and for a member added later. */
export type MemberSetup = {
	readonly name: string;
	readonly binary: string;
	readonly clientUrl: string;
	/** What the member tells clients, where that is not `clientUrl`: a proxy, or a URL that nobody reaches. */
	readonly advertisedUrl: string;
	readonly peerUrl: string;
	/** Serves metrics without TLS, when there. */
	readonly metricsUrl?: string;
	readonly dataDirectory: string;
	readonly logFile: string;
	readonly flags: readonly string[];
	readonly tls: GatewayTls;
};

export type Readiness = 'healthy' | 'answering' | 'none';

export class ClusterMember {
	readonly name: string;
	readonly clientUrl: string;
	readonly advertisedUrl: string;
	readonly peerUrl: string;
	readonly metricsUrl: string | undefined;
	readonly dataDirectory: string;
	/** The newest process; it has ended when `exitCode` or `signalCode` is set. */
	process: ChildProcess;
	readonly #setup: MemberSetup;

	/** Starts the process at once; await `ready` before relying on it. */
	constructor(setup: MemberSetup) {
		this.#setup = setup;
		this.name = setup.name;
		this.clientUrl = setup.clientUrl;
		this.advertisedUrl = setup.advertisedUrl;
		this.peerUrl = setup.peerUrl;
		this.metricsUrl = setup.metricsUrl;
		this.dataDirectory = setup.dataDirectory;
		this.process = this.#spawn();
	}

	get pid(): number {
		const {pid} = this.process;
		if (pid === undefined) {
			throw new Error(`${this.name} could not be started: ${this.#setup.binary}`);
		}
		return pid;
	}

	get running(): boolean {
		return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
	}

	/** SIGSTOP: it accepts connections and answers nothing. */
	freeze(): void {
		process.kill(this.pid, 'SIGSTOP');
	}

	thaw(): void {
		process.kill(this.pid, 'SIGCONT');
	}

	/** SIGKILL, and waits for the end. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** SIGTERM, and waits for the end: an orderly stop, which hands leadership on first. */
	async terminate(): Promise<void> {
		await this.#end('SIGTERM');
	}

	/** Starts it again on its own data, ended first when it runs. */
	async restart(readiness: Readiness = 'healthy'): Promise<void> {
		await this.kill();
		this.process = this.#spawn();
		await this.ready(readiness);
	}

	/** Everything that it printed so far. */
	log(): Promise<string> {
		return readFile(this.#setup.logFile, 'utf8');
	}

	/** POSTs to the JSON form of etcd's API, `/v3/kv/put` and the like; rejects unless it says 200. */
	async call(path: string, body: object, timeoutMs = 5000): Promise<Record<string, unknown>> {
		const answer = await ask(`${this.clientUrl}${path}`, this.#setup.tls, body, timeoutMs);
		if (answer.status !== 200) {
			throw new Error(`${this.name}${path}: ${answer.status} ${answer.body}`);
		}
		return JSON.parse(answer.body) as Record<string, unknown>;
	}

	/**
	 * Waits until it is `healthy` (reads need quorum; NOSPACE does not count) or merely `answering`. Rejects with the end of its
	 * log when the process ends before, or after a minute.
	 */
	async ready(readiness: Readiness = 'healthy'): Promise<void> {
		const deadline = performance.now() + readyTimeoutMs;
		while (readiness !== 'none' && !(await this.#answers(readiness))) {
			if (!this.running || performance.now() > deadline) {
				throw new Error(`${this.name} did not become ${readiness}:\n${(await this.log()).slice(-2000)}`);
			}
			await sleep(pollMs);
		}
	}

	async #answers(readiness: Readiness): Promise<boolean> {
		try {
			const path = readiness === 'healthy' ? '/health?exclude=NOSPACE' : '/version';
			const answer = await ask(this.clientUrl + path, this.#setup.tls, undefined, 2000);
			return readiness === 'answering' || answer.body.includes('"health":"true"');
		} catch {
			return false;
		}
	}

	async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
		if (this.running) {
			const ended = once(this.process, 'exit');
			process.kill(this.pid, signal);
			await ended;
		}
	}

	#spawn(): ChildProcess {
		const {binary, flags, logFile} = this.#setup;
		const log = openSync(logFile, 'a', 0o600);
		try {
			// Detached: Ctrl-C and Ctrl-Z in our terminal are not meant for it.
			const child = spawn(binary, flags, {detached: true, stdio: ['ignore', log, log], env: withoutEtcdFlags(process.env)});
			child.on('error', () => {}); // Seen as a process without a pid.
			return child;
		} finally {
			closeSync(log);
		}
	}
}

/** etcd takes every flag from an `ETCD_…` variable too; the caller's must not leak in. */
function withoutEtcdFlags(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('ETCD_')));
}
