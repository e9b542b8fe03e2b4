/** The first lines of a member's page: which of the members it is, and what is the matter with it. */
import {blank, type Line, lineWidth, span, spread} from '../components/line.ts';
import {memberLabel} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {cell, displayWidth, fit, timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import {alarmBanner} from './alarm-banner.ts';
import {conditionLines} from './condition-text.ts';
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
	const room = columns - 1 - displayWidth(cluster) - 3 - gap.length - place.length - 2 - time.length;
	const name = fit(theme.text(memberLabel(record.member)), Math.max(8, room), theme.symbols.ellipsis);
	const path: Line = [span(` ${cluster} > `), span(name, theme.styles.strong), span(gap + place)];
	return [
		spread(path, [span(cell(time, time.length + 1, 'right'))], columns, theme),
		...alarmLines(record, {state, columns, theme}),
		...stateLines(record, {state, columns, theme}),
	];
}

type LinesProps = Omit<MemberHeaderProps, 'screen'>;

/** Its own alarm in words; another member's by the banner's first row, for it stops this one's writes as well. */
function alarmLines({member}: MemberRecord, {state, columns, theme}: LinesProps): readonly Line[] {
	const own = state.alarms.find(({memberId}) => memberId === member.id);
	if (own === undefined) {
		return alarmBanner({state, columns, theme}, false);
	}
	const since = timeOfDay(own.since + state.wallOffsetMs);
	const why = {
		NOSPACE: 'its file has reached the quota',
		CORRUPT: "its data is not the others'",
		UNKNOWN: 'an alarm that this program does not know',
	}[own.alarm];
	return [
		[
			blank(1),
			span(`${theme.symbols.alarm} ${own.alarm}`, theme.styles.alarm),
			span(` since ${own.sinceStart ? 'before ' : ''}${since}: ${why}; a tells more`),
		],
	];
}

/** An alarm is its state, and told above. */
function stateLines(record: MemberRecord, {state, columns, theme}: LinesProps): readonly Line[] {
	if (record.condition.state === 'NOSPACE' || record.condition.state === 'CORRUPT') {
		return [];
	}
	const word = [blank(1), ...stateSpans(record.condition.state, theme)];
	const indent = lineWidth(word) + 2;
	const [first, ...more] = conditionLines(record, state.now, columns - indent, theme);
	return first === undefined ? [word] : [[...word, blank(2), ...first], ...more.map((line) => [blank(indent), ...line])];
}
