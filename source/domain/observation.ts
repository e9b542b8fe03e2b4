/**
 * What one round of questions to the cluster saw: plain, versioned JSON with raw counters, so that rates, alerts and
 * recordings can all be made from it. Times (`at`, `since`) are milliseconds of uptime, the only clock that waits rest on;
 * the wall clock is for showing. Sizes are bytes, latencies milliseconds.
 */
import type {Failure} from './failure.ts';
import type {Member, MemberId} from './member.ts';

export type Observation = {
	readonly version: 1;
	/** When this round was put together. */
	readonly at: number;
	readonly clusterId: string;
	/** Every member of the member list, in its order. A silent one stays, with its failure. */
	readonly members: readonly MemberObservation[];
	/** Why the member list is an old one. */
	readonly membershipFailure?: Failure;
};

export type MemberObservation = {
	readonly member: Member;
	readonly status: Answer<MemberStatus>;
	readonly metrics: Answer<MemberMetrics>;
};

/** An answer to one question to one member. `at` is when it came (or failed), so a repeated answer is recognised by it. */
export type Answer<T> =
	| {readonly kind: 'answered'; readonly at: number; readonly latencyMs: number; readonly value: T}
	| {readonly kind: 'failed'; readonly at: number; readonly waitedMs: number; readonly failure: Failure}
	| {readonly kind: 'pending'; readonly since: number};

/** `Maintenance.Status`. The member's own id, the cluster's and the revision come from the response header. */
export type MemberStatus = {
	readonly memberId: MemberId;
	readonly clusterId: string;
	readonly revision: number;
	readonly version: string;
	readonly dbSizeBytes: number;
	readonly dbSizeInUseBytes: number;
	/** Absent while the member knows of no leader. */
	readonly leaderId?: MemberId;
	readonly isLearner: boolean;
	readonly raftTerm: number;
	readonly raftIndex: number;
	readonly raftAppliedIndex: number;
	/** As etcd words them, stripped of control characters; alarms are among them. */
	readonly errors: readonly string[];
	/** etcd 3.6 and later. */
	readonly storageVersion?: string;
	/** etcd 3.6 and later; elsewhere from the metrics. */
	readonly quotaBytes?: number;
};

/** What is read of one `/metrics` page. A figure the page does not have is absent, never 0. */
export type MemberMetrics = {
	/** How many samples the page held, of any name. */
	readonly sampleCount: number;
	/** `etcd_server_quota_backend_bytes` as printed: 0 means etcd's default, negative means none (see `db-size.ts`). */
	readonly quotaBackendBytes?: number;
	readonly dbSizeBytes?: number;
	readonly dbSizeInUseBytes?: number;
	/** `etcd_disk_defrag_inflight`: above 0 while the member defragments, whoever asked. */
	readonly defragInflight?: number;
	/** `etcd_disk_backend_defrag_duration_seconds_count`: defragmentations since the process started. */
	readonly defragCount?: number;
	/** …`_sum`, in seconds. */
	readonly defragSecondsSum?: number;
	/** `process_start_time_seconds`, seconds of the member's own wall clock: equal means the same process. */
	readonly processStartSeconds?: number;
	/** The member's own wall clock, from the `Date` header of the answer: with `processStartSeconds` it gives the process's age. */
	readonly memberClockSeconds?: number;
	/** Snapshot streams being served to clients: started − handled. */
	readonly snapshotStreams?: number;
	readonly snapshotSendInflights?: number;
	readonly snapshotReceiveInflights?: number;
	readonly leaderChanges?: number;
	readonly proposalsPending?: number;
	readonly proposalsFailed?: number;
	readonly keys?: number;
	readonly residentMemoryBytes?: number;
	/** `etcd_disk_wal_fsync_duration_seconds`. */
	readonly walFsync?: Histogram;
	/** `etcd_disk_backend_commit_duration_seconds`. */
	readonly backendCommit?: Histogram;
};

/** A Prometheus histogram as printed, without its +Inf bucket (that one is `count`). */
export type Histogram = {
	/** Upper bounds in seconds, ascending. */
	readonly upperBounds: readonly number[];
	readonly cumulativeCounts: readonly number[];
	readonly count: number;
	readonly sum: number;
};

export function answered<T>(answer: Answer<T>): T | undefined {
	return answer.kind === 'answered' ? answer.value : undefined;
}
