import {expect, test} from 'vitest';
import {safeText} from '../../source/transport/safe-text.ts';

test.each([
	['plain', 'etcd-1', 'etcd-1'],
	['other scripts, wide characters, accents', 'кластер 集群 é ümläut 👍', 'кластер 集群 é ümläut 👍'],
	['a colour', '\x1b[31mred\x1b[0m', 'red'],
	['a cursor move with intermediates', 'a\x1b[2 qb\x1b[?1049hc', 'abc'],
	['a window title ended by BEL', 'a\x1b]0;evil\x07b', 'ab'],
	['a hyperlink ended by ST', '\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
	['a device control string', 'a\x1bPq#0;2;0;0;0\x1b\\b', 'ab'],
	['an OSC without an end hides nothing', 'a\x1b]0;shown', 'a0;shown'],
	['eight-bit CSI and OSC', 'a\x9b31mb\x9d0;evil\x9cc', 'abc'],
	['a reset and a charset', 'a\x1bcb\x1b(0c', 'abc'],
	['an escape at the end', 'a\x1b', 'a'],
	['a bell, backspaces and a delete', 'a\x07\b\b\x7fb', 'ab'],
	['lines and tabs', 'one\r\ntwo\nthree\tfour\u2028five', 'one two three four five'],
	['the right-to-left override', 'file\u202Etxt.exe', 'filetxt.exe'],
	['isolates and marks', '\u2066a\u2069\u200Fb\u061C', 'ab'],
	['zero width, byte order mark, soft hyphen, word joiner', 'a\u200Bb\uFEFFc\u00ADd\u2060e', 'abcde'],
	['fillers that look like nothing', 'a\u3164b\uFFA0c\u2800d\u115Fe', 'abcde'],
	['tags and variation selectors', 'a\u{E0041}b\uFE0Fc\u{E0100}d', 'abcd'],
	['spaces of other widths', 'a\u00A0b\u3000c', 'a b c'],
	['half a surrogate pair, private use, a noncharacter', 'a\uD800b\uE000c\uFFFEd', 'a\uFFFDb\uFFFDc\uFFFDd'],
	['a pile of marks', `e${'\u0301'.repeat(30)}x`, 'e\u0301\u0301x'],
	['a mark without a letter', '\u0301\u0301\u0301a', 'a'],
	['spaces around', '  memberID:1 alarm:NOSPACE ', 'memberID:1 alarm:NOSPACE'],
])('%s', (_, text, expected) => {
	expect(safeText(text)).toBe(expected);
});

test('a novel is cut', () => {
	const cut = safeText('ab'.repeat(1_000_000));
	expect([...cut]).toHaveLength(400);
	expect(cut.endsWith('...')).toBe(true);
});

test('whatever comes in, what comes out is one harmless line and stays as it is', () => {
	const random = pseudoRandom(42);
	const pieces = [
		'\x1b',
		'[',
		']',
		'0;',
		'm',
		'\x07',
		'\x1b\\',
		'\x9b',
		'\x9c',
		'x',
		'\u202E',
		'\u0301',
		' ',
		'\n',
		'\u{E0041}',
		'\uD83D',
	];
	for (let round = 0; round < 20_000; round++) {
		const length = Math.floor(random() * 20);
		const text = Array.from({length}, () =>
			random() < 0.7 ? pieces[Math.floor(random() * pieces.length)] : String.fromCharCode(Math.floor(random() * 0x10000)),
		).join('');
		const clean = safeText(text);
		expect(clean, JSON.stringify(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
		expect(safeText(clean), JSON.stringify(text)).toBe(clean);
	}
});

/** mulberry32: the same numbers in every run. */
function pseudoRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
