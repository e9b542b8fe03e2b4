import type {Endpoint} from '../grpc/endpoint.ts';
import type {Port} from './etcd-pod.ts';
import type {PodsKeeper} from './pods-keeper.ts';

/** Where the metrics of the member at `endpoint` are, as the flags of its pod say: often at a port of their own. */
export function metricsEndpoint(pods: PodsKeeper, endpoint: Endpoint): Endpoint {
	const pod = pods.at(endpoint.url);
	return pod?.metrics === undefined ? endpoint : metricsUrlAt(endpoint, pod.ips[0] ?? endpoint.host, pod.metrics);
}

/** The endpoint of a member, turned to another port of its host. */
export function metricsUrlAt(endpoint: Endpoint, host: string, {port, secure}: Port): Endpoint {
	const url = `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
	return {...endpoint, port, secure, url};
}
