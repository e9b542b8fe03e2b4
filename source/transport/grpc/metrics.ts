/** One `/metrics` page of etcd 3.4 to 3.6 as the figures that this program uses. */
import type {MemberId} from '../../domain/member.ts';
import type {Histogram, MemberMetrics} from '../../domain/observation.ts';
import {readPage, type Sample, type Wanted} from '../prometheus-text.ts';
import {safeText} from '../safe-text.ts';

/** Figures that are one sample each, under the names that versions gave them; the first name that is there counts. */
const figures = {
	quotaBackendBytes: ['etcd_server_quota_backend_bytes'],
	dbSizeBytes: ['etcd_mvcc_db_total_size_in_bytes', 'etcd_debugging_mvcc_db_total_size_in_bytes', 'etcd_db_total_size_in_bytes'],
	dbSizeInUseBytes: ['etcd_mvcc_db_total_size_in_use_in_bytes', 'etcd_db_total_size_in_use_in_bytes'],
	defragInflight: ['etcd_disk_defrag_inflight'],
	defragCount: ['etcd_disk_backend_defrag_duration_seconds_count'],
	defragSecondsSum: ['etcd_disk_backend_defrag_duration_seconds_sum'],
	processStartSeconds: ['process_start_time_seconds'],
	leaderChanges: ['etcd_server_leader_changes_seen_total'],
	proposalsPending: ['etcd_server_proposals_pending'],
	proposalsFailed: ['etcd_server_proposals_failed_total'],
	keys: ['etcd_debugging_mvcc_keys_total'],
	residentMemoryBytes: ['process_resident_memory_bytes'],
} as const satisfies Partial<Record<keyof MemberMetrics, readonly string[]>>;

/** Figures that are the sum of samples which differ in their labels, one for each peer. */
const sums = {
	snapshotSendInflights: 'etcd_network_snapshot_send_inflights_total',
	snapshotReceiveInflights: 'etcd_network_snapshot_receive_inflights_total',
} as const satisfies Partial<Record<keyof MemberMetrics, string>>;

const histograms = {
	walFsync: 'etcd_disk_wal_fsync_duration_seconds',
	backendCommit: 'etcd_disk_backend_commit_duration_seconds',
} as const satisfies Partial<Record<keyof MemberMetrics, string>>;

const serverId = 'etcd_server_id';
const started = 'grpc_server_started_total';
const handled = 'grpc_server_handled_total';

const wanted: Wanted = new Map([
	...[
		...Object.values(figures).flat(),
		...Object.values(sums),
		...Object.values(histograms).flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
		serverId,
	].map((name): [string, string] => [name, '']),
	[started, 'grpc_method="Snapshot"'],
	[handled, 'grpc_method="Snapshot"'],
]);

export type MetricsReading = {
	readonly metrics: MemberMetrics;
	/** Which member's page it is, where it says so. */
	readonly memberId?: MemberId;
};

/** Reads one page. `memberClockSeconds` is what the answer's `Date` header said. A figure that the page lacks is absent. */
export function readMetrics(text: string, memberClockSeconds?: number): MetricsReading {
	const {samples, sampleCount} = readPage(text, wanted);
	const byName = Map.groupBy(samples, ({name}) => name);
	const named = (name: string): readonly Sample[] => byName.get(name) ?? [];
	const metrics = present<MemberMetrics>({
		sampleCount,
		memberClockSeconds,
		snapshotStreams: snapshotStreams(named(started), named(handled)),
		...mapValues(figures, (names) => names.map((name) => finite(named(name)[0]?.value)).find((value) => value !== undefined)),
		...mapValues(sums, (name) => sum(named(name))),
		...mapValues(histograms, (name) => readHistogram(name, named)),
	});
	const memberId = named(serverId)[0]?.labels.server_id;
	return {metrics, ...(memberId !== undefined && {memberId: safeText(memberId)})};
}

/** Streams that clients have open now: a backup being taken, or one that stalled. */
function snapshotStreams(startedSamples: readonly Sample[], handledSamples: readonly Sample[]): number | undefined {
	const begun = sum(startedSamples);
	return begun === undefined ? undefined : Math.max(0, begun - (sum(handledSamples) ?? 0));
}

function readHistogram(name: string, named: (name: string) => readonly Sample[]): Histogram | undefined {
	const count = finite(named(`${name}_count`)[0]?.value);
	const total = finite(named(`${name}_sum`)[0]?.value);
	const buckets = named(`${name}_bucket`)
		.map(({labels, value}) => ({upperBound: Number(labels.le), count: value}))
		.filter((bucket) => Number.isFinite(bucket.upperBound) && Number.isFinite(bucket.count))
		.sort((one, other) => one.upperBound - other.upperBound);
	if (count === undefined || total === undefined || buckets.length === 0) {
		return undefined;
	}
	return {
		upperBounds: buckets.map(({upperBound}) => upperBound),
		cumulativeCounts: buckets.map((bucket) => bucket.count),
		count,
		sum: total,
	};
}

function sum(samples: readonly Sample[]): number | undefined {
	return samples.length === 0 ? undefined : finite(samples.reduce((total, {value}) => total + value, 0));
}

function finite(value: number | undefined): number | undefined {
	return Number.isFinite(value) ? value : undefined;
}

function mapValues<K extends string, V, R>(record: Readonly<Record<K, V>>, map: (value: V) => R): Record<K, R> {
	return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, map(value)])) as Record<K, R>;
}

/** Leaves out what is undefined. */
function present<T extends object>(record: {[K in keyof T]: T[K] | undefined}): T {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
