/** etcd's static pod as OpenShift's operator makes it. */
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {PodNetwork} from './pod-network.ts';
import {type EtcdPodShape, image} from './pod-shape.ts';

const openshiftFolder = '/etc/kubernetes/static-pod-certs';
const staticPodRevision = '7';

/** Files inside, and where they are on this machine. */
export function openshiftMounts({certificates}: Cluster, {name, dataDirectory}: ClusterMember): ReadonlyMap<string, string> {
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

export function openshiftPod(cluster: Cluster, member: ClusterMember, network: PodNetwork): EtcdPodShape {
	const {name, peerUrl} = member;
	const {ip, advertisedUrl, clientUrls, metricsUrl, quotaBytes} = network.addressOf(member);
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
		`--listen-client-urls=${clientUrls.join(',')},unixs://${ip}:0`,
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
		...(quotaBytes !== undefined && {ETCD_QUOTA_BACKEND_BYTES: String(quotaBytes)}),
		[`NODE_${variable}_ETCD_NAME`]: name,
		[`NODE_${variable}_IP`]: ip,
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
