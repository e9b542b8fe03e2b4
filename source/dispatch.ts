/** One key press, from the table of keys to the next screen and what it asks of the engine. Pure but for the actions' own calls. */

import {noSpaceOf} from './actions/disarm.ts';
import {type Action, reasonAgainst, refusalText} from './actions/index.ts';
import type {MemberId} from './domain/member.ts';
import type {Controls} from './engine/controls.ts';
import type {State} from './engine/state.ts';
import {isPrintable} from './key-event.ts';
import {type Press, placeOf, recordOf} from './keymap.ts';
import {askToQuit, pasteInOverlay, pressInOverlay, pushOverlay, topOverlay} from './overlay-state.ts';
import {reduceScreen, type ScreenState, type Step, selectedId, stay} from './screen-state.ts';

export function pressKey(screen: ScreenState, press: Press, state: State, controls: Controls): Step {
	if (press.key === 'ctrl-c') {
		return askToQuit(screen, state, true);
	}
	const overlay = topOverlay(screen);
	if (overlay !== undefined) {
		return pressInOverlay(screen, overlay, {name: press.key, at: press.at}, state);
	}
	if (screen.filterTyping) {
		return pressInFilter(screen, press, state);
	}
	const record = recordOf(press.key, placeOf(screen));
	if (record?.action !== undefined) {
		return act(screen, record.action, state, controls);
	}
	const event = record?.event?.(press);
	switch (event) {
		case undefined:
			return stay(screen);
		case 'help':
			return stay(pushOverlay(screen, {kind: 'help', scroll: 0}));
		case 'quit':
			return askToQuit(screen, state);
		default:
			return reduceScreen(screen, event, state);
	}
}

/**
 * Characters that came in one read: a paste, or typing over a slow link. A confirmation counts none of them. Elsewhere they
 * are keys one after the other, up to the first that opens a dialog; an Enter among them is none.
 */
export function pressSeveral(
	screen: ScreenState,
	text: string,
	press: Omit<Press, 'key'>,
	getState: () => State,
	perform: (step: Step) => ScreenState,
	controls: Controls,
): ScreenState {
	let current = screen;
	for (const character of text) {
		const overlay = topOverlay(current);
		if (overlay !== undefined) {
			return perform(pasteInOverlay(current, overlay, press.at));
		}
		if (isPrintable(character)) {
			current = perform(pressKey(current, {...press, key: character}, getState(), controls));
		}
	}
	return current;
}

function act(screen: ScreenState, action: Action, state: State, controls: Controls): Step {
	const selected = selectedId(screen, state);
	const context = {state, ...(selected === undefined ? {} : {selected})};
	const reason = reasonAgainst(action, context);
	if (reason !== undefined) {
		return stay(screen, {call: 'say', with: ['refused', refusalText(action, reason, context)]});
	}
	action.run({...context, controls});
	return action.opens === undefined ? stay(screen) : show(screen, action.opens, state, selected);
}

function show(screen: ScreenState, opens: NonNullable<Action['opens']>, state: State, selected: MemberId | undefined): Step {
	switch (opens) {
		case 'alarms':
			return reduceScreen(screen, {type: 'view chosen', view: 'alarms'}, state);
		case 'plan':
			return stay(pushOverlay(screen, {kind: 'plan', seen: false, scroll: 0, moveLeader: true}));
		case 'compact':
			return stay(pushOverlay(screen, {kind: 'compact', seen: false, focus: 'cancel'}));
		case 'disarm': {
			const memberId = noSpaceOf(state, selected)?.memberId ?? '';
			return stay(pushOverlay(screen, {kind: 'confirm', subject: {kind: 'disarm', memberId}, seen: false}));
		}
	}
}

function pressInFilter(screen: ScreenState, {key}: Press, state: State): Step {
	switch (key) {
		case 'escape':
			return reduceScreen(screen, {type: 'filter ended', keep: false}, state);
		case 'enter':
			return reduceScreen(screen, {type: 'filter ended', keep: true}, state);
		case 'backspace':
		case 'delete':
			return reduceScreen(screen, {type: 'filter erased'}, state);
		default:
			return isPrintable(key) ? reduceScreen(screen, {type: 'filter typed', text: key}, state) : stay(screen);
	}
}
