/** Where the API's writes go: into the very etcd that it shows, so that what stops etcd's writes stops the API's. */
import type {Cluster} from '../cluster.ts';
import {storageFailure} from './status.ts';

const timeoutMs = 3000;

export class Storage {
	readonly #cluster: Cluster;
	/** The member that answered last. */
	#preferred = 0;

	constructor(cluster: Cluster) {
		this.#cluster = cluster;
	}

	/** Throws `ApiError` with what etcd says. */
	async write(key: string, object: object): Promise<void> {
		await this.#call('/v3/kv/put', {key: encoded(key), value: encoded(JSON.stringify(object))});
	}

	/** etcd lets this through under NOSPACE too. Throws `ApiError`. */
	async delete(key: string): Promise<void> {
		await this.#call('/v3/kv/deleterange', {key: encoded(key)});
	}

	async #call(path: string, body: object): Promise<void> {
		const {members} = this.#cluster;
		for (let turn = 0; turn < members.length; turn++) {
			const index = (this.#preferred + turn) % members.length;
			try {
				await members[index]!.call(path, body, timeoutMs);
				this.#preferred = index;
				return;
			} catch (error) {
				const refusal = /"(etcdserver: [^"]+)"/.exec(String(error))?.[1];
				if (refusal !== undefined) {
					throw storageFailure(refusal);
				}
			}
		}
		throw storageFailure('etcdserver: request timed out');
	}
}

function encoded(text: string): string {
	return Buffer.from(text).toString('base64');
}
