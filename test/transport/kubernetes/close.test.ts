import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, onTestFinished, test} from 'vitest';
import {startKubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import type {KubernetesOptions} from '../../../source/transport/kubernetes/connect.ts';
import {clusterForTest} from '../../helpers/cluster.ts';

test('a closed connection leaves nothing that keeps the process, and stderr was never touched', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 3});
	const api = await startKubernetesApi(cluster, {kind: 'openshift'});
	onTestFinished(() => api.stop());
	const kubeconfig = join(cluster.directory, 'kubeconfig');
	await writeFile(kubeconfig, api.kubeconfig());
	for (const via of ['tunnel', 'exec'] as const) {
		const options: KubernetesOptions = {kubeconfig, via, environment: {}, dialTimeoutMs: 2000, commandTimeoutMs: 5000};
		const fixture = fileURLToPath(new URL('../fixtures/use-kubernetes-and-close.ts', import.meta.url));
		const child = spawn(process.execPath, [fixture, JSON.stringify(options)], {env: {...process.env, GRPC_VERBOSITY: 'DEBUG'}});
		let output = '';
		let closedAt = 0;
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (bytes: Buffer) => {
				output += bytes.toString();
				closedAt = performance.now();
			});
		}
		const [code] = await once(child, 'close');
		expect({via, output, code}).toEqual({via, output: 'closed\n', code: 0});
		expect(performance.now() - closedAt).toBeLessThan(10_000);
	}
});
