/** What surrounds etcd, as the whole engine heeds it: under a clock that the test owns. */
import {expect, it} from 'vitest';
import type {PodMatch} from '../../source/domain/pod.ts';
import type {Surroundings} from '../../source/domain/surroundings.ts';
import {MiB} from '../domain/observations.ts';
import {type FakeEngine, startFakeEngine} from '../helpers/fake-engine.ts';
import type {MemberScript} from '../helpers/fake-transport.ts';

const second = 1000;
const ids = ['a0', 'a1', 'a2'];
const fragmented: readonly MemberScript[] = ['etcd-0', 'etcd-1', 'etcd-2'].map((name) => ({
	name,
	status: {dbSizeBytes: 1000 * MiB, dbSizeInUseBytes: 200 * MiB},
}));

function around() {
	let ready = true;
	let last:
		| NonNullable<Extract<NonNullable<Surroundings['openshift']>['controller'], {kind: 'told'}>['value']['last']>
		| undefined;
	const matches = (): readonly PodMatch[] =>
		ids.map((memberId) => ({
			memberId,
			pod: {name: `etcd-${memberId}`, phase: 'Running', isReady: ready || memberId !== 'a0', restarts: 0},
		}));
	const operator = {isAvailable: true, isDegraded: false, isProgressing: false, degradedBy: []};
	return {
		setReady(isReady: boolean) {
			ready = isReady;
		},
		defragment() {
			last = {id: 'event-1', what: 'Success', ageMs: 0};
		},
		platform: {
			surroundings: async (): Promise<Surroundings> => ({
				pods: {kind: 'told', value: matches()},
				openshift: {
					operators: {kind: 'told', value: ['etcd', 'kube-apiserver'].map((name) => ({name, ...operator}))},
					nodes: {kind: 'told', value: [{name: 'cp-1', isReady: true, isCordoned: false}]},
					controller: {kind: 'told', value: {isSwitchedOff: false, ...(last && {last})}},
				},
			}),
		},
	};
}

it('a pod that is not ready refuses the plan; in a run it is waited for', async () => {
	const {platform, setReady} = around();
	setReady(false);
	const engine = startFakeEngine(fragmented, {platform});
	const held = await engine.plan();
	expect(held.gates.find(({state}) => state === 'failed')?.detail).toBe('etcd-a0 is not ready');
	setReady(true);
	await engine.clock.advance(3 * second);
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	await engine.clock.advance(30 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	setReady(false);
	await engine.clock.advance(200 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	expect(engine.store.getState().run?.phase.kind).toBe('checking');
	setReady(true);
	await engine.clock.advance(30 * second);
	expect(engine.transport.count('defragment')).toBe(2);
});

it('one that stays so for a quarter of an hour halts the run', async () => {
	const {platform, setReady} = around();
	const engine = startFakeEngine(fragmented, {platform});
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	await engine.clock.advance(30 * second);
	setReady(false);
	await engine.clock.advance(18 * 60 * second);
	expect(engine.store.getState().run?.phase).toMatchObject({
		kind: 'halted',
		reason: 'members and pods are in step: etcd-a0 is not ready',
	});
	expect(engine.transport.count('defragment')).toBe(1);
});

it("a defragmentation by OpenShift's own controller between two members begins the cooldown anew", async () => {
	const {platform, defragment} = around();
	const engine = startFakeEngine(fragmented, {platform});
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	await engine.clock.advance(45 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	defragment();
	await engine.clock.advance(50 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	expect(engine.store.getState().cooldown).toMatchObject({kind: 'cooling', why: "OpenShift's controller defragmented a member"});
	await engine.clock.advance(30 * second);
	expect(engine.transport.count('defragment')).toBe(2);
});

it.each([1, 8])('an API that is silent after %i s holds nothing back for ever under NOSPACE', async (seconds) => {
	const full = fragmented.map((one) => ({
		...one,
		status: {...(one.status as object), errors: ['memberID:160 alarm:NOSPACE ']},
	}));
	let asked = 0;
	const engine: FakeEngine = startFakeEngine(full, {
		platform: {
			async surroundings(): Promise<Surroundings> {
				await engine.clock.sleep(seconds * second);
				asked++;
				// In other words each time, as a network has them.
				const silent = {kind: 'silent', why: `no answer, ${asked}`} as const;
				return {pods: silent, openshift: {operators: silent, nodes: silent, controller: silent}};
			},
		},
		after: ({status}) => ({status: {...(status as object), dbSizeBytes: 41 * MiB}}),
	});
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	await engine.clock.advance(600 * second);
	expect(engine.transport.count('defragment')).toBe(3);
	expect(engine.store.getState().run?.phase.kind).toBe('finished');
});

it('under NOSPACE an API that goes silent between two members is waited for', async () => {
	const full = fragmented.map((one) => ({
		...one,
		status: {...(one.status as object), errors: ['memberID:160 alarm:NOSPACE ']},
	}));
	const {platform} = around();
	let isSilent = false;
	const engine = startFakeEngine(full, {
		platform: {
			async surroundings(): Promise<Surroundings> {
				return isSilent ? {pods: {kind: 'silent', why: 'gone'}} : platform.surroundings();
			},
		},
	});
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	await engine.clock.advance(30 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	isSilent = true;
	await engine.clock.advance(200 * second);
	expect(engine.transport.count('defragment')).toBe(1);
	expect(engine.store.getState().run?.phase.kind).toBe('checking');
	isSilent = false;
	await engine.clock.advance(30 * second);
	expect(engine.transport.count('defragment')).toBe(2);
});
