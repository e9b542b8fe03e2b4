/** Milliseconds for scripts: the clock tells microseconds, and some noise below them. */
export function rounded(ms: number): number;
export function rounded(ms: number | undefined): number | null;
export function rounded(ms: number | undefined): number | null {
	return ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
