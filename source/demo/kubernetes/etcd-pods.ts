/** The pods of etcd as each kind of cluster makes them, and what is inside of them. */
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {Container} from './exec.ts';
import {kubeadmMounts, kubeadmPod, rke2Mounts, rke2Pod} from './kubeadm-pods.ts';
import {openshiftMounts, openshiftPod} from './openshift-pod.ts';
import type {PodNetwork} from './pod-network.ts';
import type {EtcdPodShape, PodContainer} from './pod-shape.ts';
import type {ClusterKind} from './resources.ts';

type Maker = {
	readonly shape: (cluster: Cluster, member: ClusterMember, network: PodNetwork) => EtcdPodShape;
	readonly mounts: (cluster: Cluster, member: ClusterMember) => ReadonlyMap<string, string>;
	/** Programs of the image, where it has no shell. */
	readonly programs?: readonly string[];
};

const bare = ['etcd', 'etcdctl', 'etcdutl'];

const makers: Readonly<Record<ClusterKind, Maker>> = {
	openshift: {shape: openshiftPod, mounts: openshiftMounts},
	kubeadm: {shape: (_, member, network) => kubeadmPod(member, network), mounts: kubeadmMounts, programs: bare},
	rke2: {shape: (_, member, network) => rke2Pod(member, network), mounts: rke2Mounts, programs: bare},
};

/** The etcd pods of one cluster. */
export class EtcdPods {
	readonly network: PodNetwork;
	readonly #cluster: Cluster;
	readonly #maker: Maker;

	constructor(cluster: Cluster, kind: ClusterKind, network: PodNetwork) {
		this.network = network;
		this.#cluster = cluster;
		this.#maker = makers[kind];
	}

	shape(member: ClusterMember): EtcdPodShape {
		return this.#maker.shape(this.#cluster, member, this.network);
	}

	/** What a command finds in one of the pod's containers. */
	inside(member: ClusterMember, {env = []}: PodContainer): Container {
		const {mounts, programs} = this.#maker;
		const files = [...mounts(this.#cluster, member)];
		const found = (text: string) => files.reduce((changed, [inside, here]) => changed.replaceAll(inside, here), text);
		const outside = (text: string) => this.network.outside(found(text), member);
		return {
			variables: Object.fromEntries(env.map(({name, value}) => [name, outside(value)])),
			...(programs && {programs}),
			outside,
			inside: (text) => this.network.inside(text),
		};
	}
}
