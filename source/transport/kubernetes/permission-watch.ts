/** What the way in use takes, asked again from time to time: a role can be taken away under a session that goes on. */
import type {CallOptions} from '../transport.ts';
import type {KubernetesClient} from './client.ts';
import {askPermissions, type Permission, type Permissions} from './permissions.ts';

const oldAfterMs = 60_000;

export class PermissionWatch {
	readonly #client: KubernetesClient;
	readonly #wanted: readonly Permission[];
	readonly #options: CallOptions;
	#permissions: Permissions;
	#askedAt = performance.now();
	#asking: Promise<void> | undefined;

	constructor(client: KubernetesClient, wanted: readonly Permission[], known: Permissions, options: CallOptions) {
		this.#client = client;
		this.#wanted = wanted;
		this.#permissions = known;
		this.#options = options;
	}

	/** Those that are denied, in words, as far as is known; asks again in the background when that is a while ago. */
	get denied(): readonly string[] {
		if (performance.now() - this.#askedAt > oldAfterMs) {
			void this.refresh();
		}
		return this.#permissions.missing(this.#wanted);
	}

	/** Asks now. What was known stays while the API does not answer. Never rejects. */
	refresh(): Promise<void> {
		this.#asking ??= askPermissions(this.#client, this.#wanted, this.#options)
			.then(
				(permissions) => {
					this.#permissions = permissions;
				},
				() => {},
			)
			.finally(() => {
				this.#askedAt = performance.now();
				this.#asking = undefined;
			});
		return this.#asking;
	}
}
