import {EventEmitter} from 'node:events';

export type Size = {readonly columns: number; readonly rows: number};

/**
 * The stdout that Ink is given. Ink's debug mode writes every frame whole, as one chunk followed by its onRender callback;
 * any other chunk (modes it switches, barriers) isn't a frame and goes nowhere, for the terminal's modes are ours.
 */
export class FrameStream extends EventEmitter {
	readonly isTTY = true;
	readonly writable = true;
	columns: number;
	rows: number;
	readonly #onFrame: (frame: string) => void;
	#chunk = '';

	constructor({columns, rows}: Size, onFrame: (frame: string) => void) {
		super();
		this.columns = columns;
		this.rows = rows;
		this.#onFrame = onFrame;
		// Every useWindowSize of the app listens for resizes.
		this.setMaxListeners(0);
	}

	write(chunk: string, written?: () => void): boolean {
		this.#chunk = chunk;
		if (written) {
			setImmediate(written);
		}

		return true;
	}

	/** Ink's onRender: the last chunk was a frame. */
	commit(): void {
		this.#onFrame(this.#chunk);
	}

	/** Lets Ink lay out again, which draws a frame of the new size before this returns. */
	resize({columns, rows}: Size): void {
		this.columns = columns;
		this.rows = rows;
		this.emit('resize');
	}
}
