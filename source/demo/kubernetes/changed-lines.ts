import {Transform, type TransformCallback} from 'node:stream';

/** What has no end of line by then is none, and goes on as it is. */
const longestLineBytes = 64 * 1024;

/** Changes text line by line, whatever pieces it comes in; bytes that are no text stay as they are, and a file that begins like none. */
export class ChangedLines extends Transform {
	readonly #change: (text: string) => string;
	#rest = Buffer.alloc(0);
	#isBinary: boolean | undefined;

	constructor(change: (text: string) => string) {
		super();
		this.#change = change;
	}

	override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
		this.#isBinary ??= chunk.includes(0);
		if (this.#isBinary) {
			callback(null, chunk);
			return;
		}
		const bytes = Buffer.concat([this.#rest, chunk]);
		const end = bytes.length > longestLineBytes ? bytes.length : bytes.lastIndexOf('\n') + 1;
		this.#rest = bytes.subarray(end);
		callback(null, this.#changed(bytes.subarray(0, end)));
	}

	override _flush(callback: TransformCallback): void {
		callback(null, this.#changed(this.#rest));
	}

	#changed(bytes: Buffer): Buffer {
		// In this encoding every byte is a character, and comes back as it was.
		return Buffer.from(this.#change(bytes.toString('latin1')), 'latin1');
	}
}
