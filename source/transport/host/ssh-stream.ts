/** What goes through the system's ssh, and how its processes end. */
import type {ChildProcess} from 'node:child_process';
import {Duplex} from 'node:stream';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';

const maximumFileBytes = 1024 * 1024;

export type Ended = {readonly code: number | null; readonly error?: Error};

/** Never rejects: a program that is not there ends too. */
export function ended(child: ChildProcess): Promise<Ended> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve({code: null, error}));
		child.once('close', (code) => resolve({code}));
	});
}

/** What it writes, up to what a file may have. */
export function collected(stream: NodeJS.ReadableStream | null): Buffer[] {
	const chunks: Buffer[] = [];
	let size = 0;
	stream?.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size <= maximumFileBytes) {
			chunks.push(chunk);
		}
	});
	return chunks;
}

type Way = {
	readonly from: string;
	readonly to: string /** What the login said since this was asked for. */;
	readonly whyRefused: () => readonly string[];
};

/** The login's word may come after the end of who asked. */
const lastWordMs = 100;

/** What goes through `ssh -W`, as a socket that says why it ends. */
export class SshStream extends Duplex {
	readonly #child: ChildProcess;
	readonly #way: Way;

	constructor(child: ChildProcess, way: Way) {
		super({allowHalfOpen: false});
		this.#child = child;
		this.#way = way;
		const said = collected(child.stderr);
		child.stdout?.on('data', (chunk: Buffer) => {
			if (!this.push(chunk)) {
				child.stdout?.pause();
			}
		});
		child.on('error', (error) => this.destroy(error));
		child.once('close', () => {
			const words = Buffer.concat(said).toString();
			const isAsked = /refused by peer/.test(words);
			setTimeout(() => this.destroy(this.#ended(words)), isAsked ? lastWordMs : 0);
		});
		// Whoever uses it listens too; before that, and after, nobody may.
		this.on('error', () => {});
	}

	#ended(said: string): TransportError {
		const {from, to, whyRefused} = this.#way;
		const told = whyRefused().filter((line) => /open failed/.test(line));
		// Each port that can't be reached has a line: if all say the same, so does ours. It is the host's own word on that port.
		const isRefused = told.length > 0 && told.every((line) => /connect failed: Connection refused/.test(line));
		return new TransportError(
			/refused by peer/.test(said) && isRefused
				? {kind: 'refused', message: `nothing listens at ${to}, seen from ${from}`, nextStep: 'Check that etcd runs there.'}
				: {
						kind: 'unreachable',
						message: `the way from ${from} to ${to} was closed${said === '' ? '' : `: ${safeText(told.at(-1) ?? said)}`}`,
						nextStep: 'It is opened again by itself.',
						// Of a port that can't be reached the login has a line.
						...(told.length === 0 && {beforeEtcd: true as const}),
					},
		);
	}

	override _read(): void {
		this.#child.stdout?.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
		this.#child.stdin?.write(chunk, callback);
	}

	override _final(callback: (error?: Error | null) => void): void {
		this.#child.stdin?.end();
		callback();
	}

	override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
		this.#child.kill();
		callback(error);
	}

	// HTTP's agent takes every stream for a socket.
	setKeepAlive(): this {
		return this;
	}

	setNoDelay(): this {
		return this;
	}

	setTimeout(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}
