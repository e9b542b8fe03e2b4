import {describe, expect, it} from 'vitest';
import {quotaOf, reclaimableBytes, reclaimableRatio, usedRatio} from '../../source/domain/db-size.ts';

const GiB = 1024 ** 3;

describe('the quota', () => {
	it.each([
		['told by Status, etcd 3.6', {quotaBytes: 8 * GiB}, {quotaBackendBytes: 4 * GiB}, {bytes: 8 * GiB, source: 'status'}],
		['told by the metrics', {}, {quotaBackendBytes: 8 * GiB}, {bytes: 8 * GiB, source: 'metrics'}],
		['not set', {}, {quotaBackendBytes: 0}, {bytes: 2 * GiB, source: 'default'}],
		['not set, etcd 3.6', {quotaBytes: 0}, {quotaBackendBytes: 0}, {bytes: 2 * GiB, source: 'default'}],
		['switched off', {}, {quotaBackendBytes: -1}, {bytes: undefined, source: 'none'}],
		['told by nobody', {}, {}, {bytes: 2 * GiB, source: 'assumed'}],
		['no answer at all', undefined, undefined, {bytes: 2 * GiB, source: 'assumed'}],
	] as const)('%s', (_, status, metrics, expected) => {
		expect(quotaOf(status, metrics)).toEqual(expected);
	});
});

describe('sizes', () => {
	it.each([
		[5.62 * GiB, 1.93 * GiB, 3.69 * GiB, 0.6566],
		[20_480, 24_576, 0, 0],
		[0, 0, 0, 0],
	])('a file of %d bytes with %d in use gives back %d', (dbSizeBytes, dbSizeInUseBytes, bytes, ratio) => {
		expect(reclaimableBytes({dbSizeBytes, dbSizeInUseBytes})).toBeCloseTo(bytes);
		expect(reclaimableRatio({dbSizeBytes, dbSizeInUseBytes})).toBeCloseTo(ratio, 3);
	});

	it('use of the quota, which a file may pass, and which is unknown without one', () => {
		expect(usedRatio(9 * GiB, {bytes: 8 * GiB, source: 'metrics'})).toBe(1.125);
		expect(usedRatio(9 * GiB, {bytes: undefined, source: 'none'})).toBeUndefined();
	});
});
