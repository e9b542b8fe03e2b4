import type {ReactElement} from 'react';
import {alarmsKnown, disarm} from '../actions/disarm.ts';
import {reasonAgainst} from '../actions/index.ts';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import {usedRatio} from '../domain/db-size.ts';
import {disarmRatio} from '../domain/defrag-policy.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {bytesCell, cell, durationText, percentCell, percentText, timeCell, timeOfDay, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';
import type {ViewProps} from './view.ts';

/** etcd's alarms by member, whether they may be disarmed, and what each one wants first. */
export function AlarmsView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={alarmsViewLines(props)} columns={columns} rows={rows} theme={theme} />;
}

type AlarmRow = {
	readonly memberId: string;
	readonly name: string;
	readonly alarm: string;
	readonly since: string;
	readonly selected: boolean;
	/** Why it can't be disarmed; undefined when x does it. */
	readonly against: string | undefined;
	/** Some voter is nearly full: it asks for more than the usual word. */
	readonly tight: boolean;
};

export function alarmsViewLines(props: ViewProps): readonly Line[] {
	const {state, columns, theme} = props;
	const rows = alarmRows(props);
	const title = rule('alarms', [askedText(state)], columns, theme);
	if (rows.length === 0) {
		const etcdSaid = state.alarmsAsked?.alarms !== undefined;
		const sign = span(` ${theme.symbols.healthy} `, theme.styles.good);
		return [
			title,
			...failureLines(props),
			[sign, span(etcdSaid ? 'No alarm stands.' : 'Status of the members tells of no alarm.')],
			...alertLines(props),
		];
	}
	const table = columnsOf(props);
	const selected = rows.find((row) => row.selected);
	return [
		title,
		...failureLines(props),
		tableHead(table, theme),
		...rows.map((row) => tableRow(table, row, theme)),
		...(rows.some(({alarm}) => alarm === 'NOSPACE') ? quotaLines(props, selected) : []),
		...corruptLines(props),
		...alertLines(props),
	];
}

function askedText({alarmsAsked, wallOffsetMs}: State): string {
	return alarmsAsked === undefined ? 'asking etcd' : `asked ${timeOfDay(alarmsAsked.at + wallOffsetMs)}, r asks again`;
}

function failureLines({state, columns, theme}: ViewProps): readonly Line[] {
	const failure = state.alarmsAsked?.failure;
	const text = failure && `etcd did not tell: ${failure.message}. ${failure.nextStep}`.trim();
	return text === undefined
		? []
		: wrapText(theme.text(text), columns - 3).map(
				(line, index): Line => [index === 0 ? span(` ${theme.symbols.failed} `, theme.styles.bad) : blank(3), span(line)],
			);
}

/** Alarms that only etcd's own list knows, of members that are gone, stand in it too. */
function alarmRows({state, screen}: ViewProps): readonly AlarmRow[] {
	const known = alarmsKnown(state);
	const marked = known.find(({memberId}) => memberId === screen.selectedId) ?? known[0];
	return known.map((raised) => {
		const record = state.members.find(({member}) => member.id === raised.memberId);
		const seen = state.alarms.find(({memberId, alarm}) => memberId === raised.memberId && alarm === raised.alarm);
		const since =
			seen && `${seen.sinceStart ? '<' : ' '}${timeCell(seen.since + state.wallOffsetMs, state.now + state.wallOffsetMs)}`;
		return {
			memberId: raised.memberId,
			name: record === undefined ? `${raised.memberId} (no member)` : memberLabel(record.member),
			alarm: raised.alarm,
			since: since ?? '',
			selected: raised === marked,
			tight: state.members.some(isTight),
			against: raised.alarm === 'NOSPACE' ? reasonAgainst(disarm, {state, selected: raised.memberId}) : 'never here',
		};
	});
}

function isTight({member, status, quota}: MemberRecord): boolean {
	return !member.isLearner && status !== undefined && (usedRatio(status.value.dbSizeBytes, quota) ?? 0) >= disarmRatio;
}

function columnsOf({columns, theme}: ViewProps): readonly Column<AlarmRow>[] {
	const {symbols, styles} = theme;
	const fixed = 2 + 2 + 9 + 2 + 9 + 2 + 14;
	return [
		{head: '', cells: 1, align: 'left', gap: 0, content: ({selected}) => span(selected ? symbols.selected : ' ', styles.strong)},
		{
			head: 'MEMBER',
			cells: Math.min(40, Math.max(12, columns - fixed)),
			align: 'left',
			gap: 1,
			content: ({name, selected}) => span(theme.text(name), selected ? styles.inverse : ''),
		},
		{head: 'ALARM', cells: 9, align: 'left', gap: 2, content: ({alarm}) => span(`${symbols.alarm} ${alarm}`, styles.alarm)},
		{head: ' SINCE', cells: 9, align: 'left', gap: 2, content: ({since}) => span(since)},
		{
			head: 'DISARM',
			cells: 14,
			align: 'left',
			gap: 2,
			content: ({against, alarm, tight}) =>
				against === undefined
					? tight
						? [span(symbols.warning, styles.warning), span(' x, but tight')]
						: [span(symbols.done, styles.good), span(' x disarms it')]
					: [span(symbols.failed, styles.bad), span(alarm === 'NOSPACE' ? ' not yet' : ' never here')],
		},
	];
}

/** Each voter against its quota; what holds the disarming back, and why. */
function quotaLines(props: ViewProps, selected: AlarmRow | undefined): readonly Line[] {
	const {state, columns, theme} = props;
	const limit = percentText(disarmRatio);
	const told = [` x disarms this NOSPACE only, best once every db size is below ${limit} of its quota:`];
	const against = selected?.against === undefined ? [] : [` ${theme.symbols.failed} x: ${selected.against}`];
	const voters = state.members.filter(({member}) => !member.isLearner);
	return [...wrapped([...told, ...against], columns, theme), ...voters.map((record) => quotaLine(record, state, theme))];
}

function quotaLine(record: MemberRecord, state: State, theme: Theme): Line {
	const {member, status, quota, role} = record;
	const nameOf = namesOf(state, 14, theme);
	const used = status === undefined ? undefined : usedRatio(status.value.dbSizeBytes, quota);
	const {styles, symbols} = theme;
	const sign =
		used === undefined
			? span(symbols.unknown, styles.unknown)
			: used < disarmRatio
				? span(symbols.done, styles.good)
				: span(symbols.failed, styles.bad);
	const notes = [
		role === 'leader' ? 'leader' : '',
		quota.source === 'assumed' ? 'quota assumed' : '',
		record.silentSince === undefined ? '' : `silent for ${durationText(state.now - record.silentSince)}: does not block`,
		used !== undefined && used >= disarmRatio ? turnText(record, state) : '',
	].filter((note) => note !== '');
	const name = cell(nameOf(member.id), 14, 'left', symbols.ellipsis);
	const sizes = `${name}  ${bytesCell(status?.value.dbSizeBytes)}  ${percentCell(used)}   `;
	return [blank(1), sign, span(` ${sizes}`), span(theme.text(notes.join('; ')))];
}

/** What has to come before it is small enough. */
function turnText({member}: MemberRecord, {run, cooldown, now}: State): string {
	const waits = run?.waiting.some(({memberId}) => memberId === member.id) === true;
	const left = cooldown.kind === 'cooling' && cooldown.until > now ? durationText(cooldown.until - now) : undefined;
	if (waits) {
		return left === undefined ? 'its turn comes' : `its turn comes: cooldown, ${left} left`;
	}
	return left === undefined ? 'd defragments it' : `d defragments it in ${left}: cooldown`;
}

function corruptLines({columns, theme}: ViewProps): readonly Line[] {
	const text =
		' CORRUPT is never disarmed here: stop that member, take its data directory away, remove it and add it anew from a healthy one. No defragmentation until then.';
	return wrapped([text], columns, theme);
}

function alertLines({state, columns, theme}: ViewProps): readonly Line[] {
	if (state.alerts.length === 0) {
		return [];
	}
	const nameOf = namesOf(state, 14, theme);
	return [
		emptyLine,
		rule('alerts', ['our own thresholds, not etcd'], columns, theme),
		...state.alerts.map(
			({memberId, text}): Line => [
				span(` ${theme.symbols.warning} `, theme.styles.warning),
				span(cell(memberId === undefined ? 'cluster' : nameOf(memberId), 14)),
				span(`  ${theme.text(text)}`),
			],
		),
	];
}

function wrapped(texts: readonly string[], columns: number, theme: Theme): readonly Line[] {
	return texts.flatMap((text) => wrapText(theme.text(text).trimStart(), columns - 2).map((line): Line => [span(` ${line}`)]));
}
