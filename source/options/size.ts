/** Sizes and shares as people write them. */
import {worthItRatio} from '../domain/defrag-policy.ts';
import {UsageError} from '../usage-error.ts';

/** Kubernetes' and etcd's powers of 1024; `MB` is left to nobody's guess. */
const unitBytes: Readonly<Record<string, number>> = {'': 1, B: 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3};

/** `100MiB`, `1.5Gi`, `104857600`: bytes. `name` is the flag at fault. */
export function parseSize(text: string, name: string): number {
	const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMG]i)?B?$/.exec(text) ?? [];
	if (number === undefined) {
		throw new UsageError(`${name}: "${text}" is no size. Give one such as 100MiB or 1GiB.`);
	}
	return Math.round(Number(number) * (unitBytes[unit] ?? 1));
}

/** `45` and `45%`: 0.45. Below what a run over all skips anyway it would say nothing. */
export function parseShare(text: string, name: string): number {
	const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
	const share = Number(number) / 100;
	if (number === undefined || share < worthItRatio || share > 1) {
		throw new UsageError(`${name}: "${text}" is no share of a file. Give ${worthItRatio * 100}% to 100%.`);
	}
	return share;
}
