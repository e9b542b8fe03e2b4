/** How figures and names are written, each in a fixed number of cells, so that a column reads down like a ledger. */
import stringWidth from 'string-width';
import {durationText, percentText, sizeText} from './domain/text.ts';

export {durationText, percentText, sizeText, tookText} from './domain/text.ts';

export type Align = 'left' | 'right';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** ASCII, arrows, box drawing, blocks and marks: everything this program draws itself, one cell each. */
const singleCells = /^[\x20-\x7e\u2013\u2026\u2190-\u21ff\u2500-\u25ff\u2713\u2717\u00b7]*$/;

/** In cells of the terminal: wide characters take two. */
export function displayWidth(text: string): number {
	return singleCells.test(text) ? text.length : stringWidth(text);
}

/** The text in at most `cells`, its end replaced by the ellipsis where it is longer. */
export function fit(text: string, cells: number, ellipsis = '…'): string {
	if (displayWidth(text) <= cells) {
		return text;
	}
	return cells <= ellipsis.length ? ellipsis.slice(0, Math.max(0, cells)) : startOf(text, cells - ellipsis.length) + ellipsis;
}

/** The text in exactly `cells`. */
export function cell(text: string, cells: number, align: Align = 'left', ellipsis = '…'): string {
	const fitted = fit(text, cells, ellipsis);
	const blank = ' '.repeat(Math.max(0, cells - displayWidth(fitted)));
	return align === 'left' ? fitted + blank : blank + fitted;
}

const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** As many whole characters of the start as `cells` hold. */
export function startOf(text: string, cells: number): string {
	return taking(
		[...segmenter.segment(text)].map(({segment}) => segment),
		cells,
	).join('');
}

/** As many whole characters of the end as `cells` hold. */
export function endOf(text: string, cells: number): string {
	return taking([...segmenter.segment(text)].map(({segment}) => segment).reverse(), cells)
		.reverse()
		.join('');
}

function taking(characters: readonly string[], cells: number): string[] {
	const taken: string[] = [];
	let left = cells;
	for (const character of characters) {
		left -= displayWidth(character);
		if (left < 0) {
			break;
		}
		taken.push(character);
	}
	return taken;
}

/** ` 4.79 GiB`, ` 512 KiB`, 8 cells; `–` for none. */
export function bytesCell(bytes: number | undefined, none = '–'): string {
	return cell(bytes === undefined ? none : sizeText(bytes), 8, 'right');
}

/** ` 60%`, `>99%`, 4 cells. */
export function percentCell(ratio: number | undefined, none = '–'): string {
	return cell(ratio === undefined ? none : percentText(ratio), 4, 'right');
}

/** `~0:34`: an estimate always wears the tilde. */
export function estimateText(ms: number): string {
	return `~${durationText(ms)}`;
}

/** `1.4 ms`, `612 ms`, `2.1 s`: two digits, three from 100. */
export function latencyText(ms: number): string {
	if (ms < 9.95) {
		return `${ms.toFixed(1)} ms`;
	}
	if (ms < 999.5) {
		return `${ms.toFixed(0)} ms`;
	}
	const seconds = ms / second;
	return `${seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}

/** `14 s ago`, ` 3 m ago`, 8 cells. */
export function ageText(ms: number): string {
	const age = Math.max(0, ms);
	const [value, unit] =
		age < minute ? [age / second, 's'] : age < hour ? [age / minute, 'm'] : age < day ? [age / hour, 'h'] : [age / day, 'd'];
	return `${Math.floor(value)} ${unit} ago`;
}

const two = (value: number) => String(value).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:32:08` in the local zone. */
export function timeOfDay(wallMs: number): string {
	return `${hourAndMinute(wallMs)}:${two(new Date(wallMs).getSeconds())}`;
}

/** The same, never told earlier than it is: when something may begin. */
export function timeNotBefore(wallMs: number): string {
	return timeOfDay(Math.ceil(wallMs / 1000) * 1000);
}

export function hourAndMinute(wallMs: number): string {
	const date = new Date(wallMs);
	return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `14:32:08`, or `Nov 22` before today, 8 cells. */
export function timeCell(wallMs: number, nowWallMs: number): string {
	const isToday = new Date(wallMs).toDateString() === new Date(nowWallMs).toDateString();
	return cell(isToday ? timeOfDay(wallMs) : dayText(wallMs), 8);
}

/** `Oct 31 03:04:10`. */
export function dayAndTime(wallMs: number): string {
	return `${dayText(wallMs)} ${timeOfDay(wallMs)}`;
}

function dayText(wallMs: number): string {
	const date = new Date(wallMs);
	return `${months[date.getMonth()]} ${String(date.getDate()).padStart(2)}`;
}

/** `UTC+01:00`: the zone of every time shown. */
export function zoneText(wallMs: number): string {
	const minutes = -new Date(wallMs).getTimezoneOffset();
	const size = Math.abs(minutes);
	return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The text in lines of at most `cells`, broken between words; a longer word is broken where it must be. */
export function wrapText(text: string, cells: number): readonly string[] {
	const width = Math.max(1, cells);
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (displayWidth(longer) <= width) {
			line = longer;
			continue;
		}
		if (line !== '') {
			lines.push(line);
		}
		line = word;
		while (displayWidth(line) > width) {
			const start = startOf(line, width) || line.slice(0, 1);
			lines.push(start);
			line = line.slice(start.length);
		}
	}
	return [...lines, line];
}
