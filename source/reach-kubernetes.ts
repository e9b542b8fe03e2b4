/** From a kubeconfig to etcd in its pods, and what Kubernetes knows of them. */
import type {ConnectionOptions} from './options.ts';
import {asTyped, type Reached} from './reached.ts';
import {connectKubernetes} from './transport/kubernetes/connect.ts';
import {chooseContext, plainNames, shownName} from './transport/kubernetes/kube-context.ts';
import type {Kubeconfig} from './transport/kubernetes/kubeconfig-files.ts';
import {platformOf} from './transport/kubernetes/platform.ts';

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
