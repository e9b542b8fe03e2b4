/** The value axis of a chart of bytes: whole steps of 1, 2 or 5 of a unit, from 0. */

export type ChartScale = {
	readonly stepBytes: number;
	readonly topBytes: number;
	/** Rows of values, 0 included. */
	readonly rows: number;
	/** From the top row down; the top one has the unit. */
	readonly labels: readonly string[];
	readonly unit: string;
};

const units = [
	{name: 'B', bytes: 1},
	{name: 'KiB', bytes: 1024},
	{name: 'MiB', bytes: 1024 ** 2},
	{name: 'GiB', bytes: 1024 ** 3},
	{name: 'TiB', bytes: 1024 ** 4},
];

/** An empty chart is one mebibyte high. */
const emptyBytes = 1024 ** 2;

/** The finest scale on which `maximumBytes` has its place within `rows` (2 and more) rows. */
export function chartScale(maximumBytes: number, rows: number): ChartScale {
	const maximum = Number.isFinite(maximumBytes) && maximumBytes > 0 ? maximumBytes : emptyBytes;
	const intervals = Math.max(1, rows - 1);
	const unit = units.findLast(({bytes}) => maximum >= bytes) ?? units[0]!;
	const step = niceStep(maximum / unit.bytes / intervals);
	const count = Math.max(1, Math.ceil(maximum / unit.bytes / step - 1e-9));
	const decimals = step < 0.1 ? 2 : step < 1 ? 1 : 0;
	return {
		stepBytes: step * unit.bytes,
		topBytes: count * step * unit.bytes,
		rows: count + 1,
		unit: unit.name,
		labels: Array.from({length: count + 1}, (_, row) => {
			const value = (count - row) * step;
			return decimals === 0 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(decimals);
		}),
	};
}

/** The smallest of 1, 2, 5 × a power of ten that is not below `least`. */
function niceStep(least: number): number {
	const power = 10 ** Math.floor(Math.log10(least));
	return ([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10) * power;
}
