import {expect} from 'vitest';
import type {Failure} from '../../source/domain/failure.ts';
import {TransportError} from '../../source/transport/transport-error.ts';

/** The failure that a call ends with; anything but a `TransportError` fails the test. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
	const error = await call.then(
		(value) => {
			throw new Error(`did not fail, but gave ${JSON.stringify(value)}`);
		},
		(reason: unknown) => reason,
	);
	if (!(error instanceof TransportError)) {
		throw error;
	}
	expect(error.failure.message).not.toBe('');
	return error.failure;
}

/** The failure that a function throws at once. */
export function thrown(call: () => unknown): Failure {
	try {
		call();
	} catch (error) {
		if (error instanceof TransportError) {
			return error.failure;
		}
		throw error;
	}
	throw new Error('did not throw');
}
