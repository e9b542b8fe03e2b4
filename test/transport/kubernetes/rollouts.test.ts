/** What a restore asks of OpenShift's API and has it do, on an API before real etcd. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, beforeEach, expect, it, onTestFinished} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {redeployed} from '../../../source/domain/node-installer.ts';
import {newestRevision, rolloutAnswer} from '../../../source/domain/restore-run.ts';
import {KubernetesClient} from '../../../source/transport/kubernetes/client.ts';
import {chooseContext} from '../../../source/transport/kubernetes/kube-context.ts';
import {readKubeconfig} from '../../../source/transport/kubernetes/kubeconfig-files.ts';
import {createRolloutsPort} from '../../../source/transport/kubernetes/rollouts.ts';
import type {RolloutsPort} from '../../../source/transport/platform.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {failure} from '../failure.ts';
import {apiForTest} from './open-kubernetes.ts';

let cluster: Cluster;
let api: KubernetesApi;
let port: RolloutsPort;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
}, 60_000);

beforeEach(async () => {
	api = await apiForTest(cluster);
	const kubeconfig = join(cluster.directory, 'kubeconfig-rollouts');
	await writeFile(kubeconfig, api.kubeconfig());
	const client = new KubernetesClient(chooseContext(readKubeconfig({kubeconfig, environment: {}}), {environment: {}}));
	onTestFinished(() => client.close());
	port = createRolloutsPort(client, {timeoutMs: 15_000});
});

it('fills a runbook in: release, hosts with their addresses, and the proxy with each of its exceptions', async () => {
	const {name} = cluster.members[0]!;
	const address = expect.stringMatching(/^[\d.]+$/);
	expect(await port.cluster()).toEqual({release: '4.20.8', hosts: [{name, address}], proxy: {kind: 'off'}});
	const noProxy = Array.from({length: 60}, (_, index) => `host-${index}.example.com`).join(',');
	const status = {httpProxy: 'http://p:3128', httpsProxy: 'http://p:3129', noProxy};
	await api.controllers.write('proxies', {metadata: {name: 'cluster'}, spec: {}, status});
	expect((await port.cluster()).proxy).toEqual({kind: 'on', ...status});
});

it('every operator rolls out anew by a reason that is new, and is followed to its last node', async () => {
	for (const name of redeployed) {
		const before = await port.operator(name);
		const baseline = {revision: newestRevision(before.installer.message), forcedReason: before.forcedReason};
		expect(rolloutAnswer(baseline, before).text).toBe('it has not been told to roll out anew');
		await port.redeploy(name, 'recovery-1');
		expect(rolloutAnswer(baseline, await port.operator(name)).text).toMatch(/has not begun/);
		await api.installers.step();
		expect(rolloutAnswer(baseline, await port.operator(name)).text).toMatch(/^in progress: 1 node is at revision 7; 0 nodes/);
		await api.installers.step();
		expect(rolloutAnswer(baseline, await port.operator(name))).toEqual({
			kind: 'yes',
			text: 'AllNodesAtLatestRevision: 1 node is at revision 8',
		});
	}
	expect(api.installers.begun).toEqual(['etcds', 'kubeapiservers', 'kubecontrollermanagers', 'kubeschedulers']);
	await port.redeploy('etcd', 'recovery-1');
	await api.installers.step();
	expect(api.installers.begun).toHaveLength(4);
	// Nothing else of the operator was touched: it was merged into it.
	expect(api.objects.get(api.resource('etcds'), undefined, 'cluster')?.['spec']).toMatchObject({managementState: 'Managed'});
});

it('turns the quorum guard off and on again, and sees the pods', async () => {
	expect(await port.quorumGuardIsOff()).toBe(false);
	await port.turnQuorumGuard(true);
	expect(await port.quorumGuardIsOff()).toBe(true);
	await port.turnQuorumGuard(false);
	expect(await port.quorumGuardIsOff()).toBe(false);
	const [pod] = await port.etcdPods();
	expect(pod).toMatchObject({name: `etcd-${cluster.members[0]!.name}`, node: cluster.members[0]!.name, phase: 'Running'});
	expect(pod!.readyContainers).toBe(pod!.containers);
});

it('an API that is away is a failure that says so', async () => {
	api.stop();
	expect(await failure(port.operator('etcd'))).toMatchObject({kind: expect.stringMatching(/refused|unreachable/)});
});
