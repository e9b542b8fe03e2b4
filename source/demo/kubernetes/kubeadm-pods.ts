/** etcd's static pods as kubeadm makes them, and as RKE2 does, which labels them the same way. */
import type {Cluster} from '../cluster.ts';
import type {ClusterMember} from '../cluster-member.ts';
import type {PodNetwork} from './pod-network.ts';
import {type EtcdPodShape, image} from './pod-shape.ts';

const labels = {component: 'etcd', tier: 'control-plane'};

const kubeadmFolder = '/etc/kubernetes/pki/etcd';

/** Files inside, and where they are on this machine. */
export function kubeadmMounts({certificates}: Cluster, {dataDirectory}: ClusterMember): ReadonlyMap<string, string> {
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

export function kubeadmPod(member: ClusterMember, network: PodNetwork): EtcdPodShape {
	const {name, peerUrl} = member;
	const {advertisedUrl, clientUrls, metricsUrl, quotaBytes} = network.addressOf(member);
	const command = [
		'etcd',
		`--advertise-client-urls=${advertisedUrl}`,
		`--cert-file=${kubeadmFolder}/server.crt`,
		'--client-cert-auth=true',
		'--data-dir=/var/lib/etcd',
		`--initial-advertise-peer-urls=${peerUrl}`,
		`--key-file=${kubeadmFolder}/server.key`,
		`--listen-client-urls=${clientUrls.join(',')}`,
		...(metricsUrl === undefined ? [] : [`--listen-metrics-urls=${metricsUrl}`]),
		`--listen-peer-urls=${peerUrl}`,
		`--name=${name}`,
		`--peer-cert-file=${kubeadmFolder}/peer.crt`,
		'--peer-client-cert-auth=true',
		`--peer-key-file=${kubeadmFolder}/peer.key`,
		`--peer-trusted-ca-file=${kubeadmFolder}/ca.crt`,
		...(quotaBytes === undefined ? [] : [`--quota-backend-bytes=${quotaBytes}`]),
		'--snapshot-count=10000',
		`--trusted-ca-file=${kubeadmFolder}/ca.crt`,
	];
	const probe = probeOf(metricsUrl ?? advertisedUrl);
	return {
		namespace: 'kube-system',
		labels,
		annotations: {'kubeadm.kubernetes.io/etcd.advertise-client-urls': advertisedUrl},
		containers: [{name: 'etcd', image, command, livenessProbe: probe('/livez', 8, 10), readinessProbe: probe('/readyz', 3, 1)}],
	};
}

const rke2Folder = '/var/lib/rancher/rke2/server';

/** Files inside, and where they are on this machine. */
export function rke2Mounts({certificates}: Cluster, {dataDirectory}: ClusterMember): ReadonlyMap<string, string> {
	const {cacert, cert, key} = certificates!;
	return new Map([
		[`${rke2Folder}/tls/etcd/server-ca.crt`, cacert],
		[`${rke2Folder}/tls/etcd/server-client.crt`, cert],
		[`${rke2Folder}/tls/etcd/server-client.key`, key],
		[`${rke2Folder}/db/etcd`, dataDirectory],
	]);
}

/** Its flags are in a file on the host. */
export function rke2Pod(member: ClusterMember, network: PodNetwork): EtcdPodShape {
	const {advertisedUrl, metricsUrl} = network.addressOf(member);
	const probe = probeOf(metricsUrl ?? advertisedUrl);
	const mount = (name: string, path: string) => ({name, mountPath: `${rke2Folder}/${path}`});
	return {
		namespace: 'kube-system',
		labels,
		annotations: {'etcd.k3s.io/initial': '{}'},
		containers: [
			{
				name: 'etcd',
				image,
				command: ['etcd', `--config-file=${rke2Folder}/db/etcd/config`],
				livenessProbe: probe('/health?serializable=true', 8, 10),
				volumeMounts: [mount('dir0', 'db/etcd'), mount('file0', 'tls/etcd/server-ca.crt')],
			},
		],
	};
}

function probeOf(url: string) {
	const port = Number(new URL(url).port);
	return (path: string, failureThreshold: number, periodSeconds: number) => ({
		httpGet: {host: '127.0.0.1', path, port, scheme: 'HTTP'},
		failureThreshold,
		periodSeconds,
		successThreshold: 1,
		timeoutSeconds: 15,
	});
}
