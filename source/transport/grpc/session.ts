/** Who we are to an etcd with authentication on: a token for a user name and password, good at every member, renewed when it ends. */
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {EndpointClient, RpcOptions} from './endpoint-client.ts';
import {GrpcError} from './grpc-error.ts';
import * as rpcs from './rpcs.ts';

export type UserOptions = {readonly user?: string; readonly password?: string};

export class Session {
	/** What calls carry now; undefined before the first one, and where the cluster wants none. */
	token: string | undefined;
	readonly #name: string | undefined;
	readonly #password: string;
	#renewal: Promise<void> | undefined;

	/** Throws `TransportError` `unauthenticated` for half of a pair. `user` may be `NAME:PASSWORD`, as etcdctl takes it. */
	constructor({user, password}: UserOptions) {
		const colon = user !== undefined && password === undefined ? user.indexOf(':') : -1;
		this.#name = colon === -1 ? user : user?.slice(0, colon);
		this.#password = colon === -1 ? (password ?? '') : user!.slice(colon + 1);
		if (user === undefined && password !== undefined) {
			throw incomplete('a password without a user', 'Add --user NAME.');
		}
		if (user !== undefined && (this.#name === '' || this.#password === '')) {
			throw incomplete(`no password for user ${safeText(user)}`, 'Give --user NAME:PASSWORD, or --password too.');
		}
	}

	/** Whether there is a user to be. */
	get known(): boolean {
		return this.#name !== undefined;
	}

	/** Gets a new token through `client`; calls side by side share one, so none can stop it alone. Rejects with `GrpcError`. */
	async renew(client: EndpointClient, {timeoutMs}: Pick<RpcOptions, 'timeoutMs'>): Promise<void> {
		this.#renewal ??= this.#authenticate(client, {timeoutMs}).finally(() => {
			this.#renewal = undefined;
		});
		await this.#renewal;
	}

	async #authenticate(client: EndpointClient, options: Pick<RpcOptions, 'timeoutMs'>): Promise<void> {
		if (this.#name === undefined) {
			return;
		}
		try {
			this.token = (await client.call(rpcs.authenticate, {name: this.#name, password: this.#password}, options)).token;
		} catch (error) {
			this.token = undefined;
			// As etcdctl does: a user is no reason to be turned away where none is asked for.
			if (!(error instanceof GrpcError) || !/authentication is not enabled/.test(error.details)) {
				throw error;
			}
		}
	}
}

function incomplete(message: string, nextStep: string): TransportError {
	return new TransportError({kind: 'unauthenticated', message, nextStep});
}
