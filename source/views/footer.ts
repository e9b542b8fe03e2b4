/** The last two rows: what the program has to say until the next key, and what can be pressed now. */
import {compact} from '../actions/compact.ts';
import {reasonAgainst} from '../actions/index.ts';
import {nextOfRescue} from '../actions/rescue.ts';
import {blank, type Line, lineWidth, type Span, span} from '../components/line.ts';
import type {Message, State} from '../engine/state.ts';
import {fit, wrapText} from '../format.ts';
import type {KeyRecord} from '../key-record.ts';
import {keymap, placeOf} from '../keymap.ts';
import {planHeldBy} from '../overlay-state.ts';
import {suggestions} from '../prompt.ts';
import {type ScreenState, selectedId} from '../screen-state.ts';
import type {Symbols, Theme} from '../theme.ts';
import {maySetAside} from './compaction.ts';
import {cooldownText} from './cooldown-text.ts';

type Sign = {readonly symbol: keyof Symbols; readonly style: keyof Theme['styles']};

const signs: Readonly<Record<Message['kind'], Sign>> = {
	refused: {symbol: 'failed', style: 'bad'},
	good: {symbol: 'done', style: 'good'},
	warning: {symbol: 'warning', style: 'warning'},
	note: {symbol: 'note', style: 'plain'},
};

/** At most three lines, so that a reason is never cut. */
const maximumMessageLines = 3;

/** What a key or the engine had to say; else why nothing can be defragmented now; else blank. */
export function messageLines(screen: ScreenState, state: State, columns: number, theme: Theme): readonly Line[] {
	const {message} = state;
	if (screen.prompt !== undefined) {
		return [promptLine(screen.prompt, state, columns, theme)];
	}
	if (message !== undefined) {
		return signedLines(message.text, signs[message.kind], columns, theme);
	}
	const held = screen.overlays.length === 0 ? cooldownText(state, screen.view) : undefined;
	return held === undefined ? [[]] : signedLines(held, {symbol: 'waiting', style: 'plain'}, columns, theme);
}

/** ` :context prod_   prod-eu-1  prod-us-2`: the end of what is typed stays in sight. */
function promptLine(prompt: string, {contexts = []}: State, columns: number, theme: Theme): Line {
	const room = columns - promptCells;
	const typed = [...theme.text(prompt)];
	const shown = typed.slice(Math.max(0, typed.length - room)).join('');
	const line = [span(' '), span(`:${shown}_`, theme.styles.strong), blank(3)];
	const left = columns - lineWidth(line) - 1;
	const found = suggestions(prompt, contexts).join('  ');
	return left < 1 ? line : [...line, span(fit(theme.text(found), left, theme.symbols.ellipsis), theme.styles.dim)];
}

/** Around what is typed: blanks, the colon and the cursor. */
const promptCells = 6;

function signedLines(told: string, {symbol, style}: Sign, columns: number, theme: Theme): readonly Line[] {
	const sign = theme.symbols[symbol];
	return wrapText(theme.text(told), columns - 3 - sign.length)
		.slice(0, maximumMessageLines)
		.map((text, index): Line => {
			const start: Line = index === 0 ? [blank(1), span(sign, theme.styles[style]), blank(1)] : [blank(3)];
			return [...start, ...(index === 0 ? keyInBold(text, theme) : [span(text)])];
		});
}

/** `d etcd-2: it is the leader`: the key that was refused stands first. */
function keyInBold(text: string, theme: Theme): Line {
	const key = /^(?:[A-Za-z]|Enter)(?=[ :])/.exec(text)?.[0] ?? '';
	return [span(key, theme.styles.strong), span(text.slice(key.length))];
}

/** What fits, the most important first; in the order of their use. */
export function footerLine(screen: ScreenState, state: State, columns: number, theme: Theme): Line {
	const place = placeOf(screen);
	const open = keymap.filter(
		(record) => record.places.includes(place) && record.hint !== undefined && isOpen(record, screen, state),
	);
	const fits: KeyRecord[] = [];
	let left = columns - 1;
	for (const record of open.toSorted((a, b) => rankOf(b, state) - rankOf(a, state))) {
		const cells = lineWidth(hintSpans(record, theme)) + 2;
		if (cells <= left + 2) {
			fits.push(record);
			left -= cells;
		}
	}
	const ordered = open.filter((record) => fits.includes(record)).toSorted((a, b) => turnOf(a) - turnOf(b));
	return [blank(1), ...ordered.flatMap((record, index) => [...(index === 0 ? [] : [blank(2)]), ...hintSpans(record, theme)])];
}

/** Under NOSPACE the way out comes first, compacting too. */
function rankOf({hint, action}: KeyRecord, {alarms}: State): number {
	const leadsOut = action?.id === compact.id && alarms.some(({alarm}) => alarm === 'NOSPACE');
	return leadsOut ? wayOutRank : (hint?.rank ?? 0);
}

/** Behind help and quit, before all that only looks. */
const wayOutRank = 79;

/** Esc first, then what acts; help and quit at the end, where they are looked for. */
function turnOf({keys, section}: KeyRecord): number {
	return keys.includes('escape') ? 0 : {ACT: 1, MOVE: 2, LOOK: 3, PROGRAM: 4}[section];
}

function hintSpans({label, hint}: KeyRecord, theme: Theme): readonly Span[] {
	return [span(theme.text(hint?.label ?? label), theme.styles.strong), span(theme.text(` ${hint?.text ?? ''}`))];
}

/** Whether a press does anything now. */
function isOpen({action, keys}: KeyRecord, screen: ScreenState, state: State): boolean {
	if (action !== undefined) {
		const selected = selectedId(screen, state);
		return reasonAgainst(action, {state, ...(selected === undefined ? {} : {selected})}) === undefined;
	}
	if (screen.overlays.length === 0 && keys.includes('escape')) {
		const clears = state.compaction !== undefined && maySetAside(state);
		const isTyping = screen.filterTyping || screen.prompt !== undefined;
		return screen.view !== 'overview' || screen.filter !== '' || isTyping || clears;
	}
	if (placeOf(screen) === 'rescue' && keys.includes('enter')) {
		return nextOfRescue(state) !== undefined;
	}
	if (placeOf(screen) === 'plan' && keys.includes('m')) {
		return state.plan?.moveLeader?.kind === 'possible';
	}
	return (
		placeOf(screen) !== 'plan' || !keys.includes('enter') || (state.plan !== undefined && planHeldBy(state.plan) === undefined)
	);
}
