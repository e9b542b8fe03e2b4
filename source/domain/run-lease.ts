/**
 * What is written on the Lease that holds a run across machines, and what it means to others. Two machines' clocks are never
 * compared: how old a Lease is, is how long we have seen it unchanged on our own.
 */
import type {Attempt} from './cooldown.ts';
import type {Gate} from './gate.ts';
import type {MemberId} from './member.ts';
import {durationText} from './text.ts';

/** A holder writes this often, so that others see it alive. */
export const leaseRenewEveryMs = 10_000;

/** A holder that has written nothing for this long is gone: six renewals in a row that failed, or a process that was killed. */
export const leaseExpiryMs = 60_000;

export type LeaseRecord = {
	/** Changes with every write; a write names the one it is based on. */
	readonly version: string;
	/** Empty when nobody holds it. */
	readonly holder: string;
	/** A defragmentation that is being sent, runs, or has an unknown outcome. */
	readonly step?: LeaseStep;
	/** The last one that ended. */
	readonly last?: LeaseStep;
};

export type LeaseStep = {
	/** The attempt's, as the journal of its machine has it. */
	readonly id: string;
	readonly memberId: MemberId;
	readonly name: string;
	/** The member's own: before it, or for one that ended after it. */
	readonly count?: number;
	readonly processStartSeconds?: number;
};

export type LeaseSight =
	| {readonly kind: 'free' | 'ours'}
	| {readonly kind: 'held'; readonly by: string; readonly unchangedMs: number}
	/** Nobody could hold it, or not we: why. */
	| {readonly kind: 'unwritable'; readonly why: string}
	| {readonly kind: 'silent'; readonly why: string};

/** Since when a Lease has been seen as it is, and when it was looked at last. */
export type LeaseMemory = {readonly version: string; readonly since: number; readonly seenAt: number};

/**
 * Not looked at for longer than this, it is as good as new: that nobody renewed it may be because nobody could, for the API was
 * gone. Three renewals, so that one that comes when the API is back comes before the end.
 */
export const leaseSightGapMs = 30_000;

export function remember(memory: LeaseMemory | undefined, {version}: LeaseRecord, now: number): LeaseMemory {
	const isKnown = memory !== undefined && memory.version === version && now - memory.seenAt <= leaseSightGapMs;
	return {version, since: isKnown ? memory.since : now, seenAt: now};
}

export function isExpired({since}: LeaseMemory, now: number): boolean {
	return now - since >= leaseExpiryMs;
}

export function isOthers(record: LeaseRecord | undefined, identity: string): record is LeaseRecord {
	return record !== undefined && record.holder !== '' && record.holder !== identity;
}

/** What of defragmentations stands on it, or has to. */
export type LeaseSteps = Pick<LeaseRecord, 'step' | 'last'>;

/** What the one before left on it counts until its member has shown what became of it, whether we can write it or not. */
export function leftOn(record: LeaseRecord | undefined): LeaseSteps {
	return {...(record?.step && {step: record.step}), ...(record?.last && {last: record.last})};
}

/** A step that ended is the last one, with the count that its member had afterwards. */
export function endedStep({count: _, ...rest}: LeaseStep, attempt: Attempt | undefined): LeaseStep {
	const count = attempt?.end?.count;
	return {...rest, ...(count !== undefined && {count})};
}

export const leaseGateId = 'lease';
export const silentLeaseGateId = 'lease silent';
/** With the holder's name behind it: a word typed for one is none for another. */
export const heldGateId = 'lease held by ';

const start = {id: leaseGateId, title: 'no run from another machine'} as const;

/** `where`: the Lease's place and name. */
export function leaseGate(sight: LeaseSight, where: string, isOutOfSpace: boolean): Gate {
	switch (sight.kind) {
		case 'free':
			return isOutOfSpace
				? {...start, state: 'unchecked', detail: `${where} can't be written under NOSPACE; only etcd's metrics tell of others`}
				: {...start, state: 'passed', detail: `nobody holds ${where}`};
		case 'ours':
			return {...start, state: 'passed', detail: `${where} is ours`};
		case 'unwritable':
			return {...start, state: 'unchecked', detail: `${where} can't be used: ${sight.why}; only etcd's metrics tell of others`};
		case 'silent':
			return isOutOfSpace
				? {...start, state: 'unchecked', detail: `${where} can't be seen: ${sight.why}; only etcd's metrics tell of others`}
				: {
						...start,
						id: silentLeaseGateId,
						state: 'failed',
						detail: `${where} can't be seen: ${sight.why}`,
						opensByItself: true,
					};
		case 'held':
			return heldGate(sight, where, isOutOfSpace);
	}
}

function heldGate({by, unchangedMs}: Extract<LeaseSight, {kind: 'held'}>, where: string, isOutOfSpace: boolean): Gate {
	const holder = `${by} holds ${where}`;
	if (isOutOfSpace) {
		// It may be alive: nobody can renew anything now.
		const detail = `${holder}, and under NOSPACE it can't be renewed: ask whether that run goes on`;
		return {...start, id: `${heldGateId}${by}`, state: 'acknowledge', detail};
	}
	return unchangedMs >= leaseExpiryMs
		? {...start, state: 'passed', detail: `${by} has not renewed ${where} for ${durationText(unchangedMs)}: it is taken over`}
		: {...start, state: 'failed', detail: `${holder}; unchanged for ${durationText(unchangedMs)}`, opensByItself: true};
}

/**
 * What the Lease tells of defragmentations, as attempts of another boot: an open step blocks until its member shows that nothing
 * runs there, and one that ended counts from when it was first seen here.
 * @param known ids of attempts that the journal of this machine tells of better
 */
export function attemptsOn({step, last}: LeaseSteps, known: ReadonlySet<string>): readonly Attempt[] {
	const own = (one: LeaseStep | undefined): one is LeaseStep => one !== undefined && !known.has(one.id);
	return [
		...(own(last) ? [{...attemptOf(last), end: endOf(last)}] : []),
		// One that has ended since is told as such.
		...(own(step) && step.id !== last?.id
			? [{...attemptOf(step), ...(step.count !== undefined && {countBefore: step.count})}]
			: []),
	];
}

function attemptOf({id, memberId, name, processStartSeconds}: LeaseStep): Attempt {
	return {
		id,
		memberId,
		name,
		thisBoot: false,
		startedAt: 0,
		...(processStartSeconds !== undefined && {processStartSeconds}),
	};
}

function endOf({count, processStartSeconds}: LeaseStep): NonNullable<Attempt['end']> {
	return {
		at: 0,
		thisBoot: false,
		wallMs: 0,
		...(count !== undefined && {count}),
		...(processStartSeconds !== undefined && {processStartSeconds}),
	};
}
