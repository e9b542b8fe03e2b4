/** One client per key, made when it is first wanted. */

export type Poolable = {
	readonly closed: boolean;
	/** Closes once what is under way has ended. */
	retire(): void;
	/** Closes now; what is under way fails. */
	close(): void;
};

type Place<Client> = {readonly promise: Promise<Client>; client?: Client};

export class Pool<Client extends Poolable> {
	readonly #places = new Map<string, Place<Client>>();
	/** Every one that isn't closed, retired ones too. */
	#open: Client[] = [];
	#closed = false;

	/** The client under `key`, else what `make` gives. */
	get(key: string, make: () => Promise<Client>): Promise<Client> {
		const known = this.#places.get(key);
		if (known !== undefined) {
			return known.promise;
		}
		const place: Place<Client> = {promise: this.admit(make)};
		this.#places.set(key, place);
		place.promise.then(
			(client) => {
				place.client = client;
			},
			() => this.#places.delete(key),
		);
		return place.promise;
	}

	/** A client of the caller's own, under no key. */
	async admit(make: () => Promise<Client>): Promise<Client> {
		const client = await make();
		this.#open = [...this.#open.filter(({closed}) => !closed), client];
		if (this.#closed) {
			client.close();
		}
		return client;
	}

	/** Retires a client: whoever asks for its key next gets a new one. */
	drop(client: Client): void {
		for (const [key, place] of this.#places) {
			if (place.client === client) {
				this.#places.delete(key);
			}
		}
		client.retire();
	}

	/** Retires every one. */
	renew(): void {
		this.#places.clear();
		for (const client of this.#open) {
			client.retire();
		}
	}

	close(): void {
		this.#closed = true;
		this.#places.clear();
		for (const client of this.#open) {
			client.close();
		}
	}
}
