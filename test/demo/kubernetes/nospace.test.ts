import {CoordinationV1Api, CoreV1Api} from '@kubernetes/client-node';
import {expect, test} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {type Cluster, clusterForTest} from '../../helpers/cluster.ts';
import {apiForTest, configFor, refusal} from './api-for-test.ts';

const namespace = 'openshift-etcd';
const lease = (name: string) => ({namespace, body: {metadata: {name, namespace}, spec: {holderIdentity: 'ana'}}});

async function alarm(cluster: Cluster, action: 'ACTIVATE' | 'DEACTIVATE'): Promise<void> {
	const [member] = cluster.members;
	const {header} = (await member!.call('/v3/maintenance/status', {})) as {header: {member_id: string}};
	await member!.call('/v3/maintenance/alarm', {action, alarm: 'NOSPACE', memberID: header.member_id});
}

const restartsOf = (api: KubernetesApi) =>
	api.objects
		.list(api.resource('pods'), namespace)
		.flatMap(({status}) => (status as {containerStatuses: {restartCount: number}[]}).containerStatuses)
		.reduce((sum, {restartCount}) => sum + restartCount, 0);

test('what stops etcd’s writes stops the API’s, and what it shows is frozen until then', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1});
	const api = await apiForTest(cluster);
	const config = configFor(api);
	const leases = config.makeApiClient(CoordinationV1Api);
	await leases.createNamespacedLease(lease('run'));
	await alarm(cluster, 'ACTIVATE');

	const refused = {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message: 'etcdserver: mvcc: database space exceeded',
		code: 500,
	};
	expect(await refusal(leases.createNamespacedLease(lease('another')))).toEqual(refused);
	expect(await refusal(leases.replaceNamespacedLease({name: 'run', ...lease('run')}))).toEqual(refused);
	await expect(api.controllers.cordon('etcd-1')).rejects.toThrow('database space exceeded');
	expect((await leases.listNamespacedLease({namespace})).items).toHaveLength(1);
	await leases.deleteNamespacedLease({namespace, name: 'run'});

	await cluster.members[0]!.restart();
	await api.kubelet.report();
	expect(restartsOf(api)).toBe(0);
	await alarm(cluster, 'DEACTIVATE');
	await expect.poll(() => restartsOf(api)).toBe(1);
	await leases.createNamespacedLease(lease('run'));
	expect((await config.makeApiClient(CoreV1Api).listNode()).items[0]?.spec?.unschedulable).toBeUndefined();
});

test('without quorum nothing can be written either', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest();
	const api = await apiForTest(cluster);
	await Promise.all(cluster.members.slice(1).map((member) => member.kill()));
	const leases = configFor(api).makeApiClient(CoordinationV1Api);
	const {code, message} = await refusal(leases.createNamespacedLease(lease('run')));
	expect({code, message}).toEqual({code: 500, message: expect.stringMatching(/^etcdserver: /)});
	expect((await leases.listNamespacedLease({namespace})).items).toEqual([]);
});
