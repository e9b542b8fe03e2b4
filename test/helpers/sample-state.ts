/** States as the engine makes them, for pictures: `prod-eu-1` at 14:32:08, fragmented, and `ocp-west` at 03:12:31, out of space. */
import {emptyHistory, type History, record} from '../../source/domain/history.ts';
import type {Role} from '../../source/domain/member.ts';
import type {MemberMetrics, MemberStatus} from '../../source/domain/observation.ts';
import type {ClusterEvent, MemberCondition, MemberRecord, State} from '../../source/engine/state.ts';
import type {ScreenView} from '../../source/views/view.ts';

export const GiB = 1024 ** 3;
export const MiB = 1024 ** 2;
const second = 1000;
const minute = 60 * second;

/** Uptime of the picture. */
export const now = 432_000_000;

/** A time of day of the story, as uptime ms. */
export function timesOf(year: number, month: number, day: number, hour: number, minutes: number, seconds: number) {
	const wallMs = new Date(year, month - 1, day, hour, minutes, seconds).getTime();
	const wallOffsetMs = wallMs - now;
	return {
		wallOffsetMs,
		/** `at('14:27:40')` */
		at(time: string): number {
			const [h = 0, m = 0, s = 0] = time.split(':').map(Number);
			return new Date(year, month - 1, day, h, m, s).getTime() - wallOffsetMs;
		},
	};
}

export type SampleMember = {
	readonly id: string;
	readonly name: string;
	readonly role?: Role;
	readonly url: string;
	readonly version?: string;
	readonly dbSizeBytes: number;
	readonly inUseBytes: number;
	readonly quotaBytes?: number;
	readonly latencyMs?: number;
	readonly leaderId: string;
	readonly raftTerm: number;
	readonly raftIndex: number;
	readonly errors?: readonly string[];
	readonly condition?: Partial<MemberCondition>;
	/** How long its figures have been old; absent while it answers. */
	readonly silentMs?: number;
	/** The db size at a time, for the chart; the present one by default. */
	readonly sizeAt?: (at: number) => number | undefined;
	readonly status?: Partial<MemberStatus>;
	readonly metrics?: Partial<MemberMetrics>;
	readonly extra?: Partial<MemberRecord>;
};

export function sampleMember(sample: SampleMember): MemberRecord {
	const {id, name, url, dbSizeBytes, inUseBytes, quotaBytes = 8 * GiB, latencyMs = 1.4, silentMs} = sample;
	const isLearner = sample.role === 'learner';
	const at = now - (silentMs ?? 0);
	const status: MemberStatus = {
		memberId: id,
		clusterId: 'cdf818194e3a8c32',
		revision: 201_733_512,
		version: sample.version ?? '3.5.30',
		dbSizeBytes,
		dbSizeInUseBytes: inUseBytes,
		leaderId: sample.leaderId,
		isLearner,
		raftTerm: sample.raftTerm,
		raftIndex: sample.raftIndex,
		raftAppliedIndex: sample.raftIndex,
		errors: sample.errors ?? [],
		...sample.status,
	};
	const metrics: MemberMetrics = {
		sampleCount: 1511,
		quotaBackendBytes: quotaBytes,
		defragInflight: 0,
		defragCount: 2,
		processStartSeconds: 1_764_000_000,
		...sample.metrics,
	};
	return {
		member: {
			id,
			name,
			isLearner,
			clientUrls: [url],
			peerUrls: [url.replace(':2379', ':2380')],
			endpoint: url,
		},
		role: sample.role ?? 'follower',
		status: {at, value: status},
		metrics: {at, value: metrics},
		statusAnswer:
			silentMs === undefined
				? {kind: 'answered', at, latencyMs, value: status}
				: {
						kind: 'failed',
						at: now,
						waitedMs: second,
						failure: {kind: 'timed-out', message: 'no answer within 1 s', nextStep: '', endpoint: url},
					},
		metricsAnswer: {kind: 'answered', at, latencyMs: 9.8, value: metrics},
		...(silentMs === undefined ? {} : {silentSince: at}),
		latencyMs,
		latencies: [latencyMs],
		maximumLatencyMs: 41,
		condition: {state: 'healthy', since: now - 60 * minute, explanation: '', ...sample.condition},
		quota: {bytes: quotaBytes, source: 'metrics'},
		defragmentations: [],
		history: sampleHistory(sample.sizeAt ?? (() => dbSizeBytes), inUseBytes, quotaBytes),
		...sample.extra,
	};
}

/** The last hour, polled every ten seconds. */
function sampleHistory(sizeAt: (at: number) => number | undefined, inUseBytes: number, quotaBytes: number): History {
	let history = emptyHistory;
	for (let at = now - 61 * minute; at <= now; at += 10 * second) {
		const dbSizeBytes = sizeAt(at);
		history = record(history, at, dbSizeBytes === undefined ? undefined : {dbSizeBytes, inUseBytes, quotaBytes});
	}
	return history;
}

export const screen: ScreenView = {
	view: 'overview',
	columnsSet: 'size',
	sort: {column: 'name', descending: false},
	filter: '',
	filterTyping: false,
	chartWindow: '1h',
	chartScope: 'all',
	scroll: 0,
};

const prod = timesOf(2026, 11, 23, 14, 32, 8);

const seenDefragmentation = {
	endedWallMs: prod.at('13:58:41') + prod.wallOffsetMs,
	durationMs: 33_000,
	before: 5.58 * GiB,
	after: 1.9 * GiB,
	by: 'another tool',
};

/** etcd-0 follower, etcd-1 defragmented by another tool at 13:58, etcd-2 leader. */
export function prodMembers(): readonly [MemberRecord, MemberRecord, MemberRecord] {
	const shared = {leaderId: '9ac311f93915cc79', raftTerm: 7, raftIndex: 51_873_204, inUseBytes: 1.93 * GiB};
	const etcd0 = {id: '264c7c58ecbdabee', name: 'etcd-0', url: 'https://10.0.159.225:2379', dbSizeBytes: 4.79 * GiB};
	const etcd1 = {
		id: '251cd44483d811c3',
		name: 'etcd-1',
		url: 'https://10.0.191.37:2379',
		dbSizeBytes: 1.93 * GiB + 81.9 * MiB,
		latencyMs: 1.3,
		sizeAt: (at: number) => (at < prod.at('13:58:41') ? 5.58 * GiB : 2.01 * GiB),
		extra: {defragmentations: [seenDefragmentation], lastDefragmentation: seenDefragmentation},
	};
	const etcd2 = {
		id: '9ac311f93915cc79',
		name: 'etcd-2',
		role: 'leader' as const,
		url: 'https://10.0.199.170:2379',
		dbSizeBytes: 5.62 * GiB,
		latencyMs: 1.9,
	};
	return [sampleMember({...shared, ...etcd0}), sampleMember({...shared, ...etcd1}), sampleMember({...shared, ...etcd2})];
}

const prodEvents: readonly ClusterEvent[] = [
	{at: prod.at('14:27:40'), kind: 'good', subject: 'etcd-2', memberId: '9ac311f93915cc79', text: 'answers in time again: 1.9 ms'},
	{
		at: prod.at('14:27:26'),
		kind: 'warning',
		subject: 'etcd-2',
		memberId: '9ac311f93915cc79',
		text: 'slow: 612 ms (limit 500 ms)',
	},
	{at: prod.at('13:59:41'), kind: 'good', subject: 'cluster', text: 'cooldown over, 1:00 after etcd-1'},
	{
		at: prod.at('13:58:41'),
		kind: 'good',
		subject: 'etcd-1',
		memberId: '251cd44483d811c3',
		text: 'defragmented by another tool (count 2 → 3): 5.58 GiB → 1.90 GiB in 0:33',
		mark: 'D',
	},
	{
		at: prod.at('13:58:08'),
		kind: 'defragmenting',
		subject: 'etcd-1',
		memberId: '251cd44483d811c3',
		text: 'defragmenting, not started here: in flight 1, Status silent',
	},
	{at: prod.at('13:57:31'), kind: 'warning', subject: 'cluster', text: 'leader changed: etcd-1 → etcd-2, term 6 → 7', mark: 'L'},
	{at: prod.at('13:32:02'), kind: 'good', subject: 'cluster', text: '3 members found through 10.0.159.225:2379'},
];

export function prodState(overrides: Partial<State> = {}): State {
	return {
		now,
		wallOffsetMs: prod.wallOffsetMs,
		startedAt: prod.at('13:32:00'),
		clusterName: 'prod-eu-1',
		connection: {
			kind: 'direct',
			security: 'mTLS',
			endpoints: ['https://10.0.159.225:2379', 'https://10.0.191.37:2379', 'https://10.0.199.170:2379'],
		},
		readOnly: false,
		intervalMs: 2000,
		clusterId: 'cdf818194e3a8c32',
		members: prodMembers(),
		changedAt: now,
		health: {
			kind: 'healthy',
			voters: 3,
			answeringVoters: 3,
			leader: {id: '9ac311f93915cc79', name: 'etcd-2'},
			raftTerm: 7,
		},
		alarms: [],
		alerts: [
			{
				id: 'quota:9ac311f93915cc79',
				memberId: '9ac311f93915cc79',
				text: '70% of quota (limit 65%)',
				short: '70% of quota',
				gravity: 70,
			},
			{
				id: 'fragmented:9ac311f93915cc79',
				memberId: '9ac311f93915cc79',
				text: '66% not in use (45%)',
				short: '66% not in use',
				gravity: 33,
			},
			{
				id: 'fragmented:264c7c58ecbdabee',
				memberId: '264c7c58ecbdabee',
				text: '60% not in use (45%)',
				short: '60% not in use',
				gravity: 30,
			},
		],
		events: prodEvents,
		cooldown: {kind: 'over'},
		journal: {directory: '~/.local/state/etcdtop', warnings: []},
		...overrides,
	};
}

/** Uptime ms of a time of day in the story of prod-eu-1. */
export const prodAt = prod.at;

const ocp = timesOf(2026, 11, 23, 3, 12, 31);
const ocpDomain = 'example.redhat.com';

export function ocpMembers(): readonly [MemberRecord, MemberRecord, MemberRecord] {
	const shared = {
		leaderId: '9ac311f93915cc79',
		raftTerm: 7,
		raftIndex: 238_104_977,
		inUseBytes: 2.11 * GiB,
		version: '3.5.16',
		errors: ['memberID:2759717393042090990 alarm:NOSPACE'],
	};
	return [
		sampleMember({
			...shared,
			id: '264c7c58ecbdabee',
			name: `ip-10-0-159-225.${ocpDomain}`,
			url: 'https://10.0.159.225:2379',
			dbSizeBytes: 8 * GiB - 300_000,
			latencyMs: 2.2,
			condition: {state: 'NOSPACE', since: ocp.at('03:09:41')},
			metrics: {defragCount: 4},
			extra: {
				defragmentations: [
					{
						endedWallMs: new Date(2026, 9, 31, 3, 4, 10).getTime(),
						durationMs: 37_000,
						before: 7.12 * GiB,
						after: 1.98 * GiB,
						by: 'ana@bastion-1, etcdtop',
					},
				],
			},
		}),
		sampleMember({
			...shared,
			id: '251cd44483d811c3',
			name: `ip-10-0-191-37.${ocpDomain}`,
			url: 'https://10.0.191.37:2379',
			dbSizeBytes: 7.98 * GiB,
			latencyMs: 1.9,
		}),
		sampleMember({
			...shared,
			id: '9ac311f93915cc79',
			name: `ip-10-0-199-170.${ocpDomain}`,
			role: 'leader',
			url: 'https://10.0.199.170:2379',
			dbSizeBytes: 7.97 * GiB,
			latencyMs: 1.6,
		}),
	];
}

/** NOSPACE raised by the first member at 03:09:41. */
export function ocpState(overrides: Partial<State> = {}): State {
	const raised = {at: ocp.at('03:09:41'), memberId: '264c7c58ecbdabee', name: `ip-10-0-159-225.${ocpDomain}`};
	return {
		...prodState(),
		wallOffsetMs: ocp.wallOffsetMs,
		startedAt: ocp.at('02:10:00'),
		clusterName: 'ocp-west',
		members: ocpMembers(),
		health: {
			kind: 'NOSPACE',
			voters: 3,
			answeringVoters: 3,
			leader: {id: '9ac311f93915cc79', name: `ip-10-0-199-170.${ocpDomain}`},
			raftTerm: 7,
		},
		alarms: [{memberId: raised.memberId, alarm: 'NOSPACE', name: raised.name, since: raised.at, sinceStart: false}],
		alerts: [],
		events: [
			{
				at: raised.at,
				kind: 'alarm',
				subject: raised.name,
				memberId: raised.memberId,
				text: 'NOSPACE raised: 8.00 GiB, quota 8.00 GiB',
				mark: 'A',
			},
		],
		...overrides,
	};
}

export const ocpAt = ocp.at;
