/** One key press, from the table of keys to the next screen and what it asks of the engine. Pure but for the actions' own calls. */

import {noSpaceOf} from './actions/disarm.ts';
import {type Action, reasonAgainst, refusalText} from './actions/index.ts';
import {nextOfRescue} from './actions/rescue.ts';
import {openBackupChoice} from './backup-dialog-state.ts';
import type {MemberId} from './domain/member.ts';
import type {ScreenControls} from './engine/controls.ts';
import type {State} from './engine/state.ts';
import {type Chunk, isPrintable} from './key-event.ts';
import type {Press} from './key-record.ts';
import {placeOf, recordOf} from './keymap.ts';
import {askToQuit, pasteInOverlay, pressInOverlay, pushOverlay, topOverlay} from './overlay-state.ts';
import {pressInPrompt} from './prompt-keys.ts';
import {drawn, type Overlay, reduceScreen, type ScreenState, type Step, selectedId, stay} from './screen-state.ts';

export function pressKey(screen: ScreenState, press: Press, state: State, controls: ScreenControls): Step {
	if (press.key === 'ctrl-c') {
		return askToQuit(screen, state, true);
	}
	const overlay = topOverlay(screen);
	if (overlay !== undefined) {
		const isBlind = press.unseen === true && overlay.kind !== 'quit' && press.key !== 'escape';
		return isBlind ? stay(screen) : pressInOverlay(screen, overlay, {name: press.key, at: press.at}, state);
	}
	if (screen.prompt !== undefined) {
		return pressInPrompt(screen, screen.prompt, press, state);
	}
	if (screen.filterTyping) {
		return pressInFilter(screen, press, state);
	}
	const record = recordOf(press.key, placeOf(screen));
	const action = record?.action ?? (screen.view === 'rescue' && press.key === 'enter' ? nextOfRescue(state) : undefined);
	if (action !== undefined) {
		return press.unseen === true && action.dangerous ? stay(screen) : act(screen, action, press.at, {state, controls});
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

/** Where presses act: the screen as it is after the one before. */
export type Desk = {
	readonly screen: () => ScreenState;
	readonly state: () => State;
	readonly perform: (step: Step) => void;
	readonly controls: ScreenControls;
};

/**
 * Everything that came in one read. One chunk is a key press; several are a paste, or typing over a slow link, which nobody
 * can tell apart. In a dialog letters among them are a paste and an Enter is none; elsewhere they are keys one by one.
 */
export function pressChunks(chunks: readonly Chunk[], press: Omit<Press, 'key'>, desk: Desk): void {
	const alone = chunks.length === 1;
	for (const chunk of chunks) {
		const names = chunk.kind === 'key' ? [chunk.name] : [...chunk.text].filter(isPrintable);
		const together = !alone || chunk.kind === 'several';
		for (const key of names) {
			const overlay = topOverlay(desk.screen());
			if (overlay === undefined || !together || key === 'ctrl-c' || (takesText(overlay) && key !== 'enter')) {
				desk.perform(pressKey(desk.screen(), {...press, key}, desk.state(), desk.controls));
			} else if (isPrintable(key)) {
				desk.perform(pasteInOverlay(desk.screen(), overlay, press.at));
			} else if (key !== 'enter') {
				desk.perform(pressInOverlay(desk.screen(), overlay, {name: key, at: press.at}, desk.state()));
			}
		}
	}
}

/** A field in which nothing is confirmed by what is typed. */
function takesText(overlay: Overlay): boolean {
	return overlay.kind === 'backup' && overlay.choice.focus === 'directory';
}

/** A paste that the terminal marks as such: text for the filter or the prompt, nothing anywhere else. */
export function pressPaste(screen: ScreenState, text: string, at: number, state: State): Step {
	const printable = [...text].filter(isPrintable).join('');
	const overlay = topOverlay(screen);
	if (overlay !== undefined) {
		return pasteInOverlay(screen, overlay, at, printable);
	}
	if (screen.prompt !== undefined) {
		return stay({...screen, prompt: screen.prompt + printable});
	}
	return screen.filterTyping ? reduceScreen(screen, {type: 'filter typed', text: printable}, state) : stay(screen);
}

type Acting = {readonly state: State; readonly controls: ScreenControls};

function act(screen: ScreenState, action: Action, at: number, {state, controls}: Acting): Step {
	// The marker is where it was drawn, also in a picture that rests.
	const selected = selectedId(screen, drawn(state, screen));
	const context = {state, ...(selected === undefined ? {} : {selected})};
	const reason = reasonAgainst(action, context);
	if (reason !== undefined) {
		return stay(screen, {call: 'say', with: ['refused', refusalText(action, reason, context)]});
	}
	action.run({...context, controls});
	return action.opens === undefined ? stay(screen) : show(screen, action.opens, {state, selected, at});
}

type Shown = {readonly state: State; readonly selected: MemberId | undefined; readonly at: number};

function show(screen: ScreenState, opens: NonNullable<Action['opens']>, {state, selected, at}: Shown): Step {
	switch (opens) {
		case 'alarms':
		case 'rescue':
			return reduceScreen(screen, {type: 'view chosen', view: opens}, state);
		case 'no snapshot':
		case 'write probe':
			return stay(pushOverlay(screen, {kind: 'confirm', subject: {kind: opens}, seen: false}));
		case 'plan':
			return stay(pushOverlay(screen, {kind: 'plan', seen: false, moveLeader: true}));
		case 'encrypt':
			return stay(pushOverlay(screen, {kind: 'encrypt', seen: false, focus: 'cancel'}));
		case 'decrypt':
			return stay(pushOverlay(screen, {kind: 'confirm', subject: {kind: 'encryption', type: 'identity'}, seen: false}));
		case 'host backup':
			return stay(pushOverlay(screen, {kind: 'host backup', seen: false}));
		case 'backup':
			return stay(pushOverlay(screen, {kind: 'backup', seen: false, choice: openBackupChoice(at)}));
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
