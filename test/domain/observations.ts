/** Builders of observations and evidence for tables: three healthy voters, the first one leading, changed where a case says so. */
import type {Evidence, Read} from '../../source/domain/defrag-evidence.ts';
import type {Failure, FailureKind} from '../../source/domain/failure.ts';
import type {Member} from '../../source/domain/member.ts';
import type {Answer, MemberMetrics, MemberObservation, MemberStatus, Observation} from '../../source/domain/observation.ts';

export const MiB = 1024 * 1024;
export const clusterId = 'cdf818194e3a8c32';

export type MemberCase = {
	readonly name: string;
	readonly id?: string;
	readonly isLearner?: boolean;
	readonly watchOnly?: string;
	readonly status?: Partial<MemberStatus> | FailureKind | 'pending';
	readonly metrics?: Figures<MemberMetrics> | FailureKind | 'pending';
};

/** `undefined` takes a usual figure away. */
type Figures<T> = {readonly [K in keyof T]?: T[K] | undefined};

export function failure(kind: FailureKind): Failure {
	return {kind, message: kind === 'refused' ? 'connection refused' : kind, nextStep: ''};
}

function answerOf<T extends object>(given: Figures<T> | FailureKind | 'pending' | undefined, usual: T, at: number): Answer<T> {
	if (given === 'pending') {
		return {kind: 'pending', since: at};
	}
	if (typeof given === 'string') {
		return {kind: 'failed', at, waitedMs: 0, failure: failure(given)};
	}
	return {kind: 'answered', at, latencyMs: 1, value: {...usual, ...given} as T};
}

export function memberIds(cases: readonly MemberCase[]): readonly string[] {
	return cases.map(({id}, index) => id ?? `a${index}`);
}

/** The first case that is no learner leads unless a status names another leader. */
export function observationOf(cases: readonly MemberCase[], at = 100_000): Observation {
	const ids = memberIds(cases);
	const leaderId = ids[cases.findIndex(({isLearner}) => isLearner !== true)] ?? 'a0';
	const members = cases.map(({name, isLearner = false, watchOnly, status, metrics}, index): MemberObservation => {
		const member: Member = {
			id: ids[index] ?? '',
			name,
			isLearner,
			clientUrls: [`https://${name}:2379`],
			peerUrls: [`https://${name}:2380`],
			endpoint: `https://${name}:2379`,
			...(watchOnly === undefined ? {} : {watchOnly}),
		};
		const usualStatus: MemberStatus = {
			memberId: member.id,
			clusterId,
			revision: 500,
			version: '3.5.30',
			dbSizeBytes: 100 * MiB,
			dbSizeInUseBytes: 40 * MiB,
			leaderId,
			isLearner,
			raftTerm: 7,
			raftIndex: 1000,
			raftAppliedIndex: 1000,
			errors: [],
		};
		const usualMetrics: MemberMetrics = {
			sampleCount: 1500,
			quotaBackendBytes: 2048 * MiB,
			defragInflight: 0,
			defragCount: 0,
			processStartSeconds: 1000,
			memberClockSeconds: 5000,
			snapshotStreams: 0,
		};
		return {member, status: answerOf(status, usualStatus, at), metrics: answerOf(metrics, usualMetrics, at)};
	});
	return {version: 1, at, clusterId, members};
}

export function evidenceOf(cases: readonly MemberCase[], changes: Partial<Evidence> = {}, at = 100_000): Evidence {
	const observation = changes.observation ?? observationOf(cases, at);
	const reads: Record<string, Read> = {};
	for (const {member, status} of observation.members) {
		if (status.kind === 'answered' && !member.isLearner) {
			reads[member.id] = {kind: 'answered', latencyMs: 2};
		}
	}
	const leader = observation.members.find(({status}) => status.kind === 'answered')?.status;
	const leaderId = leader?.kind === 'answered' ? leader.value.leaderId : undefined;
	return {
		observation,
		reads,
		cooldown: {kind: 'over'},
		...(leaderId === undefined ? {} : {leadership: {leaderId, raftTerm: 7, since: 0}}),
		...changes,
	};
}

export const threeVoters: readonly MemberCase[] = [{name: 'etcd-0'}, {name: 'etcd-1'}, {name: 'etcd-2'}];
