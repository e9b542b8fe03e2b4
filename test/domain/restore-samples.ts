/** Inputs of runbooks: three masters of OpenShift, and three members of plain etcd. */
import type {EtcdInputs, OpenShiftInputs} from '../../source/domain/restore-inputs.ts';
import type {RunbookBackup} from '../../source/domain/runbook.ts';

const stamp = '2026-11-27_031500';
const directory = '/var/backups/ocp-west';
const sum = (digit: string) => digit.repeat(64);

export function openshiftBackup(release?: string): RunbookBackup {
	const file = (name: string, bytes: number, sha256: string) => ({name, path: `${directory}/${name}`, bytes, sha256});
	return {
		directory,
		createdAt: '2026-11-27T03:15:00Z',
		...(release !== undefined && {release}),
		files: [
			file(`snapshot_${stamp}.db`, 2_265_677_824, sum('a')),
			file(`static_kuberesources_${stamp}.tar.gz`, 78_123, sum('b')),
		],
	};
}

const domain = 'example.redhat.com';
const hosts = ['10-0-143-125', '10-0-154-194', '10-0-173-171'].map((ip) => ({
	name: `ip-${ip}.${domain}`,
	address: ip.replaceAll('-', '.'),
}));

export function openshiftInputs(release = '4.17.3', more: Partial<OpenShiftInputs> = {}): OpenShiftInputs {
	return {
		kind: 'openshift',
		clusterName: 'ocp-west',
		release,
		isReleaseAssumed: false,
		areHostsAssumed: false,
		hosts,
		recovery: hosts[0]!.name,
		user: 'core',
		proxy: {kind: 'off'},
		backup: openshiftBackup(release),
		...more,
	};
}

export const proxyOn = {
	kind: 'on',
	httpProxy: 'http://ana:it$me@proxy.example.com:3128',
	httpsProxy: 'http://ana:it$me@proxy.example.com:3128',
	noProxy: '.cluster.local,.svc,10.0.0.0/16,localhost',
} as const;

export function etcdInputs(release = '3.5.30', more: Partial<EtcdInputs> = {}): EtcdInputs {
	const members = ['etcd-0', 'etcd-1', "ana's etcd"].map((name, index) => ({
		name: name.replaceAll(' ', '-'),
		address: `10.0.0.1${index}`,
		peerUrls: [`https://10.0.0.1${index}:2380`],
		clientUrls: [`https://10.0.0.1${index}:2379`],
		dataDirectory: '/var/lib/etcd',
		isAssumed: false,
	}));
	const name = `snapshot_${stamp}.db`;
	return {
		kind: 'etcd',
		clusterName: 'prod-eu-1',
		release,
		areHostsAssumed: false,
		members,
		user: 'root',
		runs: 'unit',
		backup: {
			directory: '/var/backups/prod eu',
			createdAt: '2026-11-27T03:15:00Z',
			release,
			files: [{name, path: `/var/backups/prod eu/${name}`, bytes: 25_165_856, sha256: sum('c')}],
		},
		...more,
	};
}
