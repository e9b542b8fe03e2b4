/** What a run asks of the Lease that holds it across machines. */
import type {Attempt} from '../domain/cooldown.ts';
import type {LeaseSight, LeaseStep} from '../domain/run-lease.ts';

export type LeaseTerms = {
	/** It was said that others can't be seen through it. */
	readonly mayGoWithout: boolean;
	/** The operator typed a word for the one who holds it, when nobody can renew anything. */
	readonly mayPass: boolean;
};

export interface RunLease {
	/** The Lease's place and name. */
	readonly where: string;
	/** Asked with the gates. Never rejects. */
	look(): Promise<LeaseSight>;
	/** While etcd is out of space nobody can renew it: that time tells nothing of who holds it. */
	noteOutOfSpace(): void;
	/** Others' defragmentations, as far as it was seen to tell of them. */
	attempts(): readonly Attempt[];
	/**
	 * Takes it, or tells who holds it. Where it can't be written a run goes on without, and tries again with each step; where the API
	 * does not answer either only if it may. Throws `TransportError` otherwise.
	 */
	take(terms: LeaseTerms): Promise<{readonly kind: 'taken'} | {readonly kind: 'held'; readonly heldBy: string}>;
	/** About once a second: tells others that we live, and gives back what could not be given back before. */
	tick(): void;
	/** Right before the call: that it is ours still, and the step on it; else why not. */
	beginStep(step: LeaseStep): Promise<string | undefined>;
	/** The step is over, whatever came of it. One that was certainly not sent leaves no trace. */
	endStep(attemptId: string, isSent: boolean): void;
	/** Gives it back; a step of unknown outcome stays on it. Never rejects. */
	release(): Promise<void>;
}
