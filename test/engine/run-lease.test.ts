/** The Lease that holds a run across machines: two who want it, one who loses it, and one who died with it. */
import {describe, expect, it} from 'vitest';
import {attemptsOn, type LeaseStep, leaseExpiryMs, leaseGate} from '../../source/domain/run-lease.ts';
import {createRunLease} from '../../source/engine/run-lease.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {failure, MiB} from '../domain/observations.ts';
import {type FakeEngine, startFakeEngine} from '../helpers/fake-engine.ts';
import type {MemberScript} from '../helpers/fake-transport.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {createMemoryLease, type MemoryLease} from '../helpers/memory-lease.ts';

const second = 1000;
const terms = {mayGoWithout: false, mayPass: false};
const step: LeaseStep = {id: 'attempt-1', memberId: 'a1', name: 'etcd-1', count: 3};

function contender(shared: MemoryLease, identity: string) {
	const clock = createManualClock();
	const lease = createRunLease({port: shared.port, clock, log: {attempts: () => []}, identity});
	return {lease, clock};
}

describe('taking it', () => {
	it('of two at once one gets it, and the other is told that it was too slow', async () => {
		const shared = createMemoryLease();
		const [ana, ben] = [contender(shared, 'ana'), contender(shared, 'ben')];
		const answers = await Promise.all([ana.lease.take(terms), ben.lease.take(terms)]);
		expect(answers.map(({kind}) => kind).toSorted()).toEqual(['held', 'taken']);
		expect(answers.find(({kind}) => kind === 'held')).toMatchObject({
			heldBy: 'another etcdtop was faster to take Lease openshift-etcd/etcdtop',
		});
	});

	it('names who holds it, for as long as that one renews it', async () => {
		const shared = createMemoryLease();
		const [ana, ben] = [contender(shared, 'ana'), contender(shared, 'ben')];
		await ana.lease.take(terms);
		for (let minute = 0; minute < 5; minute++) {
			await ana.clock.advance(60 * second);
			ana.lease.tick();
			await ana.clock.advance(0);
			await ben.clock.advance(60 * second);
			expect(await ben.lease.look()).toMatchObject({kind: 'held', by: 'ana', unchangedMs: 0});
		}
		expect(await ben.lease.take(terms)).toMatchObject({kind: 'held', heldBy: expect.stringContaining('ana holds')});
		await ana.lease.release();
		expect(await ben.lease.look()).toEqual({kind: 'free'});
		expect(await ben.lease.take(terms)).toEqual({kind: 'taken'});
	});

	it('that may not even be read is told with the permission that is missing', async () => {
		const port = {
			...createMemoryLease().port,
			whyNot: async () => 'you may not get leases etcdtop',
			read: () => Promise.reject(new TransportError(failure('permission-denied'))),
		};
		const lease = createRunLease({port, clock: createManualClock(), log: {attempts: () => []}, identity: 'ana'});
		expect(await lease.look()).toEqual({kind: 'unwritable', why: 'you may not get leases etcdtop'});
	});

	it('from one who was seen unchanged for a minute, by our own clock and not a moment earlier', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ana'});
		const ben = contender(shared, 'ben');
		await ben.clock.advance(3_600_000);
		// However old it is: seen for the first time, it is as good as new.
		expect(await ben.lease.take(terms)).toMatchObject({kind: 'held'});
		await ben.clock.advance(leaseExpiryMs / 2);
		await ben.lease.look();
		await ben.clock.advance(leaseExpiryMs / 2 - 1);
		expect(await ben.lease.take(terms)).toMatchObject({kind: 'held'});
		await ben.clock.advance(1);
		expect(await ben.lease.take(terms)).toEqual({kind: 'taken'});
		expect(shared.record()?.holder).toBe('ben');
	});

	it('keeps what the one before left on it', async () => {
		const shared = createMemoryLease();
		shared.put({holder: '', step, last: {...step, id: 'attempt-0'}});
		const ben = contender(shared, 'ben');
		await ben.lease.take(terms);
		expect(shared.record()).toMatchObject({holder: 'ben', step, last: {id: 'attempt-0'}});
		expect(ben.lease.attempts().map(({id, end}) => [id, end !== undefined])).toEqual([
			['attempt-0', true],
			['attempt-1', false],
		]);
	});

	it.each(['no space', 'forbidden'] as const)('%s: a run goes on without it, and says so', async (state) => {
		const shared = createMemoryLease();
		shared.become(state);
		const ana = contender(shared, 'ana');
		expect(await ana.lease.take(terms)).toEqual({kind: 'taken'});
		expect(await ana.lease.look()).toEqual({kind: 'unwritable', why: state});
		expect(await ana.lease.beginStep(step)).toBeUndefined();
		// As soon as it can be written it is.
		shared.become('well');
		await ana.clock.advance(11 * second);
		ana.lease.tick();
		await ana.clock.advance(0);
		expect(shared.record()).toMatchObject({holder: 'ana', step});
		expect(await ana.lease.look()).toEqual({kind: 'ours'});
	});

	it('an API that is silent refuses, but where it was said that it is not to be had', async () => {
		const shared = createMemoryLease();
		shared.become('silent');
		const ana = contender(shared, 'ana');
		expect(await ana.lease.look()).toMatchObject({kind: 'silent'});
		await expect(ana.lease.take(terms)).rejects.toThrow(TransportError);
		expect(await ana.lease.take({...terms, mayGoWithout: true})).toEqual({kind: 'taken'});
	});
});

describe('before each step', () => {
	it('the step is written on it, and its end', async () => {
		const shared = createMemoryLease();
		const ana = contender(shared, 'ana');
		await ana.lease.take(terms);
		expect(await ana.lease.beginStep(step)).toBeUndefined();
		expect(shared.record()).toMatchObject({holder: 'ana', step});
		ana.lease.endStep('attempt-1', true);
		await ana.lease.release();
		expect(shared.record()).toMatchObject({holder: '', last: {id: 'attempt-1', memberId: 'a1'}});
		expect(shared.record()).not.toHaveProperty('step');
	});

	it('one that did not happen leaves no trace; an unknown one stays, after the release too', async () => {
		const shared = createMemoryLease();
		const ana = contender(shared, 'ana');
		await ana.lease.take(terms);
		await ana.lease.beginStep(step);
		ana.lease.endStep('attempt-1', false);
		await ana.lease.beginStep({...step, id: 'attempt-2'});
		await ana.lease.release();
		expect(shared.record()).toMatchObject({holder: '', step: {id: 'attempt-2'}});
		expect(shared.record()).not.toHaveProperty('last');
	});

	it.each<[string, (shared: MemoryLease) => void, RegExp]>([
		['another took it while we were suspended', (shared) => shared.put({holder: 'ben'}), /^ben holds .* now$/],
		['it was deleted', (shared) => shared.delete(), /was deleted$/],
		['its holder was wiped', (shared) => shared.put({holder: ''}), /given up by somebody else$/],
		['the API is silent', (shared) => shared.become('silent'), /can't be renewed/],
	])('%s: the step does not begin', async (_, happen, reason) => {
		const shared = createMemoryLease();
		const ana = contender(shared, 'ana');
		await ana.lease.take(terms);
		happen(shared);
		expect(await ana.lease.beginStep(step)).toMatch(reason);
		expect(shared.record()?.step).toBeUndefined();
	});

	it('a write of ours whose answer was lost is no loss of the Lease', async () => {
		const shared = createMemoryLease();
		const ana = contender(shared, 'ana');
		await ana.lease.take(terms);
		shared.put({holder: 'ana'});
		expect(await ana.lease.beginStep(step)).toBeUndefined();
		expect(shared.record()).toMatchObject({holder: 'ana', step});
	});
});

describe('its gate', () => {
	const where = 'Lease x/etcdtop';
	it.each([
		[{kind: 'free'}, false, 'passed'],
		[{kind: 'free'}, true, 'unchecked'],
		[{kind: 'ours'}, false, 'passed'],
		[{kind: 'held', by: 'ana', unchangedMs: 34_000}, false, 'failed'],
		[{kind: 'held', by: 'ana', unchangedMs: leaseExpiryMs}, false, 'passed'],
		// Under NOSPACE nobody renews: it may be alive however long it is unchanged.
		[{kind: 'held', by: 'ana', unchangedMs: 10 * leaseExpiryMs}, true, 'acknowledge'],
		[{kind: 'unwritable', why: 'you may not'}, false, 'unchecked'],
		[{kind: 'silent', why: 'no answer'}, false, 'failed'],
		[{kind: 'silent', why: 'no answer'}, true, 'unchecked'],
	] as const)('%j, out of space %s: %s', (sight, isOutOfSpace, state) => {
		expect(leaseGate(sight, where, isOutOfSpace).state).toBe(state);
	});

	it('a word typed for one holder is none for another', () => {
		const [one, other] = ['ana', 'ben'].map((by) => leaseGate({kind: 'held', by, unchangedMs: 0}, where, true));
		expect(one?.id).not.toBe(other?.id);
	});
});

it('what our own journal tells of better is left to it', () => {
	const record = {version: '1', holder: '', step, last: {...step, id: 'attempt-0'}};
	expect(attemptsOn(record, new Set(['attempt-0', 'attempt-1']))).toEqual([]);
	expect(attemptsOn({...record, last: step}, new Set())).toHaveLength(1);
});

describe('in a run', () => {
	const fragmented: readonly MemberScript[] = ['etcd-0', 'etcd-1', 'etcd-2'].map((name) => ({
		name,
		status: {dbSizeBytes: 1000 * MiB, dbSizeInUseBytes: 200 * MiB},
	}));
	const leaseGateOf = (engine: FakeEngine) => engine.store.getState().plan?.gates.find(({id}) => id === 'lease');

	async function start(shared: MemoryLease): Promise<FakeEngine> {
		const engine = startFakeEngine(fragmented, {platform: {lease: shared.port}});
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		await engine.clock.advance(20 * second);
		return engine;
	}

	it('is held to the end, with each step on it, and given back', async () => {
		const shared = createMemoryLease();
		const engine = await start(shared);
		expect(shared.record()?.holder).toMatch(/^ana@bastion-1 #[0-9a-f]{8}$/);
		await engine.clock.advance(300 * second);
		expect(engine.store.getState().run?.phase.kind).toBe('finished');
		expect(shared.record()).toMatchObject({holder: '', last: {name: 'etcd-0', count: 1}});
		expect(shared.writes.flatMap(({step: one}) => (one === undefined ? [] : [one.name]))).toEqual(
			expect.arrayContaining(['etcd-0', 'etcd-1', 'etcd-2']),
		);
	});

	it('another bastion sees who holds it, can start nothing, and afterwards waits the whole cooldown', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ben@bastion-2 #1', step});
		const engine = startFakeEngine(fragmented, {platform: {lease: shared.port}});
		engine.engine.controls.openPlan({kind: 'all'});
		await engine.clock.advance(40 * second);
		expect(leaseGateOf(engine)).toMatchObject({state: 'failed', detail: expect.stringContaining('ben@bastion-2 #1 holds')});
		shared.put({holder: '', last: step});
		await engine.clock.advance(4 * second);
		expect(leaseGateOf(engine)?.state).toBe('passed');
		expect(engine.store.getState().cooldown).toMatchObject({
			kind: 'cooling',
			why: expect.stringContaining('etcd-1 was defragmented'),
		});
	});

	it('that is lost between two members halts before the next one', async () => {
		const shared = createMemoryLease();
		const engine = await start(shared);
		expect(engine.transport.count('defragment')).toBe(1);
		shared.put({holder: 'ben@bastion-2 #1'});
		await engine.clock.advance(200 * second);
		expect(engine.transport.count('defragment')).toBe(1);
		expect(engine.store.getState().run?.phase).toMatchObject({
			kind: 'halted',
			reason: 'the run is not held across machines any more',
			detail: 'ben@bastion-2 #1 holds Lease openshift-etcd/etcdtop now',
		});
		expect(shared.record()?.holder).toBe('ben@bastion-2 #1');
	});

	it('whose holder died with a step in progress is taken over only when that member shows that nothing runs there', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ben@bastion-2 #1', step: {id: 'theirs', memberId: 'a1', name: 'etcd-1', count: 0}});
		const busy = fragmented.map((one) => (one.name === 'etcd-1' ? {...one, metrics: {defragInflight: 1, defragCount: 0}} : one));
		const engine = startFakeEngine(busy, {platform: {lease: shared.port}});
		engine.engine.controls.openPlan({kind: 'all'});
		await engine.clock.advance(2 * leaseExpiryMs);
		expect(leaseGateOf(engine)?.state).toBe('passed');
		expect(engine.store.getState().cooldown).toMatchObject({kind: 'blocked'});
		engine.transport.script('etcd-1', {metrics: {defragInflight: 0, defragCount: 1}});
		await engine.clock.advance(10 * second);
		expect(engine.store.getState().cooldown.kind).toBe('cooling');
		await engine.clock.advance(61 * second);
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		await engine.clock.advance(20 * second);
		expect(engine.transport.count('defragment')).toBe(1);
		expect(shared.record()?.holder).toContain('ana@bastion-1');
	});

	it('a member that does not answer in time leaves its step on it when the program leaves', async () => {
		const shared = createMemoryLease();
		const silent = fragmented.map((one) => ({...one, calls: {defragment: failure('timed-out')}}));
		const engine = startFakeEngine(silent, {platform: {lease: shared.port}});
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		const phase = () => engine.store.getState().run?.phase;
		for (let tick = 0; phase()?.kind !== 'defragmenting' && tick < 600; tick++) {
			await engine.clock.advance(100);
		}
		expect(shared.record()?.step?.name).toBe('etcd-1');
		engine.transport.script('etcd-1', {metrics: 'timed-out', status: 'timed-out'});
		await engine.clock.advance(20 * second);
		expect(phase()).toMatchObject({kind: 'unknown', name: 'etcd-1'});
		const stopped = engine.engine.stop();
		await engine.clock.advance(20 * second);
		await stopped;
		expect(shared.record()).toMatchObject({holder: '', step: {name: 'etcd-1'}});
	});

	it('a defragmentation that failed at its member is on it too, and others wait the whole cooldown', async () => {
		const shared = createMemoryLease();
		const refusing = fragmented.map((one) => ({
			...one,
			calls: {defragment: {...failure('rejected'), message: 'no space left on device'}},
		}));
		const engine = startFakeEngine(refusing, {platform: {lease: shared.port}});
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		await engine.clock.advance(60 * second);
		expect(engine.store.getState().run?.phase.kind).toBe('halted');
		expect(shared.record()).toMatchObject({holder: '', last: {name: 'etcd-1'}});
	});

	it('one that certainly was not sent is not', async () => {
		const shared = createMemoryLease();
		const unsent = fragmented.map((one) => ({...one, calls: {defragment: {...failure('unreachable'), notSent: true as const}}}));
		const engine = startFakeEngine(unsent, {platform: {lease: shared.port}});
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		await engine.clock.advance(60 * second);
		expect(engine.store.getState().run?.phase.kind).toBe('halted');
		expect(shared.record()).toMatchObject({holder: ''});
		expect(shared.record()).not.toHaveProperty('last');
	});

	it('a program that leaves while it begins gives it back', async () => {
		const shared = createMemoryLease();
		const engine = startFakeEngine(fragmented, {platform: {lease: shared.port}});
		const plan = await engine.plan();
		engine.transport.script('etcd-0', {statusMs: 3000});
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		await engine.clock.advance(1000);
		expect(shared.record()?.holder).toContain('ana@bastion-1');
		let isStopped = false;
		void engine.engine.stop().then(() => {
			isStopped = true;
		});
		await engine.clock.advance(1);
		expect(isStopped).toBe(false);
		await engine.clock.advance(10 * second);
		expect(isStopped).toBe(true);
		expect(shared.record()?.holder).toBe('');
		expect(engine.transport.count('defragment')).toBe(0);
	});
});
