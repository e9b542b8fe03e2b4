/** Keeps the pods of etcd in step with the processes of its members, as the kubelets of their nodes would. */
import {createHash, randomUUID} from 'node:crypto';
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {EtcdPods} from './etcd-pods.ts';
import type {Container} from './exec.ts';
import {type KubeObject, type ObjectStore, timestamp} from './object-store.ts';
import type {EtcdPodShape, PodContainer} from './pod-shape.ts';
import {storageKey} from './rest.ts';
import {ApiError} from './status.ts';
import type {Storage} from './storage.ts';

const lookEveryMs = 200;

/** Only what names it. */
const pods = {group: '', version: 'v1', plural: 'pods', kind: 'Pod', isNamespaced: true} as const;

/** What is known of the processes in a pod. */
type Lives = {
	readonly uid: string;
	readonly createdAt: string;
	pid: number;
	startedAt: string;
	/** When the process before this one, or this one, was first seen ended. */
	finishedAt?: string;
	finishedPid?: number;
	finishedStart: number;
	restarts: number;
};

export class Kubelet {
	readonly #cluster: Cluster;
	readonly #pods: EtcdPods;
	readonly #store: ObjectStore;
	readonly #storage: Storage;
	readonly #lives = new Map<ClusterMember, Lives>();
	/** What the store has of each, without what the store adds. */
	readonly #reported = new Map<ClusterMember, string>();
	#timer: NodeJS.Timeout | undefined;
	#isReporting = false;

	constructor(cluster: Cluster, pods: EtcdPods, store: ObjectStore, storage: Storage) {
		this.#cluster = cluster;
		this.#pods = pods;
		this.#store = store;
		this.#storage = storage;
	}

	start(): void {
		for (const member of this.#cluster.members) {
			this.#put(member, this.#pod(member));
		}
		this.#timer = setInterval(() => void this.report(), lookEveryMs).unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Writes what changed; what can't be written now is tried again later. */
	async report(): Promise<void> {
		if (this.#isReporting) {
			return;
		}
		this.#isReporting = true;
		try {
			for (const member of this.#cluster.members) {
				const pod = this.#pod(member);
				if (JSON.stringify(pod) !== this.#reported.get(member)) {
					await this.#storage.write(storageKey(pods, pod.metadata), pod);
					this.#put(member, pod);
				}
			}
		} catch (error) {
			if (!(error instanceof ApiError)) {
				throw error;
			}
		} finally {
			this.#isReporting = false;
		}
	}

	/** The container of a pod, whether its process runs; undefined where there is none of that name. */
	container(namespace: string | undefined, podName: string, name: string): {inside: Container; isRunning: boolean} | undefined {
		const member = this.#memberIn(namespace, podName);
		const container = member && this.#pods.shape(member).containers.find((each) => each.name === name);
		return member && container && {inside: this.#pods.inside(member, container), isRunning: name !== 'etcd' || member.running};
	}

	/** Where a port of a pod is on this machine. */
	portOutside(namespace: string | undefined, podName: string, port: number): number {
		const member = this.#memberIn(namespace, podName);
		return member === undefined ? port : this.#pods.network.portOutside(member, port);
	}

	#memberIn(namespace: string | undefined, podName: string): ClusterMember | undefined {
		return this.#cluster.members.find((each) => podNameOf(each) === podName && this.#pods.shape(each).namespace === namespace);
	}

	#put(member: ClusterMember, pod: KubeObject): void {
		this.#store.put(pods, pod);
		this.#reported.set(member, JSON.stringify(pod));
	}

	#livesOf(member: ClusterMember): Lives {
		const now = timestamp();
		const pid = member.process.pid ?? 0;
		const lives = this.#lives.get(member) ?? {
			uid: randomUUID(),
			createdAt: now,
			pid,
			startedAt: now,
			restarts: 0,
			finishedStart: 0,
		};
		this.#lives.set(member, lives);
		if ((pid !== lives.pid || !member.running) && lives.finishedPid !== lives.pid) {
			Object.assign(lives, {finishedAt: now, finishedPid: lives.pid, finishedStart: lives.restarts});
		}
		if (pid !== lives.pid) {
			Object.assign(lives, {pid, startedAt: now, restarts: lives.restarts + 1});
		}
		return lives;
	}

	#pod(member: ClusterMember): KubeObject {
		const lives = this.#livesOf(member);
		const shape = this.#pods.shape(member);
		const {ip} = this.#pods.network.addressOf(member);
		const ready = member.running ? 'True' : 'False';
		const readySince = member.running ? lives.startedAt : (lives.finishedAt ?? lives.startedAt);
		const condition = (type: string, status: string, lastTransitionTime: string) => ({
			type,
			status,
			lastProbeTime: null,
			lastTransitionTime,
			...(status === 'False' && {reason: 'ContainersNotReady', message: 'containers with unready status: [etcd]'}),
		});
		return {
			metadata: metadataOf(member, lives, shape),
			spec: {
				containers: shape.containers.map((container) => ({imagePullPolicy: 'IfNotPresent', resources: {}, ...container})),
				hostNetwork: true,
				nodeName: member.name,
				priorityClassName: 'system-node-critical',
				restartPolicy: 'Always',
				tolerations: [{operator: 'Exists'}],
			},
			status: {
				phase: 'Running',
				hostIP: ip,
				podIP: ip,
				podIPs: [{ip}],
				startTime: lives.createdAt,
				conditions: [
					condition('Initialized', 'True', lives.createdAt),
					condition('Ready', ready, readySince),
					condition('ContainersReady', ready, readySince),
					condition('PodScheduled', 'True', lives.createdAt),
				],
				containerStatuses: shape.containers.map((container) => statusOf(container, member, lives)),
			},
		};
	}
}

export function podNameOf({name}: ClusterMember): string {
	return `etcd-${name}`;
}

function metadataOf(member: ClusterMember, {uid, createdAt}: Lives, {namespace, labels, annotations}: EtcdPodShape) {
	const hash = createHash('md5').update(member.name).digest('hex');
	return {
		name: podNameOf(member),
		namespace,
		uid,
		creationTimestamp: createdAt,
		labels,
		annotations: {
			...annotations,
			'kubernetes.io/config.hash': hash,
			'kubernetes.io/config.mirror': hash,
			'kubernetes.io/config.source': 'file',
		},
		ownerReferences: [{apiVersion: 'v1', controller: true, kind: 'Node', name: member.name, uid: hash}],
	};
}

function statusOf({name, image}: PodContainer, member: ClusterMember, lives: Lives): object {
	const {uid, createdAt, startedAt, finishedAt, finishedStart, restarts} = lives;
	const isEtcd = name === 'etcd';
	const isRunning = !isEtcd || member.running;
	const start = isEtcd ? restarts : 0;
	const idOf = (ofStart: number) => `containerd://${createHash('sha256').update(`${uid} ${name} ${ofStart}`).digest('hex')}`;
	const terminated = {exitCode: 137, reason: 'Error', finishedAt, containerID: idOf(finishedStart)};
	const waiting = {
		reason: 'CrashLoopBackOff',
		message: `back-off 10s restarting failed container=etcd pod=${podNameOf(member)}`,
	};
	return {
		name,
		image,
		imageID: '',
		containerID: idOf(start),
		ready: isRunning,
		started: isRunning,
		restartCount: start,
		state: isRunning ? {running: {startedAt: isEtcd ? startedAt : createdAt}} : {waiting},
		lastState: isEtcd && finishedAt !== undefined ? {terminated} : {},
	};
}
