/** Holds a run across machines: takes the Lease, renews it, writes each step on it before it is sent, and gives it back. */
import {
	attemptsOn,
	endedStep,
	isExpired,
	isOthers,
	type LeaseMemory,
	type LeaseRecord,
	type LeaseSight,
	type LeaseSteps,
	leaseRenewEveryMs,
	leftOn,
	remember,
} from '../domain/run-lease.ts';
import {durationText} from '../domain/text.ts';
import type {LeasePort} from '../transport/platform.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import type {LeaseTerms, RunLease} from './lease-control.ts';

export type RunLeaseOptions = {
	readonly port: LeasePort;
	readonly clock: Clock;
	readonly log: Pick<AttemptLog, 'attempts'>;
	/** Who we are, to others and to ourselves: no two processes have the same. */
	readonly identity: string;
};

/** A step that may begin without the Lease does not wait for it until what it was decided on has grown old. */
const askWithoutMs = 1000;

export function createRunLease({port, clock, log, identity}: RunLeaseOptions): RunLease {
	let record: LeaseRecord | undefined;
	let memory: LeaseMemory | undefined;
	/** What of ours is, or has to be, written on it; absent while we don't hold it. */
	let ours: LeaseSteps | undefined;
	/** What has to stand on it when it is given back; absent when it was. */
	let owed: LeaseSteps | undefined;
	/** Why it can't be written; then a run goes on without it. */
	let unwritable: string | undefined;
	/** The last time that we tried to. */
	let writtenAt = 0;
	/** One write at a time: each is based on the one before. */
	let writing: Promise<unknown> = Promise.resolve();
	let isRenewing = false;

	function see(next: LeaseRecord | undefined): void {
		record = next;
		memory = next === undefined ? undefined : remember(memory, next, clock.uptimeMs());
	}

	async function look(): Promise<LeaseSight> {
		if (ours !== undefined && unwritable === undefined) {
			return {kind: 'ours'};
		}
		const [denied, seen] = await Promise.allSettled([unwritable ?? port.whyNot(), port.read()]);
		if (seen.status === 'rejected' || denied.status === 'rejected') {
			const {kind, message} = failureOf(seen.status === 'rejected' ? seen.reason : (denied as PromiseRejectedResult).reason);
			// The permission that is missing has a name.
			const named = denied.status === 'fulfilled' ? denied.value : undefined;
			return kind === 'permission-denied' ? {kind: 'unwritable', why: named ?? message} : {kind: 'silent', why: message};
		}
		see(seen.value);
		const sight = sightOf();
		// Another's run counts, also where we could not hold one ourselves.
		return denied.value === undefined || sight.kind === 'held' ? sight : {kind: 'unwritable', why: denied.value};
	}

	function sightOf(): LeaseSight {
		if (isOthers(record, identity) && memory !== undefined) {
			return {kind: 'held', by: record.holder, unchangedMs: clock.uptimeMs() - memory.since};
		}
		// Ours of a run that is over: it is given back as soon as that can be written.
		return {kind: record?.holder === identity ? 'ours' : 'free'};
	}

	const isOld = () => memory !== undefined && isExpired(memory, clock.uptimeMs());

	async function take({mayGoWithout, mayPass}: LeaseTerms): ReturnType<RunLease['take']> {
		await writing;
		try {
			return await tryToTake(mayPass);
		} catch (error) {
			const {kind, message} = failureOf(error);
			if (!mayGoWithout && kind !== 'permission-denied') {
				throw error;
			}
			unwritable = message;
			return begin(owed ?? leftOn(record));
		}
	}

	async function tryToTake(mayPass: boolean): ReturnType<RunLease['take']> {
		see(await port.read());
		const sight = sightOf();
		const left = sight.kind === 'ours' && owed !== undefined ? owed : leftOn(record);
		if (sight.kind === 'held' && !isOld()) {
			if (!mayPass) {
				return {kind: 'held', heldBy: `${sight.by} holds ${port.where}; unchanged for ${durationText(sight.unchangedMs)}`};
			}
			unwritable = `${sight.by} holds it`;
			return begin(left);
		}
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

	function begin(left: LeaseSteps): {readonly kind: 'taken'} {
		ours = left;
		owed = undefined;
		writtenAt = clock.uptimeMs();
		return {kind: 'taken'};
	}

	/** After every write before it. */
	function queue<T>(write: () => Promise<T>): Promise<T> {
		const next = writing.then(write, write);
		writing = next.catch(() => undefined);
		return next;
	}

	/** Writes what is to be on it; a sentence where it is not ours any more. Throws `TransportError` where nobody answers. */
	async function writeNow(): Promise<string | undefined> {
		if (ours === undefined) {
			return undefined;
		}
		writtenAt = clock.uptimeMs();
		if (isOthers(record, identity) && !isOld()) {
			return `${record.holder} holds ${port.where} now`;
		}
		if (record?.holder !== identity) {
			// Others held it while we went without: what they left on it goes on to count.
			ours = {...leftOn(record), ...ours};
		}
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

	/** Leaves it as it is where it is another's, or never was ours. */
	async function giveBack(): Promise<void> {
		writtenAt = clock.uptimeMs();
		if (owed === undefined || record?.holder !== identity) {
			owed = undefined;
			return;
		}
		const written = await port.write({holder: '', ...owed}, record.version);
		if (written.kind === 'written') {
			owed = undefined;
			see(written.record);
		} else if (written.kind === 'conflict') {
			const before = record.version;
			see(await port.read());
			// As with a renewal, ours may be the write whose answer was lost.
			if (record?.version !== before) {
				await giveBack();
			}
		}
	}

	return {
		where: port.where,
		look,
		noteOutOfSpace() {
			if (memory !== undefined) {
				memory = {...memory, since: clock.uptimeMs()};
			}
		},
		attempts() {
			const known = new Set(log.attempts().map(({id}) => id));
			const own = ours ?? owed;
			// While we go without somebody else may have written on it: that is newer than what was left to us.
			const others = own !== undefined && record?.holder === identity ? undefined : record;
			const told = [own, others].flatMap((steps) => (steps === undefined ? [] : attemptsOn(steps, known)));
			return [...new Map(told.map((attempt) => [attempt.id, attempt])).values()];
		},
		take,
		tick() {
			if (isRenewing || (ours ?? owed) === undefined || clock.uptimeMs() - writtenAt < leaseRenewEveryMs) {
				return;
			}
			isRenewing = true;
			// What fails is tried again; whether it was in time, the next step finds out.
			void queue<unknown>(() => (ours === undefined ? giveBack() : writeNow()))
				.catch(() => undefined)
				.finally(() => {
					isRenewing = false;
				});
		},
		async beginStep(step) {
			if (ours === undefined) {
				return `${port.where} is not held`;
			}
			ours = {...ours, step};
			if (unwritable === undefined) {
				return queue(writeNow).catch((error: unknown) => `${port.where} can't be renewed: ${failureOf(error).message}`);
			}
			// With the gates a moment ago it was said that we go without; a holder that they did not know of is another matter.
			if (isOthers(record, identity) && !isOld()) {
				return undefined;
			}
			return Promise.race([queue(writeNow).catch(() => undefined), clock.sleep(askWithoutMs).then(() => undefined)]);
		},
		endStep(attemptId, isSent) {
			if (ours?.step?.id !== attemptId) {
				return;
			}
			const {step, ...rest} = ours;
			const attempt = log.attempts().find(({id}) => id === attemptId);
			ours = isSent ? {...rest, last: endedStep(step, attempt)} : rest;
			// Tried again with each renewal.
			void queue(writeNow).catch(() => undefined);
		},
		async release() {
			if (ours === undefined) {
				return;
			}
			owed = ours;
			ours = undefined;
			unwritable = undefined;
			await queue(giveBack).catch(() => undefined);
		},
	};
}
