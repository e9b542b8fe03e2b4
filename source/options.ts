/** The command line and the environment into one checked record; everything wrong in it is a `UsageError`. */
import {parseArgs} from 'node:util';
import {cooldownMs as minimumCooldownMs} from './domain/defrag-policy.ts';
import {parseDuration} from './options/duration.ts';
import {commands, type Flag, flags, flagsOf} from './options/flags.ts';
import {nearest} from './options/nearest.ts';
import {UsageError} from './usage-error.ts';

export type ConnectionOptions = {
	readonly endpoints: readonly string[];
	readonly cacert?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly user?: string;
	readonly password?: string;
	readonly insecureSkipTlsVerify: boolean;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
};

export type Options = {
	readonly command: string;
	/** What follows the command. */
	readonly operands: readonly string[];
	readonly help: boolean;
	readonly version: boolean;
	readonly connection: ConnectionOptions;
	readonly clusterName: string;
	readonly stateDirectory?: string;
	readonly intervalMs: number;
	readonly readOnly: boolean;
	readonly color: 'auto' | 'always' | 'never';
	readonly ascii: boolean;
	readonly defragTimeoutMs: number;
	readonly cooldownMs: number;
	readonly all: boolean;
	readonly dryRun: boolean;
	readonly moveLeader: boolean;
	readonly allowOutage: boolean;
	readonly toHead: boolean;
	readonly yes: boolean;
	readonly writeOut: 'table' | 'json' | 'simple';
	readonly scenario: string;
	readonly noMonitor: boolean;
};

const shortest = 1000;
const longest = 60_000;

export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): Options {
	const {values, positionals} = parseArgs({
		args: [...argv],
		options: Object.fromEntries(flags.map(({name, short, type}) => [name, {type, ...(short === undefined ? {} : {short})}])),
		allowPositionals: true,
		strict: false,
	});
	const [first, ...operands] = positionals;
	checkNames(values);
	const command = commandOf(first);
	checkFlags(values, command);
	const text = (name: string) => textOf(name, values, environment);
	const is = (name: string) => values[name] === true || isTrue(environment, name);
	const duration = (name: string) => parseDuration(text(name) ?? '', `--${name}`);
	const stateDirectory = text('state-dir');
	const connection = connectionOf(text, is, duration);
	return {
		command,
		operands,
		help: is('help'),
		version: is('version'),
		connection,
		clusterName: text('cluster-name') ?? hostOf(connection.endpoints[0] ?? ''),
		...(stateDirectory === undefined ? {} : {stateDirectory}),
		intervalMs: within(duration('interval'), shortest, longest, '--interval', '1s to 60s'),
		readOnly: is('read-only'),
		color: oneOf(text('color'), ['auto', 'always', 'never'], '--color'),
		ascii: is('ascii'),
		defragTimeoutMs: within(duration('defrag-timeout'), shortest, 24 * 3_600_000, '--defrag-timeout', '1s to 24h'),
		cooldownMs: cooldownOf(duration('cooldown')),
		all: is('all'),
		dryRun: is('dry-run'),
		moveLeader: is('move-leader'),
		allowOutage: is('allow-outage'),
		toHead: is('to-head'),
		yes: is('yes'),
		writeOut: oneOf(text('write-out'), ['table', 'json', 'simple'], '--write-out'),
		scenario: text('scenario') ?? 'steady',
		noMonitor: is('no-monitor'),
	};
}

function commandOf(word: string | undefined): string {
	const names = commands.map(({name}) => name);
	if (word === undefined) {
		return 'monitor';
	}
	if (!names.includes(word)) {
		const near = nearest(word, names);
		throw new UsageError(
			`there is no command "${word}".${near === undefined ? ' etcdtop --help lists them.' : ` Did you mean: etcdtop ${near}?`}`,
		);
	}
	return word;
}

/** Before the command is looked at: the value of a mistyped flag would be taken for one. */
function checkNames(values: Readonly<Record<string, unknown>>): void {
	const names = flags.map(({name}) => name);
	const stranger = Object.keys(values).find((name) => !names.includes(name));
	if (stranger !== undefined) {
		const near = nearest(stranger, names);
		throw new UsageError(
			`there is no flag --${stranger}.${near === undefined ? ' etcdtop --help lists them.' : ` Did you mean --${near}?`}`,
		);
	}
}

function checkFlags(values: Readonly<Record<string, unknown>>, command: string): void {
	for (const [name, value] of Object.entries(values)) {
		const flag = flags.find((candidate) => candidate.name === name);
		if (flag === undefined) {
			continue;
		}
		if (!flagsOf(command).includes(flag)) {
			throw new UsageError(
				`--${name} does not belong to ${command === 'monitor' ? 'the monitor' : `etcdtop ${command}`}. etcdtop ${command === 'monitor' ? '' : `${command} `}--help lists what does.`,
			);
		}
		if (flag.type === 'string' && (typeof value !== 'string' || value === '')) {
			throw new UsageError(`--${name} needs a value: ${flag.value ?? ''}.`);
		}
		if (flag.type === 'boolean' && typeof value !== 'boolean') {
			throw new UsageError(`--${name} takes no value.`);
		}
	}
}

function textOf(name: string, values: Readonly<Record<string, unknown>>, environment: NodeJS.ProcessEnv): string | undefined {
	const flag = flags.find((candidate) => candidate.name === name) as Flag;
	const given = values[name];
	if (typeof given === 'string') {
		return given;
	}
	const variable = flag.variable === undefined ? undefined : environment[flag.variable];
	return variable === undefined || variable === '' ? flag.default : variable;
}

function isTrue(environment: NodeJS.ProcessEnv, name: string): boolean {
	const variable = flags.find((candidate) => candidate.name === name)?.variable;
	return variable !== undefined && ['1', 'true', 't'].includes((environment[variable] ?? '').toLowerCase());
}

function connectionOf(
	text: (name: string) => string | undefined,
	is: (name: string) => boolean,
	duration: (name: string) => number,
): ConnectionOptions {
	const given = text('user');
	const colon = given?.indexOf(':') ?? -1;
	const user = colon >= 0 ? given?.slice(0, colon) : given;
	const password = text('password') ?? (colon >= 0 ? given?.slice(colon + 1) : undefined);
	const files = Object.fromEntries(
		['cacert', 'cert', 'key'].flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]])),
	);
	return {
		endpoints: (text('endpoints') ?? '')
			.split(',')
			.map((endpoint) => endpoint.trim())
			.filter((endpoint) => endpoint !== ''),
		...files,
		...(user === undefined ? {} : {user}),
		...(password === undefined ? {} : {password}),
		insecureSkipTlsVerify: is('insecure-skip-tls-verify'),
		dialTimeoutMs: duration('dial-timeout'),
		commandTimeoutMs: duration('command-timeout'),
	};
}

function within(value: number, least: number, most: number, name: string, range: string): number {
	if (value < least || value > most) {
		throw new UsageError(`${name} takes ${range}.`);
	}
	return value;
}

function cooldownOf(value: number): number {
	if (value < minimumCooldownMs) {
		throw new UsageError(
			'--cooldown can be longer than 60s, never shorter: the cluster needs a minute to recover from each defragmentation.',
		);
	}
	return value;
}

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], name: string): T {
	const found = allowed.find((candidate) => candidate === value);
	if (found === undefined) {
		throw new UsageError(`${name} takes ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1) ?? ''}.`);
	}
	return found;
}

function hostOf(endpoint: string): string {
	return endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}
