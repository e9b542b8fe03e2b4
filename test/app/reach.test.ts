/** From the options to a cluster: the one that is shown is the one that is reached. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startKubernetesApi} from '../../source/demo/kubernetes/kubernetes-api.ts';
import {openKnownHosts} from '../../source/known-hosts.ts';
import {parseOptions} from '../../source/options.ts';
import {reach} from '../../source/reach.ts';
import {reachKubernetes} from '../../source/reach-kubernetes.ts';
import {readKubeconfig} from '../../source/transport/kubernetes/kubeconfig-files.ts';
import {clusterForTest} from '../helpers/cluster.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {failure} from '../transport/failure.ts';

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
	const reached = await reachKubernetes(config, connection, {}, openKnownHosts([]));
	onTestFinished(() => reached.transport.close());
	await reached.transport.membership({timeoutMs: 5000});
	expect(reached.clusterName).toBe('home');
	expect([home!.sockets.forwards > 0, abroad!.sockets.forwards > 0]).toEqual([true, false]);
});

test('an API that does not answer names the way without it, with the hosts known from the last time', {
	timeout: 60_000,
}, async () => {
	const cluster = await clusterForTest({members: 1});
	const api = await startKubernetesApi(cluster, {kind: 'openshift', contextName: 'ocp'});
	onTestFinished(() => api.stop());
	const kubeconfig = join(cluster.directory, 'kubeconfig');
	writeFileSync(kubeconfig, api.kubeconfig());
	const {connection} = parseOptions(['--kubeconfig', kubeconfig, '--request-timeout', '1s'], {});
	const directory = temporaryDirectory();
	const open = () => reach(connection, {}, openKnownHosts([directory]));
	api.faults.goAway();
	const lost = await failure(open());
	expect(lost.nextStep).toContain('Without the API: etcdtop --via ssh USER@HOST; on a control-plane host: sudo etcdtop --local.');
	await api.faults.comeBack();
	const reached = await open();
	reached.transport.close();
	api.faults.freeze();
	expect((await failure(open())).nextStep).toMatch(
		/etcdtop --via ssh core@[\d.]+; on a control-plane host: sudo etcdtop --local\.$/,
	);
});

test.each(['not JSON', '[1]', '{"ocp":"x"}', '{"ocp":[1,{}]}'])('hosts that are kept as %s are none', (text) => {
	const directory = temporaryDirectory();
	writeFileSync(join(directory, 'hosts.json'), text);
	const hosts = openKnownHosts([directory]);
	expect(hosts.of('ocp')).toEqual([]);
	hosts.keep('ocp', ['root@10.0.0.1']);
	expect(openKnownHosts([directory]).of('ocp')).toEqual(['root@10.0.0.1']);
});

test('a place that takes nothing is no failure', () => {
	openKnownHosts(['/dev/null/x']).keep('ocp', ['root@10.0.0.1']);
	expect(openKnownHosts(['/dev/null/x']).of('ocp')).toEqual([]);
});
