import type {ReactElement} from 'react';
import {type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {wrapText} from '../format.ts';
import {gravestAlarm} from './alarm-banner.ts';
import {runLine} from './run-line.ts';
import type {ViewProps} from './view.ts';

export const smallestColumns = 60;
export const smallestRows = 15;

export function isTooSmall({columns, rows}: {readonly columns: number; readonly rows: number}): boolean {
	return columns < smallestColumns || rows < smallestRows;
}

/** One sentence in place of every view; an alarm and the run are still told. */
export function TooSmall(props: Omit<ViewProps, 'screen'>): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={tooSmallLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function tooSmallLines({state, columns, rows, theme}: Omit<ViewProps, 'screen'>): readonly Line[] {
	const sentence = `etcdtop needs ${smallestColumns} x ${smallestRows}; this terminal has ${columns} x ${rows}. Enlarge it, or leave (q) and run: etcdtop status`;
	const alarm = gravestAlarm(state);
	const meaning = alarm?.alarm === 'CORRUPT' ? "CORRUPT: members' data differs" : 'NOSPACE: every write is refused';
	const run = runLine({state, theme});
	const urgent: readonly Line[] = [
		...(alarm === undefined ? [] : [[span(`${theme.symbols.alarm} ${meaning}`, theme.styles.alarm)]]),
		...(run === undefined ? [] : [run]),
	];
	const words = wrapText(sentence, columns).map((text): Line => [span(text)]);
	return [...words.slice(0, Math.max(1, rows - urgent.length)), ...urgent];
}
