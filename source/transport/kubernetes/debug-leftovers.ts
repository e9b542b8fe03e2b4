/** What backups left behind: debug pods in etcd's namespace, and namespaces that were made for one. */
import {CoreV1Api} from '@kubernetes/client-node';
import type {Leftover} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import {removalCommand, removeDebugPod} from './debug-pod.ts';
import {operatorAnnotation, podProgress, purpose, purposeLabel} from './debug-pod-object.ts';

const selector = {labelSelector: `${purposeLabel}=${purpose}`} as const;

/** The names of our pods, and of namespaces that hold one, begin so: a label alone makes nothing ours to remove. */
const ownPrefix = 'etcdtop-backup-';

type Meta = {
	readonly name?: string;
	readonly namespace?: string;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly creationTimestamp?: Date | string;
	readonly deletionTimestamp?: Date | string;
};

/** Namespaces are left out where we may not list them: whoever may not can't have made one. Throws `TransportError`. */
export async function findLeftovers(
	client: KubernetesClient,
	namespace: string,
	call: CallOptions,
): Promise<readonly Leftover[]> {
	const [pods, namespaces] = await Promise.all([
		client.request(
			`debug pods in ${namespace}`,
			CoreV1Api,
			(api, configuration) => api.listNamespacedPod({namespace, ...selector}, configuration),
			call,
		),
		ownNamespaces(client, call),
	]);
	const inEtcds = pods.items
		.filter(({metadata}) => metadata?.name?.startsWith(ownPrefix) && metadata.deletionTimestamp === undefined)
		.map((pod) =>
			leftover(pod.metadata ?? {}, {namespace, isRunning: podProgress(pod).kind !== 'hopeless', node: pod.spec?.nodeName ?? ''}),
		);
	return [...inEtcds, ...namespaces];
}

async function ownNamespaces(client: KubernetesClient, call: CallOptions): Promise<readonly Leftover[]> {
	try {
		const {items} = await client.request(
			'namespaces of debug pods',
			CoreV1Api,
			(api, configuration) => api.listNamespace(selector, configuration),
			call,
		);
		const own = items.filter(({metadata, status}) => metadata?.name?.startsWith(ownPrefix) && status?.phase !== 'Terminating');
		return await Promise.all(
			own.map(async ({metadata = {}}) => {
				const namespace = metadata.name!;
				const {items: pods} = await client.request(
					`pods in ${namespace}`,
					CoreV1Api,
					(api, configuration) => api.listNamespacedPod({namespace}, configuration),
					call,
				);
				const runs = pods.find((pod) => podProgress(pod).kind !== 'hopeless');
				return leftover(metadata, {isRunning: runs !== undefined, node: pods[0]?.spec?.nodeName ?? ''});
			}),
		);
	} catch (error) {
		if (failureOf(error).kind === 'permission-denied') {
			return [];
		}
		throw error;
	}
}

function leftover(
	{name = '', annotations = {}, creationTimestamp}: Meta,
	{namespace, isRunning, node}: {readonly namespace?: string; readonly isRunning: boolean; readonly node: string},
): Leftover {
	const created = new Date(creationTimestamp ?? Number.NaN).getTime();
	const pod = {name, namespace: namespace ?? name, ownsNamespace: namespace === undefined};
	return {
		what: safeText(namespace === undefined ? `namespace ${name}` : `pod ${name} in ${namespace}`),
		node: safeText(node),
		operator: safeText(annotations[operatorAnnotation] ?? 'somebody'),
		...(Number.isNaN(created) ? {} : {createdWallMs: created}),
		isRunning,
		command: removalCommand(pod),
		key: {namespace: pod.namespace, ...(namespace !== undefined && {pod: name})},
	};
}

export async function removeLeftover(client: KubernetesClient, {key}: Leftover, call: CallOptions): Promise<void> {
	const {namespace, pod} = key;
	await removeDebugPod(client, {namespace, name: pod ?? namespace, ownsNamespace: pod === undefined}, call);
}
