/** `etcdtop status` to be read: etcdctl's columns with ours beside them, and etcdctl's simple lines. */
import {reclaimableBytes, reclaimableRatio, usedRatio} from '../domain/db-size.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberStatus} from '../domain/observation.ts';
import {type Pod, podOf} from '../domain/pod.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {percentText, sizeText} from '../format.ts';
import {podAge} from '../pod-text.ts';
import {type Column, tableText} from './table.ts';

const none = '–';

const columns: readonly Column<MemberRecord>[] = [
	{title: 'NAME', text: ({member}) => memberLabel(member)},
	{title: 'ENDPOINT', text: ({member}) => member.endpoint ?? none, leaveOut: 4},
	{title: 'ID', text: ({member}) => member.id, leaveOut: 9},
	{title: 'VERSION', text: figure(({version}) => version), leaveOut: 6},
	{title: 'STATE', text: ({condition}) => condition.state},
	{title: 'DB SIZE', align: 'right', text: figure(({dbSizeBytes}) => sizeText(dbSizeBytes))},
	{title: 'IN USE', align: 'right', text: figure(({dbSizeInUseBytes}) => sizeText(dbSizeInUseBytes)), leaveOut: 10},
	{title: 'GIVES BACK', align: 'right', text: figure(givesBackText), leaveOut: 2},
	{title: 'QUOTA', align: 'right', text: quotaText, leaveOut: 7},
	{title: 'USED', align: 'right', text: usedText, leaveOut: 1},
	{title: 'IS LEADER', text: ({role}) => String(role === 'leader')},
	{title: 'IS LEARNER', text: ({member}) => String(member.isLearner), leaveOut: 8},
	{title: 'RAFT TERM', align: 'right', text: figure(({raftTerm}) => String(raftTerm)), leaveOut: 5},
	{title: 'RAFT INDEX', align: 'right', text: figure(({raftIndex}) => String(raftIndex)), leaveOut: 11},
	{title: 'RAFT APPLIED INDEX', align: 'right', text: figure(({raftAppliedIndex}) => String(raftAppliedIndex)), leaveOut: 12},
	{title: 'ERRORS', text: errorsText, leaveOut: 3},
];

/** `width`: the terminal's, where there is one. */
export function statusTable(state: State, width: number | undefined): string {
	return tableText(state.pods === undefined ? columns : [...columns, ...podColumns(state)], state.members, width);
}

function podColumns(state: State): readonly Column<MemberRecord>[] {
	const figure = (text: (pod: Pod) => string | undefined) => {
		return ({member}: MemberRecord) => {
			const pod = podOf(state.pods, member.id);
			return (pod && text(pod)) ?? none;
		};
	};
	return [
		{title: 'POD', text: figure(({name}) => name), leaveOut: 13},
		{title: 'NODE', text: figure(({node}) => node), leaveOut: 14},
		{title: 'READY', text: figure(({isReady}) => String(isReady)), leaveOut: 15},
		{title: 'RESTARTS', align: 'right', text: figure(({restarts}) => String(restarts)), leaveOut: 16},
		{title: 'AGE', align: 'right', text: figure((pod) => podAge(pod, state)), leaveOut: 17},
	];
}

/** etcdctl's fields in etcdctl's order, then the name and the state. */
export function statusLines({members}: State): string {
	const fields = (record: MemberRecord) => [
		record.member.endpoint ?? none,
		record.member.id,
		figure(({version}) => version)(record),
		figure(({dbSizeBytes}) => sizeText(dbSizeBytes))(record),
		String(record.role === 'leader'),
		String(record.member.isLearner),
		figure(({raftTerm}) => String(raftTerm))(record),
		figure(({raftIndex}) => String(raftIndex))(record),
		figure(({raftAppliedIndex}) => String(raftAppliedIndex))(record),
		errorsText(record),
		memberLabel(record.member),
		record.condition.state,
	];
	return members.map((record) => fields(record).join(', ')).join('\n');
}

function figure(text: (figures: MemberStatus) => string): (record: MemberRecord) => string {
	return ({status}) => (status === undefined ? none : text(status.value));
}

function givesBackText(figures: MemberStatus): string {
	return `${sizeText(reclaimableBytes(figures))} ${percentText(reclaimableRatio(figures)).padStart(4)}`;
}

function quotaText({quota, status}: MemberRecord): string {
	if (status === undefined) {
		return none;
	}
	return quota.bytes === undefined ? 'none' : `${sizeText(quota.bytes)}${quota.source === 'assumed' ? ' assumed' : ''}`;
}

function usedText({quota, status}: MemberRecord): string {
	const used = status === undefined ? undefined : usedRatio(status.value.dbSizeBytes, quota);
	return used === undefined ? none : percentText(used);
}

function errorsText({status, statusAnswer}: MemberRecord): string {
	if (statusAnswer.kind !== 'answered') {
		return statusAnswer.kind === 'failed' ? statusAnswer.failure.message : 'no answer';
	}
	return (status?.value.errors ?? []).map((error) => error.trim()).join('; ');
}
