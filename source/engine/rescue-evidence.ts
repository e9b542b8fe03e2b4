/** What a rescue is decided on, read off the state. */
import {backupAgeMs, isBackupOver, newestBackup} from '../domain/backup.ts';
import {freshSnapshotMs} from '../domain/backup-policy.ts';
import type {Run} from '../domain/defrag-run.ts';
import {memberLabel} from '../domain/member.ts';
import type {RescueEvidence} from '../domain/rescue.ts';
import {keysInEtcd, rescueVoters} from '../domain/rescue-voters.ts';
import type {State} from './state.ts';

/** `roundSince`: compactions and runs from before it are not of this round. Both are uptime ms. */
export type RoundTimes = {readonly roundSince: number; readonly calmSince?: number};

export function rescueEvidence(state: State, {roundSince, calmSince}: RoundTimes): RescueEvidence {
	const {alarms, members, wallOffsetMs, now, disarming} = state;
	const compaction = compactionOf(state, roundSince);
	const run = runOf(state, roundSince);
	const keys = keysInEtcd(members);
	const snapshot = snapshotOf(state);
	return {
		wallMs: now + wallOffsetMs,
		...(calmSince === undefined ? {} : {calmSince}),
		alarms,
		raised: alarms
			.filter(({alarm}) => alarm === 'NOSPACE')
			.map(({memberId, name, since, sinceStart}) => ({memberId, name, since: since + wallOffsetMs, sinceStart})),
		voters: rescueVoters(members),
		...(keys === undefined ? {} : {keys}),
		silent: members
			.filter(({member, statusAnswer}) => !member.isLearner && statusAnswer.kind === 'failed')
			.map(({member}) => memberLabel(member)),
		...(compaction === undefined ? {} : {compaction}),
		...(run === undefined ? {} : {run}),
		...(snapshot === undefined ? {} : {snapshot}),
		isBackingUp: state.backup !== undefined && !isBackupOver(state.backup),
		isDisarming: disarming?.phase.kind === 'asking' || isStale(state),
	};
}

/** Of etcd's own: what a debug pod takes can't be had under NOSPACE, and may be of the time before. */
function snapshotOf({backup, backups = [], now, wallOffsetMs}: State): RescueEvidence['snapshot'] {
	if (backup?.kind === 'etcd snapshot' && backup.phase.kind === 'done' && now - backup.phase.at <= freshSnapshotMs) {
		return {at: backup.phase.at + wallOffsetMs, file: backup.phase.path};
	}
	const newest = newestBackup(backups.filter(({kind, isThere}) => kind === 'etcd snapshot' && isThere === true));
	const [file] = newest?.files ?? [];
	return newest === undefined || file === undefined || backupAgeMs(newest, now + wallOffsetMs) > freshSnapshotMs
		? undefined
		: {at: newest.wallMs, file};
}

/** A disarming is done, and no member has been asked since: what it says of alarms is from before. */
function isStale({disarming, alarmsAsked, members}: State): boolean {
	return (
		disarming?.phase.kind === 'done' &&
		alarmsAsked !== undefined &&
		members.some(({statusAnswer}) => statusAnswer.kind === 'answered' && statusAnswer.at < alarmsAsked.at)
	);
}

function compactionOf({compaction}: State, roundSince: number): RescueEvidence['compaction'] {
	if (compaction === undefined || compaction.startedAt < roundSince) {
		return undefined;
	}
	const {phase, revision} = compaction;
	switch (phase.kind) {
		case 'compacting':
		case 'stabilising':
			return {kind: 'under way'};
		case 'finished':
			return {kind: 'finished', revision, inUseBytes: phase.inUseBytes, uncounted: phase.uncounted.length > 0};
		case 'failed':
		case 'unknown':
			return {kind: phase.kind, reason: phase.reason};
	}
}

function runOf({run}: State, roundSince: number): RescueEvidence['run'] {
	if (run === undefined) {
		return undefined;
	}
	const {phase} = run;
	switch (phase.kind) {
		case 'finished':
			return run.startedAt < roundSince ? undefined : {kind: 'finished', id: run.id, givenBackBytes: givenBack(run)};
		case 'halted':
			return run.startedAt < roundSince ? undefined : {kind: 'halted', reason: `the run was halted: ${phase.reason}`};
		case 'cancelled':
			return run.startedAt < roundSince ? undefined : {kind: 'cancelled', reason: `the run was stopped by ${phase.by}`};
		default:
			return {kind: 'under way'};
	}
}

function givenBack({turns}: Run): number {
	return turns.reduce(
		(sum, {before, after}) => sum + (after === undefined ? 0 : Math.max(0, before.dbSizeBytes - after.dbSizeBytes)),
		0,
	);
}
