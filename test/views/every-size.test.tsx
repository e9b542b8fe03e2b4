import {expect, test} from 'vitest';
import {displayWidth} from '../../source/format.ts';
import {now, ocpState, prodState} from '../helpers/sample-state.ts';
import {frame} from './picture.tsx';

test.each([60, 79, 80, 92, 102, 119, 120, 200])('%i columns hold every line, at every height', (columns) => {
	for (const state of [prodState(), ocpState()]) {
		for (const rows of [15, 16, 18, 20, 24, 30, 31, 32, 36, 50, 60]) {
			const lines = frame(state, columns, rows).split('\n');
			expect(lines.length).toBe(rows - 2);
			expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
		}
	}
});

test('a second later an unchanged cluster is the same picture, with colours too', () => {
	const state = prodState();
	expect(frame({...state, now: now + 1000}, 120, 36, {color: true})).toBe(frame(state, 120, 36, {color: true}));
});

test('without colour there is not one escape sequence', () => {
	expect(frame(ocpState(), 120, 36)).not.toContain('\x1b');
	expect(frame(ocpState(), 120, 36, {color: true})).toContain('\x1b[');
});

test('only the sixteen colours, and no background but inverse', () => {
	const used = new Set(
		[...frame(ocpState(), 120, 36, {color: true}).matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) => codes.split(';')),
	);
	const allowed = ['', '0', '1', '2', '7', '22', '27', '31', '32', '33', '35', '36', '39'];
	expect([...used].filter((code) => !allowed.includes(code))).toEqual([]);
});
