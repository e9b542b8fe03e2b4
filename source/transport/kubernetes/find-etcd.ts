/** Finds the cluster's etcd: its pods in the places where distributions keep them. */
import {CoreV1Api} from '@kubernetes/client-node';
import {listText} from '../../domain/text.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import {type EtcdPod, readPod} from './etcd-pod.ts';

export type Distribution = 'OpenShift' | 'kubeadm' | 'RKE2' | 'Kubernetes';

export type FoundEtcd = {
	readonly distribution: Distribution;
	readonly place: Place;
	readonly pods: readonly EtcdPod[];
	/** What was found and where: `OpenShift: 3 etcd pods (app=etcd in openshift-etcd)`. */
	readonly why: string;
};

export type FindOptions = {
	/** `-n`; a context's own namespace says nothing about where etcd is. */
	readonly namespace?: string;
	/** `--selector`. */
	readonly selector?: string;
	/** `--container`. */
	readonly container?: string;
};

/** Without a namespace: all of them. */
export type Place = {readonly namespace?: string; readonly selector: string};

const knownPlaces = [
	{namespace: 'openshift-etcd', selector: 'app=etcd'},
	{namespace: 'kube-system', selector: 'component=etcd'},
] as const;

/** Members of etcd are few; whatever has more pods isn't one cluster of it. */
const maximumPods = 500;

/** Throws `TransportError` that says what was looked for, where, and which permission is missing. */
export async function findEtcd(client: KubernetesClient, find: FindOptions, options: CallOptions): Promise<FoundEtcd> {
	const places = placesFor(find);
	const searches = await Promise.allSettled(places.map((place) => listEtcdPods(client, place, find.container, options)));
	const results = searches.map((search, index) => ({place: places[index]!, search}));
	for (const {place, search} of results) {
		if (search.status === 'fulfilled' && search.value.length > 0) {
			return found(place, search.value);
		}
		if (search.status === 'rejected' && failureOf(search.reason).kind !== 'permission-denied') {
			// Nobody knows what is there: what is found behind it may be another etcd than is found at other times.
			break;
		}
	}
	throw notFound(results, find, client);
}

/** The pods of etcd in one place, by name. */
export async function listEtcdPods(
	client: KubernetesClient,
	{namespace, selector}: Place,
	container: string | undefined,
	options: CallOptions,
): Promise<EtcdPod[]> {
	const query = {labelSelector: selector, limit: maximumPods};
	const what = `pods with ${selector} in ${namespace ?? 'any namespace'}`;
	const {items} = await client.request(
		what,
		CoreV1Api,
		(api, configuration) =>
			namespace === undefined
				? api.listPodForAllNamespaces(query, configuration)
				: api.listNamespacedPod({namespace, ...query}, configuration),
		options,
	);
	return items
		.map((item) => readPod(item, container))
		.filter((pod) => pod !== undefined)
		.sort((one, other) => one.name.localeCompare(other.name, 'en', {numeric: true}));
}

export function placesFor({namespace, selector}: FindOptions): Place[] {
	if (selector !== undefined) {
		return [{...(namespace !== undefined && {namespace}), selector}];
	}
	return namespace === undefined ? [...knownPlaces] : knownPlaces.map((place) => ({...place, namespace}));
}

/** Throws `TransportError` for pods of more than one cluster: hosted control planes have theirs side by side. */
function found(place: Place, pods: readonly EtcdPod[]): FoundEtcd {
	const namespaces = [...new Set(pods.map(({key}) => key.namespace))];
	if (namespaces.length > 1) {
		throw new TransportError({
			kind: 'unsupported',
			message: safeText(`there are etcd pods with ${place.selector} in ${listText(namespaces)}`),
			nextStep: 'Say which are meant with --namespace.',
		});
	}
	const distribution = distributionOf(place, pods);
	const count = `${pods.length} etcd ${pods.length === 1 ? 'pod' : 'pods'}`;
	return {distribution, place, pods, why: `${distribution}: ${count} (${placeText(place)})`};
}

function distributionOf({namespace}: Place, pods: readonly EtcdPod[]): Distribution {
	if (namespace === 'openshift-etcd') {
		return 'OpenShift';
	}
	const paths = pods.map(({certificates}) => certificates?.cacert ?? '');
	if (paths.some((path) => path.startsWith('/var/lib/rancher/rke2/'))) {
		return 'RKE2';
	}
	return paths.some((path) => path.startsWith('/etc/kubernetes/pki/')) ? 'kubeadm' : 'Kubernetes';
}

function placeText({namespace, selector}: Place): string {
	return safeText(`${selector} in ${namespace ?? 'any namespace'}`);
}

type Result = {readonly place: Place; readonly search: PromiseSettledResult<readonly EtcdPod[]>};

function notFound(results: readonly Result[], {container}: FindOptions, {context}: KubernetesClient): TransportError {
	const failures = results.flatMap(({place, search}) =>
		search.status === 'rejected' ? [{place, error: search.reason as unknown}] : [],
	);
	const forbidden = failures.filter(({error}) => failureOf(error).kind === 'permission-denied');
	const [other] = failures.filter((failure) => !forbidden.includes(failure));
	// The API not answering says nothing about what is there.
	if (other !== undefined) {
		return other.error instanceof TransportError ? other.error : new TransportError(failureOf(other.error), other.error);
	}
	const empty = results.filter(({search}) => search.status === 'fulfilled').map(({place}) => placeText(place));
	const denied = forbidden.map(({place}) => `list pods in ${safeText(place.namespace ?? 'all namespaces')}`);
	const ofContainer = container === undefined ? '' : `a container ${safeText(container)} and `;
	const parts = [
		...(empty.length > 0 ? [`there are no pods with ${ofContainer}${listText(empty)}`] : []),
		...(denied.length > 0 ? [`you may not ${listText(denied)}`] : []),
	];
	return new TransportError({
		kind: forbidden.length > 0 ? 'permission-denied' : 'unsupported',
		message: `no etcd found in context ${safeText(context.name)}: ${parts.join('; ')}`,
		nextStep:
			forbidden.length > 0
				? `Ask for the permission to ${listText(denied)}, choose another --context, or give --endpoints.`
				: 'Say where it is with --namespace and --selector, choose another --context, or give --endpoints.',
	});
}
