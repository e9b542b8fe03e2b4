import {expect, test} from 'vitest';
import {runStatus} from '../../source/commands/status.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {clusterId, failure, type MemberCase, MiB, observationOf} from '../domain/observations.ts';
import {contextFor} from './command-context.ts';

const figures = {dbSizeBytes: 100 * MiB, dbSizeInUseBytes: 40 * MiB, quotaBytes: 2048 * MiB};

test('json: the shape that scripts rest on', async () => {
	const context = contextFor('status -w json', {transport: answering([{name: 'etcd-0'}, {name: 'etcd-1', isLearner: true}])});
	expect(await runStatus(context)).toBe(0);
	expect(JSON.parse(context.printed.join())).toEqual({
		cluster: {id: clusterId, leader: 'a0', healthy: true, raftTerm: 7, revision: 500},
		members: [
			{
				name: 'etcd-0',
				id: 'a0',
				endpoint: 'https://etcd-0:2379',
				version: '3.5.30',
				...figures,
				isLeader: true,
				isLearner: false,
				raftTerm: 7,
				raftIndex: 1000,
				raftAppliedIndex: 1000,
				errors: [],
				alarms: [],
				state: 'healthy',
				latencyMs: 0,
			},
			expect.objectContaining({name: 'etcd-1', id: 'a1', isLeader: false, isLearner: true}),
		],
		alarms: [],
	});
});

test('json: a member that does not answer stays, with its state and why, and the exit code is 1', async () => {
	const transport = answering([
		{name: 'etcd-0'},
		{name: 'etcd-1', status: 'refused', metrics: 'refused'},
		{name: 'etcd-2', status: 'timed-out', metrics: {defragInflight: 1}},
	]);
	const context = contextFor('status -w json', {transport});
	expect(await runStatus(context)).toBe(1);
	const {cluster, members} = JSON.parse(context.printed.join());
	expect(cluster).toMatchObject({healthy: false, leader: 'a0'});
	expect(members[1]).toEqual({
		name: 'etcd-1',
		id: 'a1',
		endpoint: 'https://etcd-1:2379',
		version: null,
		dbSizeBytes: null,
		dbSizeInUseBytes: null,
		quotaBytes: null,
		isLeader: false,
		isLearner: false,
		raftTerm: null,
		raftIndex: null,
		raftAppliedIndex: null,
		errors: [],
		alarms: [],
		state: 'down',
		latencyMs: null,
		error: 'connection refused',
	});
	expect(members[2]).toMatchObject({state: 'defragmenting', error: 'timed-out'});
	expect(context.said).toEqual(['etcd-1: connection refused', 'etcd-2: timed-out']);
});

test('however short the time to answer is, a member that took longer is silent, not still connecting', async () => {
	const transport = answering([{name: 'etcd-0'}, {name: 'etcd-1', status: 'timed-out', metrics: 'timed-out'}]);
	const context = contextFor('status -w json --command-timeout 100ms', {transport});
	expect(await runStatus(context)).toBe(1);
	expect(JSON.parse(context.printed.join()).members[1]).toMatchObject({state: 'frozen', error: 'timed-out'});
});

test('json: alarms, by member and for the cluster', async () => {
	const errors = ['memberID:161 alarm:NOSPACE '];
	const transport = answering([
		{name: 'etcd-0', id: 'a0', status: {errors}},
		{name: 'etcd-1', id: 'a1', status: {errors}},
	]);
	const context = contextFor('status -w json', {transport});
	expect(await runStatus(context)).toBe(0);
	const {cluster, members, alarms} = JSON.parse(context.printed.join());
	expect(cluster.healthy).toBe(false);
	expect(members.map(({state, alarms: own}: {state: string; alarms: string[]}) => [state, own])).toEqual([
		['healthy', []],
		['NOSPACE', ['NOSPACE']],
	]);
	expect(members[0].errors).toEqual(['memberID:161 alarm:NOSPACE']);
	expect(alarms).toEqual([{memberId: 'a1', name: 'etcd-1', alarm: 'NOSPACE'}]);
});

const mixed: readonly MemberCase[] = [
	{name: 'etcd-0', status: {raftIndex: 51_873_204, raftAppliedIndex: 51_873_204}},
	{name: 'etcd-1', status: 'refused', metrics: 'refused'},
	{name: '会員', status: {dbSizeBytes: 1900 * MiB}},
];

test('table: etcdctl’s columns, and ours beside them', async () => {
	expect(await tableOf(mixed)).toBe(`
+--------+---------------------+----+---------+---------+----------+----------+---------------+----------+------+-----------+------------+-----------+------------+--------------------+--------------------+
|  NAME  |      ENDPOINT       | ID | VERSION |  STATE  | DB SIZE  |  IN USE  |  GIVES BACK   |  QUOTA   | USED | IS LEADER | IS LEARNER | RAFT TERM | RAFT INDEX | RAFT APPLIED INDEX |       ERRORS       |
+--------+---------------------+----+---------+---------+----------+----------+---------------+----------+------+-----------+------------+-----------+------------+--------------------+--------------------+
| etcd-0 | https://etcd-0:2379 | a0 | 3.5.30  | healthy |  100 MiB | 40.0 MiB | 60.0 MiB  60% | 2.00 GiB |   5% | true      | false      |         7 |   51873204 |           51873204 |                    |
| etcd-1 | https://etcd-1:2379 | a1 | –       | down    |        – |        – |             – |        – |    – | false     | false      |         – |          – |                  – | connection refused |
| 会員   | https://会員:2379   | a2 | 3.5.30  | healthy | 1.86 GiB | 40.0 MiB | 1.82 GiB  98% | 2.00 GiB |  93% | false     | false      |         7 |       1000 |               1000 |                    |
+--------+---------------------+----+---------+---------+----------+----------+---------------+----------+------+-----------+------------+-----------+------------+--------------------+--------------------+
`);
});

test('table: on 80 columns what matters most stays', async () => {
	expect(await tableOf(mixed, 80)).toBe(`
+--------+---------+----------+---------------+------+-----------+
|  NAME  |  STATE  | DB SIZE  |  GIVES BACK   | USED | IS LEADER |
+--------+---------+----------+---------------+------+-----------+
| etcd-0 | healthy |  100 MiB | 60.0 MiB  60% |   5% | true      |
| etcd-1 | down    |        – |             – |    – | false     |
| 会員   | healthy | 1.86 GiB | 1.82 GiB  98% |  93% | false     |
+--------+---------+----------+---------------+------+-----------+
`);
});

test('simple: etcdctl’s fields in etcdctl’s order, then the name and the state', async () => {
	const context = contextFor('status -w simple', {transport: answering(mixed)});
	await runStatus(context);
	expect(context.printed.join()).toBe(
		[
			'https://etcd-0:2379, a0, 3.5.30, 100 MiB, true, false, 7, 51873204, 51873204, , etcd-0, healthy',
			'https://etcd-1:2379, a1, –, –, false, false, –, –, –, connection refused, etcd-1, down',
			'https://会員:2379, a2, 3.5.30, 1.86 GiB, false, false, 7, 1000, 1000, , 会員, healthy',
		].join('\n'),
	);
});

test('without a member list there is nothing to print', async () => {
	const transport: Partial<Transport> = {
		async membership() {
			throw new TransportError(failure('refused'));
		},
	};
	const context = contextFor('status', {transport});
	await expect(runStatus(context)).rejects.toThrow(TransportError);
	expect(context.printed).toEqual([]);
});

async function tableOf(cases: readonly MemberCase[], columns?: number): Promise<string> {
	const context = contextFor('status', {transport: answering(cases), ...(columns === undefined ? {} : {columns})});
	await runStatus(context);
	return `\n${context.printed.join()}\n`;
}

/** A transport over which each member answers as its case says. */
function answering(cases: readonly MemberCase[]): Partial<Transport> {
	const {members} = observationOf(cases);
	const find = (id: string) => members.find(({member}) => member.id === id)!;
	return {
		membership: async () => ({clusterId, members: members.map(({member}) => member)}),
		async status({id}) {
			const {status} = find(id);
			if (status.kind !== 'answered') {
				throw new TransportError(status.kind === 'failed' ? status.failure : failure('timed-out'));
			}
			return status.value;
		},
		async metrics({id}) {
			const {metrics} = find(id);
			if (metrics.kind !== 'answered') {
				throw new TransportError(metrics.kind === 'failed' ? metrics.failure : failure('timed-out'));
			}
			return metrics.value;
		},
	};
}
