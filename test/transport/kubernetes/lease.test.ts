/** The Lease on an API before real etcd: its conflicts, what it refuses, and hands that write what they like. */
import {beforeAll, beforeEach, expect, it} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {recordOf} from '../../../source/transport/kubernetes/lease.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import type {LeasePort} from '../../../source/transport/platform.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {fillUp} from '../../helpers/fill.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected} from './open-kubernetes.ts';

let cluster: Cluster;
let api: KubernetesApi;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true, quotaBytes: 8 * 1024 * 1024});
}, 60_000);

beforeEach(async () => {
	api = await apiForTest(cluster);
});

async function port(timeoutMs = 5000): Promise<LeasePort> {
	return platformOf(await connected(cluster, api.kubeconfig()), timeoutMs).lease!;
}

const step = {id: 'attempt-1', memberId: 'a1', name: 'etcd-1', count: 3, processStartSeconds: 17.5};

it('is created, read, renewed and given back, each write over the one before', async () => {
	const lease = await port();
	expect(lease.where).toBe('Lease openshift-etcd/etcdtop');
	expect(await lease.whyNot()).toBeUndefined();
	expect(await lease.read()).toBeUndefined();
	const created = await lease.write({holder: 'ana'}, undefined);
	expect(created).toMatchObject({kind: 'written', record: {holder: 'ana'}});
	const version = created.kind === 'written' ? created.record.version : '';
	const renewed = await lease.write({holder: 'ana', step, last: {...step, id: 'attempt-0'}}, version);
	expect(renewed).toMatchObject({kind: 'written', record: {holder: 'ana', step, last: {id: 'attempt-0'}}});
	expect(await lease.read()).toEqual(renewed.kind === 'written' && renewed.record);
});

it('two who create it, or write over the same version: one of them conflicts', async () => {
	const [ana, ben] = [await port(), await port()];
	const created = await Promise.all([ana.write({holder: 'ana'}, undefined), ben.write({holder: 'ben'}, undefined)]);
	expect(created.map(({kind}) => kind).toSorted()).toEqual(['conflict', 'written']);
	const {version = ''} = (await ana.read()) ?? {};
	const renewed = await Promise.all([ana.write({holder: 'ana'}, version), ben.write({holder: 'ben'}, version)]);
	expect(renewed.map(({kind}) => kind).toSorted()).toEqual(['conflict', 'written']);
});

it('that was deleted conflicts', async () => {
	const lease = await port();
	expect(await lease.write({holder: 'ana'}, '12345')).toEqual({kind: 'conflict'});
});

it.each(['get leases', 'create leases', 'update leases'])(
	'without the permission to %s it says so, and refuses',
	async (denied) => {
		api.admin.denied = [denied];
		const lease = await port();
		expect(await lease.whyNot()).toContain(`you may not ${denied}.coordination.k8s.io`);
	},
);

it('a write that is forbidden is refused', async () => {
	const lease = await port();
	api.admin.denied = ['create leases'];
	expect(await lease.write({holder: 'ana'}, undefined)).toMatchObject({
		kind: 'refused',
		why: expect.stringContaining('forbidden'),
	});
});

it('an API that is gone says nothing about who holds it', async () => {
	const lease = await port(800);
	api.faults.goAway();
	expect(await failure(lease.read())).toMatchObject({kind: expect.stringMatching(/refused|unreachable|timed-out/)});
	expect(await failure(lease.write({holder: 'ana'}, undefined))).toMatchObject({
		kind: expect.stringMatching(/refused|unreachable|timed-out/),
	});
});

it('under NOSPACE of the etcd behind it nothing can be written', async () => {
	const lease = await port();
	await fillUp(cluster);
	expect(await lease.write({holder: 'ana'}, undefined)).toEqual({kind: 'refused', why: 'under NOSPACE nothing can be written'});
	expect(await lease.read()).toBeUndefined();
}, 60_000);

it.each<[string, string, object]>([
	['no JSON', '{', {id: '{', memberId: ''}],
	['a list', '[1]', {id: '[1]', memberId: ''}],
	['other types', '{"id":7,"memberId":{},"name":[],"count":"x"}', {memberId: '', name: 'a member'}],
	['controls', '{"id":"a","memberId":"a1","name":"etcd\\u001b[2J-1"}', {id: 'a', memberId: 'a1', name: 'etcd-1'}],
])('a step that another hand wrote, %s, is one all the same', (_, text, expected) => {
	const record = recordOf({metadata: {resourceVersion: '1', annotations: {'etcdtop/step': text}}, spec: {}});
	expect(record.step).toMatchObject(expected);
	expect(record.step).not.toHaveProperty('count');
});

it('a holder of another hand is stripped of what moves a terminal', () => {
	expect(recordOf({spec: {holderIdentity: 'ben\u001b]0;x\u0007\nroot'}}).holder).toBe('ben root');
});
