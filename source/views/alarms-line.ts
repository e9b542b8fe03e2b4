/** Alarms and alerts in one line: the gravest first, in full while there is room, then in short, then as a number. */
import {type Line, lineWidth, type Span, span} from '../components/line.ts';
import type {Alert, State} from '../engine/state.ts';
import {timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import {namesOf} from './members-shown.ts';

export type AlarmsLineProps = {readonly state: State; readonly columns: number; readonly theme: Theme};

/** How long the end of NOSPACE stays said. */
const writableSaidMs = 30_000;
const nameCells = 12;
const gap = '   ';

export function alarmsLine(props: AlarmsLineProps): Line {
	const {state, columns} = props;
	if (state.members.every(({status}) => status === undefined)) {
		return [span(` alarms not known yet${gap}alerts not known yet`)];
	}
	const start: Line = [...writableAgain(props), ...alarms(props), span(`${gap}alerts ${state.alerts.length || 'none'}`)];
	const room = columns - 1 - lineWidth(start);
	return [...start, ...alertSpans(props, room)];
}

function writableAgain({state, theme}: AlarmsLineProps): readonly Span[] {
	const at = state.writableAgainAt;
	return at === undefined || state.now - at > writableSaidMs
		? []
		: [
				span(` ${theme.symbols.done}`, theme.styles.good),
				span(` writes are accepted again, ${timeOfDay(at + state.wallOffsetMs)}  `, theme.styles.strong),
			];
}

/** Those that have a banner are told by it; here stand the kinds that we do not know. */
function alarms({state, theme}: AlarmsLineProps): readonly Span[] {
	if (state.alarms.length === 0) {
		return [span(' alarms none')];
	}
	const nameOf = namesOf(state, nameCells, theme);
	const texts = state.alarms.map(({alarm, memberId}) => `${alarm} ${nameOf(memberId)}`);
	return [
		span(' alarms '),
		span(
			`${theme.symbols.alarm} ${texts.slice(0, 2).join(', ')}${texts.length > 2 ? ` +${texts.length - 2}` : ''}`,
			theme.styles.bad,
		),
	];
}

function alertSpans({state, theme}: AlarmsLineProps, room: number): readonly Span[] {
	const nameOf = namesOf(state, nameCells, theme);
	const subject = ({memberId}: Alert) => (memberId === undefined ? '' : `${nameOf(memberId)} `);
	const short = state.alerts.map((alert) => theme.text(`${subject(alert)}${alert.short}`));
	const full = state.alerts.map((alert) => theme.text(`${subject(alert)}${alert.text}`));
	const widthOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + gap.length + 2 + lineWidth([span(text)]), 0);
	let count = short.length;
	while (count > 0 && widthOf(short.slice(0, count)) + restText(short.length - count).length > room) {
		count--;
	}
	const rest = restText(short.length - count);
	const texts = short.slice(0, count);
	for (let index = 0; index < count; index++) {
		const longer = texts.with(index, full[index] ?? '');
		if (widthOf(longer) + rest.length > room) {
			break;
		}
		texts.splice(0, count, ...longer);
	}
	return [
		...texts.flatMap((text) => [span(gap), span(theme.symbols.warning, theme.styles.warning), span(` ${text}`)]),
		...(rest === '' ? [] : [span(rest)]),
	];
}

function restText(count: number): string {
	return count === 0 ? '' : `${gap}+${count}`;
}
