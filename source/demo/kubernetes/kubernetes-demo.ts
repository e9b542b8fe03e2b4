/** A demo cluster behind a Kubernetes API, and the kubeconfig that leads to it. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createAuthority, loopbackNames} from '../certificates.ts';
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

/** Reserved for documentation: nobody has these, so what does not go through the API goes nowhere. */
const addressOf = (index: number): string => `192.0.2.${11 + index}`;

/** As many as etcd is ever run with, and some that are added. */
const certifiedAddresses = Array.from({length: 9}, (_, index) => addressOf(index));

/** What such a cluster has that another one lacks: nodes with names and addresses, and outside of OpenShift a plain port for metrics. */
export async function clusterOptionsFor(kind: ClusterKind): Promise<ClusterOptions> {
	const authority = await createAuthority();
	return {
		memberName: (index) => `master-${index + 1}`,
		advertiseClientUrl: (_, index) => `https://${addressOf(index)}:2379`,
		authority,
		serverCertificate: await authority.issue({commonName: 'etcd', names: [...loopbackNames, ...certifiedAddresses]}),
		metricsUrls: kind !== 'openshift',
	};
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
	const cluster = await startCluster({...(await clusterOptionsFor(options.kind)), ...options});
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
