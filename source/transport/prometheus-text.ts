/**
 * Reads a Prometheus exposition page for the few samples that are wanted. A page has some 1,500 lines and comes from every
 * member every two seconds, so lines that are not wanted are only skimmed. Whatever isn't a sample is passed over.
 */

export type Sample = {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	/** May be NaN or infinite, as printed. */
	readonly value: number;
};

export type Page = {
	/** Samples of the wanted names, in the page's order. */
	readonly samples: readonly Sample[];
	/** How many samples of any name the page held. */
	readonly sampleCount: number;
};

const openBrace = 123;

/**
 * The sample names to return (`x_bucket`, not `x`), each with text that the line must hold, such as `grpc_method="Snapshot"`; empty
 * for any: some names have hundreds of samples, of which one is wanted.
 */
export type Wanted = ReadonlyMap<string, string>;

/**
 * Reads the wanted samples, and counts all. A last line without a newline is passed over: where a page is
 * cut off, its last figure may be cut too.
 */
export function readPage(page: string, wanted: Wanted): Page {
	const samples: Sample[] = [];
	let sampleCount = 0;
	let start = 0;
	for (;;) {
		const end = page.indexOf('\n', start);
		if (end === -1) {
			return {samples, sampleCount};
		}
		const nameEnd = endOfName(page, start, end);
		if (nameEnd > start && looksLikeSample(page, nameEnd, end)) {
			sampleCount++;
			const name = page.slice(start, nameEnd);
			const required = wanted.get(name);
			const rest = required === undefined ? '' : page.slice(nameEnd, end);
			const sample = required !== undefined && rest.includes(required) ? readSample(name, rest) : undefined;
			if (sample !== undefined) {
				samples.push(sample);
			}
		}
		start = end + 1;
	}
}

/** Where the run of name characters from `start` ends. */
function endOfName(page: string, start: number, end: number): number {
	let index = start;
	while (index < end && isNameCharacter(page.charCodeAt(index))) {
		index++;
	}
	return index;
}

function isNameCharacter(code: number): boolean {
	return (code >= 97 && code <= 122) || code === 95 || (code >= 48 && code <= 58) || (code >= 65 && code <= 90);
}

const numberAhead = /[ \t]+[-+\d.NI]/y;

/** A glance, which is all that most lines get: after the name come labels, or a space and the start of a number. */
function looksLikeSample(page: string, nameEnd: number, end: number): boolean {
	const next = page.charCodeAt(nameEnd);
	if (next === openBrace) {
		return page.lastIndexOf('} ', end) > nameEnd;
	}
	numberAhead.lastIndex = nameEnd;
	return nameEnd < end && numberAhead.test(page);
}

/** The rest of a line: labels or none, a value, perhaps a timestamp. */
const shape = /^(?:\{(?<labels>.*)\})?[ \t]+(?<value>[^ \t\r]+)(?:[ \t]+-?\d+)?[ \t\r]*$/;

const label = /([A-Za-z_][\w]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,\s*|$)/y;

function readSample(name: string, rest: string): Sample | undefined {
	const groups = shape.exec(rest)?.groups;
	const value = readValue(groups?.value ?? '');
	const labels = readLabels(groups?.labels ?? '');
	return value === undefined || labels === undefined ? undefined : {name, labels, value};
}

function readValue(text: string): number | undefined {
	switch (text) {
		case 'NaN':
			return Number.NaN;
		case '+Inf':
		case 'Inf':
			return Number.POSITIVE_INFINITY;
		case '-Inf':
			return Number.NEGATIVE_INFINITY;
		default:
			return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
	}
}

function readLabels(text: string): Record<string, string> | undefined {
	const labels: Record<string, string> = Object.create(null);
	label.lastIndex = 0;
	let index = 0;
	while (index < text.length) {
		const match = label.exec(text);
		if (match === null) {
			return undefined;
		}
		labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
		index = label.lastIndex;
	}
	return labels;
}
