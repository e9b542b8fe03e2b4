/** Whether two pages of metrics are of one process. A page without its start, cut off or not etcd's, says nothing about that. */

/** The same process prints the same start, but for the last digits where its machine's clock is being corrected. */
const sameStartSeconds = 1;

export function isAnotherProcess(before: number | undefined, after: number | undefined): boolean {
	return before !== undefined && after !== undefined && Math.abs(after - before) > sameStartSeconds;
}

export function isLaterProcess(before: number | undefined, after: number | undefined): boolean {
	return before !== undefined && after !== undefined && after - before > sameStartSeconds;
}
