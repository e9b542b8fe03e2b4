/** What the size of a database file means: its quota, and what a defragmentation would give back. */
import type {MemberMetrics, MemberStatus} from './observation.ts';

const GiB = 1024 ** 3;

/** etcd's own, where `--quota-backend-bytes` is 0 or not given. */
export const defaultQuotaBytes = 2 * GiB;

/** The quota a member works with. `assumed`: etcd's default, because nothing told. `none`: it was switched off. */
export type Quota =
	| {readonly bytes: number; readonly source: 'status' | 'metrics' | 'default' | 'assumed'}
	| {readonly bytes: undefined; readonly source: 'none'};

export function quotaOf(
	status: Pick<MemberStatus, 'quotaBytes'> | undefined,
	metrics: Pick<MemberMetrics, 'quotaBackendBytes'> | undefined,
): Quota {
	if (status?.quotaBytes !== undefined && status.quotaBytes > 0) {
		return {bytes: status.quotaBytes, source: 'status'};
	}
	const told = metrics?.quotaBackendBytes;
	if (told === undefined) {
		return {bytes: defaultQuotaBytes, source: 'assumed'};
	}
	if (told < 0) {
		return {bytes: undefined, source: 'none'};
	}
	return told === 0 ? {bytes: defaultQuotaBytes, source: 'default'} : {bytes: told, source: 'metrics'};
}

/** What a defragmentation would give back; etcd counts a page or two as in use that the file does not have, hence never below 0. */
export function reclaimableBytes({
	dbSizeBytes,
	dbSizeInUseBytes,
}: Pick<MemberStatus, 'dbSizeBytes' | 'dbSizeInUseBytes'>): number {
	return Math.max(0, dbSizeBytes - dbSizeInUseBytes);
}

/** The same as a share of the file, 0–1. */
export function reclaimableRatio(sizes: Pick<MemberStatus, 'dbSizeBytes' | 'dbSizeInUseBytes'>): number {
	return sizes.dbSizeBytes === 0 ? 0 : reclaimableBytes(sizes) / sizes.dbSizeBytes;
}

/** The share of the quota that the file takes, 0–1 and above; undefined without a quota. */
export function usedRatio(dbSizeBytes: number, quota: Quota): number | undefined {
	return quota.bytes === undefined ? undefined : dbSizeBytes / quota.bytes;
}
