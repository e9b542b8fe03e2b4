import {execFile} from 'node:child_process';
import {access, stat} from 'node:fs/promises';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {startKubernetesDemo} from '../../../source/demo/kubernetes/kubernetes-demo.ts';
import type {ClusterKind} from '../../../source/demo/kubernetes/resources.ts';
import {connectKubernetes} from '../../../source/transport/kubernetes/connect.ts';
import {testReaper} from '../../helpers/cluster.ts';

const options = {timeoutMs: 10_000};

async function demo(kind: ClusterKind, members = 1) {
	const started = await startKubernetesDemo({kind, members, reaper: testReaper});
	onTestFinished(() => started.stop());
	return started;
}

test.each([
	['openshift', 'tunnel', 'OpenShift: 3 etcd pods (app=etcd in openshift-etcd)'],
	['kubeadm', 'exec', 'kubeadm: 3 etcd pods (component=etcd in kube-system)'],
	['rke2', 'exec', 'RKE2: 3 etcd pods (component=etcd in kube-system)'],
] as const)(
	'%s is found through its kubeconfig alone, at addresses that lead nowhere else',
	{timeout: 60_000},
	async (...expected) => {
		const [kind, way, found] = expected;
		const {kubeconfig, connectionFlags, cluster} = await demo(kind, 3);
		expect(connectionFlags).toEqual(['--kubeconfig', kubeconfig]);
		expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
		const connection = {kubeconfig, environment: {}, dialTimeoutMs: 2000, commandTimeoutMs: 5000};
		const {cacert, cert, key} = cluster.certificates!;
		for (const more of [{}, {via: 'exec'}, {via: 'tunnel', cacert, cert, key}] as const) {
			const {transport, pods} = await connectKubernetes({...connection, ...more});
			onTestFinished(() => transport.close());
			if (!('via' in more)) {
				expect(transport.connection).toMatchObject({kind: way, found});
			}
			const members = (await transport.membership(options)).members.toSorted((one, other) => one.name.localeCompare(other.name));
			expect(members.map(({name}) => name)).toEqual(['master-1', 'master-2', 'master-3']);
			expect(members.map(({endpoint}) => endpoint)).toEqual([11, 12, 13].map((host) => `https://192.0.2.${host}:2379`));
			expect(pods(members).map(({pod}) => pod?.node)).toEqual(['master-1', 'master-2', 'master-3']);
			for (let round = 0; round < 2; round++) {
				const statuses = await Promise.all(members.map((member) => transport.status(member, options)));
				expect(statuses.map(({memberId}) => memberId)).toEqual(members.map(({id}) => id));
			}
			const metrics = await Promise.all(members.map((member) => transport.metrics(member, options)));
			expect(metrics.map(({defragInflight}) => defragInflight)).toEqual([0, 0, 0]);
		}
	},
);

test('nothing is left behind', {timeout: 60_000}, async () => {
	const {kubeconfig, api, cluster, stop} = await startKubernetesDemo({kind: 'openshift', members: 1, reaper: testReaper});
	await stop();
	await expect(access(kubeconfig)).rejects.toThrow('ENOENT');
	expect(cluster.members.map(({running}) => running)).toEqual([false]);
	await expect(fetch(api.url)).rejects.toThrow('fetch failed');
});

const run = promisify(execFile);
const kubectl = await run('kubectl', ['version', '--client']).then(
	() => true,
	() => false,
);

test.skipIf(!kubectl)('kubectl takes it for what it is', {timeout: 60_000}, async () => {
	const {kubeconfig} = await demo('openshift');
	const say = async (...words: string[]) =>
		(await run('kubectl', ['--kubeconfig', kubeconfig, '-n', 'openshift-etcd', ...words])).stdout;
	expect((await say('get', 'pods', '-o', 'name')).split('\n')).toEqual(['pod/etcd-guard-master-1', 'pod/etcd-master-1', '']);
	expect(await say('get', 'co,nodes', '-o', 'name')).toContain('clusteroperator.config.openshift.io/etcd');
	expect(await say('exec', 'etcd-master-1', '-c', 'etcdctl', '--', 'etcdctl', 'member', 'list')).toContain(
		'https://192.0.2.11:2379',
	);
	await say('cordon', 'master-1');
	expect(await say('get', 'node', 'master-1', '-o', 'jsonpath={.spec.unschedulable}')).toBe('true');
});
