import {onTestFinished} from 'vitest';
import {createDirectTransport, type DirectOptions} from '../../source/transport/grpc/direct-transport.ts';
import type {Transport} from '../../source/transport/transport.ts';
import type {Cluster} from '../helpers/cluster.ts';

/** The options that reach a cluster, as its own flags say. */
export function optionsFor({certificates, endpoints}: Cluster): DirectOptions {
	const {cacert, cert, key} = certificates ?? {};
	return {
		endpoints,
		...(cacert !== undefined && {cacert}),
		...(cert !== undefined && {cert}),
		...(key !== undefined && {key}),
		insecureSkipTlsVerify: false,
		dialTimeoutMs: 2000,
		commandTimeoutMs: 5000,
	};
}

/** A transport that is closed when the test ends. */
export function transportForTest(options: DirectOptions): Transport {
	const transport = createDirectTransport(options);
	onTestFinished(() => transport.close());
	return transport;
}
