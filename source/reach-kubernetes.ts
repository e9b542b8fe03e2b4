/** From a kubeconfig to etcd in its pods, and what Kubernetes knows of them. */
import type {KnownHosts} from './known-hosts.ts';
import type {ConnectionOptions} from './options.ts';
import {asTyped, type Reached} from './reached.ts';
import {connectKubernetes, type KubernetesCluster} from './transport/kubernetes/connect.ts';
import {chooseContext, plainNames, shownName} from './transport/kubernetes/kube-context.ts';
import type {Kubeconfig} from './transport/kubernetes/kubeconfig-files.ts';
import {platformOf} from './transport/kubernetes/platform.ts';
import {commandWithoutApi, hostsOf} from './transport/kubernetes/without-api.ts';
import {failureOf, TransportError} from './transport/transport-error.ts';

export async function reachKubernetes(
	config: Kubeconfig,
	connection: ConnectionOptions,
	environment: NodeJS.ProcessEnv,
	hosts: KnownHosts,
	signal?: AbortSignal,
): Promise<Reached> {
	const {kubernetes, ...etcd} = connection;
	const context = asTyped(() => chooseContext(config, {...kubernetes, environment}));
	const name = shownName(context.name);
	let cluster: KubernetesCluster;
	try {
		cluster = await connectKubernetes({...etcd, ...kubernetes, environment, ...(signal && {signal})}, context);
	} catch (error) {
		throw withWayOut(error, hosts.of(name));
	}
	hosts.keep(name, hostsOf(cluster.distribution, cluster.seenPods()));
	return {
		transport: cluster.transport,
		platform: platformOf(cluster, kubernetes.requestTimeoutMs),
		clusterName: name,
		contexts: plainNames(config),
	};
}

/** What an API that is away says: then etcd is reached without it. */
const away: ReadonlySet<string> = new Set(['refused', 'unreachable', 'timed-out', 'unknown-host', 'unauthenticated']);

/** With the hosts known from the last time. */
function withWayOut(error: unknown, hosts: readonly string[]): unknown {
	const failure = failureOf(error);
	if (!away.has(failure.kind)) {
		return error;
	}
	const wayOut = `Without the API: ${commandWithoutApi(hosts)}; on a control-plane host: sudo etcdtop --local.`;
	return new TransportError({...failure, nextStep: `${failure.nextStep} ${wayOut}`.trim()}, error);
}
