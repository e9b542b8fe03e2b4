/** The resources that the API serves, and what its discovery says of them. */

export type Resource = {
	/** Empty for the core group. */
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly kind: string;
	readonly isNamespaced: boolean;
	readonly shortNames?: readonly string[];
	readonly subresources?: readonly string[];
	/** A question in the form of an object: it is answered and not kept. */
	readonly isReview?: boolean;
};

const namespaced = {isNamespaced: true} as const;
const clusterWide = {isNamespaced: false} as const;
const core = {group: '', version: 'v1'} as const;
const config = {group: 'config.openshift.io', version: 'v1', ...clusterWide, subresources: ['status']} as const;
const operator = {group: 'operator.openshift.io', version: 'v1', ...clusterWide, subresources: ['status']} as const;

const everywhere: readonly Resource[] = [
	{...core, ...clusterWide, plural: 'namespaces', kind: 'Namespace', shortNames: ['ns']},
	{...core, ...clusterWide, plural: 'nodes', kind: 'Node', shortNames: ['no'], subresources: ['status']},
	{...core, ...namespaced, plural: 'pods', kind: 'Pod', shortNames: ['po'], subresources: ['exec', 'portforward', 'status']},
	{...core, ...namespaced, plural: 'secrets', kind: 'Secret'},
	{...core, ...namespaced, plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm']},
	{...core, ...namespaced, plural: 'events', kind: 'Event', shortNames: ['ev']},
	{group: 'coordination.k8s.io', version: 'v1', ...namespaced, plural: 'leases', kind: 'Lease'},
	{
		group: 'authorization.k8s.io',
		version: 'v1',
		...clusterWide,
		plural: 'selfsubjectaccessreviews',
		kind: 'SelfSubjectAccessReview',
		isReview: true,
	},
];

const openshift: readonly Resource[] = [
	{...config, plural: 'clusteroperators', kind: 'ClusterOperator', shortNames: ['co']},
	{...config, plural: 'clusterversions', kind: 'ClusterVersion'},
	{...config, plural: 'infrastructures', kind: 'Infrastructure'},
	{...config, plural: 'proxies', kind: 'Proxy'},
	{...config, plural: 'apiservers', kind: 'APIServer'},
	{...operator, plural: 'etcds', kind: 'Etcd'},
	{...operator, plural: 'kubeapiservers', kind: 'KubeAPIServer'},
	{...operator, plural: 'openshiftapiservers', kind: 'OpenShiftAPIServer'},
	{...operator, plural: 'authentications', kind: 'Authentication'},
	{...operator, plural: 'kubecontrollermanagers', kind: 'KubeControllerManager'},
	{...operator, plural: 'kubeschedulers', kind: 'KubeScheduler'},
];

/** What kind of cluster the API belongs to. */
export type ClusterKind = 'openshift' | 'kubeadm' | 'rke2';

export function resourcesOf(kind: ClusterKind): readonly Resource[] {
	return kind === 'openshift' ? [...everywhere, ...openshift] : everywhere;
}

export function apiVersionOf({group, version}: Pick<Resource, 'group' | 'version'>): string {
	return group === '' ? version : `${group}/${version}`;
}

/** `/version`, `/api`, `/apis` and what is below them; undefined for other paths. */
export function discovery(resources: readonly Resource[], path: string, address: string): object | undefined {
	if (path === '/version') {
		return {major: '1', minor: '36', gitVersion: 'v1.36.2', gitCommit: '', gitTreeState: '', platform: 'linux/amd64'};
	}
	if (path === '/api') {
		const serverAddressByClientCIDRs = [{clientCIDR: '0.0.0.0/0', serverAddress: address}];
		return {kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs};
	}
	if (path === '/apis') {
		return {kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(resources).map(apiGroup)};
	}
	const [, group = '', version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
	const inGroup = resources.filter((resource) => (path === '/api/v1' ? resource.group === '' : resource.group === group));
	const [first] = inGroup;
	if (first === undefined || (path !== '/api/v1' && group === '') || (version !== undefined && version !== first.version)) {
		return undefined;
	}
	return path === '/api/v1' || version !== undefined ? resourceList(first, inGroup) : {...apiGroup(first), kind: 'APIGroup'};
}

function groupsOf(resources: readonly Resource[]): Resource[] {
	return [...new Map(resources.filter(({group}) => group !== '').map((resource) => [resource.group, resource])).values()];
}

function apiGroup({group, version}: Resource): object {
	const preferredVersion = {groupVersion: `${group}/${version}`, version};
	return {name: group, versions: [preferredVersion], preferredVersion};
}

const storedVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const connectVerbs = ['create', 'get'];
const statusVerbs = ['get', 'patch', 'update'];

function resourceList(of: Resource, resources: readonly Resource[]): object {
	const entries = resources.flatMap(({plural, kind, isNamespaced, shortNames, subresources = [], isReview}) => [
		{
			name: plural,
			singularName: kind.toLowerCase(),
			namespaced: isNamespaced,
			kind,
			verbs: isReview ? ['create'] : storedVerbs,
			...(shortNames && {shortNames}),
		},
		...subresources.map((name) => ({
			name: `${plural}/${name}`,
			singularName: '',
			namespaced: isNamespaced,
			kind,
			verbs: name === 'status' ? statusVerbs : connectVerbs,
		})),
	]);
	return {kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(of), resources: entries};
}
