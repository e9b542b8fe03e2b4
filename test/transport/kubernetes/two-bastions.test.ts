/** Two administrators on two machines, through one Kubernetes API, on real etcd: in the test's time. */
import {expect, it, vi} from 'vitest';
import type {DefragPlan} from '../../../source/domain/defrag-plan.ts';
import type {Pod} from '../../../source/domain/pod.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import type {Platform} from '../../../source/transport/platform.ts';
import {type Cluster, clusterForTest} from '../../helpers/cluster.ts';
import {linesOf, startRun, startTestEngine, type TestEngine, untilOver} from '../../helpers/engine.ts';
import {fillUp, fragment, smallQuotaBytes} from '../../helpers/fill.ts';
import {createTestClock} from '../../helpers/test-clock.ts';
import {apiForTest, connected} from './open-kubernetes.ts';

vi.setConfig({testTimeout: 120_000});

/** A look around through the API takes longer than one at etcd alone. */
const realMs = 60;

async function bastion(cluster: Cluster, kubeconfig: string, operator: string): Promise<TestEngine> {
	const kubernetes = await connected(cluster, kubeconfig);
	return startTestEngine(cluster, {
		operator,
		clock: createTestClock({realMs}),
		transport: () => kubernetes.transport,
		platform: patient(platformOf(kubernetes, 5000)),
	});
}

/** Without liveness probes: by the test's clock, which runs ahead, every disk is too slow for them. */
function patient(platform: Platform): Platform {
	return {
		...platform,
		async surroundings(members) {
			const seen = await platform.surroundings!(members);
			if (seen.pods.kind !== 'told') {
				return seen;
			}
			const value = seen.pods.value.map(({pod, ...rest}) => ({...rest, ...(pod && {pod: withoutProbe(pod)})}));
			return {...seen, pods: {kind: 'told', value}};
		},
	};
}

function withoutProbe({livenessMs: _, ...pod}: Pod): Pod {
	return pod;
}

/** One that nothing holds any more. */
async function openedPlan({engine, until}: TestEngine): Promise<DefragPlan> {
	await until(({clusterId}) => clusterId);
	engine.controls.openPlan({kind: 'all'});
	return until(({plan}) => (plan?.gates.every(({state}) => state !== 'pending' && state !== 'failed') ? plan : undefined));
}

/** A member is enough. */
async function stoppedAfterOne(one: TestEngine): Promise<void> {
	await one.until(({run}) => run?.turns.some(({outcome}) => outcome === 'done') || undefined);
	one.engine.controls.stopAfterThis();
	expect((await untilOver(one)).phase.kind).toBe('cancelled');
}

const gate = ({store}: TestEngine, id: string) => store.getState().plan?.gates.find((one) => one.id === id);

it('one holds the run; the other sees who, and afterwards waits the whole cooldown', async () => {
	const cluster = await clusterForTest({metricsUrls: true});
	await fragment(cluster);
	const api = await apiForTest(cluster);
	const ana = await bastion(cluster, api.kubeconfig(), 'ana@bastion-1');
	const ben = await bastion(cluster, api.kubeconfig(), 'ben@bastion-2');
	await startRun(ana);
	await ana.until(({run}) => run?.turns.some(({outcome}) => outcome === 'done') || undefined);
	const [first] = ana.store.getState().run?.turns ?? [];
	ben.engine.controls.openPlan({kind: 'all'});
	await ben.until(() => gate(ben, 'lease'));
	expect(gate(ben, 'lease')).toMatchObject({state: 'failed'});
	expect(gate(ben, 'lease')?.detail).toMatch(/^ana@bastion-1 #[0-9a-f]{8} holds Lease openshift-etcd\/etcdtop/);
	await stoppedAfterOne(ana);
	await ben.until(() => (gate(ben, 'lease')?.state === 'passed' ? true : undefined));
	expect(ben.store.getState().cooldown).toMatchObject({kind: 'cooling'});
	const releasedAt = ben.clock.uptimeMs();
	ben.engine.controls.closePlan();
	await startRun(ben);
	await stoppedAfterOne(ben);
	const started = linesOf(ben, 'started');
	expect(started.map(({memberId}) => memberId)).not.toContain(first?.memberId);
	expect((started[0]?.uptimeMs ?? 0) - releasedAt).toBeGreaterThan(30_000);
	// Every machine's journal tells of its own alone.
	expect(linesOf(ana, 'started')).toHaveLength(1);
});

it('both at once: one run, and one refusal', async () => {
	const cluster = await clusterForTest({metricsUrls: true});
	await fragment(cluster);
	const api = await apiForTest(cluster);
	const both = await Promise.all(
		['ana@bastion-1', 'ben@bastion-2'].map((operator) => bastion(cluster, api.kubeconfig(), operator)),
	);
	let outcomes: readonly string[] = [];
	// On a busy machine what both have seen may be too old for either.
	while (!outcomes.includes('runs')) {
		const plans = await Promise.all(both.map(openedPlan));
		const said = both.map(({store}) => store.getState().message);
		// In the same moment: what each has seen is that nobody holds it.
		for (const [index, {engine}] of both.entries()) {
			engine.controls.startRun(plans[index]!, plans[index]!.confirmation.word);
		}
		outcomes = await Promise.all(
			both.map(({until}, index) =>
				until(({message, run}) =>
					run !== undefined ? 'runs' : message?.kind === 'refused' && message !== said[index] ? message.text : undefined,
				),
			),
		);
	}
	expect(outcomes.filter((outcome) => outcome === 'runs')).toHaveLength(1);
	expect(outcomes.find((outcome) => outcome !== 'runs')).toMatch(
		/holds Lease openshift-etcd\/etcdtop|another etcdtop was faster to take Lease openshift-etcd\/etcdtop/,
	);
	await stoppedAfterOne(both[outcomes.indexOf('runs')]!);
	expect(both.map((one) => linesOf(one, 'started').length).toSorted()).toEqual([0, 1]);
});

it('under NOSPACE the run says that nobody can hold it, takes a typed word for what is frozen, and gives the space back', async () => {
	const cluster = await clusterForTest({metricsUrls: true, quotaBytes: smallQuotaBytes});
	const api = await apiForTest(cluster);
	await api.controllers.setCondition('clusteroperators', 'etcd', {
		type: 'Degraded',
		status: 'True',
		reason: 'EtcdMembers_NoSpace',
	});
	await fillUp(cluster);
	const ana = await bastion(cluster, api.kubeconfig(), 'ana@bastion-1');
	await ana.until(({members}) => (members.length === 3 && members.every(({status}) => status !== undefined) ? true : undefined));
	ana.engine.controls.openCompact();
	const plan = await ana.until(({compactPlan}) => compactPlan?.headConfirmation && compactPlan);
	ana.engine.controls.compact('head', plan.headConfirmation?.word ?? '');
	await ana.until(({compaction}) => (compaction?.phase.kind === 'finished' ? true : undefined));
	await startRun(ana);
	const {acknowledged, phase} = await untilOver(ana);
	expect(phase).toEqual({kind: 'finished', at: expect.any(Number)});
	expect(acknowledged).toContain('operator etcd: Degraded by EtcdMembers');
	expect(linesOf(ana, 'started').flatMap((line) => (line.type === 'started' ? (line.gates ?? []) : []))).toEqual(
		expect.arrayContaining([
			expect.stringMatching(/^unchecked, no run from another machine: .*under NOSPACE nothing can be written/),
			expect.stringMatching(/^acknowledge, operator etcd is settled: stale, under NOSPACE/),
		]),
	);
});
