import type {MemberRecord, State} from '../engine/state.ts';
import {rounded} from './rounded.ts';

/** What scripts rest on: every key is there for every member; ids are lower-case hex, `null` where nothing is known. */
export type StatusRecord = {
	readonly cluster: {
		readonly id: string;
		readonly leader: string | null;
		/** Every voter answers, one leads, and no alarm stands. */
		readonly healthy: boolean;
		readonly raftTerm: number | null;
		readonly revision: number | null;
	};
	readonly members: readonly StatusMember[];
	readonly alarms: readonly {readonly memberId: string; readonly name: string; readonly alarm: string}[];
};

export type StatusMember = {
	readonly name: string;
	readonly id: string;
	readonly endpoint: string | null;
	readonly version: string | null;
	readonly dbSizeBytes: number | null;
	readonly dbSizeInUseBytes: number | null;
	/** `null` where there is none, too. */
	readonly quotaBytes: number | null;
	readonly isLeader: boolean;
	readonly isLearner: boolean;
	readonly raftTerm: number | null;
	readonly raftIndex: number | null;
	readonly raftAppliedIndex: number | null;
	readonly errors: readonly string[];
	readonly alarms: readonly string[];
	readonly state: string;
	readonly latencyMs: number | null;
	/** Why it does not answer; only then. */
	readonly error?: string;
};

export function statusRecord({clusterId = '', members, alarms, health}: State): StatusRecord {
	const revisions = members.flatMap(({status}) => (status === undefined ? [] : [status.value.revision]));
	return {
		cluster: {
			id: clusterId,
			leader: health.leader?.id ?? null,
			healthy: health.kind === 'healthy',
			raftTerm: health.raftTerm ?? null,
			revision: revisions.length === 0 ? null : Math.max(...revisions),
		},
		members: members.map((record) => memberRecord(record, alarms)),
		alarms: alarms.map(({memberId, name, alarm}) => ({memberId, name, alarm})),
	};
}

function memberRecord(
	{member, role, status, statusAnswer, quota, condition}: MemberRecord,
	alarms: State['alarms'],
): StatusMember {
	const figures = status?.value;
	return {
		name: member.name,
		id: member.id,
		endpoint: member.endpoint ?? null,
		version: figures?.version ?? null,
		dbSizeBytes: figures?.dbSizeBytes ?? null,
		dbSizeInUseBytes: figures?.dbSizeInUseBytes ?? null,
		quotaBytes: figures === undefined ? null : (quota.bytes ?? null),
		isLeader: role === 'leader',
		isLearner: member.isLearner,
		raftTerm: figures?.raftTerm ?? null,
		raftIndex: figures?.raftIndex ?? null,
		raftAppliedIndex: figures?.raftAppliedIndex ?? null,
		errors: (figures?.errors ?? []).map((error) => error.trim()),
		alarms: alarms.filter(({memberId}) => memberId === member.id).map(({alarm}) => alarm),
		state: condition.state,
		latencyMs: statusAnswer.kind === 'answered' ? rounded(statusAnswer.latencyMs) : null,
		...(statusAnswer.kind === 'answered'
			? {}
			: {error: statusAnswer.kind === 'failed' ? statusAnswer.failure.message : 'no answer'}),
	};
}
