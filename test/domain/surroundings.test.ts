import {describe, expect, it, test} from 'vitest';
import {attemptMaximumMs, clockDoubtMs, traceController} from '../../source/domain/controller-trace.ts';
import {cooldownState} from '../../source/domain/cooldown.ts';
import {advanceLedger, emptyLedger} from '../../source/domain/cooldown-ledger.ts';
import {blockingGate} from '../../source/domain/defrag-gates.ts';
import type {PlanRow} from '../../source/domain/defrag-plan.ts';
import {assumedSpeed, planDefragmentation} from '../../source/domain/defrag-planner.ts';
import {livenessWarnings} from '../../source/domain/liveness.ts';
import type {Pod, PodMatch} from '../../source/domain/pod.ts';
import type {ClusterOperator, DefragControllerEvent, Surroundings, Told} from '../../source/domain/surroundings.ts';
import {surroundingsGates} from '../../source/domain/surroundings-gates.ts';
import {evidenceOf, MiB, observationOf, threeVoters} from './observations.ts';

const second = 1000;
const told = <T>(value: T): Told<T> => ({kind: 'told', value});

const pod = (name: string, more: Partial<Pod> = {}): Pod => ({name, phase: 'Running', isReady: true, restarts: 0, ...more});
const inStep: readonly PodMatch[] = ['a0', 'a1', 'a2'].map((memberId) => ({memberId, pod: pod(`etcd-${memberId}`)}));

const operator = (name: string, more: Partial<ClusterOperator> = {}): ClusterOperator => ({
	name,
	isAvailable: true,
	isDegraded: false,
	isProgressing: false,
	degradedBy: [],
	...more,
});
const operators = (etcd: Partial<ClusterOperator> = {}) => told([operator('etcd', etcd), operator('kube-apiserver')]);
const nodes = told([
	{name: 'cp-1', isReady: true, isCordoned: false},
	{name: 'cp-2', isReady: true, isCordoned: false},
]);

function openshift(
	more: Partial<NonNullable<Surroundings['openshift']>> = {},
	pods: Surroundings['pods'] = told(inStep),
): Surroundings {
	return {pods, openshift: {operators: operators(), nodes, controller: told({isSwitchedOff: false}), ...more}};
}

const gatesOf = (surroundings: Surroundings, isOutOfSpace = false) =>
	surroundingsGates({surroundings, isOutOfSpace, nameOf: (id) => `member ${id}`});

const words = (surroundings: Surroundings, isOutOfSpace = false) =>
	gatesOf(surroundings, isOutOfSpace).map(({title, state, detail}) => `${state}, ${title}: ${detail}`);

test('an OpenShift cluster that is well', () => {
	expect(words(openshift())).toEqual([
		'passed, operator etcd is settled: Available, not Degraded or Progressing',
		'passed, operator kube-apiserver is settled: Available, not Degraded or Progressing',
		'passed, control-plane nodes Ready, none cordoned: cp-1 and cp-2',
		'passed, members and pods are in step: 3 ready',
		"unchecked, OpenShift's own defragmentation: active; counted in the cooldown",
	]);
});

test('another one has pods alone', () => {
	expect(words({pods: told(inStep)})).toEqual(['passed, the pods are ready: 3 ready']);
});

describe('what closes a gate', () => {
	it.each<[string, Surroundings, string]>([
		['not Available', openshift({operators: operators({isAvailable: false})}), 'not Available'],
		['Degraded', openshift({operators: operators({isDegraded: true, degradedBy: ['EtcdMembers']})}), 'Degraded by EtcdMembers'],
		['Progressing', openshift({operators: operators({isProgressing: true})}), 'Progressing'],
		['no operator', openshift({operators: told([operator('etcd')])}), 'there is no such ClusterOperator'],
		['a cordoned node', openshift({nodes: told([{name: 'cp-1', isReady: true, isCordoned: true}])}), 'cp-1 is cordoned'],
		['a node NotReady', openshift({nodes: told([{name: 'cp-1', isReady: false, isCordoned: false}])}), 'cp-1 is NotReady'],
		['no nodes', openshift({nodes: told([])}), 'no control-plane node is shown'],
		['a pod that is not ready', {pods: told([{memberId: 'a0', pod: pod('etcd-a0', {isReady: false})}])}, 'etcd-a0 is not ready'],
		['a member without a pod', openshift({}, told([{memberId: 'a0'}])), 'member a0 has no pod'],
		['a pod without a member', openshift({}, told([{pod: pod('etcd-x')}])), 'etcd-x has no member'],
		[
			'a rollout',
			openshift(
				{},
				told([
					{memberId: 'a0', pod: pod('etcd-a0', {staticPodRevision: '8'})},
					{memberId: 'a1', pod: pod('etcd-a1', {staticPodRevision: '7'})},
				]),
			),
			'pods are at the revisions 7 and 8',
		],
		[
			'an API that is silent',
			{pods: {kind: 'silent', why: 'no answer within 5.0 s'}},
			'the API does not answer: no answer within 5.0 s',
		],
	])('%s', (_, surroundings, detail) => {
		const gate = blockingGate(gatesOf(surroundings), []);
		expect(gate).toMatchObject({state: 'failed', detail, opensByItself: true});
		// Under NOSPACE the same is frozen: a warning that takes a word.
		const frozen = blockingGate(gatesOf(surroundings, true), []);
		expect(frozen).toMatchObject({state: 'acknowledge', detail: `stale, under NOSPACE nothing writes it: ${detail}`});
		expect(blockingGate(gatesOf(surroundings, true), [frozen!.id])).toBeUndefined();
	});

	it('a word for one trouble is none for another', () => {
		const cordoned = (name: string) => openshift({nodes: told([{name, isReady: true, isCordoned: true}])});
		const [id = ''] = gatesOf(cordoned('cp-1'), true).flatMap((gate) => (gate.state === 'acknowledge' ? [gate.id] : []));
		expect(blockingGate(gatesOf(cordoned('cp-1'), true), [id])).toBeUndefined();
		expect(blockingGate(gatesOf(cordoned('cp-2'), true), [id])?.detail).toContain('cp-2 is cordoned');
	});

	it('a permission that is missing takes a word, and is named', () => {
		const gate = blockingGate(gatesOf(openshift({nodes: {kind: 'denied', permission: 'list nodes'}})), []);
		expect(gate).toMatchObject({state: 'acknowledge', detail: "can't be seen: you may not list nodes"});
	});
});

describe('etcd degraded by its own defragmentations', () => {
	const by = (degradedBy: readonly string[], more: Partial<ClusterOperator> = {}) =>
		gatesOf(openshift({operators: operators({isDegraded: true, degradedBy, ...more})}))[0];

	it('alone is a warning that takes a word', () => {
		expect(by(['DefragController'])).toMatchObject({
			state: 'acknowledge',
			detail: 'stale, by failed defragmentations of its own alone: Degraded by DefragController',
		});
	});

	it.each([
		['with another reason', by(['DefragController', 'EtcdMembers'])],
		['with no reason at all', by([])],
		['while Progressing', by(['DefragController'], {isProgressing: true})],
		['while not Available', by(['DefragController'], {isAvailable: false})],
	])('%s it refuses', (_, gate) => {
		expect(gate?.state).toBe('failed');
	});
});

describe("OpenShift's controller", () => {
	it.each<[string, Surroundings, string]>([
		['switched off', openshift({controller: told({isSwitchedOff: true})}), 'switched off'],
		['unseen', openshift({controller: {kind: 'denied', permission: 'list events'}}), "can't be seen: you may not list events"],
		['silent', openshift({controller: {kind: 'silent', why: 'gone'}}), 'the API does not answer: gone'],
	])('%s holds nothing, and is said', (_, surroundings, detail) => {
		const gates = gatesOf(surroundings);
		expect(gates.at(-1)?.detail).toBe(detail);
		expect(blockingGate(gates, [])).toBeUndefined();
	});

	const event = (what: DefragControllerEvent['what'], ageMs: number, id = 'e1'): DefragControllerEvent => ({id, what, ageMs});
	const now = 1_000_000;

	it('ended when its event was written, or later: two clocks tell its age', () => {
		expect(traceController(undefined, event('Success', 10 * second), now)?.endedAt).toBe(now);
		expect(traceController(undefined, event('Failed', clockDoubtMs + 5 * second), now)?.endedAt).toBe(now - 5 * second);
		expect(traceController(undefined, undefined, now)).toBeUndefined();
	});

	it('stays where it was seen while the event is the same, and moves only forward', () => {
		const first = traceController(undefined, event('Success', 0), now);
		expect(traceController(first, event('Success', 30 * second), now + 30 * second)).toBe(first);
		expect(traceController(first, event('Success', 3_600_000, 'older'), now + second)?.endedAt).toBe(now);
		expect(traceController(first, event('Success', 0, 'e2'), now + 9 * second)?.endedAt).toBe(now + 9 * second);
		expect(traceController(first, undefined, now + second)).toBe(first);
	});

	it('an attempt that told of no end yet may be going on; one long ago is over', () => {
		const attempt = event('Attempt', attemptMaximumMs - 1);
		const open = traceController(undefined, attempt, now);
		expect(traceController(open, attempt, now + second)?.endedAt).toBe(now + second);
		expect(traceController(undefined, event('Attempt', attemptMaximumMs), now)?.endedAt).toBe(
			now - attemptMaximumMs + clockDoubtMs,
		);
	});

	it('an attempt that stays as young as ever, by a clock that is wrong or none at all, is over too', () => {
		const attempt = event('Attempt', 0);
		let trace = traceController(undefined, attempt, now);
		for (let elapsed = 0; elapsed <= attemptMaximumMs; elapsed += 2 * second) {
			trace = traceController(trace, attempt, now + elapsed);
		}
		const end = trace?.endedAt;
		expect(end).toBeLessThan(now + attemptMaximumMs);
		expect(traceController(trace, attempt, now + 2 * attemptMaximumMs)?.endedAt).toBe(end);
	});

	it('holds the next one back for a whole cooldown', () => {
		const ledger = advanceLedger(emptyLedger(0), observationOf(threeVoters, 100_000), []);
		const others = [{at: 200_000, why: "OpenShift's controller defragmented a member"}];
		expect(cooldownState(ledger, [], 200_000, undefined, others)).toMatchObject({kind: 'cooling', until: 260_000});
		expect(cooldownState(ledger, [], 260_000, undefined, others).kind).toBe('over');
	});
});

describe('the liveness probe', () => {
	const row = (estimateMs: number): PlanRow => ({
		memberId: 'a0',
		name: 'etcd-0',
		role: 'follower',
		dbSizeBytes: 0,
		inUseBytes: 0,
		reclaimBytes: 0,
		reclaimRatio: 0,
		reclaimIsAtLeast: false,
		estimateMs,
		why: '',
	});
	const patient = (livenessMs?: number): Surroundings => ({
		pods: told([{memberId: 'a0', pod: pod('etcd-a0', livenessMs === undefined ? {} : {livenessMs})}]),
	});

	it.each([
		['exactly twice the estimate', 40 * second, 0],
		['a little less', 40 * second - 1, 1],
	])('%s', (_, livenessMs, count) => {
		expect(livenessWarnings([row(20 * second)], patient(livenessMs))).toHaveLength(count);
	});

	it('says both times and what may happen', () => {
		expect(livenessWarnings([row(50 * second)], patient(80 * second))).toEqual([
			{
				id: 'liveness a0',
				text: 'etcd-0 may block for 1:40, and its liveness probe fails after 1:20: the kubelet may kill it in the middle',
				remedy: 'Raise failureThreshold of its probe first, where you can.',
			},
		]);
	});

	it('is known of the pods that were seen last, where the API is silent', () => {
		const {pods} = patient(80 * second);
		const seenPods = pods.kind === 'told' ? pods.value : [];
		expect(livenessWarnings([row(50 * second)], {pods: {kind: 'silent', why: ''}, seenPods})).toHaveLength(1);
	});

	it('nothing where there is no probe, no pod, or nobody to tell', () => {
		expect(livenessWarnings([row(50 * second)], patient())).toEqual([]);
		expect(livenessWarnings([row(50 * second)], {pods: told([])})).toEqual([]);
		expect(livenessWarnings([row(50 * second)], {pods: {kind: 'silent', why: ''}})).toEqual([]);
		expect(livenessWarnings([row(50 * second)], undefined)).toEqual([]);
	});

	it('is typed for before the run', () => {
		const evidence = evidenceOf(
			[{name: 'etcd-0', status: {dbSizeBytes: 9000 * MiB, dbSizeInUseBytes: 4000 * MiB}}, ...threeVoters.slice(1)],
			{surroundings: {pods: told([{memberId: 'a0', pod: pod('etcd-a0', {livenessMs: 80 * second})}])}},
		);
		const plan = planDefragmentation({
			scope: {kind: 'member', memberId: 'a0'},
			evidence,
			now: 200_000,
			speed: assumedSpeed,
			moveLeader: false,
			terminal: true,
		});
		expect(plan.confirmation.word).toBe('defragment anyway');
		expect(plan.confirmation.acknowledges).toContain('liveness a0');
	});
});
