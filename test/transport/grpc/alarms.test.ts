/** A real NOSPACE alarm: seen in the status, listed, and disarmed alone. */
import {expect, test} from 'vitest';
import {clusterForTest} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';

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
