/**
 * Typing a word to confirm, so that no slip, no paste and no key that was held can do it: Cancel has the focus and keeps it,
 * the other button opens only when the word is complete to the letter, and nothing counts at first. Escape always leaves.
 */
import {isPrintable, type KeyEvent} from './key-event.ts';

/** Long enough for a key that was held, or was under way when the dialog opened, to end. */
export const deafMs = 500;

/** Wrong letters are shown; beyond these further ones would only push the dialog apart. */
const lettersBeyondWord = 8;

export type ConfirmationState = {
	readonly word: string;
	readonly typed: string;
	readonly focus: 'cancel' | 'confirm';
	/** Uptime ms. */
	readonly openedAt: number;
	/** What the last key did not do, and why. */
	readonly note?: string;
};

export type ConfirmationResult = ConfirmationState | 'cancelled' | 'confirmed';

export function openConfirmation(word: string, now: number, note?: string): ConfirmationState {
	return {word, typed: '', focus: 'cancel', openedAt: now, ...(note === undefined ? {} : {note})};
}

export function isComplete({word, typed}: Pick<ConfirmationState, 'word' | 'typed'>): boolean {
	return word !== '' && typed === word;
}

/** How many letters from the start are right. */
export function rightLetters({word, typed}: Pick<ConfirmationState, 'word' | 'typed'>): number {
	const wanted = [...word];
	const wrong = [...typed].findIndex((letter, index) => letter !== wanted[index]);
	return wrong === -1 ? [...typed].length : wrong;
}

export function pressInConfirmation(state: ConfirmationState, key: KeyEvent): ConfirmationResult {
	if (key.name === 'escape') {
		return 'cancelled';
	}
	if (key.at - state.openedAt < deafMs) {
		return state;
	}
	switch (key.name) {
		case 'enter':
			return enter(state);
		case 'tab':
		case 'shift-tab':
		case 'left':
		case 'right':
			return moveFocus(state, key.name);
		case 'backspace':
		case 'delete':
			return typing(state, [...state.typed].slice(0, -1).join(''));
		default:
			return isPrintable(key.name) ? letter(state, key.name) : state;
	}
}

/** Pasted, or so many characters in one read that no hand typed them one by one. */
export function pasteInConfirmation(state: ConfirmationState, at: number): ConfirmationState {
	return at - state.openedAt < deafMs ? state : {...typing(state, ''), note: 'a paste does not count'};
}

/** The word that is asked for changed: what was typed was for another one. */
export function askForAnotherWord(state: ConfirmationState, word: string, now: number): ConfirmationState {
	return word === state.word ? state : openConfirmation(word, now, 'the plan changed: another word is asked for');
}

function enter(state: ConfirmationState): ConfirmationResult {
	if (state.focus === 'cancel') {
		return 'cancelled';
	}
	return isComplete(state) ? 'confirmed' : {...state, focus: 'cancel'};
}

function moveFocus(state: ConfirmationState, key: 'tab' | 'shift-tab' | 'left' | 'right'): ConfirmationState {
	const target = key === 'left' ? 'cancel' : key === 'right' ? 'confirm' : state.focus === 'cancel' ? 'confirm' : 'cancel';
	if (target === 'confirm' && !isComplete(state)) {
		return {...state, note: 'opens when the word is complete'};
	}
	return typing({...state, focus: target}, state.typed);
}

function letter(state: ConfirmationState, character: string): ConfirmationState {
	const full = [...state.typed].length >= [...state.word].length + lettersBeyondWord;
	return full ? state : typing(state, state.typed + character);
}

/** A word that is no longer complete takes the focus back to Cancel, so that Enter can never meet a button that just closed. */
function typing(state: ConfirmationState, typed: string): ConfirmationState {
	const {note: _, ...kept} = state;
	const next = {...kept, typed};
	return isComplete(next) ? next : {...next, focus: 'cancel'};
}
