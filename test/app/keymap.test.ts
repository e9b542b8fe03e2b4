import {expect, test} from 'vitest';
import {actions} from '../../source/actions/index.ts';
import type {Place} from '../../source/key-record.ts';
import {keyTable} from '../../source/key-table.ts';
import {keymap} from '../../source/keymap.ts';
import {views} from '../../source/views/index.ts';

test('no key means two things in one place', () => {
	const taken = keymap.flatMap(({keys, places}) => places.flatMap((place) => keys.map((key) => `${key} in ${place}`)));
	expect(taken.filter((one, index) => taken.indexOf(one) !== index)).toEqual([]);
});

test('every action has its keys, under its own words', () => {
	for (const action of actions) {
		expect(keymap.filter((record) => record.action === action)).toMatchObject([{keys: action.keys, help: action.help}]);
	}
});

test('every view can be left, numbered ones by their number opened', () => {
	const places: readonly Place[] = views.map(({id}) => id);
	for (const place of places) {
		expect(keymap.some(({keys, places: where}) => keys.includes('escape') && where.includes(place))).toBe(true);
	}
	for (const {number, id} of views) {
		const record = keymap.find(({keys}) => keys.includes(String(number)));
		expect(number === undefined ? undefined : record?.event?.({key: String(number), at: 0, pageRows: 1})).toEqual(
			number === undefined ? undefined : {type: 'view chosen', view: id},
		);
	}
});

test('the table is Markdown', () => {
	expect(keyTable().split('\n').slice(0, 3)).toEqual([
		'| keys | action | where |',
		'|---|---|---|',
		'| `↑` `↓` `k` `j` | previous, next | everywhere |',
	]);
});
