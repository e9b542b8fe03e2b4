import {assumedSpeed, type Speed} from './defrag-planner.ts';

/** A defragmentation of the past: how much live data it wrote, and how long the member was blocked. */
export type Measured = {
	readonly memberName: string;
	readonly endedWallMs: number;
	readonly durationMs?: number;
	readonly after?: number;
};

/** Shorter ones say more about opening and closing files than about the disk. */
const tellingMs = 500;

/** The speed of the newest telling defragmentation of this cluster; what is assumed where none was measured. */
export function measuredSpeed(past: readonly Measured[]): Speed {
	const telling = past.filter(
		({durationMs, after}) => durationMs !== undefined && after !== undefined && durationMs >= tellingMs && after > 0,
	);
	const newest = telling.reduce<Measured | undefined>(
		(best, one) => (best === undefined || one.endedWallMs > best.endedWallMs ? one : best),
		undefined,
	);
	if (newest?.after === undefined || newest.durationMs === undefined) {
		return assumedSpeed;
	}
	return {bytesPerSecond: newest.after / (newest.durationMs / 1000), source: 'measured', memberName: newest.memberName};
}
