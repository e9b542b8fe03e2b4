import {UsageError} from '../usage-error.ts';

const unitMs: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** Go's durations, as etcdctl takes them: `5s`, `1m30s`, `1.5h`, `500ms`. Milliseconds. `name` is the flag or variable at fault. */
export function parseDuration(text: string, name: string): number {
	const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
	if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
		const unitless = /^\d+$/.test(text) ? ` Did you mean ${text}s?` : ' Give a number with its unit, such as 5s, 1m30s or 500ms.';
		throw new UsageError(`${name}: "${text}" is no duration.${unitless}`);
	}
	return Math.round(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitMs[unit ?? ''] ?? 0), 0));
}
