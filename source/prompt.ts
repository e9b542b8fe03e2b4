/** What is typed after `:`, as in k9s. Pure. */

/** Words that begin a command, and what they stand for. */
const words = {context: 'context', ctx: 'context', contexts: 'context', quit: 'quit', q: 'quit'} as const;

export type PromptCommand =
	/** Without a name: which ones are there? */
	| {readonly kind: 'context'; readonly name?: string}
	| {readonly kind: 'quit'}
	| {readonly kind: 'nothing'}
	| {readonly kind: 'unknown'; readonly word: string};

export function readPrompt(text: string): PromptCommand {
	const [word = '', ...rest] = text.trim().split(/\s+/);
	// A context's name may hold blanks.
	const name = text.trim().slice(word.length).trim();
	if (word === '') {
		return {kind: 'nothing'};
	}
	const command = Object.hasOwn(words, word) ? words[word as keyof typeof words] : undefined;
	if (command === 'context') {
		return name === '' ? {kind: 'context'} : {kind: 'context', name};
	}
	return command === 'quit' && rest.length === 0 ? {kind: 'quit'} : {kind: 'unknown', word};
}

/** What the text could go on to be: commands, then contexts. */
export function suggestions(text: string, contexts: readonly string[]): readonly string[] {
	const argument = /^\s*(?:context|contexts|ctx)\s+(.*)$/.exec(text)?.[1];
	return argument === undefined
		? ['context', 'quit'].filter((word) => word.startsWith(text.trimStart()))
		: contexts.filter((name) => name.startsWith(argument));
}

/** The text with what all suggestions agree on added: a blank behind a command that takes a name. */
export function completed(text: string, contexts: readonly string[]): string {
	const found = suggestions(text, contexts);
	const common = found.reduce(commonStart, found[0] ?? '');
	if (common === '') {
		return text;
	}
	const argument = /^(\s*\S+\s+)/.exec(text)?.[1];
	return argument === undefined ? `${common}${common === 'context' ? ' ' : ''}` : `${argument}${common}`;
}

function commonStart(one: string, other: string): string {
	let length = 0;
	while (length < one.length && one[length] === other[length]) {
		length++;
	}
	return one.slice(0, length);
}
