import {beforeAll, describe, expect, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import type {KubernetesCluster} from '../../../source/transport/kubernetes/connect.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected} from './open-kubernetes.ts';

const options = {timeoutMs: 10_000};
const quotaBytes = 512 * 1024 * 1024;

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 3, metricsUrls: true, quotaBytes});
}, 60_000);

async function membersOf({transport}: KubernetesCluster): Promise<readonly Member[]> {
	return (await transport.membership(options)).members;
}

const certificateFiles = () => {
	const {cacert, cert, key} = cluster.certificates!;
	return {cacert, cert, key};
};

describe('the best way that can be had', () => {
	test('OpenShift: tunnels, with the certificates of the Secret', async () => {
		const api = await apiForTest(cluster);
		const kubernetes = await connected(cluster, api.kubeconfig());
		expect(kubernetes.transport.connection).toEqual({
			kind: 'tunnel',
			security: 'mTLS',
			endpoints: cluster.endpoints,
			found: 'OpenShift: 3 etcd pods (app=etcd in openshift-etcd)',
			otherwise: 'etcdtop --via ssh core@127.0.0.1 (or core@127.0.0.1 and core@127.0.0.1)',
		});
		const members = await membersOf(kubernetes);
		expect(kubernetes.pods(members).map(({member, pod}) => [member?.name, pod?.name])).toEqual(
			members.map(({name}) => [name, `etcd-${name}`]),
		);
	});

	test.each([
		['create pods/portforward', 'no tunnels: you may not create pods/portforward in openshift-etcd'],
		['get pods/portforward', 'no tunnels: you may not get pods/portforward in openshift-etcd'],
		['get secrets', 'no tunnels: you may not get secrets etcd-client in openshift-etcd'],
		['get configmaps', 'no tunnels: you may not get configmaps etcd-ca-bundle in openshift-etcd'],
	])('without %s, exec', async (denied, notBetter) => {
		const api = await apiForTest(cluster);
		api.admin.denied = [denied];
		const kubernetes = await connected(cluster, api.kubeconfig());
		expect(kubernetes.transport.connection).toMatchObject({kind: 'exec', notBetter});
		const [member] = await membersOf(kubernetes);
		expect((await kubernetes.transport.status(member!, options)).memberId).toBe(member!.id);
	});

	test('kubeadm: exec, with metrics through a tunnel to their plain port; with certificates at hand, tunnels', async () => {
		const api = await apiForTest(cluster, 'kubeadm');
		const kubernetes = await connected(cluster, api.kubeconfig());
		expect(kubernetes.transport.connection).toMatchObject({kind: 'exec', notBetter: expect.stringContaining('--cacert')});
		const [member] = await membersOf(kubernetes);
		expect((await kubernetes.transport.metrics(member!, options)).defragInflight).toBe(0);
		expect(api.sockets.execs.every(([program]) => program === 'etcdctl')).toBe(true);
		const tunnelled = await connected(cluster, api.kubeconfig(), certificateFiles());
		expect(tunnelled.transport.connection.kind).toBe('tunnel');
		await membersOf(tunnelled);
	});

	test('what exec can not have is missing with its reason', async () => {
		const api = await apiForTest(cluster, 'kubeadm');
		api.admin.denied = ['create pods/portforward'];
		const kubernetes = await connected(cluster, api.kubeconfig());
		const [member] = await membersOf(kubernetes);
		expect(await failure(kubernetes.transport.metrics(member!, options))).toMatchObject({
			kind: 'unsupported',
			message: 'no curl in its container etcd: no metrics through exec',
			member: member!.name,
		});
		// The pod's own flags tell what metrics would.
		expect(await kubernetes.transport.status(member!, options)).toMatchObject({
			version: expect.stringMatching(/^3/),
			quotaBytes,
		});
	});

	test('none', async () => {
		const api = await apiForTest(cluster);
		api.admin.denied = ['create pods/portforward', 'create pods/exec'];
		const {kind, nextStep} = await failure(connected(cluster, api.kubeconfig()));
		expect(kind).toBe('permission-denied');
		expect(nextStep).toContain('create pods/portforward in openshift-etcd and create pods/exec in openshift-etcd');
	});
});

describe('nothing found', () => {
	test('says what was looked for and where', async () => {
		const api = await apiForTest(cluster);
		const found = await failure(connected(cluster, api.kubeconfig(), {namespace: 'tools'}));
		expect(found.message).toBe(
			'no etcd found in context demo: there are no pods with app=etcd in tools and component=etcd in tools',
		);
	});

	test('two clusters are not taken for one', async () => {
		const api = await apiForTest(cluster, 'kubeadm');
		const pods = api.resource('pods');
		const [pod] = api.objects.list(pods);
		for (const namespace of ['clusters-a', 'clusters-b']) {
			api.objects.put(pods, {...pod, metadata: {name: 'etcd-0', namespace, labels: {app: 'etcd'}}});
		}
		const {message, nextStep} = await failure(connected(cluster, api.kubeconfig(), {selector: 'app=etcd'}));
		expect(message).toBe('there are etcd pods with app=etcd in clusters-a and clusters-b');
		expect(nextStep).toBe('Say which are meant with --namespace.');
	});

	test('names the permission that is missing', async () => {
		const api = await apiForTest(cluster);
		api.admin.denied = ['list pods'];
		const {kind, message} = await failure(connected(cluster, api.kubeconfig()));
		expect({kind, message}).toEqual({
			kind: 'permission-denied',
			message: 'no etcd found in context demo: you may not list pods in openshift-etcd and list pods in kube-system',
		});
	});

	test('a token that the API refuses, and an API that is not there or silent', async () => {
		const api = await apiForTest(cluster);
		expect(await failure(connected(cluster, api.kubeconfig({token: 'bad'})))).toMatchObject({
			kind: 'unauthenticated',
			nextStep: expect.stringContaining('Log in again'),
		});
		const proxy = await faultProxyForTest(api.url);
		proxy.stall();
		const text = api.kubeconfig(undefined, proxy.url());
		expect((await failure(connected(cluster, text, {requestTimeoutMs: 300}))).kind).toBe('timed-out');
		await proxy.close();
		expect(await failure(connected(cluster, text))).toMatchObject({
			kind: 'unreachable',
			message: expect.stringContaining('refuses connections'),
		});
	});
});
