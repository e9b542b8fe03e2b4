/** How bbolt, etcd's database, lays out its file: pages of one size, of which the first two say where everything begins. */
import {SnapshotDamage} from './damage.ts';

export const pageHeaderBytes = 16;
export const elementBytes = 16;
const metaBytes = 64;

const flags = {branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10} as const;
export type PageType = keyof typeof flags;

const magic = 0xed0cdaed;
const knownVersion = 2;

/** A number of 64 bits. None that counts anything here is beyond what a double tells exactly; one that is belongs to a damaged file. */
function number64(bytes: Buffer, at: number): number {
	return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}

export type PageHeader = {
	readonly id: number;
	readonly type: PageType | undefined;
	readonly count: number;
	/** How many pages follow that belong to it. */
	readonly overflow: number;
};

export function readPageHeader(bytes: Buffer): PageHeader {
	const flag = bytes.readUInt16LE(8);
	const type = (Object.keys(flags) as PageType[]).find((name) => flags[name] === flag);
	return {id: number64(bytes, 0), type, count: bytes.readUInt16LE(10), overflow: bytes.readUInt32LE(12)};
}

export type Meta = {
	readonly pageSize: number;
	/** The page where the bucket of all buckets begins. */
	readonly root: number;
	/** Undefined where it isn't written down, as etcd has it. */
	readonly freelist: number | undefined;
	/** How many pages there are, free ones too. */
	readonly pages: number;
	readonly transaction: number;
};

const noFreelist = 0xffff_ffff_ffff_ffffn;

/** The meta page in these bytes, which begin with the page; undefined where there is none that is whole. */
export function readMeta(bytes: Buffer): Meta | undefined {
	if (bytes.length < pageHeaderBytes + metaBytes || readPageHeader(bytes).type !== 'meta') {
		return undefined;
	}
	const meta = bytes.subarray(pageHeaderBytes);
	if (meta.readUInt32LE(0) !== magic || meta.readUInt32LE(4) !== knownVersion || meta.readBigUInt64LE(56) !== fnv1a(meta)) {
		return undefined;
	}
	return {
		pageSize: meta.readUInt32LE(8),
		root: number64(meta, 16),
		freelist: meta.readBigUInt64LE(32) === noFreelist ? undefined : number64(meta, 32),
		pages: number64(meta, 40),
		transaction: number64(meta, 48),
	};
}

/** Of all of the meta before its checksum. */
function fnv1a(meta: Buffer): bigint {
	let hash = 0xcbf29ce484222325n;
	for (const byte of meta.subarray(0, 56)) {
		hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
	}
	return hash;
}

/** Where an entry of a page is, from the page's beginning. */
export type Element = {readonly keyAt: number; readonly keyBytes: number};
export type BranchElement = Element & {readonly child: number};
export type LeafElement = Element & {readonly isBucket: boolean; readonly valueAt: number; readonly valueBytes: number};

/** bbolt takes no longer keys. */
export const longestKeyBytes = 32_768;

export function branchElement(page: Buffer, index: number): BranchElement {
	const at = pageHeaderBytes + index * elementBytes;
	return {keyAt: at + page.readUInt32LE(at), keyBytes: page.readUInt32LE(at + 4), child: number64(page, at + 8)};
}

export function leafElement(page: Buffer, index: number): LeafElement {
	const at = pageHeaderBytes + index * elementBytes;
	const keyAt = at + page.readUInt32LE(at + 4);
	const keyBytes = page.readUInt32LE(at + 8);
	return {
		isBucket: (page.readUInt32LE(at) & 1) === 1,
		keyAt,
		keyBytes,
		valueAt: keyAt + keyBytes,
		valueBytes: page.readUInt32LE(at + 12),
	};
}

/** A bucket's value: the page where it begins, 0 for one so small that its only page follows right here. */
export const bucketHeaderBytes = 16;

export function bucketRoot(value: Buffer): number {
	return number64(value, 0);
}

/** The pages that a list of free ones names. */
export function freePages(page: Buffer): number[] {
	const {count} = readPageHeader(page);
	// A count that doesn't fit stands before the list.
	const isLong = count === 0xffff;
	const start = pageHeaderBytes + (isLong ? 8 : 0);
	const listed = isLong ? number64(page, pageHeaderBytes) : count;
	if (start + listed * 8 > page.length) {
		throw new SnapshotDamage('its list of free pages is longer than the pages it is on');
	}
	return Array.from({length: listed}, (_, index) => number64(page, start + index * 8));
}
