/** The members table of what Kubernetes knows: the pod that each member runs in. */
import {type Line, span} from '../components/line.ts';
import {type Column, tableWidth} from '../components/table.ts';
import {type Pod, podOf, podsWithoutMember} from '../domain/pod.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {displayWidth, fit} from '../format.ts';
import {podAge, podSentence} from '../pod-text.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';
import {smallestNameCells, type TableProps} from './size-columns.ts';

/** A pod's name says most at its end, a node's at its beginning; both want to be whole. */
const widest = {pod: 60, node: 60};
const smallest = {pod: 20, node: 12};
/** From these widths on there is room for the column. */
const widths = {node: 70, phase: 90};

export function podColumns({state, columns, theme}: TableProps): readonly Column<MemberRecord>[] {
	const pods = (state.pods?.matches ?? []).flatMap(({pod}) => (pod === undefined ? [] : [pod]));
	const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => displayWidth(theme.text(text))));
	const wanted = {pod: longest(pods.map(({name}) => name)), node: longest(pods.map(({node = ''}) => node))};
	const least = columnsWith(state, columns, theme, smallest.pod, smallest.node);
	const spare = Math.max(0, columns - 2 - tableWidth(least));
	const podCells = clamp(wanted.pod, smallest.pod, Math.min(widest.pod, smallest.pod + spare));
	const left = spare - (podCells - smallest.pod);
	const nodeCells = clamp(wanted.node, smallest.node, Math.min(widest.node, smallest.node + left));
	return columnsWith(state, columns, theme, podCells, nodeCells);
}

function columnsWith(
	state: State,
	columns: number,
	theme: Theme,
	podCells: number,
	nodeCells: number,
): readonly Column<MemberRecord>[] {
	const {none, ellipsis} = theme.symbols;
	const nameOf = namesOf(state, smallestNameCells, theme);
	const figure = (text: (pod: Pod) => string) => (record: MemberRecord) => {
		const pod = podOf(state.pods, record.member.id);
		return span(pod === undefined ? none : theme.text(text(pod)));
	};
	const all: readonly (Column<MemberRecord> & {readonly from?: number})[] = [
		{head: 'NAME', cells: smallestNameCells, align: 'left', gap: 0, content: ({member}) => span(nameOf(member.id))},
		{
			head: 'POD',
			cells: podCells,
			align: 'left',
			gap: 2,
			content: ({member}) => {
				const pod = podOf(state.pods, member.id);
				return pod === undefined ? span('no pod', theme.styles.warning) : span(fit(theme.text(pod.name), podCells, ellipsis));
			},
		},
		{
			head: 'NODE',
			cells: nodeCells,
			align: 'left',
			gap: 2,
			from: widths.node,
			content: figure(({node}) => fit(node ?? none, nodeCells, ellipsis)),
		},
		{
			head: 'READY',
			cells: 5,
			align: 'left',
			gap: 2,
			content: (record) => {
				const pod = podOf(state.pods, record.member.id);
				return pod === undefined ? span(none) : span(pod.isReady ? 'yes' : 'no', pod.isReady ? '' : theme.styles.warning);
			},
		},
		{head: 'PHASE', cells: 9, align: 'left', gap: 2, from: widths.phase, content: figure(({phase}) => phase)},
		{head: 'RESTARTS', cells: 8, align: 'right', gap: 1, content: figure(({restarts}) => String(restarts))},
		{head: 'AGE', cells: 5, align: 'right', gap: 1, content: figure((pod) => podAge(pod, state) ?? none)},
	];
	return all.filter(({from}) => from === undefined || columns >= from);
}

/** A pod of etcd that no member of its list runs in: a line under the table. */
export function podLines({state, columns, theme}: TableProps): readonly Line[] {
	return podsWithoutMember(state.pods).map((pod) => {
		const text = `pod ${podSentence(pod, state)} has no member in etcd's list`;
		return [
			span(`  ${theme.symbols.warning} `, theme.styles.warning),
			span(fit(theme.text(text), columns - 4, theme.symbols.ellipsis)),
		];
	});
}

function clamp(value: number, least: number, most: number): number {
	return Math.max(least, Math.min(most, value));
}
