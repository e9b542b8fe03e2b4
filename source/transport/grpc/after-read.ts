/**
 * Cuts a connection once nothing of it is being read. What follows an answer runs inside of Node's own reading of a TLS connection,
 * and one that is cut there may be collected before that returns: the process ends with a segmentation fault (Node 24.21).
 */
export function afterRead(cut: () => void): void {
	setImmediate(cut);
}
