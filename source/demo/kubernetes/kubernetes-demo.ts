/** A demo cluster behind a Kubernetes API, and the kubeconfig that leads to it. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Cluster, type ClusterOptions, startCluster} from '../cluster.ts';
import {type KubernetesApi, type KubernetesApiOptions, startKubernetesApi} from './kubernetes-api.ts';
import type {ClusterKind} from './resources.ts';

export type KubernetesDemoOptions = KubernetesApiOptions & ClusterOptions;

export type BehindApi = {
	readonly api: KubernetesApi;
	/** Its path, in the folder of the cluster: it goes with that. */
	readonly kubeconfig: string;
	/** The flags of etcdtop that reach the cluster; `kubectl` has the same. */
	readonly connectionFlags: readonly string[];
};

export type KubernetesDemo = BehindApi & {
	readonly cluster: Cluster;
	/** Stops everything and removes the folder. */
	stop(): Promise<void>;
};

/** What such a cluster has that another one may lack: names of nodes, and with kubeadm a plain port for metrics. */
export function clusterOptionsFor(kind: ClusterKind): ClusterOptions {
	return {memberName: (index) => `master-${index + 1}`, metricsUrls: kind === 'kubeadm'};
}

/** Puts an API before a cluster that runs. The caller stops the API before the cluster. */
export async function putBehindApi(cluster: Cluster, options: KubernetesApiOptions): Promise<BehindApi> {
	const api = await startKubernetesApi(cluster, options);
	try {
		const kubeconfig = join(cluster.directory, 'kubeconfig');
		await writeFile(kubeconfig, api.kubeconfig(), {mode: 0o600});
		return {api, kubeconfig, connectionFlags: ['--kubeconfig', kubeconfig]};
	} catch (error) {
		api.stop();
		throw error;
	}
}

export async function startKubernetesDemo(options: KubernetesDemoOptions): Promise<KubernetesDemo> {
	const cluster = await startCluster({...clusterOptionsFor(options.kind), ...options});
	try {
		const behind = await putBehindApi(cluster, options);
		return {
			...behind,
			cluster,
			async stop() {
				behind.api.stop();
				await cluster.stop();
			},
		};
	} catch (error) {
		await cluster.stop();
		throw error;
	}
}
