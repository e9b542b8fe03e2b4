import {describe, expect, test} from 'vitest';
import {
	askForAnotherWord,
	type ConfirmationResult,
	deafMs,
	openConfirmation,
	pasteInConfirmation,
	pressInConfirmation,
} from '../../source/confirmation-state.ts';

const openedAt = 10_000;
const word = 'disarm';

/** Presses keys one by one, each a while after the last, starting `after` the dialog opened; `<…>` is a paste. */
function press(keys: readonly string[], {after = deafMs, asked = word} = {}): ConfirmationResult {
	let result: ConfirmationResult = openConfirmation(asked, openedAt);
	let at = openedAt + after;
	for (const name of keys) {
		if (typeof result === 'string') {
			return result;
		}
		result = name.startsWith('<') ? pasteInConfirmation(result, at) : pressInConfirmation(result, {name, at});
		at += 10;
	}
	return result;
}

const typed = [...word];

describe('a typed word', () => {
	test.each([
		['the word, Tab, Enter', [...typed, 'tab', 'enter'], 'confirmed'],
		['the word, right arrow, Enter', [...typed, 'right', 'enter'], 'confirmed'],
		['Enter right after the word: Cancel has the focus', [...typed, 'enter'], 'cancelled'],
		['Enter at once', ['enter'], 'cancelled'],
		['Escape with everything done', [...typed, 'tab', 'escape'], 'cancelled'],
		['Tab twice is Cancel again', [...typed, 'tab', 'tab', 'enter'], 'cancelled'],
		['Tab before the word is complete', ['d', 'tab', 'enter'], 'cancelled'],
		['letters after the focus moved spoil the word', [...typed, 'tab', 'x', 'enter'], 'cancelled'],
		['a wrong letter mended by Backspace', ['d', 'x', 'backspace', ...typed.slice(1), 'tab', 'enter'], 'confirmed'],
		['capitals are other letters', [...'DISARM', 'tab', 'enter'], 'cancelled'],
		['a blank too much', [...typed, ' ', 'tab', 'enter'], 'cancelled'],
		['a paste of the word', ['<', 'tab', 'enter'], 'cancelled'],
		['a paste after the word empties it', [...typed, 'tab', '<', 'enter'], 'cancelled'],
	])('%s', (_, keys, outcome) => {
		expect(press(keys)).toBe(outcome);
	});

	test('counts nothing but Escape at first', () => {
		expect(press(['enter', ...typed, 'tab', 'enter', '<'], {after: 0})).toEqual(openConfirmation(word, openedAt));
		expect(press(['escape'], {after: 0})).toBe('cancelled');
		expect(press(['d'], {after: deafMs - 1})).toMatchObject({typed: ''});
		expect(press(['d'], {after: deafMs})).toMatchObject({typed: 'd'});
	});

	test('keeps the focus on Cancel when it is complete', () => {
		expect(press(typed)).toMatchObject({typed: word, focus: 'cancel'});
	});

	test('goes to the field wherever the focus is, and takes the focus back where it no longer fits', () => {
		expect(press([...typed, 'tab'])).toMatchObject({focus: 'confirm'});
		expect(press([...typed, 'tab', 'x'])).toMatchObject({typed: 'disarmx', focus: 'cancel'});
		expect(press([...typed, 'tab', 'backspace'])).toMatchObject({typed: 'disar', focus: 'cancel'});
	});

	test('shows wrong letters, and not without end', () => {
		expect(press([...'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'])).toMatchObject({typed: 'x'.repeat(14)});
	});

	test('says what a paste and a closed button did not do, until the next key', () => {
		expect(press(['d', '<'])).toMatchObject({typed: '', note: 'a paste does not count'});
		expect(press(['d', 'tab'])).toMatchObject({typed: 'd', note: 'opens when the word is complete'});
		expect(press(['<', 'd'])).not.toHaveProperty('note');
	});

	test('keys that are no letters do nothing', () => {
		expect(press(['up', 'pagedown', 'home', 'ctrl-a'])).toMatchObject({typed: '', focus: 'cancel'});
	});

	test('may hold blanks, commas and letters of any script', () => {
		for (const asked of ['no snapshot, risk quorum', 'Zürich-1', 'член-0']) {
			expect(press([...asked, 'tab', 'enter'], {asked})).toBe('confirmed');
		}
	});

	test('of another plan is typed anew, after another pause', () => {
		const complete = press([...typed, 'tab']);
		const asked = askForAnotherWord(complete as never, 'disarm anyway', 60_000);
		expect(asked).toMatchObject({typed: '', focus: 'cancel', openedAt: 60_000});
		expect(asked.note).toBeDefined();
		expect(askForAnotherWord(asked, 'disarm anyway', 70_000)).toBe(asked);
	});

	test('that is empty confirms nothing', () => {
		expect(press(['tab', 'enter'], {asked: ''})).toBe('cancelled');
	});
});
