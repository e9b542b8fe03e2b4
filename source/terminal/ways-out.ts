import type {Terminal} from './terminal.ts';

/** EX_SOFTWARE of sysexits.h: the code when nobody sets another after a crash. */
const crashExitCode = 70;
const endingSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];

/**
 * Gives the terminal back on every way out of the process that can be caught, and around stops. A crash is printed once
 * the screen is back, and makes the process end with a failure even when whoever waits for `closed` is what crashed.
 */
export function watchWaysOut(terminal: Terminal): void {
	const end = (signal: NodeJS.Signals) => terminal.leave({reason: 'signal', signal});
	const crash = (error: unknown) => terminal.crash(error);
	const exit = () => terminal.close();
	const resume = () => terminal.resume();
	const stop = () => terminal.suspend(process.pid);
	for (const signal of endingSignals) {
		process.on(signal, end);
	}

	// Stays for good: the kernel and the shell may both send it, and the second must not end a run that the first let finish.
	process.on('SIGHUP', () => terminal.leave({reason: 'gone'}));
	// Whatever still writes there after the terminal is gone must not end the process: Node makes an exception of it.
	process.stderr.on('error', () => {});
	process.on('uncaughtException', crash).on('unhandledRejection', crash);
	process.on('exit', exit);
	process.on('SIGTSTP', stop).on('SIGCONT', resume);
	terminal.onLeft(() => {
		// A second Ctrl-C or SIGTERM ends the process as usual. Not before this one is dealt with: Ink's own listener, which
		// comes after ours, kills the process when it finds itself the only one.
		setImmediate(() => {
			for (const signal of endingSignals) {
				process.off(signal, end);
			}
		});
		process.off('uncaughtException', crash).off('unhandledRejection', crash);
		process.off('exit', exit);
		process.off('SIGTSTP', stop).off('SIGCONT', resume);
	});
	void terminal.closed.then((closed) => {
		if (closed.reason === 'crash') {
			process.exitCode ??= crashExitCode;
			console.error(closed.error);
		}
	});
}
