import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {readMetrics} from '../../../source/transport/grpc/metrics.ts';

function capture(version: string, name: string): string {
	const path = new URL(`../captures/etcd-${version}/${name}.txt.gz`, import.meta.url);
	return gunzipSync(readFileSync(path)).toString();
}

/** What `grep` says of the page. */
function figure(page: string, name: string): number {
	return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
}

describe.each(['3.4.23', '3.5.16', '3.5.30', '3.6.8'])('etcd %s', (version) => {
	test.each(['metrics', 'metrics-nospace'])('%s', (name) => {
		const page = capture(version, name);
		const {metrics, memberId} = readMetrics(page, 1_795_000_000);
		expect(metrics).toMatchObject({
			sampleCount: page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
			memberClockSeconds: 1_795_000_000,
			quotaBackendBytes: 20_971_520,
			dbSizeBytes: figure(page, 'etcd_mvcc_db_total_size_in_bytes'),
			dbSizeInUseBytes: figure(page, 'etcd_mvcc_db_total_size_in_use_in_bytes'),
			defragInflight: 0,
			defragCount: figure(page, 'etcd_disk_backend_defrag_duration_seconds_count'),
			defragSecondsSum: figure(page, 'etcd_disk_backend_defrag_duration_seconds_sum'),
			processStartSeconds: figure(page, 'process_start_time_seconds'),
			snapshotStreams: 0,
			leaderChanges: 1,
			proposalsPending: 0,
			keys: figure(page, 'etcd_debugging_mvcc_keys_total'),
			residentMemoryBytes: figure(page, 'process_resident_memory_bytes'),
		});
		expect(metrics.walFsync?.upperBounds).toEqual(Array.from({length: 14}, (_, power) => 2 ** power / 1000));
		expect(metrics.walFsync?.count).toBe(figure(page, 'etcd_disk_wal_fsync_duration_seconds_count'));
		expect(metrics.backendCommit?.cumulativeCounts.at(-1)).toBe(metrics.backendCommit?.count);
		expect(memberId).toMatch(/^[0-9a-f]{15,16}$/);
	});

	test('cut anywhere, a page gives only figures that it gives whole', () => {
		const page = capture(version, 'metrics');
		const {metrics: whole} = readMetrics(page);
		for (let end = 0; end < page.length; end += 1009) {
			const {sampleCount: _, snapshotStreams: __, ...cut} = readMetrics(page.slice(0, end)).metrics;
			expect(whole).toMatchObject(cut);
		}
	});
});

test('streams that a client holds open, and transfers between members', () => {
	const page = [
		'grpc_server_started_total{grpc_method="Snapshot",grpc_service="etcdserverpb.Maintenance",grpc_type="server_stream"} 5',
		'grpc_server_started_total{grpc_method="Status",grpc_service="etcdserverpb.Maintenance",grpc_type="unary"} 900',
		'grpc_server_handled_total{grpc_code="OK",grpc_method="Snapshot",grpc_service="etcdserverpb.Maintenance",grpc_type="server_stream"} 2',
		'grpc_server_handled_total{grpc_code="Canceled",grpc_method="Snapshot",grpc_type="server_stream"} 1',
		'etcd_network_snapshot_send_inflights_total{To="a"} 1',
		'etcd_network_snapshot_send_inflights_total{To="b"} 2',
		'etcd_network_snapshot_receive_inflights_total{From="a"} 0',
		'',
	].join('\n');
	expect(readMetrics(page).metrics).toEqual({
		sampleCount: 7,
		snapshotStreams: 2,
		snapshotSendInflights: 3,
		snapshotReceiveInflights: 0,
	});
});

test('the names that sizes had', () => {
	expect(readMetrics('etcd_debugging_mvcc_db_total_size_in_bytes 7\n').metrics.dbSizeBytes).toBe(7);
	expect(readMetrics('etcd_db_total_size_in_bytes 8\n').metrics.dbSizeBytes).toBe(8);
});

test('a figure that is no number, or is not there, is absent', () => {
	expect(readMetrics('etcd_disk_defrag_inflight NaN\netcd_mvcc_db_total_size_in_bytes +Inf\n').metrics).toEqual({sampleCount: 2});
	expect(readMetrics('<html>not found</html>').metrics).toEqual({sampleCount: 0});
});
