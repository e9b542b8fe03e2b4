import {describe, expect, it} from 'vitest';
import {type AlertSubject, alertRows, alertsFor} from '../../source/domain/alerts.ts';
import {answered, type MemberStatus} from '../../source/domain/observation.ts';
import {MiB, observationOf} from './observations.ts';

const GiB = 1024 * MiB;

function subject({
	dbSizeBytes = 100 * MiB,
	dbSizeInUseBytes = 99 * MiB,
	...changes
}: Partial<AlertSubject & MemberStatus> = {}): AlertSubject {
	const status = answered(observationOf([{name: 'etcd-0', status: {dbSizeBytes, dbSizeInUseBytes}}]).members[0]!.status)!;
	return {
		memberId: 'a0',
		name: 'etcd-0',
		status,
		disk: {},
		quota: {bytes: 8 * GiB, source: 'metrics'},
		committedIndex: 1000,
		...changes,
	};
}

/** Below its limit, at or above it, and what is then said. One row of this table for each row of alerts. */
const table: readonly [string, Partial<AlertSubject & MemberStatus>, Partial<AlertSubject & MemberStatus>, string, string][] = [
	[
		'quota',
		{dbSizeBytes: 5.19 * GiB, dbSizeInUseBytes: 5 * GiB},
		{dbSizeBytes: 5.62 * GiB, dbSizeInUseBytes: 5.5 * GiB},
		'70% of quota (limit 65%)',
		'70% of quota',
	],
	[
		'quota',
		{dbSizeBytes: 5.62 * GiB, dbSizeInUseBytes: 5 * GiB, quota: {bytes: undefined, source: 'none'}},
		{dbSizeBytes: 7.7 * GiB, dbSizeInUseBytes: 7 * GiB},
		'96% of quota (limit 95%)',
		'96% of quota',
	],
	['trend', {growthBytesPerSecond: 0.5 * MiB}, {growthBytesPerSecond: MiB}, 'quota full in ~2 h at this rate', 'full in ~2 h'],
	['lag', {committedIndex: 2000}, {committedIndex: 2001}, '1001 entries behind (limit 1000)', '1001 behind'],
	[
		'fragmented',
		{dbSizeBytes: 300 * MiB, dbSizeInUseBytes: 170 * MiB},
		{dbSizeBytes: 300 * MiB, dbSizeInUseBytes: 102 * MiB},
		'66% not in use (45%)',
		'66% not in use',
	],
	[
		'fragmented',
		{dbSizeBytes: 100 * MiB, dbSizeInUseBytes: 10 * MiB},
		{dbSizeBytes: 200 * MiB, dbSizeInUseBytes: 100 * MiB},
		'50% not in use (45%)',
		'50% not in use',
	],
	['fsync', {disk: {walFsyncP99Ms: 500}}, {disk: {walFsyncP99Ms: 801}}, 'fsync p99 801 ms (limit 500 ms)', 'fsync 801 ms'],
	[
		'commit',
		{disk: {backendCommitP99Ms: 250}},
		{disk: {backendCommitP99Ms: 251}},
		'commit p99 251 ms (limit 250 ms)',
		'commit 251 ms',
	],
	['slow', {latencyMs: 500}, {latencyMs: 612}, 'Status takes 612 ms (limit 500 ms)', 'slow, 612 ms'],
	[
		'reminder',
		{daysSinceDefragmentation: 30},
		{daysSinceDefragmentation: 31.4},
		'last defragmented 31 days ago (reminder after 30)',
		'31 days since defrag',
	],
];

describe('alerts', () => {
	it.each(table)('%s', (id, below, above, text, short) => {
		expect(alertsFor([subject(below)])).toEqual([]);
		expect(alertsFor([subject(above)])).toMatchObject([{id: `${id}:a0`, memberId: 'a0', text, short}]);
	});

	it('each has a row in this table', () => {
		expect(new Set(table.map(([id]) => id))).toEqual(new Set(alertRows.map(({id}) => id)));
	});

	it('stand in the order of their gravity', () => {
		const grave = {...subject({dbSizeBytes: 7.7 * GiB, dbSizeInUseBytes: 1 * GiB, daysSinceDefragmentation: 40}), memberId: 'a1'};
		expect(alertsFor([subject({latencyMs: 900}), grave]).map(({id}) => id)).toEqual([
			'quota:a1',
			'slow:a0',
			'fragmented:a1',
			'reminder:a1',
		]);
	});

	it.each([
		[0.02, undefined],
		[-5, undefined],
		[1000, 'quota full in ~1 min at this rate'],
	])('a trend of %d MiB/s says %s', (mebibytes, text) => {
		const found = alertsFor([subject({dbSizeBytes: 5 * GiB, dbSizeInUseBytes: 5 * GiB, growthBytesPerSecond: mebibytes * MiB})]);
		expect(found.map((alert) => alert.text)).toEqual(text === undefined ? [] : [text]);
	});
});
