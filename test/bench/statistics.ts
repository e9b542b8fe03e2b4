export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The value that a share `q` of them does not exceed; 0 of none. */
export function quantile(values: readonly number[], q: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
