/** What a pod's object says about the etcd in it. */
import {isIP} from 'node:net';
import {parseEndpoint} from '../grpc/endpoint.ts';
import {type SafeText, safeText} from '../safe-text.ts';
import {type EtcdFlags, readFlags, runsEtcd, runsShell} from './etcd-flags.ts';

/** Files inside the container. */
export type CertificatePaths = {readonly cacert: string; readonly cert: string; readonly key: string};

export type LivenessProbe = {readonly failureThreshold: number; readonly periodSeconds: number; readonly timeoutSeconds: number};

export type Port = {readonly port: number; readonly secure: boolean};

export type EtcdPod = {
	readonly name: SafeText;
	/** For the API; never shown. */
	readonly key: {readonly namespace: string; readonly name: string};
	readonly node?: SafeText;
	readonly ips: readonly string[];
	/** Name of the container that runs etcd. */
	readonly container: string;
	/** That container's image. */
	readonly image?: string;
	/** The one to run etcdctl in. */
	readonly etcdctlContainer: string;
	/** Variables that etcdctl in there finds set: it refuses a flag whose variable is set too. */
	readonly etcdctlVariables: ReadonlySet<string>;
	/** Whether the container with etcdctl has a shell, and with it `env`, as far as its command tells. */
	readonly hasShell: boolean;
	/** As `--name` says. */
	readonly memberName?: string;
	/** As etcd advertises them. */
	readonly clientUrls: readonly string[];
	readonly client: Port;
	/** Whether the client port is open on the pod's loopback, where a port-forward ends; undefined where its flags are not known. */
	readonly isOnLoopback?: boolean;
	/** The ports on that loopback at which etcd listens to clients, as far as its flags tell. */
	readonly loopbackPorts: ReadonlySet<number>;
	/** Where the metrics are, if not (only) at the client port. */
	readonly metrics?: Port;
	readonly certificates?: CertificatePaths;
	/** As `--quota-backend-bytes` says; absent for etcd's own, and where it is switched off. */
	readonly quotaBytes?: number;
	readonly phase: SafeText;
	readonly isReady: boolean;
	/** Of the container that runs etcd. */
	readonly restarts: number;
	/** Whether that container runs now. */
	readonly isRunning: boolean;
	/** Milliseconds, by the cluster's clock. */
	readonly createdWallMs?: number;
	readonly livenessProbe?: LivenessProbe;
	/** OpenShift's static pod revision. */
	readonly staticPodRevision?: SafeText;
	/** Changes with every start of etcd in it. */
	readonly incarnation: string;
};

/** The part of a pod's object that is read here, as JSON or as the client library gives it. */
export type PodObject = {
	readonly metadata?: {
		readonly name?: string;
		readonly namespace?: string;
		readonly uid?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly creationTimestamp?: string | Date;
	};
	readonly spec?: {readonly nodeName?: string; readonly containers: readonly ContainerObject[]};
	readonly status?: {
		readonly phase?: string;
		readonly podIP?: string;
		readonly podIPs?: readonly {readonly ip?: string}[];
		readonly hostIP?: string;
		readonly conditions?: readonly {readonly type: string; readonly status: string}[];
		readonly containerStatuses?: readonly {
			readonly name: string;
			readonly restartCount: number;
			readonly containerID?: string;
			readonly state?: {readonly running?: object};
		}[];
	};
};

type ContainerObject = {
	readonly name: string;
	readonly image?: string;
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly env?: readonly {readonly name: string; readonly value?: string}[];
	readonly ports?: readonly {readonly name?: string; readonly containerPort: number}[];
	readonly volumeMounts?: readonly {readonly mountPath: string}[];
	readonly livenessProbe?: {
		readonly failureThreshold?: number;
		readonly periodSeconds?: number;
		readonly timeoutSeconds?: number;
	};
};

/** Undefined for a pod without etcd, or without the container that was asked for, and for one that has ended. */
export function readPod({metadata = {}, spec, status = {}}: PodObject, wantedContainer?: string): EtcdPod | undefined {
	const containers = spec?.containers ?? [];
	const etcd =
		wantedContainer === undefined
			? (containers.find(({name}) => name === 'etcd') ?? containers.find(runsEtcd))
			: containers.find(({name}) => name === wantedContainer);
	const {name, namespace} = metadata;
	const hasEnded = status.phase === 'Succeeded' || status.phase === 'Failed';
	if (etcd === undefined || name === undefined || namespace === undefined || hasEnded) {
		return undefined;
	}
	const flags = readFlags(etcd);
	const etcdctl = containers.find((container) => container.name === 'etcdctl') ?? etcd;
	const own = status.containerStatuses?.find((container) => container.name === etcd.name);
	const probe = etcd.livenessProbe;
	const created = metadata.creationTimestamp === undefined ? Number.NaN : new Date(metadata.creationTimestamp).getTime();
	const isRunning = own?.state?.running !== undefined;
	const revision = metadata.labels?.revision;
	const clientUrls = urlTexts(flags['advertise-client-urls']).filter(isEndpoint);
	const metrics = metricsPort(flags, etcd);
	const certificates = certificatesOfEtcdctl(etcdctl) ?? certificatePaths(flags, etcd);
	const quotaBytes = Number(flags['quota-backend-bytes'] ?? 0);
	const listening = urlTexts(flags['listen-client-urls']);
	const loopbackPorts = portsOnLoopback(listening, flags, etcd);
	const isKnown = listening.length > 0 || loopbackPorts.size > 0;
	return {
		name: safeText(name),
		key: {namespace, name},
		...(spec?.nodeName !== undefined && {node: safeText(spec.nodeName)}),
		ips: [...new Set([status.podIP, ...(status.podIPs ?? []).map(({ip}) => ip), status.hostIP].filter(isAddress))],
		container: etcd.name,
		...(etcd.image !== undefined && {image: etcd.image}),
		etcdctlContainer: etcdctl.name,
		etcdctlVariables: new Set(
			etcdctl.env?.map((variable) => variable.name).filter((variable) => variable.startsWith('ETCDCTL_')),
		),
		hasShell: runsShell(etcdctl) || runsShell(etcd),
		...(flags.name !== undefined && {memberName: flags.name}),
		clientUrls,
		client: clientPort(flags, etcd),
		...(isKnown && {isOnLoopback: loopbackPorts.size > 0}),
		loopbackPorts,
		...(metrics !== undefined && {metrics}),
		...(certificates !== undefined && {certificates}),
		...(quotaBytes > 0 && {quotaBytes}),
		phase: safeText(status.phase ?? 'Unknown'),
		isReady: status.conditions?.some(({type, status: value}) => type === 'Ready' && value === 'True') ?? false,
		restarts: own?.restartCount ?? 0,
		isRunning,
		...(Number.isNaN(created) ? {} : {createdWallMs: created}),
		...(probe !== undefined && {
			livenessProbe: {
				failureThreshold: probe.failureThreshold ?? 3,
				periodSeconds: probe.periodSeconds ?? 10,
				timeoutSeconds: probe.timeoutSeconds ?? 1,
			},
		}),
		...(revision !== undefined && {staticPodRevision: safeText(revision)}),
		incarnation: `${metadata.uid ?? ''} ${own?.containerID ?? ''} ${own?.restartCount ?? 0}`,
	};
}

/** It ends up in URLs, and in commands that somebody pastes. */
function isAddress(ip: string | undefined): ip is string {
	return ip !== undefined && isIP(ip) !== 0;
}

const usualPort = 2379;

/** RKE2 keeps etcd's flags in a file on the host; these are its paths and ports. */
const rke2Folder = '/var/lib/rancher/rke2/server/tls/etcd';

function isRke2(flags: EtcdFlags, {volumeMounts}: ContainerObject): boolean {
	return (
		flags['config-file']?.startsWith('/var/lib/rancher/rke2/') === true ||
		(flags['cert-file'] === undefined &&
			volumeMounts?.some(({mountPath}) => mountPath.startsWith('/var/lib/rancher/rke2/server')) === true)
	);
}

/** What etcdctl in the pod uses by itself. */
function certificatesOfEtcdctl({env}: ContainerObject): CertificatePaths | undefined {
	const value = (name: string) => env?.find((variable) => variable.name === name)?.value;
	const [cacert, cert, key] = ['ETCDCTL_CACERT', 'ETCDCTL_CERT', 'ETCDCTL_KEY'].map(value);
	return cacert === undefined || cert === undefined || key === undefined ? undefined : {cacert, cert, key};
}

function certificatePaths(flags: EtcdFlags, container: ContainerObject): CertificatePaths | undefined {
	if (isRke2(flags, container)) {
		return {
			cacert: `${rke2Folder}/server-ca.crt`,
			cert: `${rke2Folder}/server-client.crt`,
			key: `${rke2Folder}/server-client.key`,
		};
	}
	const {'trusted-ca-file': cacert, 'cert-file': cert, 'key-file': key} = flags;
	return cacert === undefined || cert === undefined || key === undefined ? undefined : {cacert, cert, key};
}

/** The one on the pod's loopback where there is one: that is where we go. */
function clientPort(flags: EtcdFlags, container: ContainerObject): Port {
	const urls = urlTexts(flags['listen-client-urls'] ?? flags['advertise-client-urls']);
	const listening = urls.find(isLoopback) ?? urls[0];
	return listening === undefined ? {port: usualPort, secure: isRke2(flags, container)} : portOf(listening, usualPort);
}

function portsOnLoopback(listening: readonly string[], flags: EtcdFlags, container: ContainerObject): ReadonlySet<number> {
	if (listening.length === 0) {
		return new Set(isRke2(flags, container) ? [usualPort] : []);
	}
	return new Set(listening.filter(isLoopback).map((url) => portOf(url, usualPort).port));
}

/** Also of what listens at every address. */
function isLoopback(url: string): boolean {
	return /^(localhost|127\..*|0\.0\.0\.0|\[::1?\])$/.test(new URL(url).hostname);
}

function metricsPort(flags: EtcdFlags, container: ContainerObject): Port | undefined {
	const [listening] = [...urlTexts(flags['listen-metrics-urls']), ...urlTexts(flags['listen-client-http-urls'])];
	if (listening === undefined) {
		return isRke2(flags, container) ? {port: 2381, secure: false} : undefined;
	}
	return portOf(listening, 2381);
}

function portOf(url: string, fallback: number): Port {
	return {port: Number(/:(\d+)$/.exec(url)?.[1] ?? fallback), secure: url.startsWith('https:')};
}

/** TCP's only: OpenShift's etcd listens on Unix sockets too. As they are written: a URL object forgets ports that are usual on the web. */
function urlTexts(list: string | undefined): string[] {
	return (list ?? '')
		.split(',')
		.map((url) => url.trim().replace(/\/+$/, ''))
		.filter((url) => /^https?:\/\//.test(url) && URL.canParse(url));
}

/** One with a variable that is not known would be the same in every pod. */
function isEndpoint(url: string): boolean {
	try {
		return !url.includes('$') && parseEndpoint(url, true).url !== '';
	} catch {
		return false;
	}
}

/** `10.0.0.1` of `https://10.0.0.1:2379`; undefined for what is no URL. */
export function hostOf(url: string): string | undefined {
	const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase() : '';
	return host === '' ? undefined : host;
}

/** Whether one of the pod's addresses is this host. */
export function hasAddress({ips}: EtcdPod, host: string): boolean {
	return isIP(host) === 0 ? false : ips.some((ip) => ip.toLowerCase() === host);
}
