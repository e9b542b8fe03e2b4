/** A Kubernetes API for one test, and the real client of it. */
import {type ApiException, KubeConfig} from '@kubernetes/client-node';
import {onTestFinished} from 'vitest';
import {type KubernetesApi, startKubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import type {ClusterKind} from '../../../source/demo/kubernetes/resources.ts';
import type {Status} from '../../../source/demo/kubernetes/status.ts';
import type {Cluster} from '../../helpers/cluster.ts';

export async function apiForTest(cluster: Cluster, kind: ClusterKind = 'openshift'): Promise<KubernetesApi> {
	const api = await startKubernetesApi(cluster, {kind});
	onTestFinished(() => api.stop());
	return api;
}

/** As a user's fields say, or as the administrator. */
export function configFor(api: KubernetesApi, user?: object): KubeConfig {
	const config = new KubeConfig();
	config.loadFromString(api.kubeconfig(user));
	return config;
}

/** The `Status` of a request that is refused. */
export async function refusal(request: Promise<unknown>): Promise<Status> {
	try {
		await request;
	} catch (error) {
		return JSON.parse((error as ApiException<string>).body) as Status;
	}
	throw new Error('it was not refused');
}
