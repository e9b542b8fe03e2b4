/** A real NOSPACE alarm, raised by real writes. */
import {expect, it} from 'vitest';
import {type Cluster, clusterForTest} from '../helpers/cluster.ts';
import {startTestEngine} from '../helpers/engine.ts';

const MiB = 1024 * 1024;
const put = (cluster: Cluster, key: string, bytes: number) =>
	cluster.members[0]?.call('/v3/kv/put', {
		key: Buffer.from(key).toString('base64'),
		value: Buffer.alloc(bytes, 'x').toString('base64'),
	});

/** Overwrites a few keys until etcd refuses: nearly all of the file is history. */
async function fullCluster(): Promise<Cluster> {
	const cluster = await clusterForTest({tls: 'none', quotaBytes: 16 * MiB});
	for (let index = 0; index < 200; index++) {
		try {
			await put(cluster, `key-${index % 5}`, 200_000);
		} catch {
			return cluster;
		}
	}
	throw new Error('the quota was never reached');
}

it('never while a CORRUPT alarm stands', async () => {
	const cluster = await fullCluster();
	const engine = startTestEngine(cluster);
	const raised = await engine.until(({alarms}) => alarms[0]);
	await cluster.members[0]?.call('/v3/maintenance/alarm', {
		action: 'ACTIVATE',
		memberID: BigInt(`0x${raised.memberId}`).toString(),
		alarm: 'CORRUPT',
	});
	await engine.until(({alarms}) => (alarms.some(({alarm}) => alarm === 'CORRUPT') ? true : undefined));
	engine.engine.controls.openDisarm(raised.memberId);
	const plan = await engine.until(({disarmPlan}) => disarmPlan);
	expect(plan.refusal).toMatch(/CORRUPT/);
	engine.engine.controls.openPlan({kind: 'all'});
	const gate = await engine.until(({plan: open}) => open?.gates.find(({id, state}) => id === 'corrupt' && state !== 'pending'));
	expect(gate.state).toBe('failed');
}, 120_000);
