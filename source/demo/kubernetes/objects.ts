/** What else is in such a cluster, as far as somebody who looks after its etcd reads it. */
import type {Cluster} from '../cluster.ts';
import type {KubeObject, ObjectStore} from './object-store.ts';
import {openshiftObjects} from './openshift-objects.ts';
import type {PodNetwork} from './pod-network.ts';
import type {ClusterKind, Resource} from './resources.ts';

export type Seed = readonly [plural: string, object: KubeObject];

export type Surroundings = {
	readonly cluster: Cluster;
	readonly kind: ClusterKind;
	readonly network: PodNetwork;
};

export function addObjects(store: ObjectStore, resources: readonly Resource[], {cluster, kind, network}: Surroundings): void {
	const nodes = cluster.members.map((member): Seed => ['nodes', node(member.name, network.addressOf(member).ip, kind)]);
	const seeds = [...namespaces(kind), ...nodes, ...(kind === 'openshift' ? openshiftObjects(cluster, network) : [])];
	for (const [plural, object] of seeds) {
		store.put(resources.find((resource) => resource.plural === plural)!, object);
	}
}

function namespaces(kind: ClusterKind): Seed[] {
	const usual = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
	const ofOpenshift = ['openshift-config', 'openshift-config-managed', 'openshift-etcd', 'openshift-etcd-operator'];
	return [...usual, ...(kind === 'openshift' ? ofOpenshift : [])].map((name) => [
		'namespaces',
		{
			metadata: {
				name,
				labels: {
					'kubernetes.io/metadata.name': name,
					...(name === 'openshift-etcd' && {'pod-security.kubernetes.io/enforce': 'privileged'}),
				},
				...(name.startsWith('openshift-') && {annotations: {'openshift.io/node-selector': ''}}),
			},
			spec: {finalizers: ['kubernetes']},
			status: {phase: 'Active'},
		},
	]);
}

function node(name: string, ip: string, kind: ClusterKind): KubeObject {
	const condition = (type: string, status: string, reason: string) => ({
		type,
		status,
		reason,
		message: '',
		lastTransitionTime: null,
	});
	return {
		metadata: {
			name,
			labels: {
				'kubernetes.io/hostname': name,
				'kubernetes.io/os': 'linux',
				'node-role.kubernetes.io/control-plane': '',
				...(kind === 'openshift' && {'node-role.kubernetes.io/master': ''}),
			},
		},
		spec: {taints: [{effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane'}]},
		status: {
			addresses: [
				{type: 'InternalIP', address: ip},
				{type: 'Hostname', address: name},
			],
			conditions: [
				condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
				condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
				condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
				condition('Ready', 'True', 'KubeletReady'),
			],
			nodeInfo: {kubeletVersion: 'v1.36.2', operatingSystem: 'linux'},
		},
	};
}
