/** A cell's looks: SGR parameters by what they set, each empty when not set. */
export type Style = {
	readonly foreground: string;
	readonly background: string;
	/** Attributes in force (`1` bold, `2` dim, `3` italic, `4` underline, `7` inverse, …), in ascending order. */
	readonly attributes: readonly number[];
	readonly sequence: string;
};

export const plainStyle: Style = {foreground: '', background: '', attributes: [], sequence: '\x1b[0m'};

/** What each "off" parameter turns off. */
const turnsOff: Readonly<Record<number, readonly number[]>> = {
	22: [1, 2],
	23: [3],
	24: [4],
	25: [5],
	27: [7],
	28: [8],
	29: [9],
	55: [53],
};

/** The style after an SGR sequence, `parameters` being what stands between `ESC [` and `m`. */
export function applySgr(style: Style, parameters: string): Style {
	let {foreground, background} = style;
	let attributes = [...style.attributes];
	const codes = parameters.split(/[;:]/).map(Number);
	for (let index = 0; index < codes.length; index++) {
		const code = codes[index]!;
		const off = turnsOff[code];
		if (code === 0) {
			foreground = '';
			background = '';
			attributes = [];
		} else if (off) {
			attributes = attributes.filter((attribute) => !off.includes(attribute));
		} else if (code < 10 || code === 53) {
			attributes = [...new Set([...attributes, code])].sort((a, b) => a - b);
		} else if (code === 38 || code === 48) {
			const length = codes[index + 1] === 5 ? 3 : 5;
			const color = codes.slice(index, index + length).join(';');
			index += length - 1;
			if (code === 38) {
				foreground = color;
			} else {
				background = color;
			}
		} else if (code === 39) {
			foreground = '';
		} else if (code === 49) {
			background = '';
		} else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
			foreground = String(code);
		} else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) {
			background = String(code);
		}
	}

	return withSequence(foreground, background, attributes);
}

function withSequence(foreground: string, background: string, attributes: readonly number[]): Style {
	const parameters = ['0', ...attributes.map(String), foreground, background].filter((parameter) => parameter !== '');
	return {foreground, background, attributes, sequence: `\x1b[${parameters.join(';')}m`};
}
