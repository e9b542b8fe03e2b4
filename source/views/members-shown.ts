/** Which members a list shows, in which order, under which names; and the selected one. */
import {reclaimableBytes, usedRatio} from '../domain/db-size.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import type {Theme} from '../theme.ts';
import {shortNames} from './short-names.ts';
import type {ScreenView, SortColumn} from './view.ts';

/** The members that the filter leaves, in the chosen order; equal ones stay in the order of their names. */
export function membersShown(
	members: readonly MemberRecord[],
	{filter, sort}: Pick<ScreenView, 'filter' | 'sort'>,
): readonly MemberRecord[] {
	const wanted = filter.toLowerCase();
	const shown = members.filter(({member}) => memberLabel(member).toLowerCase().includes(wanted));
	const {column, descending} = sort;
	if (column === 'name') {
		return descending ? shown.toReversed() : shown;
	}
	const sign = descending ? -1 : 1;
	return shown.toSorted((a, b) => sign * (sortKey(a, column) - sortKey(b, column)));
}

/** The selected member of those shown: the first when none, or one that is not shown, was selected. */
export function selectedMember(
	shown: readonly MemberRecord[],
	{selectedId}: Pick<ScreenView, 'selectedId'>,
): MemberRecord | undefined {
	return shown.find(({member}) => member.id === selectedId) ?? shown[0];
}

/** How healthy states come after those that need someone. */
const stateOrder = [
	'CORRUPT',
	'NOSPACE',
	'down',
	'refused',
	'frozen',
	'unseen',
	'unknown',
	'stalled',
	'slow',
	'defragmenting',
	'unstarted',
	'connecting',
	'healthy',
];

/** A figure that is not there sorts before every other. */
function sortKey({status, quota, latencyMs, condition}: MemberRecord, column: Exclude<SortColumn, 'name'>): number {
	switch (column) {
		case 'state':
			return stateOrder.indexOf(condition.state);
		case 'dbSize':
			return status?.value.dbSizeBytes ?? -1;
		case 'givesBack':
			return status === undefined ? -1 : reclaimableBytes(status.value);
		case 'used':
			return status === undefined ? -1 : (usedRatio(status.value.dbSizeBytes, quota) ?? -1);
		case 'answer':
			return latencyMs ?? -1;
	}
}

const sortTitles: Readonly<Record<SortColumn, string>> = {
	name: 'name',
	state: 'state',
	dbSize: 'db size',
	givesBack: 'what is given back',
	used: 'use of the quota',
	answer: 'answer',
};

/** `by db size, largest first`. */
export function sortText({column, descending}: ScreenView['sort']): string {
	const order =
		column === 'name' || column === 'state'
			? descending
				? ', turned'
				: ''
			: descending
				? ', largest first'
				: ', smallest first';
	return `by ${sortTitles[column]}${order}`;
}

/** What a member is called in a column of `cells`, told apart from all other members. */
export type NameOf = (memberId: MemberId) => string;

export function namesOf(state: Pick<State, 'members'>, cells: number, theme: Theme): NameOf {
	const names = shortNames(
		state.members.map(({member}) => theme.text(memberLabel(member))),
		cells,
		theme.symbols.ellipsis,
	);
	const byId = new Map(state.members.map(({member}, index) => [member.id, names[index] ?? '']));
	return (memberId) => byId.get(memberId) ?? memberId;
}

/** Event subjects and alarms carry full names: the short one of the member so called, else the text itself. */
export function shortNameOfLabel(state: Pick<State, 'members'>, label: string, nameOf: NameOf, theme: Theme): string {
	const record = state.members.find(({member}) => memberLabel(member) === label);
	return record === undefined ? theme.text(label) : nameOf(record.member.id);
}
