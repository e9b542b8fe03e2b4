/** Pages of a database file, read one by one: what is in memory doesn't grow with the file. */
import {readSync} from 'node:fs';
import {
	elementBytes,
	type Meta,
	type PageHeader,
	type PageType,
	pageHeaderBytes,
	readMeta,
	readPageHeader,
} from './bolt-format.ts';
import {SnapshotDamage} from './damage.ts';

/** More of a page is never held at once: all heads of its entries fit, and a value beyond it is read in pieces. */
const heldBytes = 2 * 1024 * 1024;

const smallestPageBytes = 512;
const largestPageBytes = 1024 * 1024;

/** The beginning of a page, and the way to the rest. Good until the next one is read, unless it was `kept`. */
export type Page = PageHeader & {
	readonly bytes: Buffer;
	/** In the file. */
	readonly at: number;
	/** With its overflow. */
	readonly length: number;
};

export class BoltFile {
	readonly meta: Meta;
	readonly #file: number;
	readonly #held = Buffer.allocUnsafe(heldBytes);
	readonly #piece = Buffer.allocUnsafe(heldBytes);

	/** `bytes`: how much of the file is the database. Throws `SnapshotDamage` where it is none, or not all of it. */
	constructor(file: number, bytes: number) {
		this.#file = file;
		this.meta = this.#readMetas(bytes);
		const {pageSize, pages} = this.meta;
		if (pages * pageSize > bytes) {
			throw new SnapshotDamage(`it is cut off: ${bytes} bytes of ${pages * pageSize} are there`);
		}
		if (bytes % pageSize !== 0) {
			throw new SnapshotDamage(`it is cut off, or something follows it: ${bytes} bytes are no whole pages of ${pageSize}`);
		}
	}

	/** A page of one of these types. */
	page(id: number, ...types: readonly PageType[]): Page {
		const {pageSize, pages} = this.meta;
		if (id < 2 || id >= pages) {
			throw new SnapshotDamage(`a page ${id} is referred to, of ${pages}`);
		}
		const at = id * pageSize;
		this.#read(this.#held, at, pageSize);
		const header = readPageHeader(this.#held);
		if (header.id !== id) {
			throw new SnapshotDamage(`page ${id} says that it is page ${header.id}`);
		}
		if (header.type === undefined || !types.includes(header.type)) {
			throw new SnapshotDamage(`page ${id} is no ${types.join(' or ')} page`);
		}
		if (id + header.overflow >= pages) {
			throw new SnapshotDamage(`page ${id} goes on beyond the end`);
		}
		const length = (header.overflow + 1) * pageSize;
		const held = Math.min(length, heldBytes);
		if (held > pageSize) {
			this.#read(this.#held.subarray(pageSize), at + pageSize, held - pageSize);
		}
		if (header.type !== 'freelist' && pageHeaderBytes + header.count * elementBytes > length) {
			throw new SnapshotDamage(`page ${id} has more entries than room`);
		}
		return {...header, bytes: this.#held.subarray(0, held), at, length};
	}

	/** A few bytes of a page, wherever they are. */
	part(page: Page, from: number, length: number): Buffer {
		if (from + length > page.length) {
			throw new SnapshotDamage(`an entry of page ${page.id} is not all on it`);
		}
		if (from + length <= page.bytes.length) {
			return page.bytes.subarray(from, from + length);
		}
		const bytes = Buffer.allocUnsafe(length);
		this.#read(bytes, page.at + from, length);
		return bytes;
	}

	/** As many as there are, in pieces. */
	parts(page: Page, from: number, length: number, use: (bytes: Buffer) => void): void {
		if (from + length <= page.bytes.length) {
			use(this.part(page, from, length));
			return;
		}
		if (from + length > page.length) {
			throw new SnapshotDamage(`an entry of page ${page.id} is not all on it`);
		}
		for (let done = 0; done < length; done += heldBytes) {
			const count = Math.min(heldBytes, length - done);
			this.#read(this.#piece, page.at + from + done, count);
			use(this.#piece.subarray(0, count));
		}
	}

	/** The newer one of two that are whole: bbolt writes them in turn, so that one always is. */
	#readMetas(bytes: number): Meta {
		const first = this.#metaAt(0, bytes);
		const sizes: number[] = [];
		for (let size = smallestPageBytes; size <= largestPageBytes; size *= 2) {
			sizes.push(size);
		}
		const second = (first === undefined ? sizes : [first.pageSize])
			.map((size) => this.#metaAt(size, bytes))
			.find((found) => found !== undefined);
		const found = [first, second].filter((meta) => meta !== undefined);
		const [newest] = found.sort((one, other) => other.transaction - one.transaction);
		if (newest === undefined) {
			throw new SnapshotDamage(bytes === 0 ? 'it is empty' : 'it does not begin as a database of etcd does');
		}
		if (!sizes.includes(newest.pageSize)) {
			throw new SnapshotDamage(`its pages have ${newest.pageSize} bytes, which no database has`);
		}
		return newest;
	}

	#metaAt(at: number, bytes: number): Meta | undefined {
		const length = Math.min(smallestPageBytes, bytes - at);
		if (length <= 0) {
			return undefined;
		}
		const page = Buffer.allocUnsafe(length);
		this.#read(page, at, length);
		return readMeta(page);
	}

	#read(into: Buffer, at: number, length: number): void {
		for (let done = 0; done < length; ) {
			const count = readSync(this.#file, into, done, length - done, at + done);
			if (count === 0) {
				throw new SnapshotDamage('it got shorter while it was read');
			}
			done += count;
		}
	}
}
