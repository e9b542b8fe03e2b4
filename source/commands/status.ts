/** `etcdtop status`: one fresh look at every member. */
import {alarmsOf} from '../domain/alarm.ts';
import {type Quota, quotaOf, reclaimableBytes, reclaimableRatio} from '../domain/db-size.ts';
import type {Failure} from '../domain/failure.ts';
import {memberLabel, quorumOf} from '../domain/member.ts';
import type {MemberObservation, Observation} from '../domain/observation.ts';
import {percentText, sizeText} from '../domain/text.ts';
import {agreedLeader, answeringVoters, votersOf} from '../domain/voters.ts';
import {observeNow} from '../engine/observe-now.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {tableText} from './table.ts';

export async function runStatus({options, clock, connect, print, say}: CommandContext): Promise<number> {
	const transport = await connect();
	try {
		const timeout = {timeoutMs: options.connection.commandTimeoutMs};
		const observation = await observeNow(transport, await transport.membership(timeout), clock, timeout);
		print(statusText(observation, options.writeOut));
		const silent = observation.members.filter(({status}) => status.kind !== 'answered');
		for (const {member, status} of silent) {
			say(`${memberLabel(member)}: ${status.kind === 'failed' ? sentence(status.failure) : 'no answer'}`);
		}
		return silent.length === 0 ? exitCodes.done : exitCodes.failed;
	} finally {
		transport.close();
	}
}

export function statusText(observation: Observation, format: 'table' | 'json' | 'simple'): string {
	if (format === 'json') {
		return JSON.stringify(statusRecord(observation));
	}
	const rows = observation.members.map(statusRow);
	return format === 'simple' ? rows.map((row) => row.join(', ')).join('\n') : tableText(columns, rows);
}

const columns = [
	'NAME',
	'ENDPOINT',
	'ID',
	'VERSION',
	'DB SIZE',
	'IN USE',
	'GIVES BACK',
	'QUOTA',
	'USED',
	'IS LEADER',
	'IS LEARNER',
	'RAFT TERM',
	'RAFT INDEX',
	'RAFT APPLIED INDEX',
	'ERRORS',
] as const;

function statusRow(seen: MemberObservation): readonly string[] {
	const {member, status} = seen;
	const head = [memberLabel(member), member.endpoint ?? '–', member.id];
	if (status.kind !== 'answered') {
		const error = status.kind === 'failed' ? status.failure.message : 'no answer';
		return [...head, ...Array.from({length: 6}, () => '–'), '–', String(member.isLearner), '–', '–', '–', error];
	}
	const {value} = status;
	const quota = quotaFor(seen);
	return [
		...head,
		value.version,
		sizeText(value.dbSizeBytes),
		sizeText(value.dbSizeInUseBytes),
		`${sizeText(reclaimableBytes(value))} ${percentText(reclaimableRatio(value))}`,
		quota.bytes === undefined ? 'none' : `${sizeText(quota.bytes)}${quota.source === 'assumed' ? ' assumed' : ''}`,
		quota.bytes === undefined ? '–' : percentText(value.dbSizeBytes / quota.bytes),
		String(value.leaderId === value.memberId),
		String(value.isLearner),
		String(value.raftTerm),
		String(value.raftIndex),
		String(value.raftAppliedIndex),
		value.errors.map((error) => error.trim()).join('; '),
	];
}

/** The shape that scripts rest on: ids are lower-case hex, a silent member stays with `state` and `error`. */
export function statusRecord(observation: Observation): unknown {
	const agreed = agreedLeader(observation);
	const alarms = alarmsOf(observation);
	const answering = answeringVoters(observation);
	const named = (id: string) => {
		const found = observation.members.find(({member}) => member.id === id)?.member;
		return found === undefined ? id : memberLabel(found);
	};
	return {
		cluster: {
			id: observation.clusterId,
			leader: 'leaderId' in agreed ? agreed.leaderId : null,
			healthy:
				'leaderId' in agreed &&
				alarms.length === 0 &&
				answering.length >= quorumOf(votersOf(observation).length) &&
				answering.length === votersOf(observation).length,
			raftTerm: 'raftTerm' in agreed ? agreed.raftTerm : null,
			revision: answering.length === 0 ? null : Math.max(...answering.map(({status}) => status.value.revision)),
		},
		members: observation.members.map((seen) =>
			memberRecord(
				seen,
				alarms.filter(({memberId}) => memberId === seen.member.id).map(({alarm}) => alarm),
			),
		),
		alarms: alarms.map(({memberId, alarm}) => ({memberId, name: named(memberId), alarm})),
	};
}

function memberRecord(seen: MemberObservation, alarms: readonly string[]): unknown {
	const {member, status} = seen;
	const head = {name: member.name, id: member.id, endpoint: member.endpoint ?? null};
	if (status.kind !== 'answered') {
		const failure = status.kind === 'failed' ? status.failure : undefined;
		return {
			...head,
			isLearner: member.isLearner,
			alarms,
			state: stateOf(seen),
			error: failure === undefined ? 'no answer' : failure.message,
		};
	}
	const {value, latencyMs} = status;
	return {
		...head,
		version: value.version,
		dbSizeBytes: value.dbSizeBytes,
		dbSizeInUseBytes: value.dbSizeInUseBytes,
		quotaBytes: quotaFor(seen).bytes ?? null,
		isLeader: value.leaderId === value.memberId,
		isLearner: value.isLearner,
		raftTerm: value.raftTerm,
		raftIndex: value.raftIndex,
		raftAppliedIndex: value.raftAppliedIndex,
		errors: value.errors.map((error) => error.trim()),
		alarms,
		state: alarms[0] ?? 'healthy',
		latencyMs,
	};
}

function stateOf({status, metrics}: MemberObservation): string {
	if (metrics.kind === 'answered') {
		return (metrics.value.defragInflight ?? 0) > 0 ? 'defragmenting' : 'stalled';
	}
	if (status.kind !== 'failed') {
		return 'connecting';
	}
	return status.failure.kind === 'timed-out'
		? 'frozen'
		: status.failure.kind === 'refused' || status.failure.kind === 'unreachable' || status.failure.kind === 'unknown-host'
			? 'down'
			: 'refused';
}

function quotaFor({status, metrics}: MemberObservation): Quota {
	return quotaOf(status.kind === 'answered' ? status.value : undefined, metrics.kind === 'answered' ? metrics.value : undefined);
}

/** `10.0.0.1:2379: connection refused. Is etcd running there?` */
export function sentence({endpoint, message, nextStep}: Failure): string {
	const where = endpoint === undefined || message.includes(endpoint) ? '' : `${endpoint}: `;
	return `${where}${message}${nextStep === '' ? '' : `. ${nextStep}`}`;
}
