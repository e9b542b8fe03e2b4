/** Arithmetic on Prometheus histograms. Bounds and quantiles are seconds. */
import type {Histogram} from './observation.ts';

/** What was counted after `before`; all of `now` when it is another process's, whose counters began again. */
export function countedSince(now: Histogram, before: Histogram | undefined): Histogram {
	const isSame = before !== undefined && before.count <= now.count && before.upperBounds.length === now.upperBounds.length;
	if (!isSame) {
		return now;
	}
	return {
		upperBounds: now.upperBounds,
		cumulativeCounts: now.cumulativeCounts.map((count, position) => count - (before.cumulativeCounts[position] ?? 0)),
		count: now.count - before.count,
		sum: now.sum - before.sum,
	};
}

/** As Prometheus' `histogram_quantile`: evenly spread within its bucket, the last bound where it lies above. Undefined when nothing was counted. */
export function quantile({upperBounds, cumulativeCounts, count}: Histogram, q: number): number | undefined {
	if (count === 0) {
		return undefined;
	}
	const rank = q * count;
	const position = cumulativeCounts.findIndex((candidate) => candidate >= rank);
	if (position === -1) {
		return upperBounds.at(-1);
	}
	const upper = upperBounds[position] ?? 0;
	const lower = upperBounds[position - 1] ?? 0;
	const below = cumulativeCounts[position - 1] ?? 0;
	const within = (cumulativeCounts[position] ?? 0) - below;
	return within === 0 ? upper : lower + (upper - lower) * ((rank - below) / within);
}
