/** Revisions and when they were seen, so that a compaction can leave the last minutes alone. Times are uptime ms. */

export type RevisionAges = readonly {readonly revision: number; readonly at: number}[];

/** One a second is fine enough for ages of minutes, and bounds a day of watching by what `keepMs` needs. */
const everyMs = 1000;

export function noteRevision(ages: RevisionAges, revision: number, at: number, keepMs: number): RevisionAges {
	const last = ages.at(-1);
	if (last !== undefined && (at - last.at < everyMs || revision < last.revision)) {
		return ages;
	}
	// The newest of those older than the limit is the target; what is older still is never asked for.
	const limit = at - keepMs;
	const firstNeeded = ages.findLastIndex((entry) => entry.at <= limit);
	return [...ages.slice(Math.max(0, firstNeeded)), {revision, at}];
}

/** The newest revision seen at least `keepMs` ago. */
export function newestOlderThan(
	ages: RevisionAges,
	keepMs: number,
	now: number,
): {readonly revision: number; readonly ageMs: number} | undefined {
	const entry = ages.findLast(({at}) => now - at >= keepMs);
	return entry === undefined ? undefined : {revision: entry.revision, ageMs: now - entry.at};
}
