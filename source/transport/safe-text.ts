declare const safe: unique symbol;

/** Text that holds no control character, escape sequence or bidirectional override: it can be drawn as it is. */
export type SafeText = string & {readonly [safe]: true};

/** Code points. Longer than any sentence of etcd's; what exceeds it is an attack or a page that isn't etcd's. */
const maximumLength = 400;

/** Before anything else is cut: what could hold millions of characters is never looked at whole. */
const maximumInput = 16 * 1024;

/** OSC, DCS, SOS, PM and APC with all that they carry. Without an end only the start is dropped, so that no text is hidden by it. */
const strings = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/g;

/** CSI with its parameters, then every other sequence that starts with ESC. */
const sequences = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/g;

const whitespace = /\r\n|[\t-\r\x85\p{Z}]/gu;

/**
 * C0 and C1; characters without a picture, which could make two names look alike (zero-width, fillers, tags, variation
 * selectors); and those that turn the direction of what follows (bidirectional overrides and isolates are Cf).
 */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Half a character, one that is private or not assigned: nobody knows how a terminal draws it, or how wide. */
const unknowable = /[\p{Cs}\p{Co}\p{Cn}]/gu;

/** Marks without a letter of their own, or piled up on one, reach into the cells around. */
const strayMarks = /(^|[ ])\p{M}+|(\p{M}{2})\p{M}+/gu;

/** Strips from a stranger's text whatever could move, hide or disguise something on a terminal. One line, bounded in length. */
export function safeText(text: string): SafeText {
	const clean = text
		.slice(0, maximumInput)
		.replace(strings, '')
		.replace(sequences, '')
		.replace(whitespace, ' ')
		.replace(invisible, '')
		.replace(unknowable, '\uFFFD')
		.replace(strayMarks, '$1$2')
		.trim();
	const characters = [...clean];
	return (characters.length > maximumLength ? `${characters.slice(0, maximumLength - 3).join('')}...` : clean) as SafeText;
}
