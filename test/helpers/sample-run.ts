/** Plans and runs of prod-eu-1, for pictures and stories: etcd-0 first, etcd-1 skipped, etcd-2 the leader and last. */
import type {DefragPlan, PlanRow} from '../../source/domain/defrag-plan.ts';
import type {Run, RunPhase, Turn} from '../../source/domain/defrag-run.ts';
import type {Gate} from '../../source/domain/gate.ts';
import {GiB, MiB, now} from './sample-state.ts';

export const etcd0 = '264c7c58ecbdabee';
export const etcd1 = '251cd44483d811c3';
export const etcd2 = '9ac311f93915cc79';

const second = 1000;

function planRow(memberId: string, name: string, role: PlanRow['role'], dbSizeBytes: number, why: string): PlanRow {
	const inUseBytes = 1.93 * GiB;
	const reclaimBytes = dbSizeBytes - inUseBytes;
	const reclaimRatio = reclaimBytes / dbSizeBytes;
	return {
		memberId,
		name,
		role,
		dbSizeBytes,
		inUseBytes,
		reclaimBytes,
		reclaimRatio,
		reclaimIsAtLeast: false,
		estimateMs: 34 * second,
		why,
	};
}

export const sampleGates: readonly Gate[] = [
	{id: 'quorum', title: 'quorum without it; linearizable reads', state: 'passed', detail: '2 of 3, slowest 4.1 ms'},
	{id: 'leader', title: 'all agree on one leader', state: 'passed', detail: 'etcd-2, term 7'},
	{id: 'corrupt', title: 'no CORRUPT alarm', state: 'passed', detail: 'no alarms'},
	{id: 'lag', title: 'applied index close to committed', state: 'passed', detail: '0 behind'},
	{id: 'inflight', title: 'nothing in flight', state: 'passed', detail: 'none'},
	{id: 'cooldown', title: 'cooldown over', state: 'passed', detail: 'last: etcd-1, 33:59 ago'},
	{id: 'disk', title: 'free disk in its data directory', state: 'unchecked', detail: 'needs 2.32 GiB; cannot be seen from here'},
];

/** The gates with one of them in another state. */
export function gatesWith(id: string, state: Gate['state'], detail: string): readonly Gate[] {
	return sampleGates.map((gate) => (gate.id === id ? {...gate, state, detail} : gate));
}

export function samplePlan(overrides: Partial<DefragPlan> = {}): DefragPlan {
	return {
		scope: {kind: 'all'},
		clusterId: 'cdf818194e3a8c32',
		steps: [
			planRow(etcd0, 'etcd-0', 'follower', 4.79 * GiB, 'gives most'),
			planRow(etcd2, 'etcd-2', 'leader', 5.62 * GiB, 'leader, last'),
		],
		leftOut: [planRow(etcd1, 'etcd-1', 'follower', 1.93 * GiB + 81.9 * MiB, 'skip, under 10%')],
		moveLeader: {kind: 'possible', from: etcd2, to: etcd1, toName: 'etcd-1', why: 'etcd-1 is small'},
		reclaimBytes: 6.55 * GiB,
		totalMs: 134 * second,
		estimateBasis: {bytesPerSecond: 59 * MiB, source: 'measured', memberName: 'etcd-1'},
		warnings: [],
		gates: sampleGates,
		confirmation: {
			word: 'defragment',
			consequences: [
				'Each stops answering for ~0:34; the others keep the quorum.',
				'A member that has begun cannot be stopped; the run can, between members.',
			],
			acknowledges: [],
			outage: false,
			terminalOnly: false,
		},
		...overrides,
	};
}

export const sizesBefore = {dbSizeBytes: 4.79 * GiB, inUseBytes: 1.93 * GiB};

export function sampleRun(phase: RunPhase, overrides: Partial<Run> = {}): Run {
	return {
		id: 'run-1',
		scope: {kind: 'all'},
		clusterId: 'cdf818194e3a8c32',
		operator: 'ana@bastion-1',
		startedAt: now - 21 * second,
		confirmed: [etcd0, etcd2],
		voters: [etcd0, etcd1, etcd2],
		moveLeader: true,
		interactive: true,
		acknowledged: [],
		estimateMs: 134 * second,
		turns: [skipped],
		waiting: [
			{
				memberId: etcd2,
				name: 'etcd-2',
				role: 'leader',
				why: 'leader, last',
				estimateMs: 34 * second,
			},
		],
		moves: [],
		phase,
		...overrides,
	};
}

const skipped: Turn = {
	memberId: etcd1,
	name: 'etcd-1',
	role: 'follower',
	outcome: 'skipped',
	before: {dbSizeBytes: 1.93 * GiB + 81.9 * MiB, inUseBytes: 1.93 * GiB},
	why: 'gives back only 4%',
	endedAt: now - 21 * second,
};

export const doneTurn: Turn = {
	memberId: etcd0,
	name: 'etcd-0',
	role: 'follower',
	outcome: 'done',
	before: sizesBefore,
	after: {dbSizeBytes: 1.95 * GiB, inUseBytes: 1.93 * GiB},
	durationMs: 33 * second,
	longestSilenceMs: 34 * second,
	termBefore: 7,
	termAfter: 7,
	endedAt: now,
};

export const leaderTurn: Turn = {
	memberId: etcd2,
	name: 'etcd-2',
	role: 'follower',
	outcome: 'done',
	before: {dbSizeBytes: 5.62 * GiB, inUseBytes: 1.93 * GiB},
	after: {dbSizeBytes: 1.94 * GiB, inUseBytes: 1.93 * GiB},
	durationMs: 35 * second,
	longestSilenceMs: 36 * second,
	termBefore: 8,
	termAfter: 8,
	endedAt: now,
};

export const skippedTurn = skipped;

const turnOf0 = {
	memberId: etcd0,
	name: 'etcd-0',
	role: 'follower',
	estimateMs: 34 * second,
	before: sizesBefore,
	termBefore: 7,
	countBefore: 2,
	longestSilenceMs: 0,
} as const;

/** Each phase as it is drawn, 21 seconds into the first turn unless it says otherwise. */
export const phases = {
	checking: {kind: 'checking', since: now - 2 * second, next: etcd0, gates: gatesWith('inflight', 'pending', 'asking etcd-2')},
	moving: {kind: 'moving leader', since: now - 2 * second, from: etcd2, to: etcd1},
	asking: {
		kind: 'asking',
		since: now - 12 * second,
		from: etcd2,
		to: etcd1,
		reason: 'no answer within 5 s, and etcd-2 still leads',
		otherTarget: etcd0,
	},
	defragmenting: {kind: 'defragmenting', since: now - 21 * second, ...turnOf0},
	overdue: {kind: 'defragmenting', since: now - 41 * second, ...turnOf0},
	unknown: {kind: 'unknown', since: now - 604 * second, reason: 'no answer within 10:00', ...turnOf0},
	settling: {
		kind: 'settling',
		since: now - 36 * second,
		settlingSince: now - 2 * second,
		durationMs: 33 * second,
		after: {dbSizeBytes: 1.95 * GiB, inUseBytes: 1.93 * GiB},
		checks: [
			{id: 'answers', title: 'answers', state: 'passed', detail: ''},
			{id: 'lag', title: 'applied index', state: 'passed', detail: '0 behind'},
			{id: 'read', title: 'linearizable read on etcd-0', state: 'pending', detail: 'asking'},
		],
		...turnOf0,
	},
	cooling: {
		kind: 'cooling down',
		since: now - 19 * second,
		until: now + 41 * second,
		why: 'etcd-0 was defragmented',
		next: etcd2,
	},
	halted: {
		kind: 'halted',
		at: now,
		reason: 'etcd-0 did not settle within 5:00',
		detail: 'linearizable read on etcd-0: etcdserver: request timed out',
		nextStep: 'See its log and disk; D makes a new plan.',
	},
	cancelled: {kind: 'cancelled', at: now, by: 'ana@bastion-1'},
	finished: {kind: 'finished', at: now},
} as const satisfies Readonly<Record<string, RunPhase>>;
