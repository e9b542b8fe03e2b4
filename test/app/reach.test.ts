/** From the options to a cluster: the one that is shown is the one that is reached. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startKubernetesApi} from '../../source/demo/kubernetes/kubernetes-api.ts';
import {parseOptions} from '../../source/options.ts';
import {reachKubernetes} from '../../source/reach-kubernetes.ts';
import {readKubeconfig} from '../../source/transport/kubernetes/kubeconfig-files.ts';
import {clusterForTest} from '../helpers/cluster.ts';

test('a kubeconfig that names another context meanwhile changes nothing', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1});
	const [home, abroad] = await Promise.all(
		['home', 'abroad'].map((contextName) => startKubernetesApi(cluster, {kind: 'openshift', contextName})),
	);
	onTestFinished(() => {
		home!.stop();
		abroad!.stop();
	});
	const kubeconfig = join(cluster.directory, 'kubeconfig');
	writeFileSync(kubeconfig, home!.kubeconfig());
	const {connection} = parseOptions(['--kubeconfig', kubeconfig], {});
	const config = readKubeconfig({kubeconfig, environment: {}});
	// As `kubectl config use-context` does in another terminal.
	writeFileSync(kubeconfig, abroad!.kubeconfig());
	const reached = await reachKubernetes(config, connection, {});
	onTestFinished(() => reached.transport.close());
	await reached.transport.membership({timeoutMs: 5000});
	expect(reached.clusterName).toBe('home');
	expect([home!.sockets.forwards > 0, abroad!.sockets.forwards > 0]).toEqual([true, false]);
});
