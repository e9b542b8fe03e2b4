/**
 * Every entry of a database in its order, and on the way whether the file holds together: each page is what it has to be, is reached
 * once, and has its keys in order, and what isn't reached is free.
 */
import type {BoltFile, Page} from './bolt-file.ts';
import {
	branchElement,
	bucketHeaderBytes,
	bucketRoot,
	elementBytes,
	freePages,
	type LeafElement,
	leafElement,
	longestKeyBytes,
	pageHeaderBytes,
	readPageHeader,
} from './bolt-format.ts';
import {SnapshotDamage} from './damage.ts';

export type Visitor = {
	readonly bucket: (name: Buffer) => void;
	readonly key: (key: Buffer) => void;
	/** Of the key before; a large one in pieces. */
	readonly value: (bytes: Buffer) => void;
	/** Between two pages: time for others, and a place to throw. */
	readonly pause: () => Promise<void> | undefined;
};

/** Of a tree with a billion of pages; a damaged one may lead in circles. */
const deepest = 64;

export async function walk(file: BoltFile, visitor: Visitor): Promise<void> {
	const walker = new Walker(file, visitor);
	await walker.buckets();
	walker.checkFreePages();
}

type Bounds = {readonly from?: Buffer; readonly before?: Buffer};

/** What is done with the entries of a leaf. */
type Leaf = (page: Page, element: LeafElement, key: Buffer) => void;

class Walker {
	readonly #file: BoltFile;
	readonly #visitor: Visitor;
	/** One bit a page. */
	readonly #reached: Uint8Array;

	constructor(file: BoltFile, visitor: Visitor) {
		this.#file = file;
		this.#visitor = visitor;
		this.#reached = new Uint8Array(Math.ceil(file.meta.pages / 8));
	}

	async buckets(): Promise<void> {
		const found: {readonly name: Buffer; readonly value: Buffer}[] = [];
		await this.#tree(this.#file.meta.root, {}, 0, (page, element, name) => {
			if (!element.isBucket || element.valueBytes < bucketHeaderBytes || element.valueBytes > this.#file.meta.pageSize) {
				throw new SnapshotDamage(`page ${page.id} has an entry that is no bucket`);
			}
			const value = this.#file.part(page, element.valueAt, element.valueBytes);
			found.push({name: Buffer.from(name), value: Buffer.from(value)});
		});
		for (const {name, value} of found) {
			this.#visitor.bucket(name);
			const root = bucketRoot(value);
			if (root === 0) {
				this.#leaf(inlinePage(value, name), {}, this.#entry);
			} else {
				await this.#tree(root, {}, 0, this.#entry);
			}
		}
	}

	/** Each page is in use or free, and no page is both. */
	checkFreePages(): void {
		const {freelist, pages} = this.#file.meta;
		if (freelist === undefined) {
			return;
		}
		const list = this.#file.page(freelist, 'freelist');
		this.#reach(list);
		const all = this.#file.part(list, 0, list.length);
		for (const id of freePages(all)) {
			if (id < 2 || id >= pages) {
				throw new SnapshotDamage(`a page ${id} is said to be free, of ${pages}`);
			}
			this.#mark(id, 'is in use and said to be free');
		}
		for (let id = 2; id < pages; id++) {
			if (!this.#isReached(id)) {
				throw new SnapshotDamage(`page ${id} is neither in use nor free`);
			}
		}
	}

	readonly #entry: Leaf = (page, {isBucket, valueAt, valueBytes}, key) => {
		if (isBucket) {
			throw new SnapshotDamage(`page ${page.id} has a bucket inside of a bucket, which etcd never makes`);
		}
		this.#visitor.key(key);
		this.#file.parts(page, valueAt, valueBytes, this.#visitor.value);
	};

	async #tree(id: number, bounds: Bounds, depth: number, leaf: Leaf): Promise<void> {
		const pause = this.#visitor.pause();
		if (pause !== undefined) {
			await pause;
		}
		const page = this.#file.page(id, 'branch', 'leaf');
		this.#reach(page);
		if (page.type === 'leaf') {
			this.#leaf(page, bounds, leaf);
			return;
		}
		if (depth === deepest || page.count === 0) {
			throw new SnapshotDamage(`the tree at page ${id} is no tree`);
		}
		const children = this.#children(page, bounds);
		for (const [index, {key, child}] of children.entries()) {
			const before = children[index + 1]?.key ?? bounds.before;
			// bbolt leaves the first separator of all behind what was deleted or put before it: only order counts there.
			const from = index === 0 ? bounds.from : key;
			await this.#tree(child, {...(from && {from}), ...(before && {before})}, depth + 1, leaf);
		}
	}

	/** Kept while their pages are read: the page itself is not. */
	#children(page: Page, bounds: Bounds): {readonly key: Buffer; readonly child: number}[] {
		let previous: Buffer | undefined;
		return Array.from({length: page.count}, (_, index) => {
			const {keyAt, keyBytes, child} = branchElement(page.bytes, index);
			const key = Buffer.from(this.#key(page, keyAt, keyBytes));
			this.#checkOrder(page, key, previous, {
				...(index > 0 && bounds.from && {from: bounds.from}),
				...(bounds.before && {before: bounds.before}),
			});
			previous = key;
			return {key, child};
		});
	}

	#leaf(page: Page, bounds: Bounds, use: Leaf): void {
		let previous: Buffer | undefined;
		for (let index = 0; index < page.count; index++) {
			const element = leafElement(page.bytes, index);
			const key = this.#key(page, element.keyAt, element.keyBytes);
			this.#checkOrder(page, key, previous, bounds);
			use(page, element, key);
			previous = key;
		}
	}

	#key(page: Page, at: number, length: number): Buffer {
		if (length > longestKeyBytes) {
			throw new SnapshotDamage(`page ${page.id} has a key of ${length} bytes`);
		}
		return this.#file.part(page, at, length);
	}

	#checkOrder({id}: Page, key: Buffer, previous: Buffer | undefined, {from, before}: Bounds): void {
		const isLate = previous !== undefined && Buffer.compare(previous, key) >= 0;
		const isOutside =
			(from !== undefined && Buffer.compare(key, from) < 0) || (before !== undefined && Buffer.compare(key, before) >= 0);
		if (isLate || isOutside) {
			throw new SnapshotDamage(`the keys of page ${id} are out of order`);
		}
	}

	#reach({id, overflow}: Page): void {
		for (let page = id; page <= id + overflow; page++) {
			this.#mark(page, 'is reached twice');
		}
	}

	#mark(id: number, otherwise: string): void {
		if (this.#isReached(id)) {
			throw new SnapshotDamage(`page ${id} ${otherwise}`);
		}
		this.#reached[id >>> 3]! |= 1 << (id & 7);
	}

	#isReached(id: number): boolean {
		return (this.#reached[id >>> 3]! & (1 << (id & 7))) !== 0;
	}
}

/** A page that is all of a small bucket, inside of the bucket's own entry. */
function inlinePage(value: Buffer, name: Buffer): Page {
	const bytes = value.subarray(bucketHeaderBytes);
	const header = bytes.length < pageHeaderBytes ? undefined : readPageHeader(bytes);
	if (header?.type !== 'leaf' || pageHeaderBytes + header.count * elementBytes > bytes.length) {
		throw new SnapshotDamage(`bucket ${name.toString('latin1').replace(/[^\x20-\x7e]/g, '?')} has no page`);
	}
	return {...header, bytes, at: 0, length: bytes.length};
}
