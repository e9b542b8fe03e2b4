import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll} from 'vitest';
import {startKubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {connectKubernetes} from '../../../source/transport/kubernetes/connect.ts';
import {describeTransport} from '../contract.ts';

const stops: (() => void)[] = [];
afterAll(() => {
	for (const stop of stops) {
		stop();
	}
});

for (const via of ['tunnel', 'exec'] as const) {
	describeTransport({
		name: via,
		// Every answer of exec takes a process.
		...(via === 'exec' && {shortMs: 1500}),
		async connect(cluster) {
			const api = await startKubernetesApi(cluster, {kind: 'openshift'});
			stops.push(api.stop);
			const kubeconfig = join(cluster.directory, 'kubeconfig');
			await writeFile(kubeconfig, api.kubeconfig());
			const {transport} = await connectKubernetes({
				kubeconfig,
				environment: {},
				via,
				dialTimeoutMs: 2000,
				commandTimeoutMs: 5000,
			});
			return transport;
		},
	});
}
