/** A real NOSPACE alarm, and the steps out of it as a person takes them. */
import {expect} from 'vitest';
import {type Cluster, clusterForTest} from './cluster.ts';
import type {TestEngine} from './engine.ts';
import {fillUp, smallQuotaBytes} from './fill.ts';

export async function fullCluster(): Promise<Cluster> {
	const cluster = await clusterForTest({tls: 'none', quotaBytes: smallQuotaBytes});
	await fillUp(cluster);
	return cluster;
}

export async function compactToHead({engine, until}: TestEngine): Promise<void> {
	engine.controls.openCompact();
	const plan = await until(({compactPlan}) =>
		compactPlan !== undefined && compactPlan.headRevision > 0 ? compactPlan : undefined,
	);
	engine.controls.compact('head', plan.headConfirmation.word);
	await until(({compaction}) => (compaction?.phase.kind === 'finished' ? true : undefined));
}

export async function disarmAll({engine, store, until}: TestEngine): Promise<void> {
	for (const {memberId} of store.getState().alarms) {
		engine.controls.openDisarm(memberId);
		const plan = await until(({disarmPlan}) => disarmPlan);
		expect(plan.refusal).toBeUndefined();
		engine.controls.disarm(plan.confirmation?.word ?? '');
		await until(({disarming}) => (disarming?.memberId === memberId && disarming.phase.kind === 'done' ? true : undefined));
	}
}
