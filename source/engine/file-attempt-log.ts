/** The runner's log, kept in the journal. */
import {randomUUID} from 'node:crypto';
import type {Attempt} from '../domain/cooldown.ts';
import type {MemberId} from '../domain/member.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import type {Journal} from './journal.ts';
import type {JournalLine} from './journal-line.ts';
import type {KnownDefragmentation} from './state.ts';

export type FileAttemptLogOptions = {
	readonly journal: Journal;
	readonly clock: Clock;
	readonly operator: string;
	/** Empty until the cluster is known; nothing is written before. */
	readonly clusterId: () => string;
	/** A line that could not be written after the call, in one sentence. */
	readonly onFailure: (message: string) => void;
};

type Fields = JournalLine extends infer L
	? L extends JournalLine
		? Omit<L, 'version' | 'wallMs' | 'uptimeMs' | 'bootId' | 'operator' | 'clusterId'>
		: never
	: never;

/** What every line begins with. */
export function lineOf(clock: Clock, operator: string, clusterId: string, fields: Fields): JournalLine {
	return {
		version: 1,
		wallMs: clock.wallMs(),
		uptimeMs: clock.uptimeMs(),
		bootId: clock.bootId,
		operator,
		clusterId,
		...fields,
	} as JournalLine;
}

export function createFileAttemptLog({journal, clock, operator, clusterId, onFailure}: FileAttemptLogOptions): AttemptLog {
	const lines = () => journal.read().lines.filter((line) => line.clusterId === clusterId());
	const note = (fields: Fields, sync = true) => {
		try {
			journal.append(lineOf(clock, operator, clusterId(), fields), {sync});
		} catch (error) {
			onFailure(error instanceof Error ? error.message : String(error));
		}
	};
	return {
		attempts: () => attemptsIn(lines(), clock),
		known: () => knownIn(lines()),
		noteConfirmed({id, acknowledged, estimateMs}, {steps, leftOut, gates, warnings}) {
			const texts = [...warnings, ...gates.map(({id: gate, title, detail}) => ({id: gate, text: `${title}: ${detail}`}))];
			note({
				type: 'confirmed',
				runId: id,
				members: steps.map(({name}) => name),
				leftOut: leftOut.map(({name, why}) => `${name}: ${why}`),
				acknowledged: acknowledged.map((one) => texts.find((text) => text.id === one)?.text ?? one),
				estimateMs,
			});
		},
		noteStarted({runId, memberId, memberName, before, count, processStartSeconds, gates}) {
			const attemptId = randomUUID();
			const fields: Fields = {
				type: 'started',
				what: 'defragment',
				attemptId,
				runId,
				memberId,
				memberName,
				before: before.dbSizeBytes,
				inUseBytes: before.inUseBytes,
				...(count === undefined ? {} : {defragCount: count}),
				...(processStartSeconds === undefined ? {} : {processStartSeconds}),
				gates: gates.map(({title, state, detail}) => `${state}, ${title}: ${detail}`),
			};
			journal.append(lineOf(clock, operator, clusterId(), fields), {sync: true});
			return attemptId;
		},
		noteEnded(attemptId, {outcome, durationMs, count, processStartSeconds, reason}) {
			note({
				type: 'ended',
				attemptId,
				outcome,
				durationMs,
				...(count === undefined ? {} : {defragCount: count}),
				...(processStartSeconds === undefined ? {} : {processStartSeconds}),
				...(reason === undefined ? {} : {reason}),
			});
		},
		noteUnknown: (attemptId, reason) => note({type: 'unknown', attemptId, reason}),
		noteResolved: (attemptId, reason) => note({type: 'resolved', attemptId, reason}),
		noteSettled(attemptId, {before, after, durationMs, longestSilenceMs, memberId, name}) {
			if (after !== undefined && durationMs !== undefined) {
				note({
					type: 'settled',
					attemptId,
					memberId,
					memberName: name,
					before: before.dbSizeBytes,
					after: after.dbSizeBytes,
					durationMs,
					...(longestSilenceMs === undefined ? {} : {longestSilenceMs}),
				});
			}
		},
		noteMove({runId, from, to, outcome, reason}) {
			note({type: 'moved leader', runId, memberId: from, to, outcome, ...(reason === undefined ? {} : {reason})});
		},
		noteRun({id, phase, turns}) {
			if (phase.kind !== 'finished' && phase.kind !== 'halted' && phase.kind !== 'cancelled') {
				return;
			}
			const done = turns.filter(({outcome}) => outcome === 'done');
			const givenBackBytes = done.reduce(
				(sum, {before, after}) => sum + before.dbSizeBytes - (after?.dbSizeBytes ?? before.dbSizeBytes),
				0,
			);
			note({
				type: 'run',
				runId: id,
				outcome: phase.kind,
				members: done.length,
				givenBackBytes,
				...(phase.kind === 'halted' ? {reason: `${phase.reason}: ${phase.detail}`} : {}),
			});
		},
	};
}

/**
 * Attempts in the order of their `started` lines, with what later lines say of them. A line that this boot has not reached yet, as a
 * machine that was put back to an earlier state finds it, is none of this boot.
 */
export function attemptsIn(lines: readonly JournalLine[], clock: Pick<Clock, 'bootId' | 'uptimeMs'>): readonly Attempt[] {
	const now = clock.uptimeMs();
	const isThisBoot = ({bootId, uptimeMs}: JournalLine) => bootId === clock.bootId && uptimeMs <= now;
	const attempts = new Map<string, Attempt>();
	for (const line of lines) {
		if (line.type === 'started') {
			attempts.set(line.attemptId, {
				id: line.attemptId,
				memberId: line.memberId ?? '',
				name: line.memberName ?? line.memberId ?? '',
				thisBoot: isThisBoot(line),
				startedAt: line.uptimeMs,
				...(line.defragCount === undefined ? {} : {countBefore: line.defragCount}),
				...(line.processStartSeconds === undefined ? {} : {processStartSeconds: line.processStartSeconds}),
			});
		} else if (line.type === 'ended' || line.type === 'resolved') {
			const attempt = attempts.get(line.attemptId);
			if (attempt !== undefined && attempt.end === undefined) {
				const counts = line.type === 'ended' ? line : undefined;
				attempts.set(line.attemptId, {
					...attempt,
					end: {
						at: line.uptimeMs,
						thisBoot: isThisBoot(line),
						wallMs: line.wallMs,
						...(counts?.defragCount === undefined ? {} : {count: counts.defragCount}),
						...(counts?.processStartSeconds === undefined ? {} : {processStartSeconds: counts.processStartSeconds}),
					},
				});
			}
		}
	}
	return [...attempts.values()];
}

/** Past defragmentations by member, oldest first. */
export function knownIn(lines: readonly JournalLine[]): Readonly<Record<MemberId, readonly KnownDefragmentation[]>> {
	const known: Record<MemberId, KnownDefragmentation[]> = {};
	for (const line of lines) {
		if (line.type === 'settled' && line.memberId !== undefined) {
			const {before, after, durationMs, operator, wallMs} = line;
			known[line.memberId] = [...(known[line.memberId] ?? []), {endedWallMs: wallMs, before, after, durationMs, by: operator}];
		}
	}
	return known;
}
