/** What Kubernetes tells around etcd, read from an API before real etcd. */
import {beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import type {Surroundings} from '../../../source/domain/surroundings.ts';
import {surroundingsGates} from '../../../source/domain/surroundings-gates.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected, until} from './open-kubernetes.ts';

let cluster: Cluster;
let api: KubernetesApi;
let look: () => Promise<Surroundings>;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
}, 60_000);

async function open(kind: 'openshift' | 'kubeadm'): Promise<void> {
	api = await apiForTest(cluster, kind);
	const kubernetes = await connected(cluster, api.kubeconfig());
	const {members} = await kubernetes.transport.membership({timeoutMs: 10_000});
	// Each look asks anew: what was asked a moment ago would serve.
	look = async () => platformOf(kubernetes, 1500).surroundings!(members);
}

const closedGates = (surroundings: Surroundings) =>
	surroundingsGates({surroundings, isOutOfSpace: false, nameOf: (id) => id})
		.filter(({state}) => state !== 'passed')
		.map(({state, detail}) => `${state}: ${detail}`);

const active = 'unchecked: active; counted in the cooldown';

describe('OpenShift', () => {
	beforeEach(() => open('openshift'));

	it('a cluster that is well, with the probe of the pod', async () => {
		const surroundings = await look();
		expect(closedGates(surroundings)).toEqual([active]);
		const name = cluster.members[0]!.name;
		expect(surroundings.pods).toMatchObject({
			kind: 'told',
			value: [{pod: {name: `etcd-${name}`, isReady: true, livenessMs: expect.any(Number)}}],
		});
		expect(surroundings.openshift?.nodes).toEqual({kind: 'told', value: [{name, isReady: true, isCordoned: false}]});
	});

	it('operators that are not settled, and why they are degraded', async () => {
		await api.controllers.setCondition('clusteroperators', 'kube-apiserver', {type: 'Progressing', status: 'True'});
		await api.controllers.setCondition('clusteroperators', 'etcd', {
			type: 'Degraded',
			status: 'True',
			reason: 'DefragController_Error::EtcdMembers_UnhealthyMembers',
		});
		expect(closedGates(await look())).toEqual([
			'failed: Degraded by DefragController and EtcdMembers',
			'failed: Progressing',
			active,
		]);
		await api.controllers.setCondition('clusteroperators', 'kube-apiserver', {type: 'Available', status: 'Unknown'});
		expect(closedGates(await look())[1]).toBe('failed: not Available, Progressing');
	});

	it('a node that is cordoned, or not ready', async () => {
		const {name} = cluster.members[0]!;
		await api.controllers.cordon(name);
		await api.controllers.setCondition('nodes', name, {type: 'Ready', status: 'False'});
		expect(closedGates(await look())).toEqual([`failed: ${name} is NotReady, ${name} is cordoned`, active]);
	});

	it('the newest of its defragmentations among many other events', async () => {
		const events = api.resource('events');
		for (let index = 0; index < 700; index++) {
			const metadata = {name: `aaa-${index}`, namespace: 'openshift-etcd-operator'};
			api.objects.put(events, {metadata, reason: 'OperatorStatusChanged', lastTimestamp: '2026-01-01T00:00:00Z'});
		}
		await api.controllers.recordDefragmentation('Attempt', 'trying', new Date());
		const {openshift} = await look();
		expect(openshift?.controller).toMatchObject({kind: 'told', value: {last: {what: 'Attempt'}}});
	});

	it('its own defragmentations, by the age that the API itself tells, and its switch', async () => {
		await api.controllers.recordDefragmentation('Attempt', 'trying', new Date(Date.now() - 100_000));
		await api.controllers.recordDefragmentation('Success', 'done', new Date(Date.now() - 90_000));
		const {openshift} = await look();
		if (openshift?.controller.kind !== 'told') {
			throw new Error('not told');
		}
		const {isSwitchedOff, last} = openshift.controller.value;
		expect(isSwitchedOff).toBe(false);
		expect(last?.what).toBe('Success');
		expect(last?.ageMs).toBeGreaterThan(87_000);
		expect(last?.ageMs).toBeLessThan(100_000);
		await api.controllers.write('configmaps', {
			metadata: {name: 'etcd-disable-defrag', namespace: 'openshift-etcd-operator'},
			data: {},
		});
		expect((await look()).openshift?.controller).toMatchObject({value: {isSwitchedOff: true}});
	});

	it.each([
		['list clusteroperators', 'acknowledge', 'list clusteroperators.config.openshift.io'],
		['list nodes', 'acknowledge', 'list nodes'],
		['list events', 'unchecked', 'list events in openshift-etcd-operator'],
		['get configmaps', 'unchecked', 'get configmaps etcd-disable-defrag in openshift-etcd-operator'],
	])('without the permission to %s it is named', async (denied, state, text) => {
		api.admin.denied = [denied];
		const [first = ''] = closedGates(await look());
		expect(first).toBe(`${state}: can't be seen: you may not ${text}`);
	});

	it('an API that is gone, and back', async () => {
		api.faults.goAway();
		const gates = closedGates(await look());
		expect(gates).toHaveLength(5);
		expect(gates[0]).toMatch(/^failed: the API does not answer: /);
		await api.faults.comeBack();
		await until(async () => expect(closedGates(await look())).toEqual([active]));
	});

	it('an API that freezes is silent after five seconds, whatever the deadline of requests', async () => {
		const kubernetes = await connected(cluster, api.kubeconfig());
		const {members} = await kubernetes.transport.membership({timeoutMs: 10_000});
		const platform = platformOf(kubernetes, 60_000);
		api.faults.freeze();
		const begun = performance.now();
		const [surroundings, lease] = await Promise.all([platform.surroundings!(members), failure(platform.lease!.read())]);
		expect(performance.now() - begun).toBeLessThan(20_000);
		expect(closedGates(surroundings).every((text) => /: the API does not answer: /.test(text))).toBe(true);
		expect(closedGates(surroundings)).toHaveLength(5);
		expect(lease).toMatchObject({kind: 'timed-out'});
		// How patient the kubelet is does not change with that.
		expect(surroundings.seenPods).toMatchObject([{pod: {livenessMs: expect.any(Number)}}]);
		api.faults.thaw();
	});

	it('asks no more often than every two seconds, however often it is looked at', async () => {
		const kubernetes = await connected(cluster, api.kubeconfig());
		const {members} = await kubernetes.transport.membership({timeoutMs: 10_000});
		const platform = platformOf(kubernetes, 5000);
		await until(async () => {
			const began = performance.now();
			const looks = [await platform.surroundings!(members), await platform.surroundings!(members)];
			// On a busy machine they may lie further apart.
			expect(performance.now() - began).toBeLessThan(2000);
			expect(looks[1]!.openshift).toBe(looks[0]!.openshift);
		});
		await api.controllers.cordon(cluster.members[0]!.name);
		await until(async () => expect(closedGates(await platform.surroundings!(members))).toHaveLength(2));
	});
});

describe('kubeadm', () => {
	beforeEach(() => open('kubeadm'));

	it('asks for pods that are ready, and for nothing of OpenShift', async () => {
		const surroundings = await look();
		expect(surroundings).not.toHaveProperty('openshift');
		expect(closedGates(surroundings)).toEqual([]);
	});
});
