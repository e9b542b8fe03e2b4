/** Commands in a container: real processes on this machine, which go on when whoever asked for them is gone. */
import {type ChildProcess, spawn} from 'node:child_process';
import {delimiter} from 'node:path';
import {finished} from 'node:stream/promises';
import type {WebSocket} from 'ws';
import {ChangedLines} from './changed-lines.ts';
import {sendFrame, sendStream} from './channels.ts';
import {internalError} from './status.ts';

/** The newer one can end stdin. */
export const execProtocols: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const channels = {stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255} as const;

/** What a process finds in a container. */
export type Container = {
	/** As a process here gets them, with this machine's paths and addresses. */
	readonly variables: Readonly<Record<string, string>>;
	/** Programs of its image; any program of this machine where it is left out. */
	readonly programs?: readonly string[];
	/** A text for a process, with the container's paths and addresses as those of this machine. */
	readonly outside: (text: string) => string;
	/** What a process prints, the other way round. */
	readonly inside: (text: string) => string;
	/** Gets the process group that a command begins; in it are all that it leaves running. */
	readonly onStart?: (group: number) => void;
};

export type ExecRequest = {
	readonly command: readonly string[];
	readonly hasStdin: boolean;
	readonly container: Container;
	/** Searched first. */
	readonly programFolder?: string | undefined;
	/** Called once it has printed more than so many bytes. */
	readonly afterBytes?: {readonly bytes: number; readonly call: () => void} | undefined;
};

/** The processes of all containers. */
export class Processes {
	readonly #running = new Set<ChildProcess>();

	run(webSocket: WebSocket, {command, hasStdin, container, programFolder, afterBytes}: ExecRequest): void {
		const [program = '', ...words] = command.map(container.outside);
		webSocket.on('error', () => {}); // The process goes on without it.
		if (container.programs !== undefined && !container.programs.includes(program)) {
			end(webSocket, notFound(program));
			return;
		}
		const path = [programFolder, process.env.PATH].filter((folder) => folder !== undefined).join(delimiter);
		const child = spawn(program, words, {
			env: {PATH: path, HOME: '/', ...container.variables},
			cwd: '/',
			detached: container.onStart !== undefined,
			stdio: [hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
		});
		this.#running.add(child);
		if (child.pid !== undefined) {
			container.onStart?.(child.pid);
		}
		const printed = [child.stdout!, child.stderr!].map((stream) => stream.pipe(new ChangedLines(container.inside)));
		let bytes = 0;
		printed[0]!.on('data', (data: Buffer) => {
			bytes += data.length;
			if (afterBytes !== undefined && bytes > afterBytes.bytes) {
				afterBytes.call();
			}
		});
		sendStream(webSocket, channels.stdout, printed[0]!);
		sendStream(webSocket, channels.stderr, printed[1]!);
		child.stdin?.on('error', () => {}); // It read no further.
		webSocket.on('message', (data: Buffer) => {
			const [channel, closed] = data;
			if (channel === channels.stdin) {
				child.stdin?.write(data.subarray(1));
			} else if (channel === channels.close && closed === channels.stdin) {
				child.stdin?.end();
			}
		});
		// Else what waits to be sent would hold it up.
		webSocket.once('close', () => {
			for (const stream of printed) {
				stream.resume();
			}
			child.stdin?.end();
		});
		child.once('error', () => end(webSocket, notFound(program)));
		child.once('close', async (code, signal) => {
			this.#running.delete(child);
			await Promise.all(printed.map((stream) => finished(stream)));
			end(webSocket, exitStatus(code ?? (signal === 'SIGKILL' ? 137 : 143)));
		});
	}

	/** Ends what still runs. */
	stop(): void {
		for (const child of this.#running) {
			child.kill('SIGKILL');
		}
	}
}

function end(webSocket: WebSocket, status: object): void {
	sendFrame(webSocket, channels.status, Buffer.from(JSON.stringify(status)));
	webSocket.close(1000);
}

function notFound(program: string): object {
	return internalError(
		'error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: ' +
			`unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`,
	).status;
}

/** What a command gets in a container that does not run. */
export function endWithoutContainer(webSocket: WebSocket, container: string): void {
	end(webSocket, internalError(`unable to upgrade connection: container not found ("${container}")`).status);
}

function exitStatus(code: number): object {
	if (code === 0) {
		return {metadata: {}, status: 'Success'};
	}
	return {
		metadata: {},
		status: 'Failure',
		message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
		reason: 'NonZeroExitCode',
		details: {causes: [{reason: 'ExitCode', message: String(code)}]},
	};
}
