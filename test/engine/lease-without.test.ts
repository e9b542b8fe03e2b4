/** A run that goes on without the Lease, and one that can't give it back: what others write on it stays theirs. */
import {describe, expect, it} from 'vitest';
import {type LeaseStep, leaseExpiryMs, leaseRenewEveryMs} from '../../source/domain/run-lease.ts';
import {createRunLease} from '../../source/engine/run-lease.ts';
import type {LeasePort} from '../../source/transport/platform.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {createMemoryLease, type MemoryLease} from '../helpers/memory-lease.ts';

const terms = {mayGoWithout: false, mayPass: false};
const ours: LeaseStep = {id: 'ours', memberId: 'a0', name: 'etcd-0', count: 1};
const theirs: LeaseStep = {id: 'theirs', memberId: 'a1', name: 'etcd-1', count: 3};

function contender(shared: MemoryLease, identity = 'ana', port: LeasePort = shared.port) {
	const clock = createManualClock();
	const lease = createRunLease({port, clock, log: {attempts: () => []}, identity});
	const renewal = async () => {
		await clock.advance(leaseRenewEveryMs);
		lease.tick();
		await clock.advance(0);
	};
	return {lease, clock, renewal};
}

const ids = (lease: {attempts(): readonly {readonly id: string}[]}) => lease.attempts().map(({id}) => id);

describe('one that somebody else took while we could not write it', () => {
	it('is not written over by a renewal, and its step holds ours back', async () => {
		const shared = createMemoryLease();
		const {lease, renewal} = contender(shared);
		await lease.take(terms);
		shared.become('forbidden');
		await renewal();
		shared.put({holder: 'ben', step: theirs});
		expect(await lease.look()).toMatchObject({kind: 'held', by: 'ben'});
		expect(ids(lease)).toEqual(['theirs']);
		shared.become('well');
		await renewal();
		expect(shared.record()).toMatchObject({holder: 'ben', step: theirs});
		expect(ids(lease)).toEqual(['theirs']);
	});

	it('is taken back once it was given back, with what stands on it', async () => {
		const shared = createMemoryLease();
		const {lease, renewal} = contender(shared);
		await lease.take(terms);
		shared.become('forbidden');
		await renewal();
		shared.put({holder: '', step: theirs});
		await lease.look();
		shared.become('well');
		await renewal();
		expect(shared.record()).toMatchObject({holder: 'ana', step: theirs});
		expect(ids(lease)).toEqual(['theirs']);
	});
});

describe('one that was passed by a typed word', () => {
	it('is not taken from its holder when it can be written again, and the step that was decided on begins', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ben'});
		const {lease, renewal} = contender(shared);
		await lease.look();
		expect(await lease.take({...terms, mayPass: true})).toEqual({kind: 'taken'});
		expect(await lease.beginStep(ours)).toBeUndefined();
		await renewal();
		expect(shared.record()?.holder).toBe('ben');
		expect(shared.writes).toEqual([]);
	});
});

describe('while the API is silent, and that was said', () => {
	it('a step begins, and waits no longer for the Lease than what it was decided on stays true', async () => {
		const shared = createMemoryLease();
		shared.become('silent');
		const {lease} = contender(shared);
		await lease.take({...terms, mayGoWithout: true});
		expect(await lease.beginStep(ours)).toBeUndefined();
		const slow = contender(shared, 'ben', {...shared.port, write: () => new Promise(() => {})});
		await slow.lease.take({...terms, mayGoWithout: true});
		const begun = slow.lease.beginStep(ours);
		await slow.clock.advance(2000);
		expect(await begun).toBeUndefined();
	});

	it('renewals do not pile up behind one that hangs', async () => {
		const shared = createMemoryLease();
		const gate = Promise.withResolvers<void>();
		let tried = 0;
		const port: LeasePort = {
			...shared.port,
			async write(record, over) {
				tried++;
				if (tried > 1) {
					await gate.promise;
				}
				return shared.port.write(record, over);
			},
		};
		const {lease, clock, renewal} = contender(shared, 'ana', port);
		await lease.take(terms);
		await renewal();
		await renewal();
		await renewal();
		gate.resolve();
		await clock.advance(0);
		expect(tried).toBe(2);
	});
});

describe('giving it back', () => {
	it('is tried again until it is done, and what ended meanwhile stands on it', async () => {
		const shared = createMemoryLease();
		const {lease, renewal} = contender(shared);
		await lease.take(terms);
		await lease.beginStep(ours);
		shared.become('no space');
		lease.endStep('ours', true);
		await lease.release();
		// Looked at meanwhile: what stands on it is older than what we know.
		await lease.look();
		shared.become('well');
		await renewal();
		expect(shared.record()).toMatchObject({holder: '', last: {id: 'ours'}});
		expect(shared.record()).not.toHaveProperty('step');
	});

	it('that failed does not shut ourselves out', async () => {
		const shared = createMemoryLease();
		const {lease} = contender(shared);
		await lease.take(terms);
		shared.become('silent');
		await lease.release();
		shared.become('well');
		expect((await lease.look()).kind).not.toBe('held');
		expect(await lease.take(terms)).toEqual({kind: 'taken'});
		expect(shared.record()?.holder).toBe('ana');
	});

	it('that failed forgets nothing that another one left on it', async () => {
		const shared = createMemoryLease();
		shared.put({holder: '', step: theirs});
		const {lease} = contender(shared);
		await lease.take(terms);
		shared.become('silent');
		await lease.release();
		expect(ids(lease)).toEqual(['theirs']);
	});

	it('succeeds although the answer to a renewal was lost', async () => {
		const shared = createMemoryLease();
		const {lease} = contender(shared);
		await lease.take(terms);
		shared.put({holder: 'ana'});
		await lease.release();
		expect(shared.record()?.holder).toBe('');
	});

	it('is over before it is taken anew', async () => {
		const shared = createMemoryLease();
		const {lease} = contender(shared);
		await lease.take(terms);
		void lease.release();
		expect(await lease.take(terms)).toEqual({kind: 'taken'});
		expect(shared.record()?.holder).toBe('ana');
	});
});

describe('a minute in which nobody could write it', () => {
	it('under NOSPACE does not count: its holder may be alive', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ben'});
		const {lease, clock} = contender(shared);
		for (let elapsed = 0; elapsed <= 2 * leaseExpiryMs; elapsed += 2000) {
			await lease.look();
			lease.noteOutOfSpace();
			await clock.advance(2000);
		}
		expect(await lease.take(terms)).toMatchObject({kind: 'held'});
		await clock.advance(leaseExpiryMs / 2);
		await lease.look();
		await clock.advance(leaseExpiryMs / 2 - 2000);
		expect(await lease.take(terms)).toEqual({kind: 'taken'});
	});

	it('when the API was gone does not count either', async () => {
		const shared = createMemoryLease();
		shared.put({holder: 'ben'});
		const {lease, clock} = contender(shared);
		await lease.look();
		shared.become('silent');
		for (let elapsed = 0; elapsed <= leaseExpiryMs; elapsed += 2000) {
			await lease.look();
			await clock.advance(2000);
		}
		shared.become('well');
		expect(await lease.look()).toMatchObject({kind: 'held', unchangedMs: 0});
		expect(await lease.take(terms)).toMatchObject({kind: 'held'});
	});
});
