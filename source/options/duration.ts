import {UsageError} from '../usage-error.ts';

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** Go's durations, as etcdctl takes them: `5s`, `1m30s`, `500ms`. Milliseconds. */
export function parseDuration(text: string, name: string): number {
	const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
	if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
		throw new UsageError(`${name}: "${text}" is no duration. Give a number with its unit, such as 5s, 1m30s or 500ms.`);
	}
	return Math.round(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitMs[unit ?? ''] ?? 0), 0));
}
