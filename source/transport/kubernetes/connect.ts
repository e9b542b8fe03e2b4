/** From a kubeconfig to a transport: finds etcd, asks what is allowed, and takes the best way there is. */
import type {Member} from '../../domain/member.ts';
import {listText} from '../../domain/text.ts';
import {createDirectTransport} from '../grpc/direct-transport.ts';
import {parseEndpoint} from '../grpc/endpoint.ts';
import type {TlsMaterial} from '../grpc/tls-material.ts';
import type {CallOptions, Connection, Transport} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {chooseWay, execPermissions, forwardPermissions, type Way} from './choose-way.ts';
import {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {ExecTransport} from './exec-transport.ts';
import {type Distribution, type FindOptions, type FoundEtcd, findEtcd} from './find-etcd.ts';
import {keepMaterial, materialPermissions, readMaterial} from './key-material.ts';
import {type ContextChoice, chooseContext, type KubeContext} from './kube-context.ts';
import {type KubeconfigPlace, readKubeconfig} from './kubeconfig-files.ts';
import {type Match, matchPods} from './match-pods.ts';
import {metricsEndpoint} from './metrics-endpoint.ts';
import {askPermissions, type Permission, type Permissions} from './permissions.ts';
import {PodsKeeper, urlOf} from './pods-keeper.ts';
import {Tunnels} from './tunnels.ts';
import {commandWithoutApi, hostsOf} from './without-api.ts';

export type KubernetesOptions = KubeconfigPlace &
	ContextChoice &
	FindOptions & {
		/** `--via`. Default: the best that can be had. */
		readonly via?: Way;
		/** `--request-timeout`: for each request to the API. */
		readonly requestTimeoutMs?: number;
		/** Certificates for etcd as files, where the cluster keeps none for us. */
		readonly cacert?: string;
		readonly cert?: string;
		readonly key?: string;
		/** For etcd with authentication; through tunnels only. */
		readonly user?: string;
		readonly password?: string;
		readonly dialTimeoutMs: number;
		readonly commandTimeoutMs: number;
		readonly signal?: AbortSignal;
	};

/** etcd as Kubernetes shows it. */
export type KubernetesCluster = {
	readonly transport: Transport;
	readonly client: KubernetesClient;
	readonly distribution: Distribution;
	readonly namespace: string;
	readonly permissions: Permissions;
	/** Every member with its pod, and those that lack the other; as they were seen last, and looked at again by itself. */
	readonly pods: (members: readonly Member[]) => readonly Match[];
	/** The pods themselves, as they were seen last. */
	readonly seenPods: () => readonly EtcdPod[];
	/** Looks at the pods now. Throws `TransportError` where the API does not tell. */
	readonly readPods: () => Promise<void>;
	/** Milliseconds since the API last told of the pods. */
	readonly podsAgeMs: () => number;
};

const defaultRequestTimeoutMs = 10_000;

/**
 * Throws `TransportError` that says what is missing. The transport's `close` closes everything. Whoever has chosen a context gives it:
 * the kubeconfig may name another one a moment later.
 */
export async function connectKubernetes(
	options: KubernetesOptions,
	context: KubeContext = chooseContext(readKubeconfig(options), options),
): Promise<KubernetesCluster> {
	const client = new KubernetesClient(context, newestToken(options, context));
	try {
		return await connect(client, options);
	} catch (error) {
		client.close();
		throw error;
	}
}

/** The same context's, for the same server: no other one gets it. */
function newestToken(options: KubernetesOptions, {name, cluster}: KubeContext): () => string | undefined {
	return () => {
		try {
			const now = chooseContext(readKubeconfig(options), {...options, context: name});
			return now.cluster.server === cluster.server ? now.user.token : undefined;
		} catch {
			// It is being written, or gone: the old one goes on.
			return undefined;
		}
	};
}

async function connect(client: KubernetesClient, options: KubernetesOptions): Promise<KubernetesCluster> {
	const call: CallOptions = {
		timeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
		...(options.signal && {signal: options.signal}),
	};
	const found = await findEtcd(client, options, call);
	const namespace = found.pods[0]!.key.namespace;
	const [permissions, looked] = await Promise.all([
		askPermissions(client, wantedPermissions(found, namespace), call),
		findCertificates(client, found, options, call),
	]);
	const certificates = withPermissions(looked, permissions);
	const {via} = options;
	const choice = chooseWay({pods: found.pods, namespace, permissions, certificates, ...(via && {via})});
	if ('failure' in choice) {
		throw new TransportError(choice.failure);
	}
	const {dialTimeoutMs, commandTimeoutMs, container} = options;
	const background = {timeoutMs: call.timeoutMs};
	const pods = new PodsKeeper(client, found, container, background);
	const tunnels = new Tunnels({client, pods, dialTimeoutMs});
	const connection: Connection = {
		kind: choice.way,
		security: found.pods.some((pod) => pod.client.secure) ? 'mTLS' : 'no TLS',
		endpoints: found.pods.map(urlOf).filter((url) => url !== undefined),
		found: found.why,
		...(choice.notBetter !== undefined && {notBetter: choice.notBetter}),
		otherwise: commandWithoutApi(hostsOf(found.distribution, found.pods)),
	};
	const mayForward = permissions.missing(forwardPermissions(namespace)).length === 0;
	if (choice.way === 'tunnel') {
		for (const url of connection.endpoints) {
			const endpoint = parseEndpoint(url, true);
			// One to ask for the members, one for the member there, one for its metrics.
			tunnels.warm(endpoint, 2);
			tunnels.warm(metricsEndpoint(pods, endpoint), 1);
		}
	}
	const transport =
		choice.way === 'tunnel'
			? createDirectTransport({
					...directOptions(options),
					endpoints: connection.endpoints,
					connection,
					dial: tunnels.dial,
					metricsEndpoint: (endpoint) => metricsEndpoint(pods, endpoint),
					...(certificates.material && {material: keepMaterial(client, certificates.material, background)}),
				})
			: new ExecTransport({client, pods, connection, dialTimeoutMs, commandTimeoutMs, ...(mayForward && {tunnels})});
	return {
		transport: closingToo(transport, () => {
			tunnels.close();
			client.close();
		}),
		client,
		distribution: found.distribution,
		namespace,
		permissions,
		pods: (members) => matchPods(members, pods.current),
		seenPods: () => pods.current,
		readPods: () => pods.read(),
		podsAgeMs: () => pods.ageMs,
	};
}

function wantedPermissions({distribution}: FoundEtcd, namespace: string): Permission[] {
	return [
		...forwardPermissions(namespace),
		...execPermissions(namespace),
		...(distribution === 'OpenShift' ? materialPermissions : []),
	];
}

type Certificates = {readonly material?: TlsMaterial} & (
	| {readonly isThere: true}
	| {readonly isThere: false; readonly why: string}
);

async function findCertificates(
	client: KubernetesClient,
	{distribution}: FoundEtcd,
	{cert, key}: KubernetesOptions,
	call: CallOptions,
): Promise<Certificates> {
	if (cert !== undefined || key !== undefined) {
		return {isThere: true};
	}
	if (distribution !== 'OpenShift') {
		return {
			isThere: false,
			why: `${distribution} keeps etcd's certificates on the hosts; with --cacert, --cert and --key it can`,
		};
	}
	try {
		return {isThere: true, material: await readMaterial(client, call)};
	} catch (error) {
		const {kind, message} = failureOf(error);
		if (kind === 'cancelled') {
			throw error;
		}
		return {isThere: false, why: message};
	}
}

/** Named as somebody who grants it would, where the API forbade it. */
function withPermissions(certificates: Certificates, permissions: Permissions): Certificates {
	const missing = permissions.missing(materialPermissions);
	return certificates.isThere || missing.length === 0 ? certificates : {isThere: false, why: `you may not ${listText(missing)}`};
}

function directOptions({cacert, cert, key, user, password, dialTimeoutMs, commandTimeoutMs}: KubernetesOptions) {
	return {
		...(cacert !== undefined && {cacert}),
		...(cert !== undefined && {cert}),
		...(key !== undefined && {key}),
		...(user !== undefined && {user}),
		...(password !== undefined && {password}),
		insecureSkipTlsVerify: false,
		dialTimeoutMs,
		commandTimeoutMs,
	};
}

function closingToo(transport: Transport, more: () => void): Transport {
	const close = transport.close.bind(transport);
	transport.close = () => {
		close();
		more();
	};
	return transport;
}
