/** What goes on by itself, step by step, until it is stopped. A step that fails, as all writes do while etcd takes none, is tried again. */
export class Pace {
	readonly #step: () => Promise<void>;
	#timer: NodeJS.Timeout | undefined;

	constructor(step: () => Promise<void>) {
		this.#step = step;
	}

	/** A step each `stepMs` from now on. */
	start(stepMs: number): void {
		this.stop();
		const turn = async (): Promise<void> => {
			await this.#step().catch(() => {});
			if (this.#timer !== undefined) {
				this.#timer = setTimeout(() => void turn(), stepMs);
			}
		};
		this.#timer = setTimeout(() => void turn(), stepMs);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}
