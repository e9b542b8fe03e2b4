/** The fields of a member's page. A figure that is not there says why. */
import {type Line, span} from '../components/line.ts';
import {reclaimableBytes, reclaimableRatio, usedRatio} from '../domain/db-size.ts';
import type {MemberId} from '../domain/member.ts';
import {podOf} from '../domain/pod.ts';
import {versionWarnings} from '../domain/version-faults.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {cell, durationText, latencyText, percentCell, sizeText} from '../format.ts';
import {podSentence} from '../pod-text.ts';
import type {Theme} from '../theme.ts';
import {barOf, figuresAge} from './size-columns.ts';

export type Field = {readonly label: string; readonly value: Line};

const barCells = 16;
const figureCells = 8;

export function sizeFields(record: MemberRecord, theme: Theme): readonly Field[] {
	const {none, full, givesBack} = theme.symbols;
	const value = record.status?.value;
	const sized = (bytes: number | undefined) => cell(bytes === undefined ? none : sizeText(bytes), figureCells, 'right');
	const ratio = value === undefined ? '' : `  ${percentCell(reclaimableRatio(value))}`;
	return [
		field('db size', sized(value?.dbSizeBytes)),
		field('db size in use', sized(value?.dbSizeInUseBytes)),
		field('gives back', `${sized(value && reclaimableBytes(value))}${ratio}`),
		field('quota', `${sized(record.quota.bytes)}${quotaNote(record)}`),
		{label: `${full} ${givesBack} of quota`, value: barOf(record, barCells, theme)},
	];
}

function quotaNote({quota, status}: MemberRecord): string {
	if (quota.bytes === undefined) {
		return '  switched off';
	}
	const used = status === undefined ? undefined : usedRatio(status.value.dbSizeBytes, quota);
	const assumed = {assumed: ', assumed', default: ', default', metrics: '', status: ''}[quota.source];
	return used === undefined ? assumed.replace(', ', '  ') : `  ${percentCell(used)} used${assumed}`;
}

export function raftFields({status, role, member}: MemberRecord, theme: Theme): readonly Field[] {
	const {none} = theme.symbols;
	const value = status?.value;
	const figure = (number: number | undefined) => (number === undefined ? none : String(number));
	return [
		field('is leader', role === undefined ? none : String(role === 'leader')),
		field('is learner', String(member.isLearner)),
		field('raft term', figure(value?.raftTerm)),
		field('raft index', figure(value?.raftIndex)),
		field('raft applied index', figure(value?.raftAppliedIndex)),
	];
}

/** What comes on the left, and the figures on the right. */
export function answerFields(
	record: MemberRecord,
	state: State,
	theme: Theme,
): {readonly left: readonly Field[]; readonly right: readonly Field[]} {
	const {none} = theme.symbols;
	const age = figuresAge(record, state);
	const fresh = `under ${(2 * state.intervalMs) / 1000} s`;
	return {
		left: [field('Status', statusText(record, theme)), field('metrics', metricsText(record, theme))],
		right: [
			field('age of the figures', record.status === undefined ? none : age === undefined ? fresh : durationText(age)),
			field('revision', String(record.status?.value.revision ?? none)),
		],
	};
}

/** `2.2 ms, max 41 ms (1 h)` */
function statusText({statusAnswer, latencyMs, maximumLatencyMs}: MemberRecord, theme: Theme): string {
	if (statusAnswer.kind === 'failed') {
		return theme.text(statusAnswer.failure.message);
	}
	const maximum = maximumLatencyMs === undefined ? '' : `, max ${latencyText(maximumLatencyMs)} (1 h)`;
	return latencyMs === undefined ? theme.symbols.none : `${latencyText(latencyMs)}${maximum}`;
}

function metricsText({metricsAnswer, metrics}: MemberRecord, theme: Theme): string {
	if (metricsAnswer.kind === 'failed') {
		return theme.text(metricsAnswer.failure.message);
	}
	return metrics === undefined ? theme.symbols.none : `answer, ${metrics.value.sampleCount} samples`;
}

const noteCells = 9;

export function identityFields({member, status, metrics}: MemberRecord, state: State, theme: Theme): readonly Field[] {
	const {none} = theme.symbols;
	const value = status?.value;
	const urls = [...member.clientUrls, ...member.peerUrls].map((url) => theme.text(url)).join('   ');
	const isReachedElsewhere = member.endpoint !== undefined && !member.clientUrls.includes(member.endpoint);
	const keys = metrics?.value.keys;
	return [
		field('id', member.id),
		...podFields(member.id, state, theme),
		field('client, peer', urls === '' ? none : urls),
		...(isReachedElsewhere ? [field('reached at', theme.text(member.endpoint ?? ''))] : []),
		...(member.watchOnly === undefined ? [] : [field('watch only', theme.text(member.watchOnly))]),
		{label: 'version', value: versionValue(value?.version, theme)},
		value?.storageVersion === undefined
			? field('storage version', `${cell(none, noteCells)}only from etcd 3.6`)
			: field('storage version', theme.text(value.storageVersion)),
		...(keys === undefined ? [] : [field('keys', String(keys))]),
		field('errors', value === undefined ? none : theme.text(errorsText(value.errors)) || none),
	];
}

/** Nothing where nobody knows of pods. */
function podFields(memberId: MemberId, state: State, theme: Theme): readonly Field[] {
	if (state.pods === undefined) {
		return [];
	}
	const pod = podOf(state.pods, memberId);
	return [field('pod', pod === undefined ? 'no pod of this member is seen' : theme.text(podSentence(pod, state)))];
}

/** etcd ends the text of an alarm with a blank. */
export function errorsText(errors: readonly string[]): string {
	return errors.map((error) => error.trim()).join('; ');
}

function versionValue(version: string | undefined, theme: Theme): Line {
	if (version === undefined) {
		return [span(theme.symbols.none)];
	}
	const count = versionWarnings([{name: '', version}]).length;
	const shown = cell(theme.text(version), noteCells);
	return count === 0
		? [span(theme.text(version))]
		: [
				span(shown),
				span(theme.symbols.warning, theme.styles.warning),
				span(` ${count} known fault${count === 1 ? '' : 's'} of defragmentation, see the plan`),
			];
}

function field(label: string, text: string): Field {
	return {label, value: [span(text)]};
}
