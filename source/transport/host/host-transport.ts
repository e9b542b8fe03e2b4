/** etcd by what a control-plane host has of it: its static pod's flags and certificates, straight from there or through SSH. */

import type {Dial} from '../grpc/dial.ts';
import {createDirectTransport} from '../grpc/direct-transport.ts';
import {type Endpoint, parseEndpoint} from '../grpc/endpoint.ts';
import {type Pem, type TlsMaterial, tlsMaterial} from '../grpc/tls-material.ts';
import {metricsUrlAt} from '../kubernetes/metrics-endpoint.ts';
import type {Connection, Transport} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {HostFiles} from './host-files.ts';
import {findStaticEtcd, type StaticEtcd} from './static-pod.ts';

export type HostOptions = {
	readonly kind: 'local' | 'ssh';
	readonly files: HostFiles;
	/** Before every path on the host; for hosts that are made up. */
	readonly root?: string;
	/** Default: straight to the members. */
	readonly dial?: Dial;
	readonly user?: string;
	readonly password?: string;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
};

/** Throws `TransportError` that says what is missing on which host. */
export async function connectHost({kind, files, root, dial, ...rest}: HostOptions): Promise<Transport> {
	const etcd = await findStaticEtcd(files, root);
	const material = await readMaterial(files, etcd);
	const endpoints = etcd.pod.clientUrls.length > 0 ? etcd.pod.clientUrls : [`https://127.0.0.1:${etcd.pod.client.port}`];
	const connection: Connection = {
		kind,
		security: 'mTLS',
		endpoints,
		found: `${etcd.distribution}: the static pod ${etcd.path} on ${files.host}`,
	};
	return createDirectTransport({
		...rest,
		endpoints,
		connection,
		insecureSkipTlsVerify: false,
		material: () => material,
		metricsEndpoint: (endpoint) => metricsAt(etcd, endpoint),
		...(dial && {dial}),
	});
}

/** In memory only: nothing of it is written here. */
async function readMaterial(files: HostFiles, {certificates, path}: StaticEtcd): Promise<TlsMaterial> {
	const read = async (file: string): Promise<Pem> => {
		const bytes = await files.read(file);
		if (bytes === undefined) {
			throw new TransportError({
				kind: 'unsupported',
				message: `${file} is not on ${files.host}, where ${path} says it is`,
				nextStep: 'Look whether that host is a control-plane host still.',
			});
		}
		return {bytes, name: file, mend: `Look at that file on ${files.host}.`};
	};
	const [cacert, cert, key] = [await read(certificates.cacert), await read(certificates.cert), await read(certificates.key)];
	return tlsMaterial({cacert, cert, key});
}

/** A port for metrics that is open on loopback alone is that of this host's member; the others have theirs at etcd's own port. */
function metricsAt({pod}: StaticEtcd, endpoint: Endpoint): Endpoint {
	const {metrics} = pod;
	const isOwn = pod.clientUrls.some((url) => parseEndpoint(url, true).url === endpoint.url);
	if (metrics === undefined || (!isOwn && !metrics.secure)) {
		return endpoint;
	}
	return metricsUrlAt(endpoint, metrics.secure ? endpoint.host : '127.0.0.1', metrics);
}
