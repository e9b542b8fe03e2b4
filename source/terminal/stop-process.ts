/**
 * Stops as the terminal's own Ctrl-Z would: by SIGTSTP's default action, which a listener would take the place of.
 * `target` is 0 for the whole process group or one process's id. Returns once continued, or at once when the kernel ignores
 * the signal (an orphaned process group); what it returns listens to SIGTSTP again.
 */
export function stopProcess(target: number): () => void {
	const listeners = process.listeners('SIGTSTP');
	process.removeAllListeners('SIGTSTP');
	process.kill(target, 'SIGTSTP');
	return () => {
		for (const listener of listeners) {
			process.on('SIGTSTP', listener);
		}
	};
}
