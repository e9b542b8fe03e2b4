/** A run that goes on without the Lease forgets nothing of what another one wrote on it. */
import {expect, it} from 'vitest';
import type {LeaseStep} from '../../source/domain/run-lease.ts';
import {createRunLease} from '../../source/engine/run-lease.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {createMemoryLease} from '../helpers/memory-lease.ts';

const step: LeaseStep = {id: 'attempt-1', memberId: 'a1', name: 'etcd-1', count: 3};

it.each([
	['the word for its holder was typed', 'no space', {mayGoWithout: false, mayPass: true}],
	['the API went silent', 'silent', {mayGoWithout: true, mayPass: false}],
] as const)("another's step in progress stays one where %s", async (_, state, terms) => {
	const shared = createMemoryLease();
	shared.put({holder: 'ana', step, last: {...step, id: 'attempt-0'}});
	const clock = createManualClock();
	const lease = createRunLease({port: shared.port, clock, log: {attempts: () => []}, identity: 'ben'});
	await lease.look();
	const before = lease.attempts();
	expect(before.map(({id, end}) => [id, end !== undefined])).toEqual([
		['attempt-0', true],
		['attempt-1', false],
	]);
	shared.become(state);
	expect(await lease.take(terms)).toEqual({kind: 'taken'});
	expect(lease.attempts()).toEqual(before);
	// It is still the other's: giving ours up does not give that one up.
	shared.become('well');
	await lease.release();
	expect(shared.record()?.holder).toBe('ana');
});
