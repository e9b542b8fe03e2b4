/** Pods that somebody makes through the API, as the kubelet of their node runs them: real processes in a folder that stands for the host. */
import {mkdirSync, rmSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {Container} from './exec.ts';
import {type HostFolders, makeHostFolders, writeEncryptionConfig} from './host-folder.ts';
import {type Change, type KubeObject, type ObjectStore, timestamp} from './object-store.ts';
import {apiVersionOf, type Resource} from './resources.ts';

/** How long a container takes to start. */
const startMs = 60;

type PodSpec = {
	readonly nodeName?: string;
	readonly nodeSelector?: Readonly<Record<string, string>>;
	readonly tolerations?: readonly {readonly key?: string; readonly operator?: string; readonly effect?: string}[];
	readonly containers: readonly {
		readonly name: string;
		readonly env?: readonly {readonly name: string; readonly value?: string}[];
	}[];
};

type Taint = {readonly key: string; readonly effect: string};

type OperatorObject = {readonly status?: {readonly conditions?: readonly {readonly type: string; readonly status: string}[]}};

export type DebugPodsOptions = {
	readonly cluster: Cluster;
	readonly store: ObjectStore;
	readonly pods: Resource;
	/** Where etcdctl is. */
	readonly programFolder?: string | undefined;
};

/** What goes wrong on purpose, on every host. */
type HostFaults = {
	script: 'disk full' | 'no last line' | undefined;
	/** How long the script works, in seconds. */
	seconds: number;
	/** Of a disk of 120 GiB, in KiB. */
	freeKb: number | undefined;
	/** Containers don't start, with this reason. */
	waiting: string | undefined;
};

export class DebugPods {
	readonly faults: HostFaults = {script: undefined, seconds: 0, freeKb: undefined, waiting: undefined};
	readonly #options: DebugPodsOptions;
	readonly #hosts = new Map<string, HostFolders>();
	/** Process groups, by the uid of their pod. */
	readonly #groups = new Map<string, Set<number>>();
	readonly #stop: () => void;

	constructor(options: DebugPodsOptions) {
		this.#options = options;
		this.#stop = options.store.onChange((change) => this.#changed(change));
	}

	/** What stands for the file system of a node. */
	hostRoot(node: string): string {
		return this.#host(node).root;
	}

	/** Undefined for a pod that nobody made through the API. */
	container(namespace: string | undefined, podName: string, name: string): {inside: Container; isRunning: boolean} | undefined {
		const pod = this.#options.store.get(this.#options.pods, namespace, podName);
		const spec = pod?.['spec'] as PodSpec | undefined;
		const member = this.#options.cluster.members.find((each) => each.name === spec?.nodeName);
		const container = spec?.containers.find((each) => each.name === name);
		if (pod === undefined || container === undefined || member === undefined || !this.#groups.has(pod.metadata.uid!)) {
			return undefined;
		}
		const isRunning = (pod['status'] as {readonly phase?: string}).phase === 'Running';
		return {inside: this.#inside(pod, container.env ?? [], member), isRunning};
	}

	stop(): void {
		this.#stop();
		for (const uid of this.#groups.keys()) {
			this.#kill(uid);
		}
	}

	#inside(pod: KubeObject, env: readonly {readonly name: string; readonly value?: string}[], member: ClusterMember): Container {
		const {root, programs} = this.#host(member.name);
		const {cluster, programFolder} = this.#options;
		const own = this.#folder(pod);
		const type = this.#encryptionType();
		if (type !== '') {
			writeEncryptionConfig({root, programs}, type);
		}
		const {script, seconds, freeKb} = this.faults;
		const {cacert, cert, key} = cluster.certificates!;
		const path = [programs, programFolder, process.env.PATH].filter((folder) => folder !== undefined);
		return {
			variables: {
				...Object.fromEntries(env.map(({name, value}) => [name, value ?? ''])),
				PATH: path.join(delimiter),
				STANDIN_ROOT: root,
				STANDIN_PROGRESSING: this.#progressing().join(' '),
				STANDIN_SECONDS: String(seconds),
				...(script !== undefined && {STANDIN_FAULT: script}),
				...(freeKb !== undefined && {STANDIN_FREE_KB: String(freeKb)}),
				ETCDCTL_API: '3',
				ETCDCTL_CACERT: cacert,
				ETCDCTL_CERT: cert,
				ETCDCTL_KEY: key,
				ETCDCTL_ENDPOINTS: member.clientUrl,
			},
			// A word that is a path is one of the host, and `/tmp` the pod's own; one that a program here printed is right already.
			outside(text) {
				if (text.startsWith(`${cluster.directory}/`)) {
					return text;
				}
				const isOfHost = /^\/[\w./@+-]+$/.test(text) && text !== '/host' && !text.startsWith('/bin/');
				return isOfHost ? join(root, text) : text.replaceAll('/tmp/', `${own}/tmp/`);
			},
			inside: (text) => text,
			onStart: (pid) => this.#groups.get(pod.metadata.uid!)?.add(pid),
		};
	}

	#changed({type, plural, object}: Change): void {
		if (plural === 'pods') {
			// Those of etcd run from the start.
			if (type === 'ADDED' && (object['status'] as {readonly phase?: string} | undefined)?.phase === 'Pending') {
				this.#groups.set(object.metadata.uid!, new Set());
				mkdirSync(join(this.#folder(object), 'tmp'), {recursive: true});
				setTimeout(() => this.#start(object), startMs).unref();
			} else if (type === 'DELETED') {
				this.#kill(object.metadata.uid!);
			}
		}
		if (plural === 'namespaces' && type === 'DELETED') {
			const {store, pods} = this.#options;
			for (const pod of store.list(pods, object.metadata.name)) {
				store.remove(pods, pod.metadata.namespace, pod.metadata.name);
			}
		}
	}

	#start({metadata}: KubeObject): void {
		const {store, pods} = this.#options;
		const pod = store.get(pods, metadata.namespace, metadata.name);
		if (pod === undefined || pod.metadata.uid !== metadata.uid) {
			return;
		}
		const {apiVersion = apiVersionOf(pods)} = pod;
		store.put(pods, {...pod, apiVersion, status: this.#statusOf(pod['spec'] as PodSpec)});
	}

	#statusOf({nodeName, nodeSelector = {}, tolerations = [], containers}: PodSpec): object {
		const node = this.#options.store.get({plural: 'nodes'}, undefined, nodeName ?? '');
		const taints = ((node?.['spec'] as {readonly taints?: readonly Taint[]} | undefined)?.taints ?? []).filter(
			(taint) =>
				!tolerations.some(({key, operator, effect}) => {
					return (operator === 'Exists' && key === undefined) || (key === taint.key && (effect ?? taint.effect) === taint.effect);
				}),
		);
		if (nodeName === undefined) {
			const message = `0/${this.#options.cluster.members.length} nodes are available: they had untolerated taint {${taints[0]?.key ?? ''}}`;
			return {phase: 'Pending', conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}]};
		}
		if (node === undefined) {
			return {phase: 'Pending', conditions: []};
		}
		if (Object.entries(nodeSelector).some(([label, value]) => node.metadata.labels?.[label] !== value)) {
			return {
				phase: 'Failed',
				reason: 'NodeAffinity',
				message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
			};
		}
		if (taints.some(({effect}) => effect === 'NoExecute')) {
			return {phase: 'Failed', reason: 'TaintToleration', message: 'Pod was rejected: Predicate TaintToleration failed'};
		}
		const {waiting} = this.faults;
		const state =
			waiting === undefined ? {running: {startedAt: timestamp()}} : {waiting: {reason: waiting, message: "it can't be had"}};
		return {
			phase: waiting === undefined ? 'Running' : 'Pending',
			startTime: timestamp(),
			conditions: [{type: 'Ready', status: waiting === undefined ? 'True' : 'False'}],
			containerStatuses: containers.map(({name}) => ({name, ready: waiting === undefined, restartCount: 0, state})),
		};
	}

	#progressing(): readonly string[] {
		return this.#options.store
			.list({plural: 'clusteroperators'})
			.filter((object) => {
				const {status} = object as OperatorObject;
				return status?.conditions?.some((condition) => condition.type === 'Progressing' && condition.status !== 'False');
			})
			.map(({metadata}) => metadata.name);
	}

	#encryptionType(): string {
		const {encryption} = (this.#options.store.get({plural: 'apiservers'}, undefined, 'cluster')?.['spec'] ?? {}) as {
			readonly encryption?: {readonly type?: string};
		};
		const type = encryption?.type ?? '';
		return type === 'identity' ? '' : type;
	}

	#host(node: string): HostFolders {
		const folders = this.#hosts.get(node) ?? makeHostFolders(this.#options.cluster.directory, node);
		this.#hosts.set(node, folders);
		return folders;
	}

	#folder({metadata}: KubeObject): string {
		return join(dirname(this.#host('programs').programs), 'pods', metadata.uid!);
	}

	/** Everything that runs in the pod, as a kubelet does. */
	#kill(uid: string): void {
		const groups = this.#groups.get(uid);
		if (groups === undefined) {
			return;
		}
		for (const group of groups) {
			try {
				process.kill(-group, 'SIGKILL');
			} catch {
				// It has ended.
			}
		}
		this.#groups.delete(uid);
		rmSync(join(dirname(this.#host('programs').programs), 'pods', uid), {recursive: true, force: true});
	}
}
