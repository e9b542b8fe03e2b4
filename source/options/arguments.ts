/** The words of a command line, told apart by the table of flags. Nothing is read from the environment here. */
import {parseArgs} from 'node:util';
import {nearest} from '../domain/nearest.ts';
import {UsageError} from '../usage-error.ts';
import {type Command, commandNamed, commands, flagsOf} from './commands.ts';
import {type Flag, flags} from './flags.ts';

export type Arguments = {
	readonly command: Command;
	readonly operands: readonly string[];
	/** As given, in the order given; a switch is `true` or `false`. */
	readonly given: ReadonlyMap<string, readonly string[]>;
};

/** Values that a flag of type `optional` has at most. */
const optionalValues = 2;

/** Throws `UsageError` for a word that can't be meant, naming the nearest that can. */
export function parseArguments(argv: readonly string[]): Arguments {
	const {tokens} = parseArgs({
		args: [...argv],
		options: Object.fromEntries(
			flags.map(({name, short, type}) => [
				name,
				{type: type === 'string' ? type : ('boolean' as const), ...(short === undefined ? {} : {short})},
			]),
		),
		allowPositionals: true,
		strict: false,
		tokens: true,
	});
	const words: string[] = [];
	const given = new Map<string, readonly string[]>();
	// A flag whose values may be left out takes those that follow it at once.
	let open: {readonly name: string; readonly fits: RegExp; left: number} | undefined;
	for (const token of tokens) {
		if (token.kind === 'positional' && open !== undefined && open.left > 0 && open.fits.test(token.value)) {
			given.set(open.name, [`${given.get(open.name)?.at(-1) ?? ''} ${token.value}`.trim()]);
			open.left--;
			continue;
		}
		open = undefined;
		if (token.kind === 'positional') {
			words.push(token.value);
		} else if (token.kind === 'option') {
			const flag = flagNamed(token.name, token.rawName);
			if (flag.type === 'optional') {
				const inline = (token.value ?? '').replaceAll(',', ' ').trim();
				given.set(flag.name, [inline]);
				open = {name: flag.name, fits: /^\d/, left: inline === '' ? optionalValues : 0};
				continue;
			}
			const value =
				flag.type === 'boolean' ? switchOf(flag, token.value) : argumentOf(flag, token.value, token.inlineValue === true);
			given.set(flag.name, [...(given.get(flag.name) ?? []), value]);
			if (flag.name === 'via' && value === 'ssh') {
				// Its host is the word behind it.
				open = {name: flag.name, fits: /^[^-]/, left: 1};
			}
		}
	}
	const {command, operands} = commandOf(words, given);
	checkFlags(command, given);
	if (operands.length > 0 && command.operands === undefined && !isTrue(given, 'help')) {
		throw new UsageError(`"${operands[0]}" is too much: ${invocation(command)} takes no operands.`);
	}
	return {command, operands, given};
}

function isTrue(given: Arguments['given'], name: string): boolean {
	return given.get(name)?.at(-1) === 'true';
}

function commandOf(words: readonly string[], given: Map<string, readonly string[]>): Pick<Arguments, 'command' | 'operands'> {
	const [first = 'monitor', ...operands] = words;
	if (first === 'help') {
		given.set('help', ['true']);
		return commandOf(operands.slice(0, 1), given);
	}
	const command = commandNamed(first);
	if (command === undefined) {
		const near = nearest(
			first,
			commands.map(({name}) => name),
		);
		throw new UsageError(
			`there is no command "${first}". ${near === undefined ? 'etcdtop --help lists them.' : `Did you mean: etcdtop ${near}?`}`,
		);
	}
	return {command, operands};
}

function flagNamed(name: string, rawName: string): Flag {
	const flag = flags.find((candidate) => candidate.name === name);
	if (flag !== undefined) {
		return flag;
	}
	const near = nearest(
		name,
		flags.map((candidate) => candidate.name),
	);
	throw new UsageError(
		`there is no flag ${rawName}. ${near === undefined ? 'etcdtop --help lists them.' : `Did you mean --${near}?`}`,
	);
}

function checkFlags(command: Command, given: Arguments['given']): void {
	const taken = flagsOf(command);
	for (const name of given.keys()) {
		if (!taken.some((flag) => flag.name === name)) {
			throw new UsageError(`--${name} does not belong to ${invocation(command)}; ${invocation(command)} --help lists what does.`);
		}
	}
}

/** How a command is called: `etcdtop status`. */
export function invocation({name}: Command): string {
	return name === 'monitor' ? 'etcdtop' : `etcdtop ${name}`;
}

/** Go's way: `--flag`, `--flag=true`, `--flag=false`. */
function switchOf({name}: Flag, value: string | undefined): string {
	const truth = value === undefined ? true : readSwitch(value);
	if (truth === undefined) {
		throw new UsageError(`--${name} is a switch: write --${name}, or --${name}=false.`);
	}
	return String(truth);
}

/** What Go reads as a boolean; undefined for anything else. */
export function readSwitch(text: string): boolean | undefined {
	if (['1', 't', 'true'].includes(text.toLowerCase())) {
		return true;
	}
	return ['0', 'f', 'false'].includes(text.toLowerCase()) ? false : undefined;
}

/** A flag that follows is no value: something was forgotten between them. */
function argumentOf({name, value: wanted = ''}: Flag, value: string | undefined, isInline: boolean): string {
	if (value === undefined || (!isInline && /^-./.test(value))) {
		throw new UsageError(`--${name} needs a value: --${name} ${wanted}.`);
	}
	return value.replace(/^=/, '');
}
