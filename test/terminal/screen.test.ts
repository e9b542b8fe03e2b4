import xterm from '@xterm/headless';
import {expect, test} from 'vitest';
import {Screen} from '../../source/terminal/screen.ts';

/** A linear congruential generator: the same frames on every run. */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((state / 2_147_483_648) * below);
	};
}

const pieces = ['a', 'etcd', '  ', ' ', '0', '─', '▁▅', '世', '界世', 'e\u0301', 'ok ', '│'];
const styles = ['', '0', '1', '2', '7', '31', '1;42', '38;5;200', '48;2;1;2;3', '4;93', '22', '27', '39', '49'];

function randomLine(random: (below: number) => number): string {
	let line = '';
	for (let count = random(14); count > 0; count--) {
		line += `\x1b[${styles[random(styles.length)]}m${pieces[random(pieces.length)]}`;
	}

	return line;
}

function parse(emulator: xterm.Terminal, bytes: string): Promise<void> {
	return new Promise((resolve) => emulator.write(bytes, resolve));
}

/** Every cell's text, colours and attributes, so that a difference names its place. */
function cellsOf(emulator: xterm.Terminal): string[] {
	const rows: string[] = [];
	for (let row = 0; row < emulator.rows; row++) {
		const line = emulator.buffer.active.getLine(emulator.buffer.active.baseY + row)!;
		const cells: string[] = [];
		for (let column = 0; column < emulator.cols; column++) {
			const cell = line.getCell(column)!;
			const looks = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
			const attributes = [cell.isBold(), cell.isDim(), cell.isInverse(), cell.isUnderline()].map(Boolean).map(Number);
			cells.push(`${cell.getChars() || (cell.getWidth() === 0 ? '' : ' ')}|${looks}|${attributes}`);
		}

		rows.push(cells.join(' '));
	}

	return rows;
}

/** What a terminal shows that is sent the whole frame, line by line, on a cleared screen. */
async function drawnWhole(lines: readonly string[], columns: number, rows: number): Promise<string[]> {
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const bytes = lines.slice(0, rows).map((line, row) => `\x1b[${row + 1};1H\x1b[0m${line}`);
	await parse(emulator, `\x1b[?7l${bytes.join('')}`);
	const cells = cellsOf(emulator);
	emulator.dispose();
	return cells;
}

test('2,000 random frames of changed cells look as if each were drawn whole', async () => {
	const random = randomNumbers(20_261_123);
	// Wide enough for any line: what is cut at the edge is the next test's.
	let columns = 60;
	let rows = 6;
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const screen = new Screen(columns, rows, {ascii: false, styled: true});
	await parse(emulator, '\x1b[?7l');
	let lines = Array.from({length: rows}, () => randomLine(random));
	for (let frame = 0; frame < 2000; frame++) {
		if (random(40) === 0) {
			columns = 60 + random(20);
			rows = 2 + random(8);
			emulator.resize(columns, rows);
			screen.forget(columns, rows);
		}

		lines = Array.from({length: rows + random(2)}, (_, row) =>
			random(2) === 0 ? (lines[row] ?? '') : random(3) === 0 ? edited(lines[row] ?? '', random) : randomLine(random),
		);
		await parse(emulator, screen.draw(lines.join('\n')));
		expect(cellsOf(emulator), `frame ${frame}`).toEqual(await drawnWhole(lines, columns, rows));
	}
});

/** The line with one character's worth of it changed, as a figure that counts up changes. */
function edited(line: string, random: (below: number) => number): string {
	return line.replace(/(?<=m)(?:a|0|世)/, ['b', '9', '界'][random(3)]!);
}

test('a frame like the last costs no bytes, and one changed figure only a few', () => {
	const screen = new Screen(80, 5, {ascii: false, styled: true});
	const frame = (figure: string) => `\x1b[1mmember\x1b[22m  ${figure} MB\nsecond line`;
	expect(screen.draw(frame('100'))).toContain('member');
	expect(screen.draw(frame('100'))).toBe('');
	expect(screen.draw(frame('101'))).toBe('\x1b[1;11H\x1b[0m1\x1b[0m');
});

test('lines are cut at the right edge, and a wide character is not cut in half', () => {
	const screen = new Screen(3, 1, {ascii: false, styled: true});
	expect(screen.draw('ab世c\nbelow the screen')).toBe('\x1b[0m\x1b[1;1H\x1b[K\x1b[0mab\x1b[0m');
});

test('without colour no SGR but resets is sent', () => {
	const screen = new Screen(20, 1, {ascii: false, styled: false});
	expect(screen.draw('\x1b[1;31mred\x1b[7m x')).toBe('\x1b[0m\x1b[1;1H\x1b[K\x1b[0mred x\x1b[0m');
});
