/** A control-plane host that is a folder: a manifest as its distribution writes it, and the certificates of a real cluster. */
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {dump} from 'js-yaml';
import {onTestFinished} from 'vitest';
import {manifestPaths} from '../../../source/transport/host/static-pod.ts';
import type {Cluster} from '../../helpers/cluster.ts';

const pki = '/etc/kubernetes/pki/etcd';
const openshiftCertificates = '/etc/kubernetes/static-pod-certs';

/** Its root; goes with the test. */
export function madeUpHost(cluster: Cluster, distribution: 'kubeadm' | 'OpenShift' | 'RKE2' = 'kubeadm'): string {
	const root = mkdtempSync(join(tmpdir(), 'etcdtop-host-'));
	onTestFinished(() => rmSync(root, {recursive: true, force: true}));
	const {cacert, cert, key} = cluster.certificates!;
	const place = (from: string, path: string) => {
		mkdirSync(join(root, dirname(path)), {recursive: true});
		cpSync(from, join(root, path));
	};
	const folder = {
		kubeadm: pki,
		OpenShift: '/etc/kubernetes/static-pod-resources/etcd-certs',
		RKE2: '/var/lib/rancher/rke2/server/tls/etcd',
	}[distribution];
	const names = {
		kubeadm: ['ca.crt', 'server.crt', 'server.key'],
		OpenShift: ['ca-bundle.crt', 'etcd-peer.crt', 'etcd-peer.key'],
		RKE2: ['server-ca.crt', 'server-client.crt', 'server-client.key'],
	}[distribution];
	[cacert, cert, key].forEach((from, index) => {
		place(from, `${folder}/${names[index]}`);
	});
	const path = join(root, manifestPaths[distribution]);
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, dump(manifestOf(cluster, distribution)));
	return root;
}

function manifestOf(cluster: Cluster, distribution: 'kubeadm' | 'OpenShift' | 'RKE2'): object {
	const url = cluster.endpoints[0]!;
	const flags = [`--name=${cluster.members[0]!.name}`, `--advertise-client-urls=${url}`, `--listen-client-urls=${url}`];
	const volume = (path: string) => ({name: 'certs', hostPath: {path, type: ''}});
	if (distribution === 'kubeadm') {
		const own = [`--cert-file=${pki}/server.crt`, `--key-file=${pki}/server.key`, `--trusted-ca-file=${pki}/ca.crt`];
		const etcd = {name: 'etcd', command: ['etcd', ...flags, ...own], volumeMounts: [{name: 'certs', mountPath: pki}]};
		return {kind: 'Pod', metadata: {name: 'etcd', namespace: 'kube-system'}, spec: {containers: [etcd], volumes: [volume(pki)]}};
	}
	if (distribution === 'OpenShift') {
		const file = (name: string) => ({
			name,
			value: `${openshiftCertificates}/${{ETCDCTL_CACERT: 'ca-bundle.crt', ETCDCTL_CERT: 'etcd-peer.crt', ETCDCTL_KEY: 'etcd-peer.key'}[name]}`,
		});
		const volumeMounts = [{name: 'certs', mountPath: openshiftCertificates}];
		const etcdctl = {
			name: 'etcdctl',
			command: ['/bin/sh'],
			env: ['ETCDCTL_CACERT', 'ETCDCTL_CERT', 'ETCDCTL_KEY'].map(file),
			volumeMounts,
		};
		const etcd = {name: 'etcd', command: ['/bin/sh', '-c', `exec etcd ${flags.join(' \\\n ')}`], volumeMounts};
		const spec = {containers: [etcdctl, etcd], volumes: [volume('/etc/kubernetes/static-pod-resources/etcd-certs')]};
		return {kind: 'Pod', metadata: {name: 'etcd', namespace: 'openshift-etcd', labels: {app: 'etcd'}}, spec};
	}
	const folder = '/var/lib/rancher/rke2/server/db/etcd';
	const etcd = {
		name: 'etcd',
		command: ['etcd', `--config-file=${folder}/config`],
		volumeMounts: [{name: 'dir0', mountPath: folder}],
		env: [{name: 'ETCD_ADVERTISE_CLIENT_URLS', value: url}],
	};
	return {
		kind: 'Pod',
		metadata: {name: 'etcd', namespace: 'kube-system'},
		spec: {containers: [etcd], volumes: [{name: 'dir0', hostPath: {path: folder}}]},
	};
}
