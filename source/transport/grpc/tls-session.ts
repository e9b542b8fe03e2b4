/** TLS as all our connections speak it: gRPC's, those for metrics, and the probe that explains a failure. */
import {isIP} from 'node:net';
import {type ConnectionOptions, checkServerIdentity} from 'node:tls';
import type {Address} from './dial.ts';
import type {TlsMaterial} from './tls-material.ts';

export type TlsSettings = {
	readonly material: TlsMaterial;
	/** Take any certificate (`--insecure-skip-tls-verify`). */
	readonly insecureSkipTlsVerify: boolean;
};

/** Options for `tls.connect` and `https.request`; the caller adds the socket, or the address, and the protocols. */
export function tlsOptions({material, insecureSkipTlsVerify}: TlsSettings, {host, tlsName}: Address): ConnectionOptions {
	const name = tlsName ?? host;
	return {
		secureContext: material.secureContext,
		// An address is no server name: Node would warn on stderr.
		servername: isIP(name) === 0 ? name : '',
		rejectUnauthorized: !insecureSkipTlsVerify,
		checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
	};
}
