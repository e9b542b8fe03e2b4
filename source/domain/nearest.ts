/** Shorter beginnings fit too much. */
const shortestBeginning = 3;

/** The candidate that a mistyped word most likely means; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
	const rated = candidates
		.map((candidate) => ({candidate, distance: isBeginning(word, candidate) ? 1 : distance(word, candidate)}))
		.sort((a, b) => a.distance - b.distance);
	const best = rated[0];
	const tolerated = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1);
	return best !== undefined && best.distance <= tolerated ? best.candidate : undefined;
}

/** One is the other's beginning: `defragment`, `stat`. */
function isBeginning(one: string, other: string): boolean {
	return Math.min(one.length, other.length) >= shortestBeginning && (one.startsWith(other) || other.startsWith(one));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
	let row = Array.from({length: b.length + 1}, (_, index) => index);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...b].entries()) {
			next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
