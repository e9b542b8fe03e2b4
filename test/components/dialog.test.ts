import {expect, test} from 'vitest';
import {type DialogRow, dialogLines, row, textRows} from '../../source/components/dialog.ts';
import {span} from '../../source/components/line.ts';
import {createTheme} from '../../source/theme.ts';

const theme = createTheme({unicode: true, color: false});
const columns = 30;

function drawn(rows: readonly DialogRow[], height: number): readonly string[] {
	return dialogLines({title: 'Title', rows}, {columns, rows: height}, theme)
		.map((line) => line.map(({text}) => text).join(''))
		.slice(1, -1)
		.map((line) => line.slice(1, -1).trim());
}

const line = (text: string, gives?: number) => row([span(text)], gives);

test('what gives way first goes first, and what stays stays', () => {
	const rows = [line('head', 7), line('first', 8), line('second', 8), line('keys')];
	expect(drawn(rows, 6)).toEqual(['head', 'first', 'second', 'keys']);
	expect(drawn(rows, 5)).toEqual(['first', 'second', 'keys']);
	expect(drawn(rows, 4)).toEqual(['second', 'keys']);
	expect(drawn(rows, 3)).toEqual(['keys']);
});

test('rows that are told of leave one that says how many are gone', () => {
	const told = (hidden: number) => [span(`${hidden} passed`)];
	const rows = [line('head'), ...['a', 'b', 'c'].map((text) => ({...line(text, 8), told})), line('keys')];
	expect(drawn(rows, 7)).toEqual(['head', 'a', 'b', 'c', 'keys']);
	expect(drawn(rows, 6)).toEqual(['head', '2 passed', 'c', 'keys']);
	expect(drawn(rows, 5)).toEqual(['head', '3 passed', 'keys']);
});

test('a text that has lost its end says so, and never begins in the middle', () => {
	const rows = [...textRows('one two three four five six seven eight', {columns}, theme, 5), line('keys')];
	expect(drawn(rows, 5)).toEqual(['one two three four five', 'six seven eight', 'keys']);
	expect(drawn(rows, 4)).toEqual(['one two three four five…', 'keys']);
	expect(drawn(rows, 3)).toEqual(['keys']);
});
