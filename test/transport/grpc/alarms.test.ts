/** A real NOSPACE alarm: seen in the status, listed, and disarmed alone. */
import {expect, test} from 'vitest';
import {clusterForTest} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 10_000};

test('NOSPACE is raised, seen, listed and disarmed', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, tls: 'none', quotaBytes: 8 * 1024 * 1024});
	const etcd = cluster.members[0]!;
	const put = () => etcd.call('/v3/kv/put', {key: 'a2V5', value: Buffer.alloc(1_000_000).toString('base64')});
	let refused = '';
	while (refused === '') {
		await put().catch((error: unknown) => {
			refused = String(error);
		});
	}
	expect(refused).toContain('database space exceeded');

	const transport = transportForTest(optionsFor(cluster));
	const {members, clusterId} = await transport.membership(options);
	const member = members[0]!;
	const {errors, revision} = await transport.status(member, options);
	expect(errors).toEqual([`memberID:${BigInt(`0x${member.id}`)} alarm:NOSPACE`]);
	expect(await transport.alarms(options)).toEqual([{memberId: member.id, alarm: 'NOSPACE'}]);

	await transport.compact(revision, options);
	await transport.defragment(member, {clusterId}, options);
	await transport.disarmNoSpace('abc', options);
	expect(await transport.alarms(options)).toHaveLength(1);
	await transport.disarmNoSpace(member.id, options);
	expect(await transport.alarms(options)).toEqual([]);
	expect((await transport.status(member, options)).errors).toEqual([]);
	await put();
});

test('without a leader nothing is proposed: it would be carried out whenever there is one again', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({tls: 'none'});
	const transport = transportForTest(optionsFor(cluster));
	const {members} = await transport.membership(options);
	const alive = cluster.members[0]!;
	await Promise.all(cluster.members.slice(1).map((member) => member.kill()));
	await expect
		.poll(async () => (await transport.status(members.find(({name}) => name === alive.name)!, options)).leaderId, {
			timeout: 20_000,
		})
		.toBeUndefined();
	const asked = performance.now();
	const changes = [
		() => transport.alarms(options),
		() => transport.compact(1, options),
		() => transport.disarmNoSpace(members[0]!.id, options),
	];
	for (const change of changes) {
		expect(await failure(change())).toMatchObject({
			kind: 'no-leader',
			message: expect.stringContaining('the cluster has no leader'),
			nextStep: expect.stringContaining('majority'),
			notSent: true,
		});
	}
	expect(performance.now() - asked).toBeLessThan(options.timeoutMs);
});
