/** `--help` and the README's table, made from the rows of `flags.ts` and `commands.ts`. */
import {invocation} from './arguments.ts';
import {type Command, type CommandName, commandNamed, commands, flagsOf} from './commands.ts';
import {type Flag, flags} from './flags.ts';

/** Read on terminals of this width. */
const width = 80;

/** Where the second column begins, past the longest flag. */
const indent = 35;

export function helpText(name: CommandName): string {
	const command = commandNamed(name) ?? commands[0]!;
	return name === 'monitor' ? programHelp(command) : commandHelp(command);
}

function programHelp(monitor: Command): string {
	return [
		'etcdtop: top for etcd. Watch a cluster live, and do its upkeep safely.',
		'',
		'Usage:',
		...commands.flatMap((command) => twoColumns(`  ${usageOf(command)}`, command.help)),
		'',
		...flagSections(monitor),
		'Inside, ? lists the keys. etcdtop COMMAND --help tells of a command.',
		'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a safety rule,',
		'4 outcome unknown.',
	].join('\n');
}

function commandHelp(command: Command): string {
	const [first = '', ...rest] = command.help;
	return [
		`${first.toUpperCase()}${rest.join('')}.`,
		'',
		`Usage: ${usageOf(command)} [flags]`,
		'',
		...command.details.flatMap((sentence) => wrap(sentence, width)),
		'',
		...flagSections(command),
	]
		.join('\n')
		.trimEnd();
}

function usageOf(command: Command): string {
	return [invocation(command), ...(command.operands === undefined ? [] : [command.operands])].join(' ');
}

function flagSections(command: Command): readonly string[] {
	const own = flagsOf(command).filter(({commands: taking}) => taking !== 'cluster');
	const connection = flagsOf(command).filter(({commands: taking}) => taking === 'cluster');
	return [
		...section('Flags:', own),
		...section(
			'Reaching the cluster, as etcdctl does (a flag beats its variable):',
			connection.filter(({kubernetes}) => kubernetes === undefined),
		),
		...section(
			'Reaching it through Kubernetes, as kubectl does:',
			connection.filter(({kubernetes}) => kubernetes !== undefined),
		),
	];
}

function section(title: string, rows: readonly Flag[]): readonly string[] {
	return rows.length === 0 ? [] : [title, ...rows.flatMap(flagLines), ''];
}

function flagLines(flag: Flag): readonly string[] {
	const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
	return twoColumns(`  ${short}${callOf(flag)}`, `${flag.help}${notesOf(flag)}`);
}

function callOf({name, value}: Flag): string {
	return `--${name}${value === undefined ? '' : ` ${value}`}`;
}

function notesOf({variable, default: usual}: Flag): string {
	const notes = [...(usual === undefined ? [] : [`default ${usual}`]), ...(variable === undefined ? [] : [variable])];
	return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

function twoColumns(left: string, right: string): readonly string[] {
	const [first = '', ...rest] = wrap(right, width - indent);
	const rows = rest.map((line) => `${' '.repeat(indent)}${line}`);
	return left.length < indent ? [`${left.padEnd(indent)}${first}`, ...rows] : [left, `${' '.repeat(indent)}${first}`, ...rows];
}

/** Lines of at most `columns` characters, broken between words. */
function wrap(text: string, columns: number): readonly string[] {
	const lines: string[] = [];
	for (const word of text.split(' ')) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + 1 + word.length <= columns) {
			lines[lines.length - 1] = `${last} ${word}`;
		} else {
			lines.push(word);
		}
	}
	return lines;
}

/** A Markdown table of the flags, for the README. */
export function flagTable(): string {
	const code = (text: string | undefined) => (text === undefined ? '' : `\`${text.replaceAll('|', '\\|')}\``);
	const rows = flags.map((flag) => `| ${code(callOf(flag))} | ${flag.help} | ${code(flag.default)} | ${code(flag.variable)} |`);
	return ['| flag | what | default | variable |', '|---|---|---|---|', ...rows].join('\n');
}
