/** Endpoints as etcdctl takes them: `https://host:2379`, `http://…`, `host:2379`, `[::1]:2379`. */
import {isIPv6} from 'node:net';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';

/** Where a client URL leads. */
export type Endpoint = {
	/** Normal form, by which endpoints are compared and named: scheme, host and port. */
	readonly url: string;
	readonly host: string;
	readonly port: number;
	/** Whether TLS is spoken there. */
	readonly secure: boolean;
};

const defaultPort = 2379;

const shape =
	/^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?<host>\[[^[\]]+\]|[^,:/@?#[\]\s\p{Cc}\p{Cf}]+)(?::(?<port>\d{1,5}))?\/?$/iu;

/**
 * Reads one endpoint. Without a scheme it is `secure` when `secureByDefault`. Throws `TransportError` `unsupported` for what can't
 * be an endpoint of ours.
 */
export function parseEndpoint(text: string, secureByDefault: boolean): Endpoint {
	const {scheme, host, port} = shape.exec(text.trim())?.groups ?? {};
	const schemeName = scheme?.toLowerCase();
	if (/^(unixs?:|\/)/i.test(text.trim())) {
		throw refused(text, 'Unix sockets are not supported', 'Give a client URL that etcd listens on over TCP.');
	}
	if (schemeName !== undefined && schemeName !== 'http' && schemeName !== 'https') {
		throw refused(text, `${schemeName}:// is not a scheme of etcd`, 'Endpoints start with https:// or http://.');
	}
	const number = port === undefined ? defaultPort : Number(port);
	const plainHost = host?.replace(/^\[(.*)\]$/, '$1');
	if (plainHost === undefined || number < 1 || number > 65_535 || (host !== plainHost && !isIPv6(plainHost))) {
		throw refused(text, 'not an endpoint', 'Write endpoints as https://host:2379, several of them with commas between.');
	}
	const secure = schemeName === undefined ? secureByDefault : schemeName === 'https';
	return {
		url: `${secure ? 'https' : 'http'}://${host!.toLowerCase()}:${number}`,
		host: plainHost.toLowerCase(),
		port: number,
		secure,
	};
}

function refused(text: string, message: string, nextStep: string): TransportError {
	return new TransportError({kind: 'unsupported', message: `${safeText(text)}: ${message}`, nextStep, endpoint: safeText(text)});
}
