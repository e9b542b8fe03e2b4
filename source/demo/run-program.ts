import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

/** Runs a program to its end and returns what it printed. Rejects when it is missing or fails, with what it said, and ends it on `signal`. */
export async function run(
	program: string,
	programArguments: readonly string[],
	options: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal | undefined} = {},
): Promise<string> {
	const {stdout} = await promisify(execFile)(program, [...programArguments], {...options, maxBuffer: 16 * 1024 * 1024});
	return stdout;
}
