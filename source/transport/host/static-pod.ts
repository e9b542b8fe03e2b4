/** etcd's static pod, as its manifest on a control-plane host has it: which files, which ports. */
import {load} from 'js-yaml';
import {type EtcdPod, type PodObject, readPod} from '../kubernetes/etcd-pod.ts';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {HostFiles} from './host-files.ts';

/** Where the kubelet of each distribution finds it. */
export const manifestPaths = {
	kubeadm: '/etc/kubernetes/manifests/etcd.yaml',
	OpenShift: '/etc/kubernetes/manifests/etcd-pod.yaml',
	RKE2: '/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml',
} as const;

export type StaticEtcd = {
	readonly distribution: keyof typeof manifestPaths;
	readonly path: string;
	readonly pod: EtcdPod;
	/** Of the files on the host. */
	readonly certificates: {readonly cacert: string; readonly cert: string; readonly key: string};
};

/**
 * The first manifest that is there. `root`: before every path; empty on a real host.
 * Throws `TransportError` that says what was looked for, or what is wrong with what was found.
 */
export async function findStaticEtcd(files: HostFiles, root = ''): Promise<StaticEtcd> {
	for (const [distribution, usual] of Object.entries(manifestPaths)) {
		const path = `${root}${usual}`;
		const bytes = await files.read(path);
		if (bytes !== undefined) {
			return {
				distribution: distribution as StaticEtcd['distribution'],
				path,
				...readManifest(bytes.toString('utf8'), path, root),
			};
		}
	}
	throw new TransportError({
		kind: 'unsupported',
		message: `no static pod of etcd on ${files.host}: there is none of ${Object.values(manifestPaths).join(', ')}`,
		nextStep: 'Take a control-plane host of kubeadm, RKE2 or OpenShift, or give --endpoints, --cacert, --cert and --key.',
	});
}

type Volume = {readonly name: string; readonly hostPath?: {readonly path?: string}};
type Mounted = {readonly volumeMounts?: readonly {readonly name: string; readonly mountPath: string}[]};

/** Throws `TransportError` for what is no pod of etcd. */
export function readManifest(text: string, path: string, root = ''): Pick<StaticEtcd, 'pod' | 'certificates'> {
	const manifest = parsed(text, path);
	// A static pod has no namespace of its own in some manifests, and is not ended.
	const pod = readPod({...manifest, metadata: {namespace: 'kube-system', name: 'etcd', ...manifest.metadata}, status: {}});
	const paths = pod?.certificates;
	if (pod === undefined || paths === undefined) {
		throw unusable(path, pod === undefined ? 'it runs no etcd' : 'it does not say where its certificates are');
	}
	const containers = (manifest.spec?.containers ?? []) as readonly object[] as readonly Mounted[];
	const volumes = (manifest.spec as {readonly volumes?: readonly Volume[]} | undefined)?.volumes ?? [];
	const onHost = (inside: string) => `${root}${hostPath(inside, containers, volumes)}`;
	return {pod, certificates: {cacert: onHost(paths.cacert), cert: onHost(paths.cert), key: onHost(paths.key)}};
}

/** Where a file in the container is on the host: under the longest mount that holds it. */
function hostPath(inside: string, containers: readonly Mounted[], volumes: readonly Volume[]): string {
	const mounts = containers
		.flatMap(({volumeMounts = []}) => volumeMounts)
		.filter(({mountPath}) => inside.startsWith(`${mountPath.replace(/\/+$/, '')}/`))
		.toSorted((a, b) => b.mountPath.length - a.mountPath.length);
	for (const {name, mountPath} of mounts) {
		const path = volumes.find((volume) => volume.name === name)?.hostPath?.path;
		if (path !== undefined) {
			return `${path.replace(/\/+$/, '')}${inside.slice(mountPath.replace(/\/+$/, '').length)}`;
		}
	}
	return inside;
}

function parsed(text: string, path: string): PodObject {
	let value: unknown;
	try {
		value = load(text);
	} catch (error) {
		throw unusable(path, `it is not YAML: ${(error as {reason?: string}).reason ?? 'it can not be read'}`, error);
	}
	const containers = (value as PodObject | null)?.spec?.containers;
	if (
		!Array.isArray(containers) ||
		containers.some((one: unknown) => typeof (one as {name?: unknown} | null)?.name !== 'string')
	) {
		throw unusable(path, 'it holds no pod');
	}
	return value as PodObject;
}

function unusable(path: string, why: string, cause?: unknown): TransportError {
	const nextStep = 'Look at that file, or give --endpoints, --cacert, --cert and --key.';
	return new TransportError({kind: 'unsupported', message: safeText(`${path}: ${why}`), nextStep}, cause);
}
