/** Holds a run across machines: takes the Lease, renews it, writes each step on it before it is sent, and gives it back. */
import type {Attempt} from '../domain/cooldown.ts';
import {
	attemptsOn,
	isExpired,
	type LeaseMemory,
	type LeaseRecord,
	type LeaseSight,
	type LeaseStep,
	leaseRenewEveryMs,
	remember,
} from '../domain/run-lease.ts';
import {durationText} from '../domain/text.ts';
import type {LeasePort} from '../transport/platform.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';

export type RunLeaseOptions = {
	readonly port: LeasePort;
	readonly clock: Clock;
	readonly log: Pick<AttemptLog, 'attempts'>;
	/** Who we are, to others and to ourselves: no two processes have the same. */
	readonly identity: string;
};

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
	/** Others' defragmentations, as far as it was seen to tell of them. */
	attempts(): readonly Attempt[];
	/**
	 * Takes it, or tells who holds it. Where it can't be written a run goes on without, and tries again with each step; where the API
	 * does not answer either only if it may. Throws `TransportError` otherwise.
	 */
	take(terms: LeaseTerms): Promise<{readonly kind: 'taken'} | {readonly kind: 'held'; readonly heldBy: string}>;
	/** About once a second: tells others that we live. */
	tick(): void;
	/** Right before the call: that it is ours still, and the step on it; else why not. */
	beginStep(step: LeaseStep): Promise<string | undefined>;
	/** The step is over. One that certainly did not happen leaves no trace. */
	endStep(attemptId: string, happened: boolean): void;
	/** Gives it back; a step of unknown outcome stays on it. Never rejects. */
	release(): Promise<void>;
}

export function createRunLease({port, clock, log, identity}: RunLeaseOptions): RunLease {
	let record: LeaseRecord | undefined;
	let memory: LeaseMemory | undefined;
	/** What of ours is, or has to be, written on it; absent while we don't hold it. */
	let ours: {step?: LeaseStep; last?: LeaseStep} | undefined;
	/** Why it can't be written; then a run goes on without it. */
	let unwritable: string | undefined;
	/** The last time that we tried to. */
	let writtenAt = 0;
	/** One write at a time: each is based on the one before. */
	let writing: Promise<unknown> = Promise.resolve();

	function see(next: LeaseRecord | undefined): void {
		record = next;
		memory = next === undefined ? undefined : remember(memory, next, clock.uptimeMs());
	}

	async function look(): Promise<LeaseSight> {
		if (ours !== undefined && unwritable === undefined) {
			return {kind: 'ours'};
		}
		try {
			const denied = unwritable ?? (await port.whyNot());
			see(await port.read());
			const sight = sightOf(record, memory);
			// Another's run counts, also where we could not hold one ourselves.
			const isOthers = sight.kind === 'held' && sight.by !== identity;
			return denied === undefined || isOthers ? sight : {kind: 'unwritable', why: denied};
		} catch (error) {
			const {kind, message} = failureOf(error);
			return {kind: kind === 'permission-denied' ? 'unwritable' : 'silent', why: message};
		}
	}

	function sightOf(seen: LeaseRecord | undefined, since: LeaseMemory | undefined): LeaseSight {
		if (seen === undefined || since === undefined || seen.holder === '') {
			return {kind: 'free'};
		}
		return {kind: 'held', by: seen.holder, unchangedMs: clock.uptimeMs() - since.since};
	}

	async function take({mayGoWithout, mayPass}: LeaseTerms): ReturnType<RunLease['take']> {
		try {
			return await tryToTake(mayPass);
		} catch (error) {
			const {kind, message} = failureOf(error);
			if (!mayGoWithout && kind !== 'permission-denied') {
				throw error;
			}
			unwritable = message;
			return begin(leftOn(record));
		}
	}

	async function tryToTake(mayPass: boolean): ReturnType<RunLease['take']> {
		see(await port.read());
		const sight = sightOf(record, memory);
		const isOld = memory !== undefined && isExpired(memory, clock.uptimeMs());
		if (sight.kind === 'held' && !isOld && mayPass) {
			unwritable = `${sight.by} holds it`;
			return begin(leftOn(record));
		}
		if (sight.kind === 'held' && !isOld) {
			return {kind: 'held', heldBy: `${sight.by} holds ${port.where}; unchanged for ${durationText(sight.unchangedMs)}`};
		}
		const left = leftOn(record);
		const written = await port.write({holder: identity, ...left}, record?.version);
		if (written.kind === 'conflict') {
			return {kind: 'held', heldBy: `another etcdtop was faster to take ${port.where}`};
		}
		if (written.kind === 'refused') {
			unwritable = written.why;
		} else {
			see(written.record);
		}
		return begin(left);
	}

	function begin(left: NonNullable<typeof ours>): {readonly kind: 'taken'} {
		ours = left;
		writtenAt = clock.uptimeMs();
		return {kind: 'taken'};
	}

	/** Writes what is to be on it; a sentence where it is not ours any more. Throws `TransportError` where nobody answers. */
	function write(): Promise<string | undefined> {
		const next = writing.then(writeNow, writeNow);
		writing = next.catch(() => undefined);
		return next;
	}

	async function writeNow(): Promise<string | undefined> {
		if (ours === undefined) {
			return undefined;
		}
		writtenAt = clock.uptimeMs();
		const written = await port.write({holder: identity, ...ours}, record?.version);
		switch (written.kind) {
			case 'written':
				unwritable = undefined;
				see(written.record);
				return undefined;
			case 'refused':
				unwritable = written.why;
				return undefined;
			case 'conflict':
				return lostOrNot();
		}
	}

	/** A write of ours whose answer was lost looks like another's: it is ours if our name stands on it. */
	async function lostOrNot(): Promise<string | undefined> {
		const seen = await port.read();
		if (seen?.holder === identity) {
			see(seen);
			return writeNow();
		}
		return seen === undefined
			? `${port.where} was deleted`
			: seen.holder === ''
				? `${port.where} was given up by somebody else`
				: `${seen.holder} holds ${port.where} now`;
	}

	return {
		where: port.where,
		look,
		attempts: () => (record === undefined || ours !== undefined ? leftOver() : attemptsOn(record, knownIds())),
		take,
		tick() {
			// What fails is tried again; whether it was in time, the next step finds out.
			if (ours !== undefined && clock.uptimeMs() - writtenAt >= leaseRenewEveryMs) {
				writtenAt = clock.uptimeMs();
				void write().catch(() => undefined);
			}
		},
		async beginStep(step) {
			if (ours === undefined) {
				return `${port.where} is not held`;
			}
			ours = {...ours, step};
			try {
				return await write();
			} catch (error) {
				return `${port.where} can't be renewed: ${failureOf(error).message}`;
			}
		},
		endStep(attemptId, happened) {
			const attempt = log.attempts().find(({id}) => id === attemptId);
			if (ours?.step?.id !== attemptId) {
				return;
			}
			const {step, ...rest} = ours;
			ours = happened ? {...rest, last: endedStep(step, attempt)} : rest;
			// Tried again with each renewal.
			void write().catch(() => undefined);
		},
		async release() {
			const left = ours;
			if (left === undefined) {
				return;
			}
			await writing;
			ours = undefined;
			unwritable = undefined;
			if (record?.holder === identity) {
				const written = await port.write({holder: '', ...left}, record.version).catch(() => undefined);
				see(written?.kind === 'written' ? written.record : undefined);
			}
		},
	};

	/** While it is ours: what the one before us left on it. */
	function leftOver(): readonly Attempt[] {
		return ours === undefined ? [] : attemptsOn({version: '', holder: identity, ...ours}, knownIds());
	}

	function knownIds(): ReadonlySet<string> {
		return new Set(log.attempts().map(({id}) => id));
	}
}

/** What the one before us left on it counts until its member has shown what became of it, whether we can write it or not. */
function leftOn(record: LeaseRecord | undefined): {step?: LeaseStep; last?: LeaseStep} {
	return {...(record?.step && {step: record.step}), ...(record?.last && {last: record.last})};
}

function endedStep(step: LeaseStep, attempt: Attempt | undefined): LeaseStep {
	const {count: _, ...rest} = step;
	const count = attempt?.end?.count;
	return {...rest, ...(count !== undefined && {count})};
}
