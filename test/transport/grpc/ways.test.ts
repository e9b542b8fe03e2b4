/** Which way leads to which member: advertised URLs that nobody reaches, balancers, two clusters, members that move or join. */
import {expect, test} from 'vitest';
import type {Membership} from '../../../source/domain/member.ts';
import type {Transport} from '../../../source/transport/transport.ts';
import {clusterForTest} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 5000};

async function everyStatus(transport: Transport, {members}: Membership): Promise<string[]> {
	return Promise.all(members.map(async (member) => (await transport.status(member, options)).memberId));
}

test('members whose advertised URLs lead nowhere are reached by the endpoints that were given', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({advertiseClientUrl: (_, index) => `https://etcd-${index + 1}.invalid:2379`});
	const endpoints = cluster.members.map(({clientUrl}) => clientUrl);
	const transport = transportForTest({...optionsFor(cluster), endpoints});
	const membership = await transport.membership(options);
	expect(membership.members.map(({endpoint}) => endpoint).sort()).toEqual([...endpoints].sort());
	expect(membership.members.every(({clientUrls}) => clientUrls[0]?.includes('.invalid'))).toBe(true);
	expect(await everyStatus(transport, membership)).toEqual(membership.members.map(({id}) => id));
	await transport.defragment(membership.members[0]!, membership, options);

	// A dead one stays where it was met: only there does "refused" say that it is dead.
	const dead = cluster.members.find(({name}) => name === membership.members[1]!.name)!;
	await dead.kill();
	for (let round = 0; round < 3; round++) {
		const {members} = await transport.membership(options);
		expect(await failure(transport.status(members[1]!, options))).toMatchObject({kind: 'refused', endpoint: dead.clientUrl});
	}
});

test('a balancer that was given leads to members that are then reached by themselves', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest();
	const balancer = await faultProxyForTest(...cluster.endpoints);
	const transport = transportForTest({...optionsFor(cluster), endpoints: [balancer.url()]});
	for (let round = 0; round < 3; round++) {
		const {members} = await transport.membership(options);
		await Promise.allSettled(members.map((member) => transport.status(member, options)));
	}
	const membership = await transport.membership(options);
	expect(await everyStatus(transport, membership)).toEqual(membership.members.map(({id}) => id));
	for (const member of membership.members.filter(({endpoint}) => endpoint !== balancer.url())) {
		expect(member).not.toHaveProperty('watchOnly');
	}
});

test('behind nothing but a balancer, members are watched and not touched', {timeout: 60_000}, async () => {
	let balancer = '';
	const targets: string[] = [];
	const proxy = await faultProxyForTest('http://127.0.0.1:1');
	balancer = proxy.url();
	const cluster = await clusterForTest({
		advertiseClientUrl: (clientUrl) => {
			targets.push(clientUrl);
			return balancer;
		},
	});
	proxy.aim(targets);
	const transport = transportForTest({...optionsFor(cluster), endpoints: [balancer]});
	let membership = await transport.membership(options);
	await Promise.allSettled(membership.members.map((member) => transport.status(member, options)));
	membership = await transport.membership(options);
	expect(membership.members.map(({watchOnly}) => watchOnly)).toEqual(
		Array(3).fill(`${balancer} answers as more than one member (a balancer)`),
	);
	expect(await everyStatus(transport, membership)).toEqual(membership.members.map(({id}) => id));
	for (const member of membership.members) {
		expect((await transport.metrics(member, options)).defragCount).toBe(0);
		expect(await failure(transport.defragment(member, membership, options))).toMatchObject({kind: 'unsupported', notSent: true});
	}
});

test('endpoints of two clusters are refused', {timeout: 60_000}, async () => {
	const [one, other] = await Promise.all([clusterForTest({members: 1, tls: 'none'}), clusterForTest({members: 1, tls: 'none'})]);
	const transport = transportForTest({...optionsFor(one), endpoints: [...one.endpoints, ...other.endpoints]});
	expect(await failure(transport.membership(options))).toMatchObject({
		kind: 'wrong-identity',
		message: `${one.endpoints[0]} and ${other.endpoints[0]} belong to different clusters`,
	});
});

test('a cluster that took the place of the one that was known is another one', {timeout: 60_000}, async () => {
	const [one, other] = await Promise.all([clusterForTest({members: 1, tls: 'none'}), clusterForTest({members: 1, tls: 'none'})]);
	const proxy = await faultProxyForTest(...one.endpoints);
	const transport = transportForTest({...optionsFor(one), endpoints: [proxy.url('http')]});
	const known = await transport.membership(options);
	await one.members[0]!.kill();
	proxy.aim(other.endpoints);
	proxy.cut();
	await expect.poll(async () => (await failure(transport.membership(options))).kind).toBe('wrong-identity');
	// What was decided for the one is not done to the other.
	expect(await failure(transport.compact(1, options))).toMatchObject({
		kind: expect.stringMatching(/refused|wrong-identity/),
		notSent: true,
	});
	expect((await failure(transport.membership(options))).message).toContain(`instead of ${known.clusterId}`);
});

test('a dead endpoint holds up nobody', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, tls: 'none'});
	const silent = await faultProxyForTest(...cluster.endpoints);
	silent.stall();
	const transport = transportForTest({
		...optionsFor(cluster),
		endpoints: [silent.url('http'), 'http://127.0.0.1:1', ...cluster.endpoints],
		// Whoever waited for the silent one would wait for all of this.
		dialTimeoutMs: 20_000,
	});
	const started = performance.now();
	expect((await transport.membership({timeoutMs: 20_000})).members).toHaveLength(1);
	expect(performance.now() - started).toBeLessThan(10_000);
	await transport.membership({timeoutMs: 10_000});
	await expect
		.poll(async () => {
			const asked = performance.now();
			await transport.membership({timeoutMs: 10_000});
			return performance.now() - asked;
		})
		.toBeLessThan(100);
});

test('joiners appear by themselves, and what learners refuse is told', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1});
	const transport = transportForTest(optionsFor(cluster));
	const [first] = (await transport.membership(options)).members;
	const learner = await cluster.addMember({learner: true});
	const {members} = await transport.membership(options);
	const found = members.find(({name}) => name === learner.name)!;
	expect(found).toMatchObject({isLearner: true, endpoint: learner.clientUrl});
	expect(await transport.status(found, options)).toMatchObject({isLearner: true, memberId: found.id});
	expect(await failure(transport.linearizableRead(found, options))).toMatchObject({kind: 'unsupported'});
	expect(await failure(transport.defragment(found, await transport.membership(options), options))).toMatchObject({
		kind: 'unsupported',
		notSent: true,
	});
	expect(await failure(transport.moveLeader(first!, found.id, options))).toMatchObject({
		kind: 'rejected',
		message: expect.stringContaining('bad leader transferee'),
	});
});

test('a member that was added and never started has no way', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, tls: 'none'});
	await cluster.members[0]!.call('/v3/cluster/member/add', {peerURLs: ['http://127.0.0.1:1'], isLearner: true});
	const transport = transportForTest(optionsFor(cluster));
	const {members} = await transport.membership(options);
	const unstarted = members.find(({name}) => name === '')!;
	expect(unstarted).toMatchObject({isLearner: true, clientUrls: []});
	expect(unstarted).not.toHaveProperty('endpoint');
	expect(await failure(transport.status(unstarted, options))).toMatchObject({
		message: 'it has not started yet',
		member: unstarted.id,
	});
});
