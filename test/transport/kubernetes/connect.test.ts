import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import {connectKubernetes, type KubernetesCluster, type KubernetesOptions} from '../../../source/transport/kubernetes/connect.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {failure} from '../failure.ts';
import {type MadeUpApi, type MadeUpOptions, startApi} from './made-up-api.ts';

const options = {timeoutMs: 10_000};

let cluster: Cluster;
let files = 0;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 3, metricsUrls: true});
}, 60_000);

async function apiForTest(kind: MadeUpOptions['kind'] = 'openshift'): Promise<MadeUpApi> {
	const api = await startApi(cluster, {kind});
	onTestFinished(() => api.stop());
	return api;
}

async function connected(kubeconfigText: string, more: Partial<KubernetesOptions> = {}): Promise<KubernetesCluster> {
	const kubeconfig = join(cluster.directory, `kubeconfig-${files++}`);
	await writeFile(kubeconfig, kubeconfigText);
	const kubernetes = await connectKubernetes({kubeconfig, environment: {}, dialTimeoutMs: 2000, commandTimeoutMs: 5000, ...more});
	onTestFinished(() => kubernetes.transport.close());
	return kubernetes;
}

async function membersOf({transport}: KubernetesCluster): Promise<readonly Member[]> {
	return (await transport.membership(options)).members;
}

const certificateFiles = () => {
	const {cacert, cert, key} = cluster.certificates!;
	return {cacert, cert, key};
};

describe('the best way that can be had', () => {
	test('OpenShift: tunnels, with the certificates of the Secret', async () => {
		const api = await apiForTest();
		const kubernetes = await connected(api.kubeconfig());
		expect(kubernetes.transport.connection).toEqual({
			kind: 'tunnel',
			security: 'mTLS',
			endpoints: cluster.endpoints.map((url) => `${url}/`),
			found: 'OpenShift: 3 etcd pods (app=etcd in openshift-etcd)',
		});
		const members = await membersOf(kubernetes);
		expect(kubernetes.pods(members).map(({member, pod}) => [member?.name, pod?.name])).toEqual(
			members.map(({name}) => [name, `etcd-${name}`]),
		);
	});

	test.each([
		['create pods/portforward', 'no tunnels: you may not create pods/portforward in openshift-etcd'],
		['get pods/portforward', 'no tunnels: you may not get pods/portforward in openshift-etcd'],
		[
			'get secrets',
			'no tunnels: Secret openshift-etcd/etcd-client: /api/v1/namespaces/openshift-etcd/secrets/etcd-client is forbidden',
		],
	])('without %s, exec', async (denied, notBetter) => {
		const api = await apiForTest();
		api.denied = [denied];
		const kubernetes = await connected(api.kubeconfig());
		expect(kubernetes.transport.connection).toMatchObject({kind: 'exec', notBetter});
		const [member] = await membersOf(kubernetes);
		expect((await kubernetes.transport.status(member!, options)).memberId).toBe(member!.id);
	});

	test('kubeadm: exec, with metrics through a tunnel to their plain port; with certificates at hand, tunnels', async () => {
		const api = await apiForTest('kubeadm');
		const kubernetes = await connected(api.kubeconfig());
		expect(kubernetes.transport.connection).toMatchObject({kind: 'exec', notBetter: expect.stringContaining('--cacert')});
		const [member] = await membersOf(kubernetes);
		expect((await kubernetes.transport.metrics(member!, options)).defragInflight).toBe(0);
		expect(api.execs.every(([program]) => program === 'etcdctl')).toBe(true);
		const tunnelled = await connected(api.kubeconfig(), certificateFiles());
		expect(tunnelled.transport.connection.kind).toBe('tunnel');
		await membersOf(tunnelled);
	});

	test('what exec can not have is missing with its reason', async () => {
		const api = await apiForTest('kubeadm');
		api.denied = ['create pods/portforward'];
		const kubernetes = await connected(api.kubeconfig());
		const [member] = await membersOf(kubernetes);
		expect(await failure(kubernetes.transport.metrics(member!, options))).toMatchObject({
			kind: 'unsupported',
			message: 'no metrics through exec: its container etcd has no curl',
			member: member!.name,
		});
		expect((await kubernetes.transport.status(member!, options)).version).toMatch(/^3/);
	});

	test('none', async () => {
		const api = await apiForTest();
		api.denied = ['create pods/portforward', 'create pods/exec'];
		const {kind, nextStep} = await failure(connected(api.kubeconfig()));
		expect(kind).toBe('permission-denied');
		expect(nextStep).toContain('create pods/portforward in openshift-etcd and create pods/exec in openshift-etcd');
	});
});

describe('nothing found', () => {
	test('says what was looked for and where', async () => {
		const api = await apiForTest();
		const found = await failure(connected(api.kubeconfig(), {namespace: 'tools'}));
		expect(found.message).toBe(
			'no etcd found in context made-up: there are no pods with app=etcd in tools and component=etcd in tools',
		);
	});

	test('names the permission that is missing', async () => {
		const api = await apiForTest();
		api.denied = ['list pods'];
		const {kind, message} = await failure(connected(api.kubeconfig()));
		expect({kind, message}).toEqual({
			kind: 'permission-denied',
			message: 'no etcd found in context made-up: you may not list pods in openshift-etcd and list pods in kube-system',
		});
	});

	test('a token that the API refuses, and an API that is not there or silent', async () => {
		const api = await apiForTest();
		expect(await failure(connected(api.kubeconfig({token: 'bad'})))).toMatchObject({
			kind: 'unauthenticated',
			nextStep: expect.stringContaining('Log in again'),
		});
		const proxy = await faultProxyForTest(api.url);
		proxy.stall();
		const text = api.kubeconfig(undefined, proxy.url());
		expect((await failure(connected(text, {requestTimeoutMs: 300}))).kind).toBe('timed-out');
		await proxy.close();
		expect(await failure(connected(text))).toMatchObject({
			kind: 'unreachable',
			message: expect.stringContaining('refuses connections'),
		});
	});
});

test('tunnels and exec tell the same', async () => {
	const api = await apiForTest();
	const [one, other] = await Promise.all([
		connected(api.kubeconfig(), {via: 'tunnel'}),
		connected(api.kubeconfig(), {via: 'exec'}),
	]);
	const lists = await Promise.all([membersOf(one), membersOf(other)]);
	const plain = lists.map((members) => members.map(({endpoint: _, ...member}) => member));
	expect(plain[1]).toEqual(plain[0]);
	for (const member of lists[0]!) {
		const [a, b] = await Promise.all([one.transport.status(member, options), other.transport.status(member, options)]);
		expect({...b, raftIndex: 0, raftAppliedIndex: 0}).toEqual({...a, raftIndex: 0, raftAppliedIndex: 0});
	}
});

describe.each(['tunnel', 'exec'] as const)('over %s', (via) => {
	test('an API that went away and came back', {timeout: 30_000}, async () => {
		const api = await apiForTest();
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(api.kubeconfig(undefined, proxy.url()), {via});
		const {members} = await transport.membership(options);
		const [member] = members as [Member];
		await transport.status(member, options);
		await proxy.close();
		for (let attempt = 0; attempt < 3; attempt++) {
			const {kind, message} = await failure(transport.status(member, {timeoutMs: 1000}));
			expect(kind).toBe('unreachable');
			expect(message).toContain('Kubernetes API');
		}
		expect((await failure(transport.defragment(member, {clusterId: 'x'}, {timeoutMs: 1000}))).notSent).toBe(true);
		await proxy.accept();
		await until(() => transport.status(member, options));
		expect((await transport.membership(options)).members).toHaveLength(3);
	});

	test('a token that ended is read again', async () => {
		const api = await apiForTest();
		const tokenFile = join(cluster.directory, 'token');
		await writeFile(tokenFile, api.token);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(api.kubeconfig({tokenFile}, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		api.token = 'newer-token';
		proxy.cut();
		await until(async () => expect((await failure(transport.status(member, {timeoutMs: 1000}))).kind).toBe('unauthenticated'));
		await writeFile(tokenFile, `${api.token}\n`);
		await until(() => transport.status(member, options));
	});

	test('a permission that is taken away is named', async () => {
		const api = await apiForTest();
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(api.kubeconfig(undefined, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		api.denied = ['create pods/portforward', 'create pods/exec'];
		proxy.cut();
		await until(async () => {
			const {kind, message} = await failure(transport.status(member, {timeoutMs: 1000}));
			expect(kind).toBe('permission-denied');
			expect(message).toContain('pods is forbidden');
		});
	});

	test('a network that goes silent is waited for no longer than asked', async () => {
		const api = await apiForTest();
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(api.kubeconfig(undefined, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		proxy.stall();
		const started = performance.now();
		const calls = [transport.status(member, {timeoutMs: 400}), transport.metrics(member, {timeoutMs: 400})];
		expect((await Promise.all(calls.map(failure))).map(({kind}) => kind)).toEqual(['timed-out', 'timed-out']);
		expect(performance.now() - started).toBeLessThan(1500);
	});
});

test('tunnels that are opened ahead are those that are used, and they stay', async () => {
	const api = await apiForTest();
	const {transport} = await connected(api.kubeconfig());
	const {members} = await transport.membership(options);
	for (let round = 0; round < 3; round++) {
		await Promise.all(members.flatMap((member) => [transport.status(member, options), transport.metrics(member, options)]));
	}
	expect(api.forwards).toBe(9);
});

describe('exec', () => {
	test('asks all members by one command while all are prompt', async () => {
		const api = await apiForTest();
		const {transport} = await connected(api.kubeconfig(), {via: 'exec'});
		const {members} = await transport.membership(options);
		const round = () => Promise.all(members.map((member) => transport.status(member, options)));
		await round();
		// On a busy machine it has to learn first how long they take.
		await until(async () => {
			api.execs.length = 0;
			expect((await round()).map(({memberId}) => memberId)).toEqual(members.map(({id}) => id));
			expect(api.execs).toHaveLength(1);
		});
		expect(api.execs[0]).toContain(`--endpoints=${members.map(({endpoint}) => endpoint).join(',')}`);
	});

	test('bounds every command, so that none is left in a pod', async () => {
		const api = await apiForTest();
		const {transport} = await connected(api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const [member] = members as [Member];
		await transport.status(member, options);
		await transport.linearizableRead(member, options);
		await transport.defragment(member, {clusterId}, options);
		await transport.alarms(options);
		const unbounded = api.execs.filter((words) => !words.some((word) => /^--command-timeout=\d+ms$/.test(word)));
		expect(unbounded).toEqual([]);
	});

	test('a defragmentation whose connection is cut is unknown, goes on, and is not sent again', async () => {
		const api = await apiForTest();
		const {transport} = await connected(api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const [member] = members as [Member];
		const before = (await transport.metrics(member, options)).defragCount!;
		for (let key = 0; key < 30; key++) {
			const value = Buffer.alloc(1_000_000, key).toString('base64');
			await cluster.members[0]!.call('/v3/kv/put', {key: Buffer.from(`fill-${key}`).toString('base64'), value});
		}
		api.execs.length = 0;
		api.cutOnExec = 'defrag';
		const {kind, notSent} = await failure(transport.defragment(member, {clusterId}, options));
		expect({kind, notSent}).toEqual({kind: 'unreachable', notSent: undefined});
		await until(async () => expect((await transport.metrics(member, options)).defragCount).toBe(before + 1));
		expect(api.execs.filter((words) => words.includes('defrag')).length).toBe(1);
	});

	test('never disarms another alarm with the one that is meant', async () => {
		const api = await apiForTest();
		const {transport} = await connected(api.kubeconfig(), {via: 'exec'});
		const {members} = await transport.membership(options);
		const [one, other] = members as [Member, Member];
		const etcd = cluster.members[0]!;
		const change = (action: 'ACTIVATE' | 'DEACTIVATE', alarm: string, {id}: Member) =>
			etcd.call('/v3/maintenance/alarm', {action, alarm, memberID: BigInt(`0x${id}`).toString()});
		await change('ACTIVATE', 'NOSPACE', one);
		await change('ACTIVATE', 'CORRUPT', other);
		try {
			expect(await failure(transport.disarmNoSpace(one.id, options))).toMatchObject({
				kind: 'unsupported',
				notSent: true,
				message: `etcdctl would disarm CORRUPT of ${other.id} too`,
			});
			expect(await transport.alarms(options)).toHaveLength(2);
			await change('DEACTIVATE', 'CORRUPT', other);
			await transport.disarmNoSpace(one.id, options);
			expect(await transport.alarms(options)).toEqual([]);
		} finally {
			await change('DEACTIVATE', 'CORRUPT', other);
			await change('DEACTIVATE', 'NOSPACE', one);
		}
	});
});

/** Tries again and again, for some seconds, until it does not throw. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
	const deadline = performance.now() + 12_000;
	for (;;) {
		try {
			await attempt();
			return;
		} catch (error) {
			if (performance.now() > deadline) {
				throw error;
			}
			await sleep(100);
		}
	}
}
