import {Console} from 'node:console';
import {appendFileSync, mkdirSync, renameSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {Writable} from 'node:stream';

const logLimitBytes = 1024 * 1024;

/** What prints. The rest of the global console stays: React calls methods that a Console of our own hasn't got. */
const printingMethods = [
	'assert',
	'count',
	'debug',
	'dir',
	'dirxml',
	'error',
	'group',
	'groupCollapsed',
	'groupEnd',
	'info',
	'log',
	'table',
	'timeEnd',
	'timeLog',
	'trace',
	'warn',
] as const;

/** The log file: `$XDG_STATE_HOME/etcdtop/etcdtop.log`, by default below `~/.local/state`. */
export function logPath(env: Readonly<Record<string, string | undefined>>): string {
	const state = env['XDG_STATE_HOME'] || path.join(env['HOME'] || homedir(), '.local', 'state');
	return path.join(state, 'etcdtop', 'etcdtop.log');
}

/**
 * Sends console output, process warnings and everything written to stderr to the log file, so that none of it spoils the
 * screen. The returned function undoes that.
 */
export function keepQuiet(env: Readonly<Record<string, string | undefined>>): () => void {
	const file = logPath(env);
	const log = new Writable({
		decodeStrings: false,
		write(chunk, _encoding, written) {
			append(file, String(chunk));
			written();
		},
	});
	const logConsole = new Console(log, log);
	const loudMethods = printingMethods.map((name) => [name, console[name]] as const);
	const loudWrite = process.stderr.write;
	const loudListeners = process.listeners('warning');
	const logWarning = (warning: Error) => {
		append(file, `${warning.stack ?? warning.message}\n`);
	};

	Object.assign(console, Object.fromEntries(printingMethods.map((name) => [name, logConsole[name].bind(logConsole)])));
	process.stderr.write = log.write.bind(log) as typeof process.stderr.write;
	process.removeAllListeners('warning').on('warning', logWarning);
	return () => {
		Object.assign(console, Object.fromEntries(loudMethods));
		process.stderr.write = loudWrite;
		process.off('warning', logWarning);
		for (const listener of loudListeners) {
			process.on('warning', listener);
		}
	};
}

/** Two files of at most the limit are kept. A log that can't be written is no reason to stop. */
function append(file: string, text: string): void {
	try {
		mkdirSync(path.dirname(file), {recursive: true, mode: 0o700});
		if ((statSync(file, {throwIfNoEntry: false})?.size ?? 0) > logLimitBytes) {
			renameSync(file, `${file}.1`);
		}

		appendFileSync(file, text, {mode: 0o600});
	} catch {
		// There is nowhere left to tell.
	}
}
