/** OSC 52: the clipboard of the terminal at the other end, over SSH too, and past a multiplexer in between. */

type Environment = Readonly<Record<string, string | undefined>>;

/** GNU screen takes no longer string than that. */
const screenBytes = 700;

export function clipboardBytes(text: string, env: Environment): string {
	const sequence = `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
	if (env['TMUX']) {
		// tmux takes it itself (set-clipboard) or lets it through (allow-passthrough): it does one of the two, or none.
		return `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
	}
	if (env['STY']) {
		const parts = sequence.match(new RegExp(`[^]{1,${screenBytes}}`, 'g')) ?? [];
		return parts.map((part) => `\x1bP${part}\x1b\\`).join('');
	}
	return sequence;
}
