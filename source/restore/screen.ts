/** What a person has chosen to look at in a runbook, and what keys change it. Pure: what is asked of the control comes back as a request. */
import {type ConfirmationState, openConfirmation, pasteInConfirmation, pressInConfirmation} from '../confirmation-state.ts';
import {currentStep, performWord, tickWord, whyNotNow} from '../domain/restore-run.ts';
import type {RunbookStep} from '../domain/runbook.ts';
import {isPrintable, type KeyEvent} from '../key-event.ts';
import type {RestoreState} from './state.ts';

export type RestoreScreen = {
	/** The step with the marker; absent: the one that is waited for. */
	readonly selectedId?: string;
	/** The command that `c` copies next. */
	readonly command: number;
	/** Lines that the step is scrolled down. */
	readonly scroll: number;
	readonly overlay?: RestoreOverlay;
	/** Leaving was asked for while a step is being done: once more leaves. */
	readonly leaves?: true;
};

export type RestoreOverlay =
	| {readonly kind: 'tick' | 'perform'; readonly stepId: string; readonly confirmation: ConfirmationState}
	/** A text whose right answer is not shown. */
	| {readonly kind: 'ask'; readonly stepId: string; readonly typed: string}
	| {readonly kind: 'help'};

export type RestoreRequest =
	| {readonly call: 'tick' | 'perform'; readonly step: RunbookStep; readonly typed: string}
	| {readonly call: 'copy'; readonly text: string; readonly told: string}
	| {readonly call: 'say'; readonly text: string}
	| {readonly call: 'look' | 'quit'};

export type RestoreMove = {readonly screen: RestoreScreen; readonly request?: RestoreRequest};

export const initialRestoreScreen: RestoreScreen = {command: 0, scroll: 0};

/** Lines that a page scrolls. */
const pageLines = 5;

export function selectedStep({selectedId}: RestoreScreen, {run}: RestoreState): RunbookStep {
	const {steps} = run.runbook;
	return steps.find(({id}) => id === selectedId) ?? currentStep(run) ?? steps.at(-1)!;
}

export function commandsOf({commands, look}: RunbookStep): readonly string[] {
	return [...commands, ...look];
}

export function pressInRestore(screen: RestoreScreen, key: KeyEvent, state: RestoreState): RestoreMove {
	const {leaves, ...stays} = screen;
	if (key.name === 'ctrl-c' || (key.name === 'q' && screen.overlay === undefined)) {
		return leave(screen, state);
	}
	return screen.overlay === undefined
		? pressOnPage(stays, key, state)
		: pressInOverlay(stays as RestoreScreen & {overlay: RestoreOverlay}, key, state);
}

/** A paste never confirms anything; as the answer to a question it is as good as typed. */
export function pasteInRestore(screen: RestoreScreen, text: string, at: number): RestoreScreen {
	const {overlay} = screen;
	switch (overlay?.kind) {
		case 'tick':
		case 'perform':
			return {...screen, overlay: {...overlay, confirmation: pasteInConfirmation(overlay.confirmation, at)}};
		case 'ask':
			return {...screen, overlay: {...overlay, typed: overlay.typed + [...text].filter(isPrintable).join('')}};
		default:
			return screen;
	}
}

function leave(screen: RestoreScreen, {acting}: RestoreState): RestoreMove {
	const {overlay: _, ...page} = screen;
	return acting === undefined || screen.leaves === true
		? {screen: page, request: {call: 'quit'}}
		: {
				screen: {...page, leaves: true},
				request: {call: 'say', text: 'a step is being done; leaving now (once more) leaves its outcome unknown'},
			};
}

function pressOnPage(screen: RestoreScreen, key: KeyEvent, state: RestoreState): RestoreMove {
	const step = selectedStep(screen, state);
	switch (key.name) {
		case 'up':
		case 'k':
			return {screen: moved(screen, state, -1)};
		case 'down':
		case 'j':
			return {screen: moved(screen, state, 1)};
		case 'escape':
		case 'g':
			return {screen: initialRestoreScreen};
		case 'pagedown':
			return {screen: {...screen, scroll: screen.scroll + pageLines}};
		case 'pageup':
			return {screen: {...screen, scroll: Math.max(0, screen.scroll - pageLines)}};
		case 'c':
			return copied(screen, step);
		case 'l':
			return {screen, request: {call: 'look'}};
		case '?':
			return {screen: {...screen, overlay: {kind: 'help'}}};
		case 'enter':
			return opened(screen, step, state, key.at, 'tick');
		case 'r':
			return opened(screen, step, state, key.at, 'perform');
		default:
			return {screen};
	}
}

function moved(screen: RestoreScreen, state: RestoreState, by: number): RestoreScreen {
	const {steps} = state.run.runbook;
	const at = steps.indexOf(selectedStep(screen, state)) + by;
	return {command: 0, scroll: 0, selectedId: steps[Math.max(0, Math.min(steps.length - 1, at))]!.id};
}

function copied(screen: RestoreScreen, step: RunbookStep): RestoreMove {
	const commands = commandsOf(step);
	const at = Math.min(screen.command, commands.length - 1);
	const text = commands[at];
	if (text === undefined) {
		return {screen, request: {call: 'say', text: 'there is no command in this step'}};
	}
	const next = commands.length === 1 ? '' : `; c again copies ${at + 1 === commands.length ? 'the first' : 'the next'}`;
	const told = `copied, where the terminal lets programs (OSC 52): command ${at + 1} of ${commands.length}${next}`;
	return {screen: {...screen, command: (at + 1) % commands.length}, request: {call: 'copy', text, told}};
}

function opened(
	screen: RestoreScreen,
	step: RunbookStep,
	state: RestoreState,
	at: number,
	kind: 'tick' | 'perform',
): RestoreMove {
	const why =
		whyNotNow(state.run, step) ??
		(kind === 'perform' ? state.whyNotByProgram[step.id] : undefined) ??
		(state.acting === undefined ? undefined : 'a step is being done');
	if (why !== undefined) {
		return {screen, request: {call: 'say', text: `${kind === 'tick' ? 'Enter' : 'r'}: ${why}`}};
	}
	if (kind === 'tick' && step.asks !== undefined) {
		return {screen: {...screen, overlay: {kind: 'ask', stepId: step.id, typed: ''}}};
	}
	const word = kind === 'tick' ? tickWord(step, state.answers[step.id]?.answer) : performWord(state.run, step);
	return {screen: {...screen, overlay: {kind, stepId: step.id, confirmation: openConfirmation(word, at)}}};
}

function pressInOverlay(
	screen: RestoreScreen & {readonly overlay: RestoreOverlay},
	key: KeyEvent,
	state: RestoreState,
): RestoreMove {
	const {overlay, ...page} = screen;
	if (overlay.kind === 'help') {
		return {screen: key.name === 'escape' || key.name === '?' ? page : screen};
	}
	const step = state.run.runbook.steps.find(({id}) => id === overlay.stepId)!;
	if (overlay.kind === 'ask') {
		return pressInQuestion(screen, overlay, step, key);
	}
	const result = pressInConfirmation(overlay.confirmation, key);
	if (result === 'cancelled') {
		return {screen: page};
	}
	return result === 'confirmed'
		? {screen: initialRestoreScreen, request: {call: overlay.kind, step, typed: overlay.confirmation.typed}}
		: {screen: {...screen, overlay: {...overlay, confirmation: result}}};
}

function pressInQuestion(
	screen: RestoreScreen,
	overlay: Extract<RestoreOverlay, {kind: 'ask'}>,
	step: RunbookStep,
	{name}: KeyEvent,
): RestoreMove {
	const {overlay: _, ...page} = screen;
	switch (name) {
		case 'escape':
			return {screen: page};
		case 'enter':
			return {screen: page, request: {call: 'tick', step, typed: overlay.typed}};
		case 'backspace':
		case 'delete':
			return {screen: {...screen, overlay: {...overlay, typed: [...overlay.typed].slice(0, -1).join('')}}};
		default:
			return isPrintable(name) ? {screen: {...screen, overlay: {...overlay, typed: overlay.typed + name}}} : {screen};
	}
}
