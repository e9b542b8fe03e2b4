/**
 * A rescue from NOSPACE, as plain JSON, and what it does next. Pure: the same rescue, evidence and instant give the same decision.
 * It changes nothing itself: each changing step is an action with a confirmation of its own, which the rescue only asks for.
 * What the cluster shows beats what was written down, so that a rescue goes on after whatever happened meanwhile. Instants in a
 * `Rescue` are wall ms: it outlives its process.
 */

import {disarmRatio} from './defrag-policy.ts';
import {estimatedBytes, largestGroups} from './key-prefixes.ts';
import {isCurrent, type KeyScan} from './key-scan.ts';
import type {MemberId} from './member.ts';
import {dataBytes} from './quota-outlook.ts';
import {compactRatio, isShrunk, type RescueVoter} from './rescue-voters.ts';

export type Rescue = {
	readonly version: 1;
	readonly clusterId: string;
	/** `ana@bastion-1`. */
	readonly operator: string;
	readonly startedAt: number;
	/** 1, and one more each time that the alarm was raised again. */
	readonly round: number;
	/** Who raised it in this round; `sinceStart` when it stood before anybody looked. */
	readonly raised: readonly {
		readonly memberId: MemberId;
		readonly name: string;
		readonly since: number;
		readonly sinceStart: boolean;
	}[];
	/** As it was found. */
	readonly before: readonly Pick<RescueVoter, 'name' | 'dbSizeBytes' | 'dbSizeInUseBytes' | 'quotaBytes' | 'quotaAssumed'>[];
	/** Bytes a second by which the fastest file grew before the alarm stopped it; absent where nobody watched. */
	readonly growthBeforeAlarm?: number;
	readonly scan?: KeyScan;
	readonly snapshot?: RescueSnapshot;
	/** `afterRun`: the run that was over before it. */
	readonly compacted?: {
		readonly revision: number;
		readonly inUseBytes: number;
		readonly uncounted: boolean;
		readonly afterRun?: string;
	};
	readonly defragmented?: {readonly runId: string; readonly givenBackBytes: number};
	readonly disarmed?: {readonly at: number};
	readonly probe?: WriteProbe;
	readonly finished?: {readonly at: number};
};

export type RescueSnapshot =
	| {readonly kind: 'taken'; readonly at: number; readonly file: string}
	/** The word was typed. */
	| {readonly kind: 'declined'; readonly at: number; readonly operator: string};

/** What came of writing one key of our own. */
export type WriteProbe = {
	readonly kind: 'trying' | 'written' | 'no space' | 'failed' | 'unknown';
	readonly at: number;
	/** The failure; of a written one, that the key could not be deleted again. */
	readonly detail?: string;
};

export type RescueEvidence = {
	readonly wallMs: number;
	/** Uptime ms since when this process has seen the cluster answer without NOSPACE. */
	readonly calmSince?: number;
	readonly alarms: readonly {readonly memberId: MemberId; readonly name: string; readonly alarm: string}[];
	readonly raised: Rescue['raised'];
	readonly voters: readonly RescueVoter[];
	/** As etcd counts them; absent without metrics. */
	readonly keys?: number;
	/** Names of voters that do not answer. */
	readonly silent: readonly string[];
	/** A verified one that is there, and so young that little was written since. */
	readonly snapshot?: {readonly at: number; readonly file: string};
	readonly isBackingUp: boolean;
	/** Of this round. */
	readonly compaction?:
		| {readonly kind: 'under way'}
		| {readonly kind: 'finished'; readonly revision: number; readonly inUseBytes: number; readonly uncounted: boolean}
		| {readonly kind: 'failed' | 'unknown'; readonly reason: string};
	/** Of this round. */
	readonly run?:
		| {readonly kind: 'under way'}
		| {readonly kind: 'finished'; readonly id: string; readonly givenBackBytes: number}
		| {readonly kind: 'halted' | 'cancelled'; readonly reason: string};
	readonly isDisarming: boolean;
};

export type AskedStep = 'snapshot' | 'compact' | 'defragment' | 'disarm';

export type RescueDecision =
	/** The cluster shows something that is to be written down. */
	| {readonly kind: 'note'; readonly rescue: Rescue}
	/** A person goes on, by the action's own confirmation. */
	| {readonly kind: 'ask'; readonly step: AskedStep; readonly memberId?: MemberId; readonly why?: string}
	| {readonly kind: 'wait'; readonly step: AskedStep | 'members'; readonly why: string}
	/** Neither compacting nor defragmenting leads below the quota. */
	| {readonly kind: 'can not help'; readonly used: number}
	/** Nothing is left to do but to see that it stays so. */
	| {readonly kind: 'watch'; readonly until: number}
	| {readonly kind: 'halt'; readonly reason: string; readonly nextStep: string}
	| {readonly kind: 'finished'};

export type RescueState = {readonly rescue: Rescue; readonly decision: Exclude<RescueDecision, {kind: 'note'}>};

/** Typed instead of taking a snapshot. */
export const noSnapshotWord = 'no snapshot';

/** Typed before one key is written and deleted. */
export const writeProbeWord = 'write';

const minute = 60 * 1000;

/** How long it is watched that the alarm isn't raised again: Kubernetes compacts every 5 minutes, and two of them are to have passed. */
export const rescueWatchMs = 10 * minute;

/** What deletes work while nothing else is written, and what does not. */
export const deletesWork: readonly string[] = [
	'Deletes are accepted under NOSPACE: etcdctl del --prefix, and kubectl delete of objects without finalizers.',
	'An object with finalizers, or with a grace period, is first written to and then deleted: that is refused now. Delete its key, or what holds no finalizer.',
	'Then compact (C), so that the deleted keys leave the file, and go on here.',
	'The other way is a bigger quota: --quota-backend-bytes of every member, one restart at a time; etcd warns above 8 GiB.',
];

export function beginRescue({wallMs, raised, voters}: RescueEvidence, clusterId: string, operator: string): Rescue {
	const growth = Math.max(0, ...voters.map(({growthBytesPerSecond = 0}) => growthBytesPerSecond));
	return {
		version: 1,
		clusterId,
		operator,
		startedAt: wallMs,
		round: 1,
		raised,
		before: voters.map(({name, dbSizeBytes, dbSizeInUseBytes, quotaBytes, quotaAssumed}) => ({
			name,
			dbSizeBytes,
			dbSizeInUseBytes,
			quotaBytes,
			quotaAssumed,
		})),
		...(growth > 0 ? {growthBeforeAlarm: growth} : {}),
	};
}

/** `now` is uptime ms. */
export function decideRescue(rescue: Rescue, evidence: RescueEvidence, now: number): RescueDecision {
	if (rescue.finished !== undefined) {
		return {kind: 'finished'};
	}
	const noted = note(rescue, evidence);
	if (noted !== undefined) {
		return {kind: 'note', rescue: noted};
	}
	if (evidence.voters.length === 0) {
		return {kind: 'wait', step: 'members', why: 'no voter answers'};
	}
	const corrupt = evidence.alarms.find(({alarm}) => alarm !== 'NOSPACE');
	if (corrupt !== undefined) {
		return {
			kind: 'halt',
			reason: `${corrupt.name} has a ${corrupt.alarm} alarm: nothing is defragmented or disarmed then`,
			nextStep: 'Press a: it says how to replace the member. The rescue goes on when that alarm is gone.',
		};
	}
	return nospaceOf(evidence) === undefined ? decideCalm(rescue, evidence, now) : decideRaised(rescue, evidence);
}

function decideRaised(rescue: Rescue, evidence: RescueEvidence): RescueDecision {
	const {voters, compaction, run, isDisarming, isBackingUp} = evidence;
	if (run?.kind === 'under way') {
		return {kind: 'wait', step: 'defragment', why: 'the run is under way; 4 shows it'};
	}
	if (compaction?.kind === 'under way') {
		return {kind: 'wait', step: 'compact', why: 'it is under way'};
	}
	if (isDisarming) {
		return {kind: 'wait', step: 'disarm', why: 'etcd is asked'};
	}
	if (isBackingUp) {
		return {kind: 'wait', step: 'snapshot', why: 'it is being taken; 7 shows it'};
	}
	if (isShrunk(voters)) {
		return askToDisarm(evidence);
	}
	if (rescue.snapshot === undefined) {
		return {kind: 'ask', step: 'snapshot'};
	}
	const used = useAfter(voters);
	const {compacted} = rescue;
	if (used > compactRatio && compacted === undefined) {
		return {kind: 'ask', step: 'compact', ...(compaction !== undefined && 'reason' in compaction && {why: compaction.reason})};
	}
	if (rescue.defragmented === undefined) {
		// What a member can't count may be free all the same: only its keys tell, or defragmenting it.
		const held = liveRatio(rescue, evidence);
		if (compacted !== undefined && ((used >= disarmRatio && !compacted.uncounted) || held >= disarmRatio)) {
			return {kind: 'can not help', used: Math.max(used, held)};
		}
		return {kind: 'ask', step: 'defragment', ...(run !== undefined && 'reason' in run && {why: run.reason})};
	}
	const isFull = voters.some(({dbSizeBytes, quotaBytes}) => dbSizeBytes >= quotaBytes);
	return isFull ? {kind: 'can not help', used} : askToDisarm(evidence);
}

function askToDisarm(evidence: RescueEvidence): RescueDecision {
	const alarm = nospaceOf(evidence);
	return {kind: 'ask', step: 'disarm', ...(alarm === undefined ? {} : {memberId: alarm.memberId})};
}

function decideCalm(rescue: Rescue, {calmSince = Number.POSITIVE_INFINITY, wallMs}: RescueEvidence, now: number): RescueDecision {
	const until = Math.min(calmSince, now) + rescueWatchMs;
	return now < until ? {kind: 'watch', until} : {kind: 'note', rescue: {...rescue, finished: {at: wallMs}}};
}

/** What the cluster shows and the rescue does not know yet. */
function note(rescue: Rescue, evidence: RescueEvidence): Rescue | undefined {
	const {compaction, run, voters, wallMs, snapshot} = evidence;
	if (snapshot !== undefined && rescue.snapshot?.kind !== 'taken') {
		return {...rescue, snapshot: {kind: 'taken', ...snapshot}};
	}
	if (compaction?.kind === 'finished' && compaction.revision !== rescue.compacted?.revision) {
		const {revision, inUseBytes, uncounted} = compaction;
		// It may have freed what a defragmentation before it could not give back: that one doesn't count any more.
		const {defragmented, ...rest} = rescue;
		const before = defragmented === undefined ? {} : {afterRun: defragmented.runId};
		return {...rest, compacted: {revision, inUseBytes, uncounted, ...before}};
	}
	const known = [rescue.defragmented?.runId, rescue.compacted?.afterRun];
	if (run?.kind === 'finished' && !known.includes(run.id)) {
		return {...rescue, defragmented: {runId: run.id, givenBackBytes: run.givenBackBytes}};
	}
	if (voters.length === 0) {
		return undefined;
	}
	const stands = nospaceOf(evidence) !== undefined;
	if (!stands && rescue.disarmed === undefined) {
		return {...rescue, disarmed: {at: wallMs}};
	}
	if (stands && rescue.disarmed !== undefined) {
		const {compacted: _, defragmented: __, disarmed: ___, probe: ____, ...rest} = rescue;
		return {...rest, round: rescue.round + 1, raised: evidence.raised};
	}
	return undefined;
}

function nospaceOf({alarms}: RescueEvidence): RescueEvidence['alarms'][number] | undefined {
	return alarms.find(({alarm}) => alarm === 'NOSPACE');
}

/** What the keys as they are now take of the smallest quota, as they were counted: history is not in it. 0 while it isn't known. */
export function liveRatio({scan}: Pick<Rescue, 'scan'>, {voters, keys}: Pick<RescueEvidence, 'voters' | 'keys'>): number {
	if (scan === undefined || !isCurrent(scan, keys) || voters.length === 0) {
		return 0;
	}
	const bytes = largestGroups(scan.table).reduce((sum, group) => sum + (estimatedBytes(group) ?? group.keyBytes), 0);
	return bytes / Math.min(...voters.map(({quotaBytes}) => quotaBytes));
}

/** Of the smallest quota, 0–1, once every file is as large as its data. */
function useAfter(voters: readonly RescueVoter[]): number {
	return dataBytes(voters) / Math.min(...voters.map(({quotaBytes}) => quotaBytes));
}
