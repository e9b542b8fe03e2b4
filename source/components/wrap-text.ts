import {displayWidth, startOf} from '../format.ts';

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
