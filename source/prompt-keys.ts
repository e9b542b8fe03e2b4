/** Keys while something is typed after `:`. Pure. */
import type {State} from './engine/state.ts';
import {isPrintable} from './key-event.ts';
import type {Press} from './key-record.ts';
import {askToQuit} from './overlay-state.ts';
import {completed, readPrompt} from './prompt.ts';
import {type ScreenState, type Step, stay} from './screen-state.ts';

export function pressInPrompt(screen: ScreenState, prompt: string, {key, unseen}: Press, state: State): Step {
	switch (key) {
		case 'escape':
			return stay(without(screen));
		case 'enter':
			return unseen === true ? stay(screen) : perform(without(screen), prompt, state);
		case 'tab':
			return stay({...screen, prompt: completed(prompt, state.contexts ?? [])});
		case 'backspace':
		case 'delete':
			return stay(prompt === '' ? without(screen) : {...screen, prompt: [...prompt].slice(0, -1).join('')});
		default:
			return stay(isPrintable(key) ? {...screen, prompt: prompt + key} : screen);
	}
}

function without({prompt: _, ...screen}: ScreenState): ScreenState {
	return screen;
}

function perform(screen: ScreenState, prompt: string, state: State): Step {
	const command = readPrompt(prompt);
	const refuse = (text: string) => stay(screen, {call: 'say', with: ['refused', text]});
	switch (command.kind) {
		case 'nothing':
			return stay(screen);
		case 'quit':
			return askToQuit(screen, state);
		case 'unknown':
			return refuse(`no command :${command.word}; there are :context NAME and :quit`);
		case 'context':
			return toContext(screen, command.name, state.contexts ?? [], refuse);
	}
}

function toContext(
	screen: ScreenState,
	name: string | undefined,
	contexts: readonly string[],
	refuse: (text: string) => Step,
): Step {
	if (contexts.length === 0) {
		return refuse('no kubeconfig was found, so there is no context to switch to');
	}
	if (name === undefined) {
		return stay(screen, {call: 'say', with: ['note', `:context NAME switches; there are ${contexts.join(', ')}`]});
	}
	return contexts.includes(name)
		? stay(screen, {call: 'switchContext', with: [name]})
		: refuse(`no context ${name}; there are ${contexts.join(', ')}`);
}
