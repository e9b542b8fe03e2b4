const dayMs = 24 * 60 * 60 * 1000;

/** Days since an instant of the wall clock; one that a stepped clock puts ahead was just now. */
export function daysSince(wallMs: number, nowWallMs: number): number {
	return Math.max(0, (nowWallMs - wallMs) / dayMs);
}
