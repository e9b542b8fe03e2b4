/** OpenShift's own: the certificates of etcd's clients, guard pods, operators and what they report. */
import {readFileSync} from 'node:fs';
import type {Cluster} from '../cluster.ts';
import type {KubeObject} from './object-store.ts';
import {timestamp} from './object-store.ts';
import type {Seed} from './objects.ts';
import type {PodNetwork} from './pod-network.ts';

const etcdNamespace = 'openshift-etcd';
const version = '4.20.8';

export function openshiftObjects(cluster: Cluster, network: PodNetwork): Seed[] {
	return [
		...certificates(cluster),
		...cluster.members.map((member): Seed => ['pods', guardPod(member.name, network.addressOf(member).ip)]),
		...['authentication', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'openshift-apiserver'].map(
			(name): Seed => ['clusteroperators', clusterOperator(name)],
		),
		['clusterversions', {metadata: {name: 'version'}, spec: {}, status: {desired: {version}, conditions: []}}],
		[
			'infrastructures',
			{
				metadata: {name: 'cluster'},
				status: {controlPlaneTopology: topologyOf(cluster), platform: 'None', infrastructureName: 'demo'},
			},
		],
		['proxies', {metadata: {name: 'cluster'}, spec: {trustedCA: {name: ''}}, status: {}}],
		['apiservers', {metadata: {name: 'cluster'}, spec: {encryption: {type: ''}}, status: {}}],
		...['etcds', 'kubeapiservers', 'openshiftapiservers', 'authentications'].map(
			(plural): Seed => [
				plural,
				operatorConfig(
					cluster.members.map(({name}) => name),
					plural === 'etcds' ? [] : [notEncrypted],
				),
			],
		),
		...['kubecontrollermanagers', 'kubeschedulers'].map(
			(plural): Seed => [
				plural,
				operatorConfig(
					cluster.members.map(({name}) => name),
					[],
				),
			],
		),
	];
}

function topologyOf({members}: Cluster): string {
	return members.length === 1 ? 'SingleReplica' : 'HighlyAvailable';
}

function certificates({certificates: files, members}: Cluster): Seed[] {
	const {cacert, cert, key, serverCert, serverKey} = files!;
	const base64 = (path: string) => readFileSync(path).toString('base64');
	const client = {'tls.crt': base64(cert), 'tls.key': base64(key)};
	const bundle = {'ca-bundle.crt': readFileSync(cacert, 'utf8')};
	const ofAll = members.flatMap(({name}) => [
		[`etcd-serving-${name}.crt`, base64(serverCert)],
		[`etcd-serving-${name}.key`, base64(serverKey)],
		[`etcd-peer-${name}.crt`, base64(cert)],
		[`etcd-peer-${name}.key`, base64(key)],
	]);
	const secret = (namespace: string, name: string, data: object, type: string): Seed => [
		'secrets',
		{metadata: {name, namespace}, type, data},
	];
	const configMap = (name: string): Seed => ['configmaps', {metadata: {name, namespace: etcdNamespace}, data: bundle}];
	return [
		secret(etcdNamespace, 'etcd-client', client, 'kubernetes.io/tls'),
		secret('openshift-config', 'etcd-client', client, 'kubernetes.io/tls'),
		secret(etcdNamespace, 'etcd-metric-client', client, 'kubernetes.io/tls'),
		secret(etcdNamespace, 'etcd-all-certs', Object.fromEntries(ofAll), 'Opaque'),
		configMap('etcd-ca-bundle'),
		configMap('etcd-metrics-ca-bundle'),
	];
}

/** One beside each pod of etcd, which keeps a node from being drained while etcd has no quorum without it. */
function guardPod(node: string, ip: string): KubeObject {
	return {
		metadata: {name: `etcd-guard-${node}`, namespace: etcdNamespace, labels: {app: 'guard'}},
		spec: {nodeName: node, containers: [{name: 'guard', image: 'registry.invalid/guard:demo', command: ['/bin/bash']}]},
		status: {
			phase: 'Running',
			podIP: ip,
			conditions: [{type: 'Ready', status: 'True'}],
			containerStatuses: [{name: 'guard', ready: true, restartCount: 0, state: {running: {startedAt: timestamp()}}}],
		},
	};
}

function clusterOperator(name: string): KubeObject {
	const lastTransitionTime = timestamp();
	const condition = (type: string, status: string) => ({
		type,
		status,
		reason: 'AsExpected',
		message: 'All is well',
		lastTransitionTime,
	});
	return {
		metadata: {name},
		spec: {},
		status: {
			conditions: [
				condition('Degraded', 'False'),
				condition('Progressing', 'False'),
				condition('Available', 'True'),
				condition('Upgradeable', 'True'),
			],
			versions: [{name: 'operator', version}],
		},
	};
}

const notEncrypted = {
	type: 'Encrypted',
	status: 'False',
	reason: 'EncryptionDisabled',
	message: 'Encryption is not enabled',
};

function operatorConfig(nodes: readonly string[], more: readonly object[]): KubeObject {
	const count = nodes.length === 1 ? '1 node is' : `${nodes.length} nodes are`;
	return {
		metadata: {name: 'cluster'},
		spec: {forceRedeploymentReason: '', logLevel: 'Normal', managementState: 'Managed'},
		status: {
			conditions: [
				{
					type: 'NodeInstallerProgressing',
					status: 'False',
					reason: 'AllNodesAtLatestRevision',
					message: `${count} at revision 7`,
				},
				...more,
			],
			latestAvailableRevision: 7,
			nodeStatuses: nodes.map((nodeName) => ({nodeName, currentRevision: 7})),
		},
	};
}
