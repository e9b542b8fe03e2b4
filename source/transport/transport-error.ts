import type {Failure, FailureKind} from '../domain/failure.ts';

/** An expected failure of a call to the cluster. Everything a transport throws is one of these; anything else is a defect. */
export class TransportError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure, cause?: unknown) {
		super(failure.message, cause === undefined ? undefined : {cause});
		this.name = 'TransportError';
		this.failure = failure;
	}

	get kind(): FailureKind {
		return this.failure.kind;
	}
}

/** The failure in anything thrown: a `TransportError`'s own, else an `unexpected` one that names the error. */
export function failureOf(error: unknown): Failure {
	if (error instanceof TransportError) {
		return error.failure;
	}
	const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return {kind: 'unexpected', message, nextStep: 'This is a defect of etcdtop; please report it.'};
}
