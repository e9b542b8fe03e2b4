/** Completion for the shells, made from the rows of `flags.ts` and `commands.ts`. */
import {type Command, commands, flagsOf} from './commands.ts';
import {type Flag, flags} from './flags.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const named = commands.filter(({name}) => name !== 'monitor');

/** The script to source. */
export function completionScript(shell: Shell): string {
	return {bash: bashScript, zsh: zshScript, fish: fishScript}[shell]();
}

/** The words that may follow a command: `list`, `bash`. */
function operandsOf({name}: Command): readonly string[] {
	return name === 'alarm' ? ['list', 'disarm'] : name === 'completion' ? shells : [];
}

function bashScript(): string {
	const valued = flags.filter(({type}) => type === 'string');
	const values = valued.map(
		(flag) => `\t\t${namesOf(flag).join('|')}) COMPREPLY=($(compgen ${bashValues(flag)} -- "$current")); return;;`,
	);
	const words = commands.map((command) => {
		const first = command.name === 'monitor' ? named.map(({name}) => name) : operandsOf(command);
		return `\t\t${command.name}) words='${[...first, ...flagsOf(command).flatMap(namesOf)].join(' ')}';;`;
	});
	return [
		'_etcdtop() {',
		'\tlocal current=$2 previous=$3 command=monitor word words',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's to fill in
		'\tfor word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
		`\t\tcase $word in ${named.map(({name}) => name).join('|')}) command=$word; break;; esac`,
		'\tdone',
		'\tcase $previous in',
		...values,
		'\tesac',
		'\tcase $command in',
		...words,
		'\tesac',
		'\tCOMPREPLY=($(compgen -W "$words" -- "$current"))',
		'}',
		'complete -F _etcdtop etcdtop',
	].join('\n');
}

function namesOf({name, short}: Flag): readonly string[] {
	return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

function bashValues({value, choices}: Flag): string {
	return choices !== undefined ? `-W '${choices.join(' ')}'` : value === 'FILE' ? '-f' : value === 'DIRECTORY' ? '-d' : "-W ''";
}

function zshScript(): string {
	const described = named.map(({name, help}) => quoted(`${name}:${help}`));
	const cases = commands.map((command) => {
		const operands =
			command.name === 'monitor'
				? '"1:command:{_describe command commands}"'
				: quoted(`*:operand:(${operandsOf(command).join(' ')})`);
		return `\t\t${command.name}) _arguments ${[...flagsOf(command).flatMap(zshFlag), operands].join(' ')};;`;
	});
	return [
		'#compdef etcdtop',
		'_etcdtop() {',
		'\tlocal command=monitor word',
		`\tlocal -a commands=(${described.join(' ')})`,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's to fill in
		'\tfor word in ${words[2,CURRENT-1]}; do',
		`\t\tcase $word in ${named.map(({name}) => name).join('|')}) command=$word; break;; esac`,
		'\tdone',
		'\tcase $command in',
		...cases,
		'\tesac',
		'}',
		'if [[ $funcstack[1] = _etcdtop ]]; then _etcdtop "$@"; else compdef _etcdtop etcdtop; fi',
	].join('\n');
}

function zshFlag(flag: Flag): readonly string[] {
	const help = flag.help.replace(/[[\]:\\]/g, '\\$&');
	const action =
		flag.choices !== undefined
			? `(${flag.choices.join(' ')})`
			: flag.value === 'FILE'
				? '_files'
				: flag.value === 'DIRECTORY'
					? '_files -/'
					: ' ';
	const value = flag.type !== 'string' ? '' : `:value:${action}`;
	return namesOf(flag).map((name) => quoted(`${name}[${help}]${value}`));
}

function fishScript(): string {
	const whenAlone = '__fish_use_subcommand';
	const lines = ['complete -c etcdtop -f'];
	for (const {name, help} of named) {
		lines.push(`complete -c etcdtop -n ${whenAlone} -a ${name} -d ${quotedForFish(help)}`);
	}
	for (const command of commands) {
		const when = command.name === 'monitor' ? whenAlone : quotedForFish(`__fish_seen_subcommand_from ${command.name}`);
		for (const operand of operandsOf(command)) {
			lines.push(`complete -c etcdtop -n ${when} -a ${operand}`);
		}
		for (const {name, short, type, value, choices, help} of flagsOf(command)) {
			const argument = type !== 'string' ? '' : value === 'FILE' || value === 'DIRECTORY' ? ' -r -F' : ' -x';
			lines.push(
				`complete -c etcdtop -n ${when} -l ${name}${short === undefined ? '' : ` -s ${short}`}${argument}${choices === undefined ? '' : ` -a ${quotedForFish(choices.join(' '))}`} -d ${quotedForFish(help)}`,
			);
		}
	}
	return lines.join('\n');
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

function quotedForFish(text: string): string {
	return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
