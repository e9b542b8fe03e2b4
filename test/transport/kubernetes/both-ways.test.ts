import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import type {MemberMetrics} from '../../../source/domain/observation.ts';
import type {KubernetesCluster} from '../../../source/transport/kubernetes/connect.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected, until} from './open-kubernetes.ts';

const options = {timeoutMs: 10_000};

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 3});
}, 60_000);

async function membersOf({transport}: KubernetesCluster): Promise<readonly Member[]> {
	return (await transport.membership(options)).members;
}

test('tunnels and exec tell the same', async () => {
	const api = await apiForTest(cluster);
	const [one, other] = await Promise.all([
		connected(cluster, api.kubeconfig(), {via: 'tunnel'}),
		connected(cluster, api.kubeconfig(), {via: 'exec'}),
	]);
	const lists = await Promise.all([membersOf(one), membersOf(other)]);
	const plain = lists.map((members) => members.map(({endpoint: _, ...member}) => member));
	expect(plain[1]).toEqual(plain[0]);
	for (const member of lists[0]!) {
		// What writes between the two makes them differ.
		await until(async () => {
			const [a, b] = await Promise.all([one, other].map(({transport}) => transport.status(member, options)));
			expect({...b, raftIndex: 0, raftAppliedIndex: 0}).toEqual({...a, raftIndex: 0, raftAppliedIndex: 0});
		});
		const [a, b] = await Promise.all([one, other].map(({transport}) => transport.metrics(member, options)));
		expect(restingFigures(b!)).toEqual(restingFigures(a!));
		expect(a!.quotaBackendBytes).toBeGreaterThan(0);
	}
});

function restingFigures({processStartSeconds, quotaBackendBytes, defragInflight, defragCount}: MemberMetrics) {
	return {processStartSeconds, quotaBackendBytes, defragInflight, defragCount};
}

describe.each(['tunnel', 'exec'] as const)('over %s', (via) => {
	test('an API that went away and came back', {timeout: 60_000}, async () => {
		const api = await apiForTest(cluster);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(cluster, api.kubeconfig(undefined, proxy.url()), {via});
		const {members} = await transport.membership(options);
		const [member] = members as [Member];
		await transport.status(member, options);
		await proxy.close();
		for (let attempt = 0; attempt < 3; attempt++) {
			const {kind, message, beforeEtcd} = await failure(transport.status(member, {timeoutMs: 5000}));
			expect(kind).toBe('unreachable');
			// Some of what was open tells its own end first.
			expect(message).toMatch(/Kubernetes API|^the tunnel/);
			expect(beforeEtcd).toBe(true);
		}
		expect((await failure(transport.defragment(member, {clusterId: 'x'}, {timeoutMs: 1000}))).notSent).toBe(true);
		await proxy.accept();
		await until(() => transport.status(member, options));
		expect((await transport.membership(options)).members).toHaveLength(3);
	});

	test('a token that ended is read again', async () => {
		const api = await apiForTest(cluster);
		const tokenFile = join(cluster.directory, 'token');
		await writeFile(tokenFile, api.admin.token);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(cluster, api.kubeconfig({tokenFile}, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		api.admin.token = 'newer-token';
		proxy.cut();
		await until(async () => expect((await failure(transport.status(member, {timeoutMs: 1000}))).kind).toBe('unauthenticated'));
		await writeFile(tokenFile, `${api.admin.token}\n`);
		await until(() => transport.status(member, options));
	});

	test('a token that ended is replaced by a login in another terminal', async () => {
		const api = await apiForTest(cluster);
		const proxy = await faultProxyForTest(api.url);
		const kubeconfig = join(cluster.directory, `kubeconfig-login-${via}`);
		const logIn = (url = proxy.url()) => writeFile(kubeconfig, api.kubeconfig(undefined, url));
		await logIn();
		const {transport} = await connected(cluster, '', {via, kubeconfig});
		const [member] = (await transport.membership(options)).members as [Member];
		api.faults.expireToken(api.admin);
		proxy.cut();
		await until(async () => expect((await failure(transport.status(member, options))).kind).toBe('unauthenticated'));
		// What is meant for another server is not sent to this one.
		await logIn('https://127.0.0.1:1');
		await until(async () => expect((await failure(transport.status(member, options))).kind).toBe('unauthenticated'));
		await logIn();
		await until(() => transport.status(member, options));
	});

	test('a permission that is taken away is named', async () => {
		const api = await apiForTest(cluster);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(cluster, api.kubeconfig(undefined, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		api.admin.denied = ['create pods/portforward', 'create pods/exec'];
		proxy.cut();
		await until(async () => {
			const {kind, message} = await failure(transport.status(member, {timeoutMs: 1000}));
			expect(kind).toBe('permission-denied');
			expect(message).toContain('is forbidden: User "kubernetes-admin"');
		});
	});

	test('a network that goes silent is waited for no longer than asked', async () => {
		const api = await apiForTest(cluster);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(cluster, api.kubeconfig(undefined, proxy.url()), {via});
		const [member] = (await transport.membership(options)).members as [Member];
		proxy.stall();
		const started = performance.now();
		const calls = [transport.status(member, {timeoutMs: 400}), transport.metrics(member, {timeoutMs: 400})];
		expect((await Promise.all(calls.map(failure))).map(({kind}) => kind)).toEqual(['timed-out', 'timed-out']);
		expect(performance.now() - started).toBeLessThan(8000);
	});
});

test('tunnels that are opened ahead are those that are used, and they stay', async () => {
	const api = await apiForTest(cluster);
	// On a busy machine they may grow too old before they are wanted.
	await until(async () => {
		const before = api.sockets.forwards;
		const {transport} = await connected(cluster, api.kubeconfig());
		const {members} = await transport.membership(options);
		for (let round = 0; round < 3; round++) {
			await Promise.all(members.flatMap((member) => [transport.status(member, options), transport.metrics(member, options)]));
		}
		transport.close();
		expect(api.sockets.forwards - before).toBe(9);
	});
});

describe('exec', () => {
	test('asks all members by one command while all are prompt', async () => {
		const api = await apiForTest(cluster);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const {members} = await transport.membership(options);
		const round = () => Promise.all(members.map((member) => transport.status(member, options)));
		await round();
		// On a busy machine it has to learn first how long they take.
		await until(async () => {
			api.sockets.execs.length = 0;
			expect((await round()).map(({memberId}) => memberId)).toEqual(members.map(({id}) => id));
			expect(api.sockets.execs).toHaveLength(1);
		});
		expect(api.sockets.execs[0]).toContain(`--endpoints=${members.map(({endpoint}) => endpoint).join(',')}`);
	});

	test('bounds every command, so that none is left in a pod', async () => {
		const api = await apiForTest(cluster);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const [member] = members as [Member];
		await transport.status(member, options);
		await transport.linearizableRead(member, options);
		await transport.defragment(member, {clusterId}, options);
		await transport.alarms(options);
		const unbounded = api.sockets.execs.filter((words) => !words.some((word) => /^--command-timeout=\d+ms$/.test(word)));
		expect(unbounded).toEqual([]);
	});

	test('a defragmentation whose connection is cut is unknown, goes on, and is not sent again', async () => {
		const api = await apiForTest(cluster);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const [member] = members as [Member];
		const before = (await transport.metrics(member, options)).defragCount!;
		for (let key = 0; key < 30; key++) {
			const value = Buffer.alloc(1_000_000, key).toString('base64');
			await cluster.members[0]!.call('/v3/kv/put', {key: Buffer.from(`fill-${key}`).toString('base64'), value});
		}
		api.sockets.execs.length = 0;
		api.faults.cutOnExec('defrag');
		const {kind, notSent} = await failure(transport.defragment(member, {clusterId}, options));
		expect({kind, notSent}).toEqual({kind: 'unreachable', notSent: undefined});
		await until(async () => expect((await transport.metrics(member, options)).defragCount).toBe(before + 1));
		expect(api.sockets.execs.filter((words) => words.includes('defrag')).length).toBe(1);
	});

	test('never disarms another alarm with the one that is meant', async () => {
		const api = await apiForTest(cluster);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
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
