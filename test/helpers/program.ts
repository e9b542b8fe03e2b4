/** The built program as a process of its own, as a script or a person would start it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));

export type Started = {
	readonly process: ChildProcess;
	readonly stdout: () => string;
	readonly stderr: () => string;
	readonly exitCode: Promise<number | null>;
};

/** Starts it with its journal in `stateHome`; killed when the test ends. */
export function startProgram(args: readonly string[], stateHome: string): Started {
	const child = spawn(process.execPath, [launcher, ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, XDG_STATE_HOME: stateHome},
	});
	let stdout = '';
	let stderr = '';
	child.stdout?.on('data', (chunk: Buffer) => {
		stdout += chunk.toString();
	});
	child.stderr?.on('data', (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	const exitCode = new Promise<number | null>((resolve) => {
		child.on('close', (code) => resolve(code));
	});
	return {process: child, stdout: () => stdout, stderr: () => stderr, exitCode};
}
