/** Our thresholds over the figures, each a row with its source. etcd's own alarms are `alarm.ts`. */
import {isBackupOverdue, type KnownBackup, newestBackup} from './backup.ts';
import {daysSince} from './days-since.ts';
import {type Quota, reclaimableBytes, reclaimableRatio, usedRatio} from './db-size.ts';
import type {DiskLatency} from './disk-latency.ts';
import type {MemberId} from './member.ts';
import {slowStatusMs} from './member-state.ts';
import type {MemberStatus} from './observation.ts';
import {percentText} from './text.ts';

export type Alert = {
	/** `quota:ID`, `fragmented:ID`, `reminder:ID`: stable while it stands. */
	readonly id: string;
	readonly memberId?: MemberId;
	/** `70% of quota (limit 65%)`, without the member's name. */
	readonly text: string;
	/** `70% of quota`. */
	readonly short: string;
	/** Orders them; of the size of the quota's percentage. */
	readonly gravity: number;
};

export type AlertSubject = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly status: MemberStatus;
	readonly disk: DiskLatency;
	/** Median of the last five Status answers. */
	readonly latencyMs?: number;
	readonly quota: Quota;
	/** Days since its last known defragmentation. */
	readonly daysSinceDefragmentation?: number;
	/** Of the last four hours, per second. */
	readonly growthBytesPerSecond?: number;
	readonly committedIndex: number;
};

type Finding = {readonly text: string; readonly short: string; readonly gravity: number};
type AlertRow = {readonly id: string; readonly check: (subject: AlertSubject) => Finding | undefined};

/** OpenShift alerts on the quota at 65, 75 and 85 %, the etcd mixin at 95 %. */
const quotaLimits = [0.95, 0.85, 0.75, 0.65];

/** OpenShift's own controller defragments from 45 % not in use and 100 MiB on. */
const fragmentedRatio = 0.45;
const fragmentedBytes = 100 * 1024 * 1024;

/** "Consider defragmenting etcd every month" (etcd tasks, 1.9.5). */
const reminderDays = 30;

/** The etcd mixin alerts when the trend of four hours passes the quota within four more. */
const trendMs = 4 * 60 * 60 * 1000;

/** The etcd mixin's: etcdHighFsyncDurations and etcdHighCommitDurations, both of the 99th percentile. */
const fsyncLimitMs = 500;
const commitLimitMs = 250;

/** etcd itself refuses proposals when 5,000 are committed and not applied; the fifth of it is a member that falls behind. */
const lagLimit = 1000;

export const alertRows: readonly AlertRow[] = [
	{
		id: 'quota',
		check({status, quota}) {
			const used = usedRatio(status.dbSizeBytes, quota);
			const limit = used === undefined ? undefined : quotaLimits.find((candidate) => used >= candidate);
			if (used === undefined || limit === undefined) {
				return undefined;
			}
			return {
				text: `${percentText(used)} of quota (limit ${percentText(limit)})`,
				short: `${percentText(used)} of quota`,
				gravity: 100 * used,
			};
		},
	},
	{
		id: 'trend',
		check({status, quota, growthBytesPerSecond}) {
			if (quota.bytes === undefined || growthBytesPerSecond === undefined || growthBytesPerSecond <= 0) {
				return undefined;
			}
			const secondsLeft = (quota.bytes - status.dbSizeBytes) / growthBytesPerSecond;
			if (secondsLeft <= 0 || secondsLeft > trendMs / 1000) {
				return undefined;
			}
			const minutes = Math.max(1, Math.round(secondsLeft / 60));
			const left = minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
			return {text: `quota full in ~${left} at this rate`, short: `full in ~${left}`, gravity: 90};
		},
	},
	{
		id: 'lag',
		check({status, committedIndex}) {
			const behind = committedIndex - status.raftAppliedIndex;
			return behind > lagLimit
				? {text: `${behind} entries behind (limit ${lagLimit})`, short: `${behind} behind`, gravity: 80}
				: undefined;
		},
	},
	{
		id: 'fragmented',
		check({status}) {
			const ratio = reclaimableRatio(status);
			if (ratio < fragmentedRatio || reclaimableBytes(status) < fragmentedBytes) {
				return undefined;
			}
			return {
				text: `${percentText(ratio)} not in use (${percentText(fragmentedRatio)})`,
				short: `${percentText(ratio)} not in use`,
				gravity: 50 * ratio,
			};
		},
	},
	{
		id: 'fsync',
		check: ({disk}) => diskFinding('fsync', disk.walFsyncP99Ms, fsyncLimitMs),
	},
	{
		id: 'commit',
		check: ({disk}) => diskFinding('commit', disk.backendCommitP99Ms, commitLimitMs),
	},
	{
		id: 'slow',
		check: ({latencyMs}) =>
			latencyMs !== undefined && latencyMs > slowStatusMs
				? {
						text: `Status takes ${Math.round(latencyMs)} ms (limit ${slowStatusMs} ms)`,
						short: `slow, ${Math.round(latencyMs)} ms`,
						gravity: 65,
					}
				: undefined,
	},
	{
		id: 'reminder',
		check({daysSinceDefragmentation: days}) {
			return days !== undefined && days > reminderDays
				? {
						text: `last defragmented ${Math.floor(days)} days ago (reminder after ${reminderDays})`,
						short: `${Math.floor(days)} days since defrag`,
						gravity: 10,
					}
				: undefined;
		},
	},
];

/** Of the cluster: the last in any list, for nothing is wrong with a member. `backups`: undefined where nobody knows of any yet. */
export function backupAlerts(backups: readonly KnownBackup[] | undefined, nowWallMs: number): readonly Alert[] {
	if (backups === undefined || !isBackupOverdue(backups, nowWallMs)) {
		return [];
	}
	const newest = newestBackup(backups);
	const limit = 'limit 1 day';
	const text =
		newest === undefined
			? `no backup known here (${limit}), b takes one`
			: `last backup ${Math.floor(daysSince(newest.wallMs, nowWallMs))} days ago (${limit}), b takes one`;
	return [{id: 'backup', text, short: 'no backup for a day', gravity: 5}];
}

function diskFinding(what: string, p99Ms: number | undefined, limitMs: number): Finding | undefined {
	return p99Ms !== undefined && p99Ms > limitMs
		? {text: `${what} p99 ${Math.round(p99Ms)} ms (limit ${limitMs} ms)`, short: `${what} ${Math.round(p99Ms)} ms`, gravity: 60}
		: undefined;
}

/** Every alert that stands, gravest first. */
export function alertsFor(subjects: readonly AlertSubject[]): readonly Alert[] {
	return subjects
		.flatMap((subject) =>
			alertRows.flatMap(({id, check}) => {
				const found = check(subject);
				return found === undefined ? [] : [{id: `${id}:${subject.memberId}`, memberId: subject.memberId, ...found}];
			}),
		)
		.sort((a, b) => b.gravity - a.gravity || a.id.localeCompare(b.id));
}
