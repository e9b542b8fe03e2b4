/** etcd through a Kubernetes API, for one test. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {onTestFinished} from 'vitest';
import {type KubernetesApi, startKubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import type {ClusterKind} from '../../../source/demo/kubernetes/resources.ts';
import {connectKubernetes, type KubernetesCluster, type KubernetesOptions} from '../../../source/transport/kubernetes/connect.ts';
import type {Cluster} from '../../helpers/cluster.ts';

let files = 0;

export async function apiForTest(cluster: Cluster, kind: ClusterKind = 'openshift'): Promise<KubernetesApi> {
	const api = await startKubernetesApi(cluster, {kind});
	onTestFinished(() => api.stop());
	return api;
}

/** Connected by a kubeconfig with this text. */
export async function connected(
	cluster: Cluster,
	kubeconfigText: string,
	more: Partial<KubernetesOptions> = {},
): Promise<KubernetesCluster> {
	const kubeconfig = join(cluster.directory, `kubeconfig-${files++}`);
	await writeFile(kubeconfig, kubeconfigText);
	const kubernetes = await connectKubernetes({kubeconfig, environment: {}, dialTimeoutMs: 2000, commandTimeoutMs: 5000, ...more});
	onTestFinished(() => kubernetes.transport.close());
	return kubernetes;
}

/** Tries again and again, for some seconds, until it does not throw. */
export async function until(attempt: () => Promise<unknown>): Promise<void> {
	const deadline = performance.now() + 20_000;
	for (;;) {
		try {
			await attempt();
			return;
		} catch (error) {
			if (performance.now() > deadline) {
				throw error;
			}
			await sleep(100);
		}
	}
}
