/** The pods of etcd as OpenShift and kubeadm make them, from what is known of the member's process. */
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {Container} from './exec.ts';
import type {ClusterKind} from './resources.ts';

export type PodContainer = {
	readonly name: string;
	readonly command: readonly string[];
	readonly env?: readonly {readonly name: string; readonly value: string}[];
	readonly [field: string]: unknown;
};

export type EtcdPodShape = {
	readonly namespace: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly containers: readonly PodContainer[];
};

export function etcdPodShape(kind: ClusterKind, cluster: Cluster, member: ClusterMember): EtcdPodShape {
	return kind === 'openshift' ? openshiftPod(cluster, member) : kubeadmPod(cluster, member);
}

/** What a command finds in one of the pod's containers. */
export function insideOf(kind: ClusterKind, cluster: Cluster, member: ClusterMember, {env = []}: PodContainer): Container {
	return {
		variables: Object.fromEntries(env.map(({name, value}) => [name, value])),
		mounts: kind === 'openshift' ? openshiftMounts(cluster, member) : kubeadmMounts(cluster, member),
		// The image of kubeadm's etcd has no shell.
		...(kind === 'kubeadm' && {programs: ['etcd', 'etcdctl', 'etcdutl']}),
	};
}

const image = 'registry.invalid/etcd:demo';
const openshiftFolder = '/etc/kubernetes/static-pod-certs';
const staticPodRevision = '7';

function openshiftMounts({certificates}: Cluster, {name, dataDirectory}: ClusterMember): ReadonlyMap<string, string> {
	const {cacert, cert, key, serverCert, serverKey} = certificates!;
	const paths = openshiftPaths(name);
	return new Map([
		[paths.ca, cacert],
		[paths.peerCert, cert],
		[paths.peerKey, key],
		[paths.cert, serverCert],
		[paths.key, serverKey],
		['/var/lib/etcd', dataDirectory],
	]);
}

function openshiftPaths(name: string) {
	const secret = `${openshiftFolder}/secrets/etcd-all-certs`;
	return {
		ca: `${openshiftFolder}/configmaps/etcd-all-bundles/server-ca-bundle.crt`,
		cert: `${secret}/etcd-serving-${name}.crt`,
		key: `${secret}/etcd-serving-${name}.key`,
		peerCert: `${secret}/etcd-peer-${name}.crt`,
		peerKey: `${secret}/etcd-peer-${name}.key`,
	};
}

function openshiftPod(cluster: Cluster, member: ClusterMember): EtcdPodShape {
	const {name, advertisedUrl, clientUrl, peerUrl, metricsUrl} = member;
	const {ca, cert, key, peerCert, peerKey} = openshiftPaths(name);
	const endpoints = cluster.members.map((each) => each.advertisedUrl).join(',');
	const flags = [
		'--logger=zap',
		`--initial-advertise-peer-urls=${peerUrl}`,
		`--cert-file=${cert}`,
		`--key-file=${key}`,
		`--trusted-ca-file=${ca}`,
		'--client-cert-auth=true',
		`--peer-cert-file=${peerCert}`,
		`--peer-key-file=${peerKey}`,
		`--peer-trusted-ca-file=${ca}`,
		'--peer-client-cert-auth=true',
		`--advertise-client-urls=${advertisedUrl}`,
		`--listen-client-urls=${clientUrl},unixs://127.0.0.1:0`,
		`--listen-peer-urls=${peerUrl}`,
		'--metrics=extensive',
		...(metricsUrl === undefined ? [] : [`--listen-metrics-urls=${metricsUrl}`]),
	];
	const variable = name.replace(/\W/g, '_');
	const env = Object.entries({
		ALL_ETCD_ENDPOINTS: endpoints,
		ETCDCTL_API: '3',
		ETCDCTL_CACERT: ca,
		ETCDCTL_CERT: peerCert,
		ETCDCTL_ENDPOINTS: endpoints,
		ETCDCTL_KEY: peerKey,
		[`NODE_${variable}_ETCD_NAME`]: name,
		[`NODE_${variable}_IP`]: '127.0.0.1',
	}).map(([variableName, value]) => ({name: variableName, value}));
	const script = [
		'set -euo pipefail',
		`export ETCD_NAME=\${NODE_${variable}_ETCD_NAME}`,
		'set -x',
		`exec nice -n -19 ionice -c2 -n0 etcd \\\n  ${flags.join(' \\\n  ')}`,
	].join('\n\n');
	const probe = {timeoutSeconds: 30, periodSeconds: 5, successThreshold: 1, failureThreshold: 5};
	const httpGet = (path: string) => ({httpGet: {path, port: 9980, scheme: 'HTTPS'}});
	return {
		namespace: 'openshift-etcd',
		labels: {app: 'etcd', etcd: 'true', 'k8s-app': 'etcd', revision: staticPodRevision},
		annotations: {'kubectl.kubernetes.io/default-container': 'etcd'},
		containers: [
			{name: 'etcdctl', image, command: ['/bin/bash', '-c', 'trap TERM INT; sleep infinity & wait'], env},
			{
				name: 'etcd',
				image,
				command: ['/bin/sh', '-c', script],
				env,
				readinessProbe: {...httpGet('readyz'), ...probe},
				livenessProbe: {...httpGet('healthz'), ...probe},
			},
			{name: 'etcd-metrics', image, command: ['/bin/sh', '-c', 'exec nice -n -18 etcd grpc-proxy start'], env},
			{
				name: 'etcd-readyz',
				image,
				command: ['/bin/sh', '-c', 'exec nice -n -18 cluster-etcd-operator readyz --listen-port=9980'],
				ports: [{containerPort: 9980, name: 'readyz', protocol: 'TCP'}],
				env,
			},
			{
				name: 'etcd-rev',
				image,
				command: ['/bin/sh', '-c', 'cluster-etcd-operator rev --endpoints=$(ALL_ETCD_ENDPOINTS)'],
				env,
			},
		],
	};
}

const kubeadmFolder = '/etc/kubernetes/pki/etcd';

function kubeadmMounts({certificates}: Cluster, {dataDirectory}: ClusterMember): ReadonlyMap<string, string> {
	const {cacert, cert, key, serverCert, serverKey} = certificates!;
	return new Map([
		[`${kubeadmFolder}/ca.crt`, cacert],
		[`${kubeadmFolder}/server.crt`, serverCert],
		[`${kubeadmFolder}/server.key`, serverKey],
		[`${kubeadmFolder}/healthcheck-client.crt`, cert],
		[`${kubeadmFolder}/healthcheck-client.key`, key],
		['/var/lib/etcd', dataDirectory],
	]);
}

function kubeadmPod(_cluster: Cluster, member: ClusterMember): EtcdPodShape {
	const {name, advertisedUrl, clientUrl, peerUrl, metricsUrl} = member;
	const command = [
		'etcd',
		`--advertise-client-urls=${advertisedUrl}`,
		`--cert-file=${kubeadmFolder}/server.crt`,
		'--client-cert-auth=true',
		'--data-dir=/var/lib/etcd',
		`--initial-advertise-peer-urls=${peerUrl}`,
		`--key-file=${kubeadmFolder}/server.key`,
		`--listen-client-urls=${clientUrl}`,
		...(metricsUrl === undefined ? [] : [`--listen-metrics-urls=${metricsUrl}`]),
		`--listen-peer-urls=${peerUrl}`,
		`--name=${name}`,
		`--peer-cert-file=${kubeadmFolder}/peer.crt`,
		'--peer-client-cert-auth=true',
		`--peer-key-file=${kubeadmFolder}/peer.key`,
		`--peer-trusted-ca-file=${kubeadmFolder}/ca.crt`,
		'--snapshot-count=10000',
		`--trusted-ca-file=${kubeadmFolder}/ca.crt`,
	];
	const port = Number(new URL(metricsUrl ?? clientUrl).port);
	const probe = (path: string, failureThreshold: number, periodSeconds: number) => ({
		httpGet: {host: '127.0.0.1', path, port, scheme: 'HTTP'},
		failureThreshold,
		periodSeconds,
		successThreshold: 1,
		timeoutSeconds: 15,
	});
	return {
		namespace: 'kube-system',
		labels: {component: 'etcd', tier: 'control-plane'},
		annotations: {'kubeadm.kubernetes.io/etcd.advertise-client-urls': advertisedUrl},
		containers: [{name: 'etcd', image, command, livenessProbe: probe('/livez', 8, 10), readinessProbe: probe('/readyz', 3, 1)}],
	};
}
