import type {Address} from './dial.ts';
import type {Endpoint} from './endpoint.ts';
import type {TlsSettings} from './tls-session.ts';

/** The way by which an endpoint is reached. */
export type Route = {
	readonly endpoint: Endpoint;
	readonly address: Address;
	/** Undefined for plain TCP. */
	readonly tls: TlsSettings | undefined;
	/** Longest wait for a connection, TLS included. */
	readonly dialTimeoutMs: number;
};
