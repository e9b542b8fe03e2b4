/** From the options to a cluster: which way leads there. What is heavy is loaded here, after the first frame. */
import type {KnownHosts} from './known-hosts.ts';
import type {ConnectionOptions} from './options.ts';
import {asTyped, type Reached} from './reached.ts';
import {directPlatform} from './transport/platform.ts';
import type {CallOptions, Transport} from './transport/transport.ts';
import {failureOf, TransportError} from './transport/transport-error.ts';

/** Throws `UsageError` for flags and files that can't be right, `TransportError` where Kubernetes was asked and etcd is not reached. */
export async function reach(
	connection: ConnectionOptions,
	environment: NodeJS.ProcessEnv,
	hosts: KnownHosts,
	signal?: AbortSignal,
): Promise<Reached> {
	if (connection.reach === 'local' || connection.reach === 'ssh') {
		const {reachHost} = await import('./reach-host.ts');
		return {...(await reachHost(connection, signal)), contexts: await contextsOf(environment)};
	}
	if (connection.reach === 'direct') {
		return {...(await reachDirectly(connection)), contexts: await contextsOf(environment)};
	}
	const files = await import('./transport/kubernetes/kubeconfig-files.ts');
	const place = {...connection.kubernetes, environment};
	const config = asTyped(() => (connection.reach === 'kubernetes' ? files.readKubeconfig(place) : files.findKubeconfig(place)));
	if (config !== undefined) {
		const {reachKubernetes} = await import('./reach-kubernetes.ts');
		return reachKubernetes(config, connection, environment, hosts, signal);
	}
	const {transport, ...rest} = await reachDirectly(connection);
	const looked = files.kubeconfigPaths(place).join(', ');
	const tried = `Neither --endpoints nor a kubeconfig (${looked}) says where etcd is, so ${rest.clusterName} was asked, as etcdctl does.`;
	return {...rest, transport: tellingWhatWasTried(transport, tried), contexts: []};
}

async function reachDirectly(connection: ConnectionOptions): Promise<Omit<Reached, 'contexts'>> {
	const {createDirectTransport} = await import('./transport/grpc/direct-transport.ts');
	return {
		transport: asTyped(() => createDirectTransport(connection)),
		platform: directPlatform,
		clusterName: hostOf(connection.endpoints[0] ?? ''),
	};
}

/** What can be switched to from a cluster that is reached directly; a kubeconfig that is no good is none. */
async function contextsOf(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
	const [{findKubeconfig}, {plainNames}] = await Promise.all([
		import('./transport/kubernetes/kubeconfig-files.ts'),
		import('./transport/kubernetes/kube-context.ts'),
	]);
	try {
		const config = findKubeconfig({environment});
		return config === undefined ? [] : plainNames(config);
	} catch {
		return [];
	}
}

/** Who gave no endpoint wonders why this one was asked. */
function tellingWhatWasTried(transport: Transport, tried: string): Transport {
	const membership = transport.membership.bind(transport);
	transport.membership = async (options: CallOptions) => {
		try {
			return await membership(options);
		} catch (error) {
			const failure = failureOf(error);
			throw new TransportError({...failure, nextStep: `${failure.nextStep} ${tried}`.trim()}, error);
		}
	};
	return transport;
}

/** `10.0.0.1:2379` of a URL. */
export function hostOf(endpoint: string): string {
	return endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}
