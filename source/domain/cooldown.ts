/**
 * When the next defragmentation in a cluster may start. It rests on three witnesses: the journal of this machine, the counts
 * that members keep of their own defragmentations, and what was seen while we watched. All instants are uptime ms of this
 * boot; an instant of another boot, or of another machine, is never compared with them.
 */
import type {CooldownLedger} from './cooldown-ledger.ts';
import {cooldownMs} from './defrag-policy.ts';
import type {MemberId} from './member.ts';

/** What holds the next defragmentation back. */
export type CooldownState =
	/** Not known yet: the members have not all told their counts. */
	| {readonly kind: 'finding out'; readonly why: string}
	/** No defragmentation is near. */
	| {readonly kind: 'over'; readonly last?: {readonly endedAt?: number; readonly endedWallMs?: number; readonly name: string}}
	| {readonly kind: 'cooling'; readonly until: number; readonly why: string}
	/** One runs, or its outcome is unknown: nothing starts, and no time can be told. */
	| {readonly kind: 'blocked'; readonly memberId: MemberId; readonly why: string};

/** One call to defragment, as the journal tells it: from its `started` line, with what later lines said of it. */
export type Attempt = {
	readonly id: string;
	readonly memberId: MemberId;
	readonly name: string;
	/** True when the line was written in this boot of this machine, so that its uptimes can be compared. */
	readonly thisBoot: boolean;
	/** Uptime ms of the boot it was written in. */
	readonly startedAt: number;
	/** The member's own count before the call. */
	readonly countBefore?: number;
	readonly processStartSeconds?: number;
	/** Its outcome is known: it ended, or an unknown one was resolved. */
	readonly end?: {
		readonly at: number;
		readonly thisBoot: boolean;
		readonly count?: number;
		readonly wallMs: number;
		readonly processStartSeconds?: number;
	};
};

/** The remaining wait, in ms; 0 when `now` is at or after the end of the cooldown that began at `endedAt`. */
export function remaining(endedAt: number, now: number, configuredMs: number = cooldownMs): number {
	return Math.max(0, endedAt + Math.max(configuredMs, cooldownMs) - now);
}

/**
 * The state of the cooldown.
 * @param attempts every attempt in this cluster, in the order of the journal
 * @param configuredMs `--cooldown`; what is below the minimum counts as the minimum
 * @param others ends that were learnt of elsewhere
 */
export function cooldownState(
	ledger: CooldownLedger,
	attempts: readonly Attempt[],
	now: number,
	configuredMs: number = cooldownMs,
	others: readonly End[] = [],
): CooldownState {
	const blocked = blockedBy(ledger, attempts);
	if (blocked !== undefined) {
		return blocked;
	}
	if (ledger.unseen.length > 0) {
		return {kind: 'finding out', why: `not heard of ${ledger.unseen.join(', ')} yet`};
	}
	const ends = [...ledgerEnds(ledger), ...attemptEnds(ledger, attempts, now), ...others];
	const latest = ends.reduce<End | undefined>((best, end) => (best === undefined || end.at > best.at ? end : best), undefined);
	if (latest !== undefined && remaining(latest.at, now, configuredMs) > 0) {
		return {kind: 'cooling', until: latest.at + Math.max(configuredMs, cooldownMs), why: latest.why};
	}
	const last = attempts.findLast((attempt) => attempt.end !== undefined);
	if (last?.end === undefined) {
		return {kind: 'over'};
	}
	return {
		kind: 'over',
		last: {name: last.name, endedWallMs: last.end.wallMs, ...(last.end.thisBoot ? {endedAt: last.end.at} : {})},
	};
}

/** Uptime ms, and a sentence. */
export type End = {readonly at: number; readonly why: string};

function blockedBy(ledger: CooldownLedger, attempts: readonly Attempt[]): CooldownState | undefined {
	for (const trace of Object.values(ledger.members)) {
		if (trace.inflightSince !== undefined) {
			return {kind: 'blocked', memberId: trace.memberId, why: `${trace.name} is being defragmented`};
		}
	}
	const open = attempts.find((attempt) => attempt.end === undefined && !ledger.resolved.includes(attempt.id));
	return open && {kind: 'blocked', memberId: open.memberId, why: `the outcome of a defragmentation of ${open.name} is unknown`};
}

function ledgerEnds(ledger: CooldownLedger): End[] {
	return Object.values(ledger.members).flatMap((trace) => {
		const ends: End[] = [];
		if (trace.seenEndAt !== undefined) {
			ends.push({at: trace.seenEndAt, why: `${trace.name} was defragmented`});
		}
		if (trace.presumed !== undefined) {
			ends.push({at: trace.presumed.at, why: trace.presumed.why});
		}
		return ends;
	});
}

/**
 * Lines are appended in the order of time, so only the last one can be of another boot without a later one of ours that bounds
 * it; for that one the cooldown runs in full from the moment we saw its end.
 */
function attemptEnds(ledger: CooldownLedger, attempts: readonly Attempt[], now: number): End[] {
	const ends = attempts
		.filter((attempt) => attempt.end?.thisBoot === true)
		.map((attempt) => ({at: attempt.end?.at ?? 0, why: `${attempt.name} was defragmented`}));
	for (const attempt of attempts) {
		const resolvedAt = ledger.resolvedAt[attempt.id];
		if (attempt.end === undefined && resolvedAt !== undefined) {
			ends.push({at: resolvedAt, why: `the unknown outcome on ${attempt.name} was resolved`});
		}
	}
	const last = attempts.at(-1);
	if (last?.end !== undefined && !last.end.thisBoot) {
		const at = ledger.elsewhere[last.id]?.endSeenAt ?? now;
		ends.push({at, why: `${last.name} was defragmented before this machine started, or from another one`});
	}
	return ends;
}
