/** The command line and the environment into one checked record; everything wrong in it is a `UsageError`. */
import {cooldownMs as minimumCooldownMs} from './domain/defrag-policy.ts';
import {type Arguments, parseArguments, readSwitch} from './options/arguments.ts';
import {type CommandName, flagsOf} from './options/commands.ts';
import {parseDuration} from './options/duration.ts';
import {flags} from './options/flags.ts';
import {UsageError} from './usage-error.ts';

/** What leads to the cluster. Paths are of PEM files. */
export type ConnectionOptions = {
	readonly endpoints: readonly string[];
	readonly cacert?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly user?: string;
	readonly password?: string;
	readonly insecureSkipTlsVerify: boolean;
	readonly insecureTransport: boolean;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
};

export type Options = {
	readonly command: CommandName;
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

const second = 1000;
const day = 24 * 60 * 60 * second;

/** `argv` is without the program's own name. */
export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): Options {
	const parsed = parseArguments(argv);
	const wants = (name: string) => parsed.given.get(name)?.at(-1) === 'true';
	if (wants('help') || wants('version')) {
		// Whoever asks for help is not told first what is wrong with the environment.
		return {...optionsFrom({...parsed, given: new Map()}, {}), help: wants('help'), version: wants('version')};
	}
	return optionsFrom(parsed, environment);
}

function optionsFrom(parsed: Arguments, environment: NodeJS.ProcessEnv): Options {
	const read = new Reader(parsed, environment);
	const connection = connectionFrom(read);
	const stateDirectory = read.text('state-dir');
	return {
		command: parsed.command.name,
		operands: parsed.operands,
		help: false,
		version: false,
		connection,
		clusterName: read.text('cluster-name') ?? hostOf(connection.endpoints[0] ?? ''),
		...(stateDirectory === undefined ? {} : {stateDirectory}),
		intervalMs: read.duration('interval', second, 60 * second, '1s to 60s'),
		readOnly: read.isSet('read-only'),
		color: read.choice('color') as Options['color'],
		ascii: read.isSet('ascii'),
		defragTimeoutMs: read.duration('defrag-timeout', second, day, '1s to 24h'),
		cooldownMs: cooldownFrom(read),
		all: read.isSet('all'),
		dryRun: read.isSet('dry-run'),
		moveLeader: read.isSet('move-leader'),
		allowOutage: read.isSet('allow-outage'),
		toHead: read.isSet('to-head'),
		yes: read.isSet('yes'),
		writeOut: read.choice('write-out') as Options['writeOut'],
		scenario: read.choice('scenario'),
		noMonitor: read.isSet('no-monitor'),
	};
}

/** One flag's value: the command line's, else its variable's, else the default. */
class Reader {
	readonly #arguments: Arguments;
	readonly #environment: NodeJS.ProcessEnv;

	constructor(given: Arguments, environment: NodeJS.ProcessEnv) {
		this.#arguments = given;
		this.#environment = environment;
	}

	/** Every value of a flag that may be repeated; `source` is what to name in an error. */
	values(name: string): {readonly values: readonly string[]; readonly source: string; readonly isGiven: boolean} {
		const flag = flags.find((candidate) => candidate.name === name);
		const given = this.#arguments.given.get(name);
		if (given !== undefined) {
			return {values: given, source: `--${name}`, isGiven: true};
		}
		// What is wrong with a variable that the command has no use for is nobody's concern.
		const variable = flagsOf(this.#arguments.command).find((candidate) => candidate.name === name)?.variable;
		const set = variable === undefined ? undefined : this.#environment[variable];
		if (variable !== undefined && set !== undefined && set !== '') {
			return {values: [set], source: variable, isGiven: false};
		}
		return {values: flag?.default === undefined ? [] : [flag.default], source: `--${name}`, isGiven: false};
	}

	/** The last value. An empty one is none. */
	text(name: string): string | undefined {
		return this.values(name).values.at(-1) || undefined;
	}

	isSet(name: string): boolean {
		const {values, source} = this.values(name);
		const value = values.at(-1) ?? 'false';
		const truth = readSwitch(value);
		if (truth === undefined) {
			throw new UsageError(`${source} is "${value}"; it takes true or false.`);
		}
		return truth;
	}

	duration(name: string, least: number, most: number, range: string): number {
		const {values, source} = this.values(name);
		const value = parseDuration(values.at(-1) ?? '', source);
		if (value < least || value > most) {
			throw new UsageError(`${source} takes ${range}.`);
		}
		return value;
	}

	choice(name: string): string {
		const {values, source} = this.values(name);
		const choices = flags.find((candidate) => candidate.name === name)?.choices ?? [];
		const value = values.at(-1) ?? '';
		if (!choices.includes(value)) {
			throw new UsageError(`${source} is "${value}"; it takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}.`);
		}
		return value;
	}
}

function connectionFrom(read: Reader): ConnectionOptions {
	const files = Object.fromEntries(
		['cacert', 'cert', 'key'].flatMap((name) => {
			const path = read.text(name);
			return path === undefined ? [] : [[name, path]];
		}),
	);
	return {
		endpoints: read
			.values('endpoints')
			.values.flatMap((list) => list.split(','))
			.map((endpoint) => endpoint.trim())
			.filter((endpoint) => endpoint !== ''),
		...files,
		...credentialsFrom(read),
		insecureSkipTlsVerify: read.isSet('insecure-skip-tls-verify'),
		insecureTransport: read.isSet('insecure-transport'),
		dialTimeoutMs: read.duration('dial-timeout', 1, day, '1ms to 24h'),
		commandTimeoutMs: read.duration('command-timeout', 1, day, '1ms to 24h'),
	};
}

/** As etcdctl: with a password of its own the user's name may hold a colon. One in `--user` still beats one in the variable. */
function credentialsFrom(read: Reader): Pick<ConnectionOptions, 'user' | 'password'> {
	const user = read.text('user');
	const password = read.text('password');
	if (user === undefined) {
		return password === undefined ? {} : {password};
	}
	const colon = user.indexOf(':');
	const isOwn = colon !== -1 && (password === undefined || (read.values('user').isGiven && !read.values('password').isGiven));
	if (isOwn) {
		return {user: user.slice(0, colon), password: user.slice(colon + 1)};
	}
	return {user, ...(password === undefined ? {} : {password})};
}

function cooldownFrom(read: Reader): number {
	const cooldownMs = read.duration('cooldown', 0, day, '60s to 24h');
	if (cooldownMs < minimumCooldownMs) {
		throw new UsageError(
			'--cooldown can be longer than 60s, never shorter: the cluster needs a minute to recover from each defragmentation.',
		);
	}
	return cooldownMs;
}

/** `10.0.0.1:2379` of a URL. */
function hostOf(endpoint: string): string {
	return endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}
