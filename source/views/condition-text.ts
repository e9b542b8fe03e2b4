/** What is seen of a member that is not simply healthy, in one line. */
import {progressBar} from '../components/gauge.ts';
import {type Line, span} from '../components/line.ts';
import type {MemberRecord} from '../engine/state.ts';
import {durationText, estimateText} from '../format.ts';
import type {Theme} from '../theme.ts';

const barCells = 20;

/** Empty where there is nothing to say. */
export function conditionLine({condition}: MemberRecord, now: number, theme: Theme): Line {
	const {state, since, explanation, defragmenting} = condition;
	const age = durationText(now - since);
	const text = theme.text(explanation.replace('{age}', age));
	if (state !== 'defragmenting') {
		return text === '' ? [] : [span(text)];
	}
	const estimateMs = defragmenting?.estimateMs;
	if (estimateMs === undefined) {
		return [span(`${age}  ${text}`)];
	}
	const bar = progressBar((now - since) / estimateMs, barCells, theme);
	return [span(`${age} of ${estimateText(estimateMs)}  `), ...bar, span(`  ${text}`)];
}
