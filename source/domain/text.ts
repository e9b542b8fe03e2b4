/** The few number forms that reasons of the domain need; the screens' own are in `format.ts`. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.93 GiB`: three digits, powers of 1024, the next unit from 1000. */
export function sizeText(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `0:34`, `12:05`, `1h02m`, `3d04h`. */
export function durationText(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (value: number) => String(value).padStart(2, '0');
	if (seconds < 3600) {
		return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
	}
	const hours = Math.floor(seconds / 3600);
	return hours < 24 ? `${hours}h${two(Math.floor((seconds % 3600) / 60))}m` : `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** `0:33`, for what is over; below a second, where `0:00` would tell nothing, `0.4 s` and `40 ms`. At most 5 cells up to a day. */
export function tookText(ms: number): string {
	if (ms >= 950) {
		return durationText(Math.max(ms, 1000));
	}
	return ms >= 95 ? `${(ms / 1000).toFixed(1)} s` : `${Math.max(0, Math.round(ms))} ms`;
}

/** `60%`, `<1%`, `>99%`: whole, and 0 % or 100 % only when exact. */
export function percentText(ratio: number): string {
	const percent = ratio * 100;
	if (percent > 0 && percent < 1) {
		return '<1%';
	}
	return percent > 99 && percent < 100 ? '>99%' : `${Math.round(percent)}%`;
}

/** `etcd-0, etcd-1 and etcd-2`. */
export function listText(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
