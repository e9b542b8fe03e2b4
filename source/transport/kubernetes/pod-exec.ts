/** Runs one command in a container of a pod, and tells what it printed and how it ended. */
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {openSocket} from './channel-socket.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';

export const stdoutChannel = 1;
export const stderrChannel = 2;
export const statusChannel = 3;

/** The newer one, of Kubernetes 1.30, differs in closing stdin only, which we never open. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** A metrics page has 150 KB; a hundred times that is none. */
const maximumBytes = 16 * 1024 * 1024;

const pingEveryMs = 10_000;

/** A socket that ends without a word: the network's doing, or the API server's. */
const brokenOff = 1006;

export type Output = {readonly stdout: string; readonly stderr: string; readonly exitCode: number};

export type PodCommand = {
	readonly pod: Pick<EtcdPod, 'key'>;
	readonly container: string;
	readonly command: readonly string[];
	/** What for, for messages. */
	readonly what: string;
};

/** Where the API takes it. */
export function podExecRequest({pod, container, command}: PodCommand): {
	readonly path: string;
	readonly protocols: readonly string[];
} {
	const {namespace, name} = pod.key;
	const query = new URLSearchParams([
		['container', container],
		['stdout', 'true'],
		['stderr', 'true'],
		...command.map((word): [string, string] => ['command', word]),
	]);
	const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/exec?${query}`;
	return {path, protocols};
}

/**
 * Rejects with `TransportError`: with `notSent` when the command certainly never ran. When it may have run, its outcome is unknown,
 * and it goes on in the pod until its own deadline.
 */
export async function runInPod(client: KubernetesClient, run: PodCommand, options: CallOptions): Promise<Output> {
	const started = performance.now();
	const {what} = run;
	const socket = await openSocket({client, ...podExecRequest(run), what}, options);
	const {promise, resolve, reject} = Promise.withResolvers<Output>();
	const printed: Record<number, Buffer[]> = {[stdoutChannel]: [], [stderrChannel]: []};
	let length = 0;
	const end = (failure: TransportError) => {
		reject(failure);
		socket.terminate();
	};
	socket.on('message', (data: Buffer) => {
		const [channel = -1] = data;
		const payload = data.subarray(1);
		length += payload.length;
		printed[channel]?.push(payload);
		if (length > maximumBytes) {
			end(new TransportError({kind: 'not-etcd', message: `${what}: it prints more than 16 MiB`, nextStep: ''}));
		} else if (channel === statusChannel) {
			const text = (of: number) => Buffer.concat(printed[of]!).toString();
			const exitCode = readExitCode(payload.toString());
			if (typeof exitCode === 'number') {
				resolve({stdout: text(stdoutChannel), stderr: text(stderrChannel), exitCode});
			} else {
				reject(notRun(exitCode.message, what));
			}
			socket.close(1000);
		}
	});
	socket.once('close', (code) => end(cutOff(what, code)));
	const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - started));
	const timer = setTimeout(() => end(late(what, options.timeoutMs)), timeoutMs);
	// Something in between may cut what is silent for a minute, and a defragmentation is.
	const heartbeat = setInterval(() => socket.ping(), pingEveryMs);
	const stop = () => end(new TransportError({kind: 'cancelled', message: 'stopped waiting', nextStep: ''}));
	const signals = [client.closing, ...(options.signal === undefined ? [] : [options.signal])];
	for (const signal of signals) {
		signal.addEventListener('abort', stop);
	}
	if (signals.some(({aborted}) => aborted)) {
		stop();
	}
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
		clearInterval(heartbeat);
		for (const signal of signals) {
			signal.removeEventListener('abort', stop);
		}
	}
}

type Status = {
	readonly status?: string;
	readonly reason?: string;
	readonly message?: string;
	readonly details?: {readonly causes?: readonly {readonly reason?: string; readonly message?: string}[]};
};

/** The exit code in a status frame; else why the command did not run. */
export function readExitCode(text: string): number | {readonly message: string} {
	try {
		const {status, reason, message = '', details} = JSON.parse(text) as Status;
		if (status === 'Success') {
			return 0;
		}
		const code = Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message);
		return reason === 'NonZeroExitCode' && Number.isInteger(code) ? code : {message};
	} catch {
		return {message: text};
	}
}

/** As runc and crun say it. Any other file that is not there may be the runtime's own, after the command began. */
const noSuchProgram = /executable file (`[^`]*` )?not found|exec: "[^"]*": stat \S+: no such file or directory/i;

export function notRun(message: string, what: string): TransportError {
	const isMissing = noSuchProgram.test(message);
	return new TransportError({
		kind: isMissing ? 'unsupported' : 'unreachable',
		message: `${what}: ${isMissing ? 'the container has no such program' : safeText(message)}`,
		nextStep: isMissing ? 'Choose another container with --container.' : 'Look at the pod and at the kubelet of its node.',
		// The kubelet says so when it could not start it; anything else it says may come later.
		...(isMissing && {notSent: true as const}),
	});
}

export function cutOff(what: string, code: number): TransportError {
	return new TransportError({
		kind: 'unreachable',
		message: `${what}: the connection was lost (${code}) before it ended`,
		nextStep: 'It goes on in the pod until its own deadline; look at the member.',
		...(code === brokenOff && {beforeEtcd: true as const}),
	});
}

function late(what: string, timeoutMs: number): TransportError {
	return new TransportError({
		kind: 'timed-out',
		message: `${what}: no answer within ${(timeoutMs / 1000).toFixed(1)} s`,
		nextStep: 'It may be frozen or overloaded, or the network in between is.',
	});
}
