import {expect, test} from 'vitest';
import {colorLevel, usesUtf8} from '../../source/terminal/capabilities.ts';

test.each([
	['auto', {TERM: 'xterm'}, true, 1],
	['auto', {TERM: 'xterm-256color'}, true, 2],
	['auto', {TERM: 'xterm', COLORTERM: 'truecolor'}, true, 3],
	['auto', {TERM: 'xterm', NO_COLOR: '1'}, true, 0],
	['auto', {TERM: 'xterm', NO_COLOR: ''}, true, 1],
	['auto', {TERM: 'dumb'}, true, 0],
	['auto', {TERM: 'xterm'}, false, 0],
	['always', {TERM: 'dumb', NO_COLOR: '1'}, false, 1],
	['never', {TERM: 'xterm', COLORTERM: 'truecolor'}, true, 0],
] as const)('--color %s with %o on a terminal %s is level %i', (flag, env, isTty, level) => {
	expect(colorLevel({flag, env, isTty})).toBe(level);
});

test.each([
	[{LANG: 'C.UTF-8'}, true],
	[{LANG: 'en_US.utf8'}, true],
	[{LANG: 'en_US.UTF-8', LC_ALL: 'C'}, false],
	[{LANG: 'C', LC_CTYPE: 'de_DE.UTF-8'}, true],
	[{LANG: 'en_US.UTF-8', TERM: 'linux'}, false],
	[{}, false],
])('%o takes more than ASCII: %s', (env, expected) => {
	expect(usesUtf8(env)).toBe(expected);
	expect(usesUtf8(env, true)).toBe(false);
});
