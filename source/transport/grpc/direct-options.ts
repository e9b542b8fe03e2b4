/** The flags of etcdctl that say how a cluster is reached. */
import type {Connection} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {Dial} from './dial.ts';
import {type Endpoint, parseEndpoint} from './endpoint.ts';
import type {TlsMaterial} from './tls-material.ts';

export type DirectOptions = {
	/** As etcdctl takes them, with or without a scheme. */
	readonly endpoints: readonly string[];
	/** Paths of PEM files. */
	readonly cacert?: string;
	readonly cert?: string;
	readonly key?: string;
	/** `NAME`, or `NAME:PASSWORD` where `password` is left out. */
	readonly user?: string;
	readonly password?: string;
	readonly insecureSkipTlsVerify: boolean;
	/** False: endpoints without a scheme speak TLS even when no certificate is given. Default true, as etcdctl has it. */
	readonly insecureTransport?: boolean;
	/** The name to expect in certificates, instead of the host's. */
	readonly serverName?: string;
	/** Longest wait for a connection, TLS included. */
	readonly dialTimeoutMs: number;
	/** Longest wait for the small calls that come before a long one. */
	readonly commandTimeoutMs: number;
	/** Default: straight to the endpoint. */
	readonly dial?: Dial;
	/** The certificates, where they aren't in the files above; asked for again and again. Throws `TransportError`. */
	readonly material?: () => TlsMaterial;
	/** Where the metrics of the member at an endpoint are; default: at that endpoint too. */
	readonly metricsEndpoint?: (endpoint: Endpoint) => Endpoint;
	/** What to call this connection; default: as the options say. */
	readonly connection?: Connection;
};

/** The given endpoints, each once. Throws `TransportError` `unsupported` for one that can't be. */
export function givenEndpoints(options: DirectOptions): Endpoint[] {
	const tlsFlags = [options.cacert, options.cert, options.key, options.serverName];
	const wantsTls = options.insecureSkipTlsVerify || options.insecureTransport === false;
	const secureByDefault = wantsTls || tlsFlags.some((flag) => flag !== undefined);
	const endpoints = new Map(
		options.endpoints.map((text) => parseEndpoint(text, secureByDefault)).map((endpoint) => [endpoint.url, endpoint]),
	);
	if (endpoints.size === 0) {
		throw new TransportError({kind: 'unsupported', message: 'no endpoint given', nextStep: 'Give one with --endpoints.'});
	}
	return [...endpoints.values()];
}

/** For the header. */
export function describeConnection(endpoints: readonly Endpoint[], {cert, insecureSkipTlsVerify}: DirectOptions): Connection {
	const tls = insecureSkipTlsVerify ? 'TLS unverified' : cert === undefined ? 'TLS' : 'mTLS';
	const security = endpoints.every(({secure}) => !secure) ? 'no TLS' : tls;
	return {kind: 'direct', security, endpoints: endpoints.map(({url}) => url)};
}
