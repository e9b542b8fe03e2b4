/** etcd's own authentication, switched on. */
import {expect, test} from 'vitest';
import {type Cluster, clusterForTest} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 5000};

async function clusterWithUsers(): Promise<Cluster> {
	const cluster = await clusterForTest({members: 1, tls: 'server'});
	const etcd = cluster.members[0]!;
	for (const [name, role] of [
		['root', 'root'],
		['reader', 'reader'],
	] as const) {
		await etcd.call('/v3/auth/user/add', {name, password: `${name}-word`});
		await etcd.call('/v3/auth/role/add', {name: role});
		await etcd.call('/v3/auth/user/grant', {user: name, role});
	}
	await etcd.call('/v3/auth/enable', {});
	return cluster;
}

test('users, wrong passwords, missing roles, tokens that end', {timeout: 60_000}, async () => {
	const cluster = await clusterWithUsers();
	const {cert: _, key: __, ...base} = optionsFor(cluster);

	const root = transportForTest({...base, user: 'root:root-word'});
	const {members, clusterId} = await root.membership(options);
	const member = members[0]!;
	await root.linearizableRead(member, options);
	await root.defragment(member, {clusterId}, options);
	expect(await root.alarms(options)).toEqual([]);

	// Newer ones want a user for looking already.
	const nobody = transportForTest(base);
	const attempt = async () => {
		await nobody.membership(options);
		await nobody.status(member, options);
		await nobody.defragment(member, {clusterId}, options);
	};
	expect(await failure(attempt())).toMatchObject({
		kind: 'unauthenticated',
		message: expect.stringContaining('user name is empty'),
		nextStep: expect.stringContaining('--user'),
	});

	const wrong = transportForTest({...base, user: 'root', password: 'wrong'});
	expect(await failure(wrong.membership(options))).toMatchObject({
		kind: 'unauthenticated',
		message: expect.stringContaining('authentication failed'),
		endpoint: cluster.endpoints[0],
	});

	const reader = transportForTest({...base, user: 'reader', password: 'reader-word'});
	await reader.membership(options);
	await reader.linearizableRead(member, options);
	expect(await failure(reader.defragment(member, {clusterId}, options))).toMatchObject({
		kind: 'permission-denied',
		nextStep: expect.stringContaining('root'),
	});

	// Simple tokens live in the member's memory.
	await cluster.members[0]!.restart('answering');
	await root.membership(options);
	await expect
		.poll(
			() =>
				root.linearizableRead(member, options).then(
					() => 'read',
					() => 'not yet',
				),
			{timeout: 20_000},
		)
		.toBe('read');
	await root.defragment(member, {clusterId}, options);
	expect((await root.metrics(member, options)).defragCount).toBe(1);
});

test('a user is no hindrance where etcd wants none', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, tls: 'none'});
	const transport = transportForTest({...optionsFor(cluster), user: 'root:word'});
	const {members, clusterId} = await transport.membership(options);
	await transport.defragment(members[0]!, {clusterId}, options);
});
