/** Makes a debug pod, waits until it runs, and removes it: whatever happens in between. */
import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {CoreV1Api} from '@kubernetes/client-node';
import {mayHaveHappened} from '../../domain/failure.ts';
import {shellWord} from '../../domain/shell-word.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import {type DebugPodRequest, debugNamespace, debugPod, podProgress} from './debug-pod-object.ts';

const firstLookMs = 100;
const lookEveryMs = 1000;

/** How often what may have been made is looked for, a second apart. */
const lateLooks = 3;

/** The removal is tried so often, and a second longer apart each time. */
const removeAttempts = 4;

export type RunningPod = {
	readonly namespace: string;
	readonly name: string;
	/** Its namespace is its own, and goes with it. */
	readonly ownsNamespace: boolean;
};

export type PodWish = Omit<DebugPodRequest, 'name' | 'namespace'> & {
	/** Where it is made unless that namespace does not do. */
	readonly namespace: string;
	readonly onNews?: (text: string) => void;
};

/**
 * In etcd's own namespace, which on OpenShift lets such pods run anywhere; in a temporary one where the cluster's default node selector
 * or its policy keeps it from there. `call` bounds each request, `options` the whole. Throws `TransportError`.
 */
export async function startDebugPod(
	client: KubernetesClient,
	wish: PodWish,
	call: CallOptions,
	options: CallOptions,
): Promise<RunningPod> {
	const name = `etcdtop-backup-${randomBytes(4).toString('hex')}`;
	try {
		return await startIn(client, {name, namespace: wish.namespace, ownsNamespace: false}, wish, call, options);
	} catch (error) {
		const why = keptOff(error);
		if (why === undefined) {
			throw error;
		}
		wish.onNews?.(`in ${wish.namespace} it can't run (${why}): making a namespace for it`);
	}
	const own = {name, namespace: name, ownsNamespace: true};
	await created(client, own, call, () =>
		client.request(
			`namespace ${name}`,
			CoreV1Api,
			(api, configuration) => api.createNamespace({body: debugNamespace(name, wish.operator)}, configuration),
			call,
		),
	);
	return startIn(client, own, wish, call, options);
}

/** Marks a failure that another namespace could mend. */
class KeptOffError extends TransportError {}

function keptOff(error: unknown): string | undefined {
	if (error instanceof KeptOffError) {
		return error.failure.message;
	}
	const {kind, message} = failureOf(error);
	// What RBAC lacks no namespace mends; this is said by policies alone.
	return kind === 'permission-denied' && /violates PodSecurity|security context constraint/i.test(message) ? message : undefined;
}

async function startIn(
	client: KubernetesClient,
	pod: RunningPod,
	wish: PodWish,
	call: CallOptions,
	options: CallOptions,
): Promise<RunningPod> {
	const {namespace, name} = pod;
	const what = safeText(`debug pod ${name} in ${namespace}`);
	const signal = options.signal && {signal: options.signal};
	const started = performance.now();
	await created(client, pod, call, () =>
		client.request(
			what,
			CoreV1Api,
			(api, configuration) => api.createNamespacedPod({namespace, body: debugPod({...wish, name, namespace})}, configuration),
			call,
		),
	);
	try {
		for (let pauseMs = firstLookMs; ; pauseMs *= 2) {
			const object = await client.request(
				what,
				CoreV1Api,
				(api, configuration) => api.readNamespacedPod({name, namespace}, configuration),
				{...call, ...signal},
			);
			const progress = podProgress(object);
			if (progress.kind === 'running') {
				return pod;
			}
			const isLate = performance.now() - started > options.timeoutMs;
			if (progress.kind === 'hopeless' || isLate) {
				throw notRunning(
					what,
					wish.node,
					progress.why,
					progress.kind === 'hopeless' && progress.isSelector && !pod.ownsNamespace,
				);
			}
			await sleep(Math.min(lookEveryMs, pauseMs), undefined, signal).catch(() => {});
		}
	} catch (error) {
		return removedThen(client, pod, call, error);
	}
}

function notRunning(what: string, node: string, why: string, isKeptOff: boolean): TransportError {
	const Kind = isKeptOff ? KeptOffError : TransportError;
	return new Kind({
		kind: 'unreachable',
		message: safeText(`${what} does not run on ${node}: ${why}`),
		nextStep: 'Look at that node and at its kubelet, or choose another one with --host.',
	});
}

/**
 * Whoever stops meanwhile waits for the answer: what is given up may be made a moment later. Where none comes, it is looked for and
 * removed for some seconds.
 */
async function created(
	client: KubernetesClient,
	pod: RunningPod,
	call: CallOptions,
	create: () => Promise<unknown>,
): Promise<void> {
	try {
		await create();
	} catch (error) {
		if (mayHaveHappened(failureOf(error))) {
			for (let look = 0; look < lateLooks; look++) {
				await sleep(1000);
				await removeDebugPod(client, pod, {timeoutMs: call.timeoutMs}).catch(() => {});
			}
		}
		throw pod.ownsNamespace ? await removedThen(client, pod, call, error) : error;
	}
}

/** Throws `error`, with what is left where it can't be removed. */
async function removedThen(client: KubernetesClient, pod: RunningPod, call: CallOptions, error: unknown): Promise<never> {
	const left = await removeDebugPod(client, pod, {timeoutMs: call.timeoutMs}).then(
		() => undefined,
		() => removalCommand(pod),
	);
	if (left === undefined || error instanceof KeptOffError) {
		throw error;
	}
	const failure = failureOf(error);
	throw new TransportError({...failure, nextStep: `${failure.nextStep} What may be left of it: ${left}`.trim()}, error);
}

/** Removes it, and its own namespace with it; what is gone already is well. Throws `TransportError` where it stays. */
export async function removeDebugPod(client: KubernetesClient, pod: RunningPod, call: CallOptions): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await remove(client, pod, call);
		} catch (error) {
			if (statusCodeOf(error) === 404) {
				return;
			}
			if (attempt >= removeAttempts || failureOf(error).kind === 'permission-denied' || client.closed) {
				const failure = failureOf(error);
				throw new TransportError({...failure, nextStep: `Remove it: ${removalCommand(pod)}`}, error);
			}
			await sleep(attempt * 1000);
		}
	}
}

async function remove(client: KubernetesClient, {namespace, name, ownsNamespace}: RunningPod, call: CallOptions): Promise<void> {
	if (ownsNamespace) {
		await client.request(
			`removing namespace ${namespace}`,
			CoreV1Api,
			(api, configuration) => api.deleteNamespace({name: namespace}, configuration),
			call,
		);
	} else {
		await client.request(
			`removing pod ${name} in ${namespace}`,
			CoreV1Api,
			(api, configuration) => api.deleteNamespacedPod({name, namespace}, configuration),
			call,
		);
	}
}

export function removalCommand({namespace, name, ownsNamespace}: RunningPod): string {
	// It is copied into a shell, and the names are a server's.
	const [there, pod] = [namespace, name].map((text) => shellWord(safeText(text)));
	return ownsNamespace ? `oc delete namespace ${there}` : `oc -n ${there} delete pod ${pod}`;
}
