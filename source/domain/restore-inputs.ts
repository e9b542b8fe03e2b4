/** What a runbook is made from, and why none can be made of it. */
import type {Release} from './openshift-release.ts';
import {isSameRelease, parseRelease} from './openshift-release.ts';
import type {RunbookBackup, RunbookHost} from './runbook.ts';

/** The cluster-wide proxy, `proxies.config.openshift.io/cluster`. */
export type ClusterProxy =
	| {readonly kind: 'off'}
	| {readonly kind: 'on'; readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string}
	/** Nobody could be asked. */
	| {readonly kind: 'unknown'};

export type OpenShiftInputs = {
	readonly kind: 'openshift';
	readonly clusterName: string;
	/** Of the cluster that it is restored into. */
	readonly release: string;
	readonly isReleaseAssumed: boolean;
	/** They are those of the backup's time. */
	readonly areHostsAssumed: boolean;
	readonly hosts: readonly RunbookHost[];
	readonly recovery: string;
	/** Whom to log in as. */
	readonly user: string;
	readonly proxy: ClusterProxy;
	readonly backup: RunbookBackup;
};

export type EtcdMemberInputs = RunbookHost & {
	readonly peerUrls: readonly string[];
	readonly clientUrls: readonly string[];
	readonly dataDirectory: string;
	/** Nobody told where it is: this one is what is usual. */
	readonly isAssumed: boolean;
};

export type EtcdInputs = {
	readonly kind: 'etcd';
	readonly clusterName: string;
	/** etcd's own. */
	readonly release: string;
	readonly areHostsAssumed: boolean;
	readonly members: readonly EtcdMemberInputs[];
	readonly user: string;
	/** How etcd runs on the hosts. */
	readonly runs: 'unit' | 'static pod';
	readonly backup: RunbookBackup;
};

export type RestoreInputs = OpenShiftInputs | EtcdInputs;

const snapshotPattern = /^snapshot_(.+)\.db$/;
const resourcesPattern = /^static_kuberesources_(.+)\.tar\.gz$/;

/** In words; undefined where a runbook can be made. */
export function whyNoRunbook(inputs: RestoreInputs): string | undefined {
	const hosts = inputs.kind === 'openshift' ? inputs.hosts : inputs.members;
	const names = hosts.map(({name}) => name);
	const odd = [...names, ...hosts.map(({address}) => address), inputs.user].find(
		(name) => name === '' || /^-|[\s\p{Cc}]/u.test(name),
	);
	if (hosts.length === 0) {
		return 'no control-plane host is known';
	}
	if (odd !== undefined) {
		return `"${odd}" can't be the name of a host or a user`;
	}
	if (new Set(names).size < names.length) {
		return `two hosts are called ${names.find((name, index) => names.indexOf(name) !== index)}`;
	}
	return inputs.kind === 'openshift' ? whyNotOpenShift(inputs) : whyNotEtcd(inputs);
}

function whyNotOpenShift({hosts, recovery, release, backup}: OpenShiftInputs): string | undefined {
	if (!hosts.some(({name}) => name === recovery)) {
		return `the recovery host ${recovery} is none of ${hosts.map(({name}) => name).join(', ')}`;
	}
	const addresses = hosts.map(({address}) => address);
	const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
	if (twice !== undefined) {
		return `${twice} is the address of two hosts: one of them would be forgotten; say --hosts NAME=ADDRESS,…`;
	}
	const cluster = parseRelease(release);
	if (cluster === undefined) {
		return `"${release}" is no release of OpenShift with its z-stream, such as 4.17.3`;
	}
	return whyNotTheFiles(backup) ?? whyOtherRelease(cluster, backup.release);
}

/** The names of both files in the documented formats, of one and the same backup. */
function whyNotTheFiles({files, directory}: RunbookBackup): string | undefined {
	const stamps = (pattern: RegExp) => files.flatMap(({name}) => pattern.exec(name)?.[1] ?? []);
	const [snapshot, ...snapshots] = stamps(snapshotPattern);
	const [resources, ...more] = stamps(resourcesPattern);
	if (snapshot === undefined) {
		return `${directory} holds no snapshot_<datetimestamp>.db`;
	}
	if (resources === undefined) {
		return `${directory} holds no static_kuberesources_<datetimestamp>.tar.gz, without which nothing can be restored; with encryption its keys are in there`;
	}
	if (snapshots.length > 0 || more.length > 0) {
		return `${directory} holds more than one backup: the script wants a directory with one alone`;
	}
	return snapshot === resources
		? undefined
		: `snapshot_${snapshot}.db and static_kuberesources_${resources}.tar.gz are of two backups`;
}

function whyOtherRelease(cluster: Release, backup: string | undefined): string | undefined {
	const taken = backup === undefined ? undefined : parseRelease(backup);
	if (taken === undefined || isSameRelease(taken, cluster)) {
		return undefined;
	}
	return `the backup was taken from ${taken.text}, the cluster is ${cluster.text}: only a backup of the same z-stream can be restored`;
}

function whyNotEtcd({members, backup}: EtcdInputs): string | undefined {
	if (!backup.files.some(({name}) => name.endsWith('.db'))) {
		return `${backup.directory} holds no snapshot (*.db)`;
	}
	const nameless = members.find(({name}) => name === '');
	if (nameless !== undefined) {
		return 'a member has no name: it has never started';
	}
	const silent = members.find(({peerUrls}) => peerUrls.length === 0);
	if (silent !== undefined) {
		return `the peer URL of ${silent.name} is not known`;
	}
	const relative = members.find(({dataDirectory}) => !/^\/[^/]/.test(dataDirectory));
	return relative === undefined
		? undefined
		: `${relative.dataDirectory}, the data directory of ${relative.name}, is no absolute path below /`;
}
