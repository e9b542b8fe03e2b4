/** From a kubeconfig to etcd in its pods, and what Kubernetes knows of them. */
import type {Pod} from './domain/pod.ts';
import type {ConnectionOptions} from './options.ts';
import {asTyped, type Reached} from './reached.ts';
import {execPermissions, forwardPermissions} from './transport/kubernetes/choose-way.ts';
import {connectKubernetes, type KubernetesCluster} from './transport/kubernetes/connect.ts';
import type {EtcdPod} from './transport/kubernetes/etcd-pod.ts';
import {chooseContext, plainNames, shownName} from './transport/kubernetes/kube-context.ts';
import type {Kubeconfig} from './transport/kubernetes/kubeconfig-files.ts';
import {PermissionWatch} from './transport/kubernetes/permission-watch.ts';
import type {Platform} from './transport/platform.ts';

export async function reachKubernetes(
	config: Kubeconfig,
	connection: ConnectionOptions,
	environment: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<Reached> {
	const {kubernetes, ...etcd} = connection;
	const context = asTyped(() => chooseContext(config, {...kubernetes, environment}));
	const cluster = await connectKubernetes({...etcd, ...kubernetes, environment, ...(signal && {signal})}, context);
	return {
		transport: cluster.transport,
		platform: platformOf(cluster, kubernetes.requestTimeoutMs),
		clusterName: shownName(context.name),
		contexts: plainNames(config),
	};
}

function platformOf(cluster: KubernetesCluster, timeoutMs: number): Platform {
	const {client, namespace, permissions, transport} = cluster;
	const wanted = transport.connection.kind === 'tunnel' ? forwardPermissions(namespace) : execPermissions(namespace);
	const watch = new PermissionWatch(client, wanted, permissions, {timeoutMs});
	return {
		gates: async () => [],
		pods: (members) => ({
			ageMs: cluster.podsAgeMs(),
			matches: cluster.pods(members).map(({member, pod}) => ({
				...(member !== undefined && {memberId: member.id}),
				...(pod !== undefined && {pod: podSeen(pod)}),
			})),
		}),
		denied: () => watch.denied,
	};
}

/** What there is to see of it. */
function podSeen({name, node, phase, isReady, restarts, createdWallMs, staticPodRevision}: EtcdPod): Pod {
	return {
		name,
		...(node !== undefined && {node}),
		phase,
		isReady,
		restarts,
		...(createdWallMs !== undefined && {createdWallMs}),
		...(staticPodRevision !== undefined && {staticPodRevision}),
	};
}
