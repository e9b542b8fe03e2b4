/** Texts as words of a POSIX shell: a name with a blank or a quote in it must not become another command. */

/** Exactly this text as one word; as it is where nothing in it means anything to a shell. */
export function shellWord(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
