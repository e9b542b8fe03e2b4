/** A key press by its name, the way the key table, the reducers and the tests call it. */

/** `d`, `D`, `up`, `enter`, `escape`, `tab`, `shift-tab`, `ctrl-c`, … */
export type KeyName = string;

export type KeyEvent = {
	readonly name: KeyName;
	/** Uptime ms. */
	readonly at: number;
};

/** What Ink tells of a key; a part of its `Key`. */
export type InkKey = {
	readonly [K in
		| 'upArrow'
		| 'downArrow'
		| 'leftArrow'
		| 'rightArrow'
		| 'pageUp'
		| 'pageDown'
		| 'home'
		| 'end'
		| 'return'
		| 'escape'
		| 'tab'
		| 'shift'
		| 'ctrl'
		| 'meta'
		| 'backspace'
		| 'delete']: boolean;
};

/** One read of the keyboard: a key of its own, or several characters that came together. */
export type Chunk = {readonly kind: 'key'; readonly name: KeyName} | {readonly kind: 'several'; readonly text: string};

const named: readonly (readonly [keyof InkKey, KeyName])[] = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['escape', 'escape'],
	['return', 'enter'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

/** What one `useInput` call brought; undefined for what is no key of ours, such as Alt with a letter. */
export function chunkOf(input: string, key: InkKey): Chunk | undefined {
	const found = named.find(([flag]) => key[flag]);
	if (found !== undefined) {
		return {kind: 'key', name: found[1]};
	}
	if (key.tab) {
		return {kind: 'key', name: key.shift ? 'shift-tab' : 'tab'};
	}
	if (key.ctrl) {
		return {kind: 'key', name: `ctrl-${input}`};
	}
	if (key.meta || input === '') {
		return undefined;
	}
	return [...input].length === 1 ? singleCharacter(input) : {kind: 'several', text: input};
}

function singleCharacter(input: string): Chunk | undefined {
	if (input === '\r' || input === '\n') {
		return {kind: 'key', name: 'enter'};
	}
	return isPrintable(input) ? {kind: 'key', name: input} : undefined;
}

export function isPrintable(character: string): boolean {
	return [...character].length === 1 && !/[\p{Cc}\p{Cs}]/u.test(character);
}
