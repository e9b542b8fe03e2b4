/**
 * A day of one member's figures in bounded memory: three tiers of buckets (2 s for 15 min, 10 s for 1 h, 60 s for 24 h), each
 * sample merged into all three, so that no peak is lost where it is rolled up. A tier is sealed chunks behind a short open tail:
 * an update copies at most the tail. Times are uptime ms, values bytes or milliseconds. Immutable: `record` returns a new one.
 */

/** What is kept of each sample; the order is the layout of a bucket. */
export const historyFields = ['dbSizeBytes', 'inUseBytes', 'quotaBytes', 'latencyMs'] as const;
export type HistoryField = (typeof historyFields)[number];
export type HistorySample = Readonly<Partial<Record<HistoryField, number>>>;

export type History = {readonly tiers: readonly Tier[]};

type Tier = {
	readonly bucketMs: number;
	readonly spanMs: number;
	readonly sealed: readonly Chunk[];
	readonly open: readonly Bucket[];
};

/** `values` holds min, max and last of each field, NaN where there was none; `gap` tells of a question without an answer. */
type Bucket = {readonly index: number; readonly gap: boolean; readonly values: Float64Array};

/** `chunkLength` buckets, side by side. */
type Chunk = {readonly indexes: Float64Array; readonly gaps: Uint8Array; readonly values: Float64Array};

const chunkLength = 60;
const perField = 3;
const width = historyFields.length * perField;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const emptyHistory: History = {
	tiers: [
		{bucketMs: 2 * second, spanMs: 15 * minute, sealed: [], open: []},
		{bucketMs: 10 * second, spanMs: hour, sealed: [], open: []},
		{bucketMs: 60 * second, spanMs: 24 * hour, sealed: [], open: []},
	],
};

/** The history with one more sample; `undefined` records that the member did not answer. */
export function record(history: History, at: number, sample: HistorySample | undefined): History {
	return {tiers: history.tiers.map((tier) => recordInTier(tier, at, sample))};
}

function recordInTier(tier: Tier, at: number, sample: HistorySample | undefined): Tier {
	const index = Math.floor(at / tier.bucketMs);
	const last = tier.open.at(-1);
	if (last !== undefined && last.index >= index) {
		return {...tier, open: [...tier.open.slice(0, -1), merge(last, sample)]};
	}
	const fresh = merge({index, gap: false, values: new Float64Array(width).fill(Number.NaN)}, sample);
	if (tier.open.length < chunkLength) {
		return {...tier, open: [...tier.open, fresh]};
	}
	const oldest = index - tier.spanMs / tier.bucketMs;
	const kept = tier.sealed.filter((chunk) => (chunk.indexes.at(-1) ?? 0) >= oldest);
	return {...tier, sealed: [...kept, seal(tier.open)], open: [fresh]};
}

function merge(bucket: Bucket, sample: HistorySample | undefined): Bucket {
	if (sample === undefined) {
		return bucket.gap ? bucket : {...bucket, gap: true};
	}
	const values = bucket.values.slice();
	for (const [position, field] of historyFields.entries()) {
		const value = sample[field];
		const offset = position * perField;
		if (value !== undefined && Number.isFinite(value)) {
			// A comparison with NaN is false, so the first value always takes its place.
			values[offset] = (values[offset] ?? Number.NaN) <= value ? (values[offset] ?? value) : value;
			values[offset + 1] = (values[offset + 1] ?? Number.NaN) >= value ? (values[offset + 1] ?? value) : value;
			values[offset + 2] = value;
		}
	}
	return {...bucket, values};
}

function seal(buckets: readonly Bucket[]): Chunk {
	const chunk = {
		indexes: new Float64Array(buckets.length),
		gaps: new Uint8Array(buckets.length),
		values: new Float64Array(buckets.length * width),
	};
	for (const [position, bucket] of buckets.entries()) {
		chunk.indexes[position] = bucket.index;
		chunk.gaps[position] = bucket.gap ? 1 : 0;
		chunk.values.set(bucket.values, position * width);
	}
	return chunk;
}

/** One bucket as it is read back. `minimum`, `maximum` and `last` are absent where nothing was measured in it. */
export type Point = {
	readonly at: number;
	readonly gap: boolean;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly last?: number;
};

/** The points of one field from `from` on, oldest first, in the finest tier that reaches back over `spanMs`. */
export function* points(history: History, field: HistoryField, from: number, spanMs: number): Generator<Point> {
	const tier = history.tiers.find((candidate) => candidate.spanMs >= spanMs) ?? history.tiers.at(-1);
	if (tier === undefined) {
		return;
	}
	const first = Math.floor(from / tier.bucketMs);
	const offset = historyFields.indexOf(field) * perField;
	for (const chunk of tier.sealed) {
		if ((chunk.indexes.at(-1) ?? 0) < first) {
			continue;
		}
		for (const [position, index] of chunk.indexes.entries()) {
			if (index >= first) {
				yield pointOf(index * tier.bucketMs, chunk.gaps[position] === 1, chunk.values, position * width + offset);
			}
		}
	}
	for (const bucket of tier.open) {
		if (bucket.index >= first) {
			yield pointOf(bucket.index * tier.bucketMs, bucket.gap, bucket.values, offset);
		}
	}
}

function pointOf(at: number, gap: boolean, values: Float64Array, offset: number): Point {
	const minimum = values[offset] ?? Number.NaN;
	const maximum = values[offset + 1] ?? Number.NaN;
	const last = values[offset + 2] ?? Number.NaN;
	return Number.isNaN(last) ? {at, gap} : {at, gap, minimum, maximum, last};
}

/** The bytes that the sealed and open buckets take. */
export function historyBytes(history: History): number {
	return history.tiers.reduce((sum, {sealed, open}) => {
		const chunks = sealed.reduce(
			(bytes, {indexes, gaps, values}) => bytes + indexes.byteLength + gaps.byteLength + values.byteLength,
			0,
		);
		return sum + chunks + open.length * (width * 8 + 24);
	}, 0);
}
