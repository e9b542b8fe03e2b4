import type {Endpoint} from '../grpc/endpoint.ts';
import type {PodsKeeper} from './pods-keeper.ts';

/** Where the metrics of the member at `endpoint` are, as the flags of its pod say: often at a port of their own. */
export function metricsEndpoint(pods: PodsKeeper, endpoint: Endpoint): Endpoint {
	const pod = pods.at(endpoint.url);
	if (pod?.metrics === undefined) {
		return endpoint;
	}
	const {port, secure} = pod.metrics;
	const host = pod.ips[0] ?? endpoint.host;
	return {...endpoint, port, secure, url: `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`};
}
