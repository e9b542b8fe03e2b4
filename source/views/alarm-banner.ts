/** The banner of an alarm: what happened, what it means and what to do, in order. It cannot be overlooked. */
import {cutLine, fillLine, type Line, span} from '../components/line.ts';
import type {AlarmRecord, State} from '../engine/state.ts';
import {cell, displayWidth, durationText, timeOfDay, wrapText} from '../format.ts';
import {combine, type Theme} from '../theme.ts';
import {namesOf, shortNameOfLabel} from './members-shown.ts';
import {outlookWords} from './rescue-outlook.ts';
import {type RescueStep, rescueSteps} from './rescue-steps.ts';

export type BannerProps = {readonly state: State; readonly columns: number; readonly theme: Theme};

const nameCells = 24;

/** Narrower ones get fewer words. */
const roomyColumns = 76;

/** Wider ones have a row for calming words. */
const wideColumns = 110;

/** The gravest alarm: CORRUPT before NOSPACE. */
export function gravestAlarm({alarms}: Pick<State, 'alarms'>): AlarmRecord | undefined {
	return alarms.find(({alarm}) => alarm === 'CORRUPT') ?? alarms.find(({alarm}) => alarm === 'NOSPACE');
}

/** Empty without an alarm. `whole` draws all of it, else its first row. */
export function alarmBanner(props: BannerProps, whole: boolean): readonly Line[] {
	const alarm = gravestAlarm(props.state);
	if (alarm === undefined) {
		return [];
	}
	const {columns, theme} = props;
	const title = topLine(props, alarm);
	if (!whole) {
		return [title];
	}
	const texts = wrapText(theme.text(explanation(props, alarm)), columns - 4).map((text): Line => [span(text)]);
	const steps = alarm.alarm === 'NOSPACE' ? rescueSteps(props.state).map((step, index) => stepLine(step, index, props)) : [];
	const {doubleBox, styles} = theme;
	const frame = combine(styles.strong, styles.quota);
	const side = (glyphs: string) => span(glyphs, frame);
	return [
		title,
		...[...texts, ...steps].map(
			(line): Line => [side(`${doubleBox.vertical} `), ...fillLine(line, columns - 3, theme), side(doubleBox.vertical)],
		),
		bottomLine(props, alarm.alarm === 'NOSPACE' ? 'R goes through them step by step' : ''),
	];
}

/** The hint stands in the frame: a row of its own would be one of the members'. */
function bottomLine({columns, theme}: BannerProps, hint: string): Line {
	const {doubleBox, styles} = theme;
	const frame = combine(styles.strong, styles.quota);
	const room = columns - 2 - displayWidth(hint) - 4;
	const dashes = (count: number) => doubleBox.horizontal.repeat(Math.max(0, count));
	return hint === '' || room < 0
		? [span(doubleBox.bottomLeft + dashes(columns - 2) + doubleBox.bottomRight, frame)]
		: [
				span(`${doubleBox.bottomLeft}${dashes(room)} `, frame),
				span(hint.slice(0, 1), styles.strong),
				span(`${hint.slice(1)} `),
				span(`${dashes(2)}${doubleBox.bottomRight}`, frame),
			];
}

function topLine({state, columns, theme}: BannerProps, alarm: AlarmRecord): Line {
	const {doubleBox, styles} = theme;
	const frame = combine(styles.strong, styles.quota);
	const time = timeOfDay(alarm.since + state.wallOffsetMs);
	const since = alarm.sinceStart ? `since before ${time}` : `since ${time} (${durationText(state.now - alarm.since)})`;
	const meaning = alarm.alarm === 'CORRUPT' ? "CORRUPT: members' data differs" : 'NOSPACE: every write in the cluster is refused';
	const title = `${columns < roomyColumns && alarm.alarm === 'NOSPACE' ? 'NOSPACE: writes are refused' : meaning}, ${since}`;
	const start = doubleBox.topLeft + doubleBox.horizontal.repeat(2);
	const words = cutLine([span(` ${title} `, combine(frame, styles.inverse))], columns - 6, theme);
	const left: Line = [span(start, frame), ...words];
	const used = left.reduce((width, {text}) => width + displayWidth(text), 0);
	return [...left, span(doubleBox.horizontal.repeat(Math.max(0, columns - used - 1)) + doubleBox.topRight, frame)];
}

function explanation(props: BannerProps, {alarm, name}: AlarmRecord): string {
	const raisedBy = raisers(props, alarm);
	if (alarm === 'NOSPACE') {
		return nospaceText(props, raisedBy);
	}
	const also = props.state.alarms.some((one) => one.alarm === 'NOSPACE') ? ' NOSPACE stands too: it is not disarmed before.' : '';
	return `Raised by ${raisedBy.join(', ') || name}: its data is not the others'. Stop writing to this cluster. Nothing is defragmented or disarmed from here. Press a: it says how to replace the member.${also}`;
}

function nospaceText({state, columns}: BannerProps, raisedBy: readonly string[]): string {
	const several = raisedBy.length > 1;
	const who = raisedBy.length > 2 ? `${raisedBy.length} members` : raisedBy.join(' and ');
	const outlook = outlookWords(state);
	if (columns < roomyColumns) {
		return [`${who} ${several ? 'are' : 'is'} full.`, outlook?.short ?? ''].join(' ').trimEnd();
	}
	const file = several ? 'their files have' : 'its file has';
	const calm = columns < wideColumns ? 'Reads and deletes work.' : 'Reads and deletes work, nothing is lost.';
	return [`Raised by ${who}: ${file} reached the quota.`, calm, outlook?.text ?? ''].join(' ').trimEnd();
}

/** In the order of their names. */
function raisers({state, theme}: BannerProps, alarm: AlarmRecord['alarm']): readonly string[] {
	const nameOf = namesOf(state, nameCells, theme);
	const labels = state.alarms.filter((one) => one.alarm === alarm).map((one) => one.name);
	return [...new Set(labels)]
		.toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true}))
		.map((label) => shortNameOfLabel(state, label, nameOf, theme));
}

const titleCells = 10;

/** `  > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~4:00` */
function stepLine({title, key, text, short, stage}: RescueStep, index: number, {columns, theme}: BannerProps): Line {
	const {symbols, styles} = theme;
	const sign =
		stage === 'done' ? span(symbols.done, styles.good) : stage === 'next' ? span(symbols.selected, styles.strong) : span(' ');
	const style = stage === 'next' ? styles.strong : '';
	return [
		span('  '),
		sign,
		span(` ${index + 1} ${cell(title, titleCells)}  `, style),
		span(key, styles.strong),
		span(`  ${theme.text(columns < roomyColumns ? short : text)}`, style),
	];
}
