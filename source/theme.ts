/** Symbols and styles: the sixteen ANSI colours on the terminal's own pair, in UTF-8 or ASCII. Each repeats what a word says. */

/** Parameters of one SGR sequence, `1;36`; empty for the terminal's own. */
export type Style = string;

export type Styles = typeof styles;
export type Symbols = {readonly [K in keyof typeof unicodeSymbols]: string};

/** How one series of a chart is drawn. `symbols` are asciichart's ten. */
export type Pen = {readonly symbols: readonly string[]; readonly style: Style};

export type Theme = {
	readonly unicode: boolean;
	readonly color: boolean;
	readonly symbols: Symbols;
	readonly styles: Styles;
	readonly box: Frame;
	/** For what must not be overlooked. */
	readonly doubleBox: Frame;
	/** The pens of the members, by their place; they repeat. */
	readonly pens: readonly Pen[];
	readonly inUsePen: Pen;
	/** A text with its style, ready for the terminal. */
	readonly paint: (text: string, style: Style) => string;
	/** Text that this program did not draw itself, in characters that the terminal can show. May change its width: before fitting. */
	readonly text: (text: string) => string;
};

export type Frame = {
	readonly topLeft: string;
	readonly topRight: string;
	readonly bottomLeft: string;
	readonly bottomRight: string;
	readonly horizontal: string;
	readonly vertical: string;
};

const styles = {
	plain: '',
	strong: '1',
	dim: '2',
	inverse: '7',
	good: '32',
	warning: '33',
	bad: '1;31',
	alarm: '1;7;31',
	working: '1;36',
	unknown: '1;35',
	quota: '31',
};

const unicodeSymbols = {
	healthy: '●',
	done: '✓',
	warning: '▲',
	frozen: '○',
	failed: '✗',
	alarm: '■',
	working: '◆',
	unknown: '?',
	waiting: '◌',
	none: '–',
	note: '·',
	selected: '>',
	/** In use, or done. */
	full: '█',
	givesBack: '▒',
	toDo: '░',
	free: '·',
	ellipsis: '…',
	arrow: '→',
	elbow: '└',
	rule: '─',
	axis: '┤',
	axisCorner: '└',
	axisLine: '─',
	quota: '╌',
};

const asciiSymbols: Symbols = {
	healthy: '*',
	done: '+',
	warning: '!',
	frozen: 'o',
	failed: 'X',
	alarm: '#',
	working: '~',
	unknown: '?',
	waiting: '.',
	none: '-',
	note: '.',
	selected: '>',
	full: '#',
	givesBack: '=',
	toDo: '-',
	free: '.',
	ellipsis: '..',
	arrow: '->',
	elbow: '`',
	rule: '-',
	axis: '+',
	axisCorner: '+',
	axisLine: '-',
	quota: '=',
};

const asciiFrame = {topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', horizontal: '-', vertical: '|'};

const memberStyles = ['36', '32', '35'];
const memberLetters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j'];

/** asciichart's order: the two axes, two ends, horizontal, fallen to, risen to, falls from, rises from, vertical. */
function unicodePen(glyphs: string, style: Style): Pen {
	const [horizontal = '', fallenTo = '', risenTo = '', fallsFrom = '', risesFrom = '', vertical = ''] = glyphs;
	return {symbols: [' ', ' ', ' ', ' ', horizontal, fallenTo, risenTo, fallsFrom, risesFrom, vertical], style};
}

function asciiPen(letter: string, style: Style): Pen {
	return {symbols: [' ', ' ', ' ', ' ', letter, '`', '.', '.', "'", '|'], style};
}

export type ThemeOptions = {
	readonly unicode: boolean;
	/** False also drops bold, dim and inverse. */
	readonly color: boolean;
};

export function createTheme({unicode, color}: ThemeOptions): Theme {
	const symbols = unicode ? unicodeSymbols : asciiSymbols;
	const pens = unicode
		? ['─╰╭╮╯│', '═╚╔╗╝║', '━┗┏┓┛┃'].map((glyphs, index) => unicodePen(glyphs, memberStyles[index] ?? ''))
		: memberLetters.map((letter, index) => asciiPen(letter, memberStyles[index % memberStyles.length] ?? ''));
	return {
		unicode,
		color,
		symbols,
		styles,
		box: unicode ? frame('┌┐└┘─│') : asciiFrame,
		doubleBox: unicode ? frame('╔╗╚╝═║') : {...asciiFrame, horizontal: '='},
		pens,
		inUsePen: unicode ? unicodePen('┄╰╭╮╯┆', styles.dim) : asciiPen('i', styles.dim),
		paint: color ? (text, style) => (style === '' ? text : `\x1b[${style}m${text}\x1b[0m`) : (text) => text,
		text: unicode ? (text) => text : inAscii,
	};
}

/** What stands behind a dialog: everything dim. */
export function dimmed(theme: Theme): Theme {
	return {...theme, paint: (text) => theme.paint(text, styles.dim)};
}

/** Two styles at once. */
export function combine(first: Style, second: Style): Style {
	return first === '' || second === '' ? first + second : `${first};${second}`;
}

function frame(glyphs: string): Frame {
	const [topLeft = '', topRight = '', bottomLeft = '', bottomRight = '', horizontal = '', vertical = ''] = glyphs;
	return {topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical};
}

const inAsciiWords: Readonly<Record<string, string>> = {
	'→': '->',
	'←': '<-',
	'↑': '^',
	'↓': 'v',
	'×': 'x',
	'≥': '>=',
	'≤': '<=',
	'—': '-',
	'−': '-',
	'‘': "'",
	'’': "'",
	'“': '"',
	'”': '"',
	...Object.fromEntries(
		Object.entries(unicodeSymbols).map(([name, symbol]) => [symbol, asciiSymbols[name as keyof Symbols] ?? '?']),
	),
	'─': '-',
	'·': '.',
};

function inAscii(text: string): string {
	return text.replace(/[^\x00-\x7f]/gu, (character) => inAsciiWords[character] ?? '?');
}
