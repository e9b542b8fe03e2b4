/** `--help`, the shells' completion and the README's table, made from the rows of `flags.ts`. */
import {commands, type Flag, flags, flagsOf} from './flags.ts';

const column = 34;

export function helpText(command: string | undefined): string {
	if (command === undefined || command === 'monitor') {
		return [
			'etcdtop: top for etcd. Watch a cluster live and defragment it safely.',
			'',
			'Usage:',
			...commands.map(({usage, help}) => `  ${usage.padEnd(column)} ${help}`),
			'',
			'Flags:',
			...flagsOf('monitor').map(flagLine),
			'',
			'Inside, ? lists the keys. etcdtop COMMAND --help tells of a command.',
			'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a safety rule, 4 outcome unknown.',
		].join('\n');
	}
	const found = commands.find(({name}) => name === command);
	return [`${found?.usage ?? ''} [flags]`, '', `  ${found?.help ?? ''}`, '', 'Flags:', ...flagsOf(command).map(flagLine)].join(
		'\n',
	);
}

function flagLine({name, short, value, help, variable, default: usual}: Flag): string {
	const left = `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
	const notes = [...(usual === undefined ? [] : [`default ${usual}`]), ...(variable === undefined ? [] : [variable])];
	return `${left.padEnd(column + 2)} ${help}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

/** A Markdown table of the flags, for the README. */
export function flagTable(): string {
	const rows = flags.map(({name, value, help, variable, default: usual}) => {
		const call = `\`--${name}${value === undefined ? '' : ` ${value}`}\``;
		return `| ${call} | ${help} | ${usual === undefined ? '' : `\`${usual}\``} | ${variable === undefined ? '' : `\`${variable}\``} |`;
	});
	return ['| flag | what | default | variable |', '|---|---|---|---|', ...rows].join('\n');
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
	const words = [...commands.map(({name}) => name).filter((name) => name !== 'monitor'), ...flags.map(({name}) => `--${name}`)];
	switch (shell) {
		case 'bash':
			return `complete -o default -W '${words.join(' ')}' etcdtop`;
		case 'zsh':
			return `#compdef etcdtop\n_arguments '*: :(${words.join(' ')})'`;
		case 'fish':
			return [
				...commands
					.filter(({name}) => name !== 'monitor')
					.map(({name, help}) => `complete -c etcdtop -n __fish_use_subcommand -a ${name} -d "${help}"`),
				...flags.map(({name, help}) => `complete -c etcdtop -l ${name} -d "${help}"`),
			].join('\n');
	}
}
