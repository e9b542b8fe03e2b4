/** The flags of an etcd process: where it is, and how it proves that. */
import type {CertificateFiles} from './certificates.ts';

/** `mutual`: clients need a certificate too. `server`: they don't. Peers use TLS in both. */
export type ClusterTls = 'none' | 'mutual' | 'server';

export type Address = {
	readonly name: string;
	readonly clientUrl: string;
	readonly advertisedUrl: string;
	readonly peerUrl: string;
	readonly metricsUrl?: string;
};

export function addressFlags(address: Address): string[] {
	return [
		`--name=${address.name}`,
		`--listen-client-urls=${address.clientUrl}`,
		`--advertise-client-urls=${address.advertisedUrl}`,
		`--listen-peer-urls=${address.peerUrl}`,
		`--initial-advertise-peer-urls=${address.peerUrl}`,
		...(address.metricsUrl === undefined ? [] : [`--listen-metrics-urls=${address.metricsUrl}`]),
	];
}

export function tlsFlags(files: CertificateFiles | undefined, tls: ClusterTls | undefined): string[] {
	if (files === undefined) {
		return [];
	}
	return [
		`--cert-file=${files.serverCert}`,
		`--key-file=${files.serverKey}`,
		...(tls === 'server' ? [] : [`--trusted-ca-file=${files.cacert}`, '--client-cert-auth']),
		`--peer-cert-file=${files.serverCert}`,
		`--peer-key-file=${files.serverKey}`,
		`--peer-trusted-ca-file=${files.cacert}`,
		'--peer-client-cert-auth',
	];
}
