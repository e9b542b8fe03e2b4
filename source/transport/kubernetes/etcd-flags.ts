/** etcd's flags, read from the command of its container: plain words, or a shell script that ends in etcd. */

export type EtcdFlags = Readonly<Record<string, string>>;

type Container = {
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly env?: readonly {readonly name: string; readonly value?: string}[];
};

/** By name without dashes: `advertise-client-urls`. Variables in them are those of the container; ETCD_ variables are flags too. */
export function readFlags({command = [], args = [], env = []}: Container): EtcdFlags {
	// Those that the kubelet fills in are not known here: what holds one stays as it is written.
	const variables = new Map(env.flatMap(({name, value}): [string, string][] => (value === undefined ? [] : [[name, value]])));
	const fromEnvironment = [...variables]
		.filter(([name]) => /^ETCD_[A-Z_]+$/.test(name))
		.map(([name, value]): [string, string] => [name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-'), value]);
	const expand = (text: string) =>
		text.replace(
			/\$\{(\w+)\}|\$\((\w+)\)|\$(\w+)/g,
			(whole, ...names) => variables.get(names.slice(0, 3).find(Boolean)) ?? whole,
		);
	const words = wordsOfEtcd([...command, ...args]);
	const fromWords = words.flatMap((word, index): [string, string][] => {
		const [, name, value] = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
		if (name === undefined) {
			return [];
		}
		const next = words[index + 1];
		return [[name, expand(value ?? (next === undefined || next.startsWith('-') ? 'true' : next))]];
	});
	// As etcd has it: a flag counts before its variable.
	return Object.fromEntries([...fromEnvironment, ...fromWords]);
}

/** Whether the container has a shell, as far as its own command tells. */
export function runsShell({command = []}: Container): boolean {
	return /(^|\/)(ba|da|a)?sh$/.test(command[0] ?? '');
}

/** Whether it is etcd that this container runs. */
export function runsEtcd({command = [], args = []}: Container): boolean {
	return wordsOfEtcd([...command, ...args]).length > 0;
}

function wordsOfEtcd(words: readonly string[]): string[] {
	const isShell = runsShell({command: words});
	const all = isShell ? words.slice(1).flatMap(shellWords) : words;
	// `--data-dir=/var/lib/etcd` and `--data-dir /var/lib/etcd` end like it too.
	const start = all.findLastIndex((word, index) => /^(?!-)([^=]*\/)?etcd$/.test(word) && !/^--[^=]+$/.test(all[index - 1] ?? ''));
	if (start === -1) {
		return [];
	}
	const rest = all.slice(start);
	const end = isShell ? rest.findIndex((word) => /^(\|\||&&|[|;&])$/.test(word)) : -1;
	return end === -1 ? [...rest] : rest.slice(0, end);
}

/** The words of a script, roughly: quotes hold them together, a backslash at the end of a line continues it. */
function shellWords(script: string): string[] {
	const words = script.replace(/\\\r?\n/g, ' ').match(/\|\||&&|[|;&]|(?:"[^"]*"|'[^']*'|[^\s"';&|])+/g) ?? [];
	return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
