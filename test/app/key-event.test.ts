import {expect, test} from 'vitest';
import {chunkOf, type InkKey} from '../../source/key-event.ts';

const flags = [
	'upArrow',
	'downArrow',
	'leftArrow',
	'rightArrow',
	'pageUp',
	'pageDown',
	'home',
	'end',
	'return',
	'escape',
	'tab',
	'shift',
	'ctrl',
	'meta',
	'backspace',
	'delete',
] as const;

function key(...set: readonly (typeof flags)[number][]): InkKey {
	return Object.fromEntries(flags.map((flag) => [flag, set.includes(flag)])) as InkKey;
}

test.each([
	['d', key(), 'd'],
	['D', key('shift'), 'D'],
	[' ', key(), ' '],
	['\r', key('return'), 'enter'],
	['\n', key(), 'enter'],
	['', key('escape'), 'escape'],
	['', key('upArrow'), 'up'],
	['', key('tab'), 'tab'],
	['', key('tab', 'shift'), 'shift-tab'],
	['c', key('ctrl'), 'ctrl-c'],
	['', key('backspace'), 'backspace'],
])('%j is one key', (input, flagsOfKey, name) => {
	expect(chunkOf(input, flagsOfKey)).toEqual({kind: 'key', name});
});

test.each(['ab', 'defragment\r', '\r\r', 'd\t'])('%j came together', (text) => {
	expect(chunkOf(text, key())).toEqual({kind: 'several', text});
});

test('Alt with a letter, and what has no name, is no key', () => {
	expect(chunkOf('d', key('meta'))).toBeUndefined();
	expect(chunkOf('', key())).toBeUndefined();
	expect(chunkOf('\x01', key())).toBeUndefined();
});
