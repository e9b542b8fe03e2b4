import {expect, test} from 'vitest';
import type {Failure} from '../../../source/domain/failure.ts';
import {Backoff} from '../../../source/transport/kubernetes/backoff.ts';
import {thrown} from '../failure.ts';

const gone: Failure = {kind: 'unreachable', message: 'gone', nextStep: ''};

test('waits twice as long each time, up to eight seconds, and not at all after success', () => {
	let now = 0;
	const backoff = new Backoff(() => now);
	const waits: number[] = [];
	for (let attempt = 0; attempt < 6; attempt++) {
		backoff.check('a');
		backoff.failed('a', gone);
		const failedAt = now;
		expect(thrown(() => backoff.check('a'))).toEqual({...gone, notSent: true});
		backoff.check('b');
		while (!passes(() => backoff.check('a'))) {
			now += 100;
		}
		waits.push(now - failedAt);
	}
	expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
	backoff.succeeded('a');
	backoff.failed('a', gone);
	now += 500;
	backoff.check('a');
});

test('an attempt that was given up says nothing', () => {
	const backoff = new Backoff(() => 0);
	backoff.failed('a', {...gone, kind: 'cancelled'});
	backoff.check('a');
});

function passes(call: () => void): boolean {
	try {
		call();
		return true;
	} catch {
		return false;
	}
}
