import type {Screen} from './screen.ts';

/** Frames closer together than this are drawn as one. */
const frameIntervalMs = 33;

/** What the painter needs of a terminal's output stream. */
export type PaintTarget = {
	write(bytes: string, written: () => void): unknown;
};

/**
 * Draws the newest frame, at most 30 times a second and never while the terminal still has bytes of an earlier one to
 * take: a stalled terminal costs frames, not memory, and nobody waits for it.
 */
export class Painter {
	readonly #screen: Screen;
	readonly #target: PaintTarget;
	/** The newest frame. */
	#frame: string | undefined;
	#isPaused = false;
	#isWriting = false;
	#timer: NodeJS.Timeout | undefined;
	#drawnAt = Number.NEGATIVE_INFINITY;

	constructor(screen: Screen, target: PaintTarget) {
		this.#screen = screen;
		this.#target = target;
	}

	/** Takes the newest frame; it is drawn at once when the last one is long enough ago. */
	show(frame: string): void {
		this.#frame = frame;
		this.#schedule();
	}

	/** Draws the newest frame whole, on a cleared screen, because what the terminal shows isn't known any more. */
	repaint(columns?: number, rows?: number): void {
		this.#screen.forget(columns, rows);
		this.#schedule();
	}

	/** Writes nothing until `resume`. */
	pause(): void {
		this.#isPaused = true;
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	resume(): void {
		this.#isPaused = false;
		this.repaint();
	}

	#schedule(): void {
		if (this.#isPaused || this.#isWriting || this.#timer !== undefined || this.#frame === undefined) {
			return;
		}

		const waitMs = this.#drawnAt + frameIntervalMs - performance.now();
		if (waitMs <= 0) {
			this.#draw();
			return;
		}

		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.#draw();
		}, waitMs);
	}

	#draw(): void {
		if (this.#isPaused || this.#isWriting || this.#frame === undefined) {
			return;
		}

		const bytes = this.#screen.draw(this.#frame);
		if (bytes === '') {
			return;
		}

		const drawn = this.#frame;
		this.#drawnAt = performance.now();
		this.#isWriting = true;
		this.#target.write(bytes, () => {
			this.#isWriting = false;
			if (this.#frame !== drawn || this.#screen.isForgotten) {
				this.#schedule();
			}
		});
	}
}
