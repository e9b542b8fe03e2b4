/** Real clusters behind a Kubernetes API, stopped when the suite ends. */
import {afterAll} from 'vitest';
import {
	type KubernetesDemo,
	type KubernetesDemoOptions,
	startKubernetesDemo,
} from '../../source/demo/kubernetes/kubernetes-demo.ts';
import {testReaper} from './cluster.ts';

/** Call it inside `describe`, or at the top of a file. */
export async function kubernetesForSuite(options: Omit<KubernetesDemoOptions, 'reaper'>): Promise<KubernetesDemo> {
	const demo = await startKubernetesDemo({reaper: testReaper, ...options});
	afterAll(() => demo.stop());
	return demo;
}
