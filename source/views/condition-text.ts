/** What is seen of a member that is not simply healthy. */
import {progressBar} from '../components/gauge.ts';
import {cutLine, type Line, lineWidth, span} from '../components/line.ts';
import type {MemberRecord} from '../engine/state.ts';
import {durationText, estimateText, wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';

const barCells = 20;

/** What it means stands at the end of an explanation, so a narrow terminal gives it a second line. */
const maximumLines = 2;

/** None where there is nothing to say; one where it fits in `cells`, else two. */
export function conditionLines({condition}: MemberRecord, now: number, cells: number, theme: Theme): readonly Line[] {
	const {state, since, explanation, defragmenting} = condition;
	const age = durationText(now - since);
	const text = theme.text(explanation.replaceAll('{age}', age));
	if (state !== 'defragmenting') {
		return text === '' ? [] : wrapped(text, cells, maximumLines, theme);
	}
	const estimateMs = defragmenting?.estimateMs;
	const progress: Line =
		estimateMs === undefined
			? [span(age)]
			: [span(`${age} of ${estimateText(estimateMs)}  `), ...progressBar((now - since) / estimateMs, barCells, theme)];
	const whole = [...progress, span(`  ${text}`)];
	return lineWidth(whole) <= cells ? [whole] : [progress, ...wrapped(text, cells, maximumLines - 1, theme)];
}

function wrapped(text: string, cells: number, lines: number, theme: Theme): readonly Line[] {
	const parts = wrapText(text, cells);
	const last = parts.slice(lines - 1).join(' ');
	return [...parts.slice(0, lines - 1), last].filter((part) => part !== '').map((part) => cutLine([span(part)], cells, theme));
}
