/** Values of flags, checked; everything wrong in one is a `UsageError` that names its source. */
import {UsageError} from '../usage-error.ts';
import {type Arguments, readSwitch} from './arguments.ts';
import {flagsOf} from './commands.ts';
import {parseDuration} from './duration.ts';
import {flags} from './flags.ts';

export type Values = {
	readonly values: readonly string[];
	/** What to name in an error: `--endpoints`, `ETCDCTL_ENDPOINTS`. */
	readonly source: string;
	readonly origin: 'flag' | 'variable' | 'default';
};

/** One flag's value: the command line's, else its variable's, else the default. */
export class Reader {
	readonly #arguments: Arguments;
	readonly #environment: NodeJS.ProcessEnv;

	constructor(given: Arguments, environment: NodeJS.ProcessEnv) {
		this.#arguments = given;
		this.#environment = environment;
	}

	/** Every value of a flag that may be repeated. */
	values(name: string): Values {
		const flag = flags.find((candidate) => candidate.name === name);
		const given = this.#arguments.given.get(name);
		if (given !== undefined) {
			return {values: given, source: `--${name}`, origin: 'flag'};
		}
		// What is wrong with a variable that the command has no use for is nobody's concern.
		const variable = flagsOf(this.#arguments.command).find((candidate) => candidate.name === name)?.variable;
		const set = variable === undefined ? undefined : this.#environment[variable];
		if (variable !== undefined && set !== undefined && set !== '') {
			return {values: [set], source: variable, origin: 'variable'};
		}
		return {values: flag?.default === undefined ? [] : [flag.default], source: `--${name}`, origin: 'default'};
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

	/** Only what the command line says, not a variable; an empty one is none. */
	given(name: string): string | undefined {
		return this.#arguments.given.get(name)?.at(-1) || undefined;
	}

	/** `unit`: of a number that comes without one. */
	duration(name: string, least: number, most: number, range: string, unit = ''): number {
		const {values, source} = this.values(name);
		const text = values.at(-1) ?? '';
		const value = parseDuration(/^\d+$/.test(text) ? text + unit : text, source);
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
