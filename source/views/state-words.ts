/** The symbol, word and style of every state: each says the same, so that none is needed. */
import type {Span} from '../components/line.ts';
import {span} from '../components/line.ts';
import type {ClusterEvent, ClusterHealth, MemberState} from '../engine/state.ts';
import type {Style, Symbols, Theme} from '../theme.ts';

type Sign = {readonly symbol: keyof Symbols; readonly style: keyof Theme['styles']};

const memberSigns: Readonly<Record<MemberState, Sign>> = {
	connecting: {symbol: 'waiting', style: 'plain'},
	healthy: {symbol: 'healthy', style: 'good'},
	slow: {symbol: 'warning', style: 'warning'},
	stalled: {symbol: 'warning', style: 'warning'},
	frozen: {symbol: 'frozen', style: 'bad'},
	down: {symbol: 'failed', style: 'bad'},
	refused: {symbol: 'failed', style: 'bad'},
	unseen: {symbol: 'unknown', style: 'unknown'},
	defragmenting: {symbol: 'working', style: 'working'},
	unknown: {symbol: 'unknown', style: 'unknown'},
	unstarted: {symbol: 'none', style: 'dim'},
	NOSPACE: {symbol: 'alarm', style: 'alarm'},
	CORRUPT: {symbol: 'alarm', style: 'alarm'},
};

/** Yellow and green never on running text: there only the symbol wears them. */
const symbolOnly: ReadonlySet<keyof Theme['styles']> = new Set(['good', 'warning']);

/** `● healthy` */
export function stateSpans(state: MemberState, theme: Theme): readonly Span[] {
	return signed(memberSigns[state], state, theme);
}

const healthSigns: Readonly<Record<ClusterHealth['kind'], Sign & {readonly word: string}>> = {
	connecting: {symbol: 'waiting', style: 'plain', word: 'CONNECTING'},
	healthy: {symbol: 'healthy', style: 'good', word: 'HEALTHY'},
	degraded: {symbol: 'warning', style: 'warning', word: 'DEGRADED'},
	'no quorum': {symbol: 'alarm', style: 'alarm', word: 'NO QUORUM'},
	NOSPACE: {symbol: 'alarm', style: 'alarm', word: 'NOSPACE'},
	CORRUPT: {symbol: 'alarm', style: 'alarm', word: 'CORRUPT'},
	'no contact': {symbol: 'failed', style: 'bad', word: 'NO CONTACT'},
};

/** `● HEALTHY`, the word bold. */
export function healthSpans(kind: ClusterHealth['kind'], theme: Theme): readonly Span[] {
	const {word, ...sign} = healthSigns[kind];
	const spans = signed(sign, word, theme);
	return symbolOnly.has(sign.style) || sign.style === 'plain' ? [spans[0]!, span(` ${word}`, theme.styles.strong)] : spans;
}

const eventSigns: Readonly<Record<ClusterEvent['kind'], Sign>> = {
	good: {symbol: 'healthy', style: 'good'},
	warning: {symbol: 'warning', style: 'warning'},
	bad: {symbol: 'failed', style: 'bad'},
	alarm: {symbol: 'alarm', style: 'bad'},
	defragmenting: {symbol: 'working', style: 'working'},
	note: {symbol: 'note', style: 'plain'},
};

export function eventSymbol(kind: ClusterEvent['kind'], theme: Theme): Span {
	const {symbol, style} = eventSigns[kind];
	return span(theme.symbols[symbol], theme.styles[style]);
}

function signed({symbol, style}: Sign, word: string, theme: Theme): readonly Span[] {
	const ofSymbol: Style = theme.styles[style];
	const ofWord: Style = symbolOnly.has(style) ? '' : ofSymbol;
	return [span(theme.symbols[symbol], ofSymbol), span(` ${word}`, ofWord)];
}
