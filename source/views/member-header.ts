/** The first two lines of a member's page: which of the members it is, and what is the matter with it. */
import {blank, type Line, span, spread} from '../components/line.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {cell, fit, timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import {conditionLine} from './condition-text.ts';
import {membersShown, selectedMember} from './members-shown.ts';
import {stateSpans} from './state-words.ts';
import type {ScreenView} from './view.ts';

export type MemberHeaderProps = {
	readonly state: State;
	readonly screen: ScreenView;
	readonly columns: number;
	readonly theme: Theme;
};

const clusterCells = 20;
const gap = '    ';

export function memberHeader({state, screen, columns, theme}: MemberHeaderProps): readonly Line[] {
	const shown = membersShown(state.members, screen);
	const record = selectedMember(shown, screen);
	const time = state.changedAt === undefined ? '' : timeOfDay(state.changedAt + state.wallOffsetMs);
	if (record === undefined) {
		return [[span(` ${theme.text(state.clusterName)}`)]];
	}
	const place = `member ${shown.indexOf(record) + 1} of ${shown.length}`;
	const cluster = fit(theme.text(state.clusterName), clusterCells, theme.symbols.ellipsis);
	const room = columns - 1 - cluster.length - 3 - gap.length - place.length - 2 - time.length;
	const name = fit(theme.text(memberLabel(record.member)), Math.max(8, room), theme.symbols.ellipsis);
	const path: Line = [span(` ${cluster} > `), span(name, theme.styles.strong), span(gap + place)];
	return [spread(path, [span(cell(time, time.length + 1, 'right'))], columns, theme), conditionOf(record, state, theme)];
}

function conditionOf(record: MemberRecord, state: State, theme: Theme): Line {
	const alarm = state.alarms.find(({memberId}) => memberId === record.member.id);
	if (alarm !== undefined) {
		const since = timeOfDay(alarm.since + state.wallOffsetMs);
		const why = alarm.alarm === 'NOSPACE' ? 'its file has reached the quota' : "its data is not the others'";
		return [
			blank(1),
			span(`${theme.symbols.alarm} ${alarm.alarm}`, theme.styles.alarm),
			span(` since ${since}: ${why}; a opens the alarms`),
		];
	}
	const explanation = conditionLine(record, state.now, theme);
	const others =
		state.alarms.length === 0 ? [] : [span(`   ${state.alarms[0]?.alarm} stands in the cluster: a opens the alarms`)];
	return [
		blank(1),
		...stateSpans(record.condition.state, theme),
		...(explanation.length === 0 ? [] : [span(': '), ...explanation]),
		...others,
	];
}
