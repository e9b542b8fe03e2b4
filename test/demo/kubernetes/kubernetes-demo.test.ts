import {execFile} from 'node:child_process';
import {access, stat} from 'node:fs/promises';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {startKubernetesDemo} from '../../../source/demo/kubernetes/kubernetes-demo.ts';
import type {ClusterKind} from '../../../source/demo/kubernetes/resources.ts';
import {connectKubernetes} from '../../../source/transport/kubernetes/connect.ts';
import {testReaper} from '../../helpers/cluster.ts';

const options = {timeoutMs: 10_000};

async function demo(kind: ClusterKind) {
	const started = await startKubernetesDemo({kind, members: 1, reaper: testReaper});
	onTestFinished(() => started.stop());
	return started;
}

test.each([
	['openshift', 'tunnel', 'OpenShift: 1 etcd pod (app=etcd in openshift-etcd)'],
	['kubeadm', 'exec', 'kubeadm: 1 etcd pod (component=etcd in kube-system)'],
] as const)('%s is found through its kubeconfig alone', {timeout: 60_000}, async (kind, way, found) => {
	const {kubeconfig, connectionFlags} = await demo(kind);
	expect(connectionFlags).toEqual(['--kubeconfig', kubeconfig]);
	expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
	const connection = {kubeconfig, environment: {}, dialTimeoutMs: 2000, commandTimeoutMs: 5000};
	const {transport} = await connectKubernetes(connection);
	onTestFinished(() => transport.close());
	expect(transport.connection).toMatchObject({kind: way, found});
	const [member] = (await transport.membership(options)).members;
	expect(member?.name).toBe('master-1');
	expect((await transport.metrics(member!, options)).defragInflight).toBe(0);
});

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
	const {kubeconfig, cluster} = await demo('openshift');
	const say = async (...words: string[]) =>
		(await run('kubectl', ['--kubeconfig', kubeconfig, '-n', 'openshift-etcd', ...words])).stdout;
	expect((await say('get', 'pods', '-o', 'name')).split('\n')).toEqual(['pod/etcd-guard-master-1', 'pod/etcd-master-1', '']);
	expect(await say('get', 'co,nodes', '-o', 'name')).toContain('clusteroperator.config.openshift.io/etcd');
	expect(await say('exec', 'etcd-master-1', '-c', 'etcdctl', '--', 'etcdctl', 'member', 'list')).toContain(cluster.endpoints[0]);
	await say('cordon', 'master-1');
	expect(await say('get', 'node', 'master-1', '-o', 'jsonpath={.spec.unschedulable}')).toBe('true');
});
