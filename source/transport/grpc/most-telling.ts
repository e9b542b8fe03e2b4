import type {FailureKind} from '../../domain/failure.ts';
import {failureOf, TransportError} from '../transport-error.ts';

/** From what the operator has to mend to what may mend itself. */
const order: readonly FailureKind[] = [
	'unexpected',
	'wrong-identity',
	'unauthenticated',
	'permission-denied',
	'tls',
	'not-etcd',
	'unsupported',
	'unknown-host',
	'corrupt',
	'no-leader',
	'timed-out',
	'unreachable',
	'refused',
];

/** Of several endpoints' failures the one that tells most, and how many others there are. */
export function mostTelling(errors: readonly unknown[]): Error {
	const [first, ...rest] = errors
		.map((error) => ({error, failure: failureOf(error)}))
		.sort((one, other) => rank(one.failure.kind) - rank(other.failure.kind));
	if (first === undefined || rest.length === 0 || !(first.error instanceof TransportError)) {
		return first?.error instanceof Error ? first.error : new Error('no endpoint was asked');
	}
	const message = `${first.failure.message} (and ${rest.length} more ${rest.length === 1 ? 'endpoint does' : 'endpoints do'} not answer)`;
	return new TransportError({...first.failure, message}, first.error);
}

function rank(kind: FailureKind): number {
	const index = order.indexOf(kind);
	return index === -1 ? order.length : index;
}
