/** What one command in a container prints, as it comes: read at the pace of whoever asks for it. */
import {safeText} from '../safe-text.ts';
import type {SnapshotOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {openSocket} from './channel-socket.ts';
import type {KubernetesClient} from './client.ts';
import {
	cutOff,
	notRun,
	type PodCommand,
	podExecRequest,
	readExitCode,
	statusChannel,
	stderrChannel,
	stdoutChannel,
} from './pod-exec.ts';

/** Of what it says beside: its end tells why it failed. */
const maximumWordsBytes = 64 * 1024;

/** As much is read ahead, in bytes; beyond it the socket rests, and with it everything up to the command. */
const maximumWaitingBytes = 1024 * 1024;

const pingEveryMs = 10_000;

export type PodStreamOptions = SnapshotOptions & {
	/** Until the first byte: the command may have work to do before it has anything to print. */
	readonly firstByteMs: number;
	/** Until the socket stands. */
	readonly dialTimeoutMs: number;
	/** What it says beside, piece by piece. */
	readonly said: (text: string) => void;
};

type Ending = {readonly exitCode: number} | {readonly failure: TransportError};

/**
 * Throws `TransportError`; with `exitCode` not 0, one that `explain` makes. Leaving the iteration closes the socket; the command ends
 * when it can't print any more.
 */
export async function* streamFromPod(
	client: KubernetesClient,
	run: PodCommand,
	options: PodStreamOptions,
	explain: (exitCode: number, said: string) => TransportError,
): AsyncGenerator<Buffer> {
	const {path, protocols} = podExecRequest(run);
	const {what} = run;
	const socket = await openSocket(
		{client, path, protocols, what},
		{timeoutMs: options.dialTimeoutMs, ...(options.signal && {signal: options.signal})},
	);
	const waiting: Buffer[] = [];
	let waitingBytes = 0;
	let said = '';
	let ending: Ending | undefined;
	let wake = () => {};
	const end = (how: Ending) => {
		ending ??= how;
		wake();
	};
	socket.on('message', (data: Buffer) => {
		const [channel = -1] = data;
		const payload = data.subarray(1);
		if (channel === stdoutChannel && payload.length > 0) {
			waiting.push(payload);
			waitingBytes += payload.length;
			if (waitingBytes > maximumWaitingBytes) {
				socket.pause();
			}
			wake();
		} else if (channel === stderrChannel) {
			const text = payload.toString();
			said = (said + text).slice(-maximumWordsBytes);
			options.said(text);
		} else if (channel === statusChannel) {
			const exitCode = readExitCode(payload.toString());
			end(typeof exitCode === 'number' ? {exitCode} : {failure: notRun(exitCode.message, what)});
		}
	});
	socket.once('close', (code) => end({failure: cutOff(what, code)}));
	const heartbeat = setInterval(() => socket.ping(), pingEveryMs);
	const stop = () => end({failure: new TransportError({kind: 'cancelled', message: 'stopped waiting', nextStep: ''})});
	const signals = [client.closing, ...(options.signal === undefined ? [] : [options.signal])];
	for (const signal of signals) {
		signal.addEventListener('abort', stop);
		if (signal.aborted) {
			stop();
		}
	}
	try {
		for (let waitMs = options.firstByteMs; ; waitMs = options.silenceMs) {
			if (waiting.length === 0 && ending === undefined) {
				const silence = setTimeout(() => end({failure: silent(what, waitMs)}), waitMs);
				const {promise, resolve} = Promise.withResolvers<void>();
				wake = resolve;
				await promise;
				clearTimeout(silence);
			}
			const next = waiting.shift();
			if (next !== undefined && !isStopped(ending)) {
				waitingBytes -= next.length;
				if (waitingBytes <= maximumWaitingBytes / 2) {
					socket.resume();
				}
				yield next;
			} else if (ending !== undefined) {
				if ('failure' in ending) {
					throw ending.failure;
				}
				if (ending.exitCode !== 0) {
					throw explain(ending.exitCode, safeText(said.trim()));
				}
				return;
			}
		}
	} finally {
		clearInterval(heartbeat);
		for (const signal of signals) {
			signal.removeEventListener('abort', stop);
		}
		socket.terminate();
	}
}

/** What was printed before is not waited for any more then. */
function isStopped(ending: Ending | undefined): boolean {
	return ending !== undefined && 'failure' in ending && ending.failure.kind === 'cancelled';
}

function silent(what: string, ms: number): TransportError {
	return new TransportError({
		kind: 'timed-out',
		message: `${what}: nothing came for ${(ms / 1000).toFixed(0)} s`,
		nextStep: 'It may be frozen or overloaded, or the network in between is.',
	});
}
