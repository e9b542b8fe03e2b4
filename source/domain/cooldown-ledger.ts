/**
 * What the members' own figures tell about defragmentations: folded over every observation since this process began to watch.
 * Plain JSON. A count says that something was defragmented, not when; where it can't be known that it was long ago, it is
 * taken to have been now.
 */
import type {Attempt} from './cooldown.ts';
import {cooldownMs, sendWithinMs, shrinkTraceRatio} from './defrag-policy.ts';
import {type MemberId, memberLabel} from './member.ts';
import type {MemberMetrics, MemberObservation, Observation} from './observation.ts';
import {isAnotherProcess, isLaterProcess} from './process-start.ts';

export type CooldownLedger = {
	/** When this process began to watch. */
	readonly since: number;
	readonly members: Readonly<Record<MemberId, MemberTrace>>;
	/** Names of members of which nothing has been heard, not even a failure. */
	readonly unseen: readonly string[];
	/** Attempts without an end in the journal whose members have since shown that nothing runs there. */
	readonly resolved: readonly string[];
	readonly resolvedAt: Readonly<Record<string, number>>;
	/** Attempts of another boot, whose own times can't be compared: when they, and their ends, were first seen here. */
	readonly elsewhere: Readonly<Record<string, {readonly seenAt: number; readonly endSeenAt?: number}>>;
};

export type MemberTrace = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly metricsSeen: boolean;
	readonly count?: number;
	readonly processStartSeconds?: number;
	/** The last db size seen, for members without counts. */
	readonly dbSizeBytes?: number;
	readonly inflightSince?: number;
	/** The last end that was seen: inflight fell to 0, the count rose, or the file shrank. */
	readonly seenEndAt?: number;
	/** An end that can't be excluded. */
	readonly presumed?: {readonly at: number; readonly why: string};
};

export function emptyLedger(since: number): CooldownLedger {
	return {since, members: {}, unseen: ['any member'], resolved: [], resolvedAt: {}, elsewhere: {}};
}

/**
 * The ledger after one more observation.
 * @param attempts the journal's, for comparing counts and resolving open ones
 * @param readable members that have just served a linearizable read: the only proof of idleness where there are no metrics
 * @param configuredMs `--cooldown`: a process younger than that can't tell of a defragmentation before its start
 */
export function advanceLedger(
	ledger: CooldownLedger,
	observation: Observation,
	attempts: readonly Attempt[],
	readable: ReadonlySet<MemberId> = new Set(),
	configuredMs: number = cooldownMs,
): CooldownLedger {
	const youngMs = Math.max(configuredMs, cooldownMs);
	const members: Record<MemberId, MemberTrace> = {};
	const unseen: string[] = [];
	for (const seen of observation.members) {
		const previous = ledger.members[seen.member.id];
		const trace = advanceTrace(previous, seen, attempts, observation.at, youngMs);
		if (trace === undefined) {
			unseen.push(memberLabel(seen.member));
		} else {
			members[seen.member.id] = trace;
		}
	}
	// A member that left keeps its trace: its defragmentation was one of the cluster's all the same.
	const departed = Object.values(ledger.members).filter((trace) => members[trace.memberId] === undefined);
	for (const trace of departed) {
		const {inflightSince, ...rest} = trace;
		members[trace.memberId] = inflightSince === undefined ? rest : {...rest, seenEndAt: observation.at};
	}
	const elsewhere = seenElsewhere(ledger.elsewhere, attempts, observation.at);
	const resolvedAt = {...ledger.resolvedAt};
	for (const attempt of attempts) {
		const startedAt = elsewhere[attempt.id]?.seenAt ?? attempt.startedAt;
		if (
			attempt.end === undefined &&
			resolvedAt[attempt.id] === undefined &&
			isResolved({...attempt, startedAt}, observation, readable)
		) {
			resolvedAt[attempt.id] = observation.at;
		}
	}
	return {since: ledger.since, members, unseen, resolved: Object.keys(resolvedAt), resolvedAt, elsewhere};
}

/** Of those whose outcome is open, and of the last one: what came before it had to be over by then. */
function seenElsewhere(
	known: CooldownLedger['elsewhere'],
	attempts: readonly Attempt[],
	at: number,
): CooldownLedger['elsewhere'] {
	const telling = attempts.filter(({thisBoot, end}, index) => !thisBoot && (end === undefined || index === attempts.length - 1));
	return Object.fromEntries(
		telling.map(({id, end}) => {
			const seen = known[id];
			return [id, {seenAt: seen?.seenAt ?? at, ...(end === undefined ? {} : {endSeenAt: seen?.endSeenAt ?? at})}];
		}),
	);
}

function advanceTrace(
	previous: MemberTrace | undefined,
	seen: MemberObservation,
	attempts: readonly Attempt[],
	at: number,
	youngMs: number,
): MemberTrace | undefined {
	const {member, metrics, status} = seen;
	if (metrics.kind === 'pending' && previous === undefined) {
		return undefined;
	}
	const name = memberLabel(member);
	const base: MemberTrace = previous ?? {
		memberId: member.id,
		name,
		metricsSeen: false,
		presumed: {at, why: `it can't be seen when ${name} was last defragmented`},
	};
	const measured = metrics.kind === 'answered' ? withMetrics(base, metrics.value, attempts, at, youngMs) : base;
	const size = status.kind === 'answered' ? status.value.dbSizeBytes : undefined;
	return {...withoutProcess(withSize(measured, size, at), seen, at), name};
}

/** What was in flight went with the process, where it is known that none runs there. */
function withoutProcess(trace: MemberTrace, {status, metrics}: MemberObservation, at: number): MemberTrace {
	const isGone = [status, metrics].every((answer) => answer.kind === 'failed' && answer.failure.kind === 'refused');
	const {inflightSince, ...rest} = trace;
	return isGone && inflightSince !== undefined ? {...rest, seenEndAt: at} : trace;
}

function withMetrics(
	base: MemberTrace,
	metrics: MemberMetrics,
	attempts: readonly Attempt[],
	at: number,
	youngMs: number,
): MemberTrace {
	const {presumed, inflightSince, ...rest} = base;
	const fell = base.count !== undefined && metrics.defragCount !== undefined && metrics.defragCount < base.count;
	const restarted = fell || isAnotherProcess(base.processStartSeconds, metrics.processStartSeconds);
	const reason = presumption(base, metrics, attempts, restarted, youngMs);
	const rose = !restarted && base.count !== undefined && metrics.defragCount !== undefined && metrics.defragCount > base.count;
	const inflight = (metrics.defragInflight ?? 0) > 0;
	const ended = rose || (inflightSince !== undefined && !inflight);
	// A first sight that excludes a recent end takes back what was presumed before any metrics came with it.
	const kept = reason !== undefined ? {at, why: reason} : base.metricsSeen ? presumed : undefined;
	return {
		...rest,
		metricsSeen: true,
		...(metrics.defragCount === undefined ? {} : {count: metrics.defragCount}),
		...(metrics.processStartSeconds === undefined ? {} : {processStartSeconds: metrics.processStartSeconds}),
		...(kept === undefined ? {} : {presumed: kept}),
		...(inflight ? {inflightSince: inflightSince ?? at} : {}),
		...(ended ? {seenEndAt: at} : {}),
	};
}

/** Why a member that shows its figures for the first time (or after a restart) may have been defragmented just now. */
function presumption(
	base: MemberTrace,
	metrics: MemberMetrics,
	attempts: readonly Attempt[],
	restarted: boolean,
	youngMs: number,
): string | undefined {
	if (base.metricsSeen && !restarted) {
		return undefined;
	}
	const {defragCount, processStartSeconds, memberClockSeconds} = metrics;
	if (defragCount === undefined || processStartSeconds === undefined) {
		return base.metricsSeen ? undefined : `it can't be seen when ${base.name} was last defragmented`;
	}
	if (memberClockSeconds === undefined || (memberClockSeconds - processStartSeconds) * 1000 < youngMs) {
		return `${base.name} started just now`;
	}
	const known = attempts.findLast((attempt) => attempt.memberId === base.memberId && attempt.end?.count !== undefined)?.end;
	if (defragCount !== 0 && !(known?.count === defragCount && known.processStartSeconds === processStartSeconds)) {
		return `${base.name} was defragmented by another tool, it can't be seen when`;
	}
	return undefined;
}

/** The only trace where there are no counts: nothing but a defragmentation shrinks the file. */
function withSize(trace: MemberTrace, dbSizeBytes: number | undefined, at: number): MemberTrace {
	if (dbSizeBytes === undefined) {
		return trace;
	}
	const shrank = trace.dbSizeBytes !== undefined && dbSizeBytes < trace.dbSizeBytes * (1 - shrinkTraceRatio);
	return {...trace, dbSizeBytes, ...(shrank ? {seenEndAt: at} : {})};
}

/**
 * Whether an attempt of unknown outcome is over: the member answers with nothing in flight, runs as another process than the
 * one that was asked, or is no member any more. Only answers count that were asked for when the call must have reached it.
 */
function isResolved(attempt: Attempt, observation: Observation, readable: ReadonlySet<MemberId>): boolean {
	const seen = observation.members.find(({member}) => member.id === attempt.memberId);
	if (seen === undefined) {
		return observation.membershipFailure === undefined;
	}
	const {metrics, status} = seen;
	const isLater = (answer: {readonly at: number; readonly latencyMs: number}, than: number) =>
		answer.at - answer.latencyMs >= than;
	const calledBy = attempt.startedAt + sendWithinMs;
	if (status.kind !== 'answered' || metrics.kind === 'pending' || !isLater(status, attempt.startedAt)) {
		return false;
	}
	if (metrics.kind === 'failed') {
		return readable.has(attempt.memberId) && isLater(status, calledBy);
	}
	const {defragInflight, defragCount, processStartSeconds} = metrics.value;
	if ((defragInflight ?? 0) > 0 || !isLater(metrics, attempt.startedAt)) {
		return false;
	}
	const restarted = isLaterProcess(attempt.processStartSeconds, processStartSeconds);
	const counted = attempt.countBefore !== undefined && defragCount !== undefined && defragCount > attempt.countBefore;
	const isIdle = defragInflight === 0 || readable.has(attempt.memberId);
	return restarted || (isIdle && (counted || (isLater(status, calledBy) && isLater(metrics, calledBy))));
}
