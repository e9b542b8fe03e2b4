/** Where a runbook's inputs come from: what was typed, what the cluster tells now, what the manifest beside the backup says. */
import type {BackupManifest} from './backup-manifest.ts';
import type {Member} from './member.ts';
import type {ClusterProxy, EtcdMemberInputs, RestoreInputs} from './restore-inputs.ts';
import type {RunbookBackup, RunbookHost} from './runbook.ts';
import {listText} from './text.ts';

/** What the cluster tells while it still answers. */
export type TellingCluster = {
	readonly clusterName?: string;
	/** OpenShift's: its release, its control-plane nodes, its proxy. */
	readonly openshift?: {readonly release: string; readonly hosts: readonly RunbookHost[]; readonly proxy: ClusterProxy};
	readonly etcd?: {readonly version: string; readonly members: readonly Member[]};
};

export type TypedInputs = {
	/** `NAME` or `NAME=ADDRESS`. */
	readonly hosts?: readonly string[];
	readonly recovery?: string;
	readonly release?: string;
	readonly dataDirectory?: string;
	/** Whom to log in as. */
	readonly user?: string;
};

export type RestoreSources = {
	readonly backup: RunbookBackup;
	readonly manifest?: BackupManifest;
	readonly cluster: TellingCluster;
	readonly typed: TypedInputs;
};

/** `missing`: what has to be said, and with which flag. */
export type Gathered =
	| {readonly kind: 'inputs'; readonly inputs: RestoreInputs}
	| {readonly kind: 'missing'; readonly what: string};

const usualDataDirectory = '/var/lib/etcd';

export function gatherInputs(sources: RestoreSources): Gathered {
	const {backup, manifest, cluster} = sources;
	const hasResources = backup.files.some(({name}) => name.startsWith('static_kuberesources_'));
	const isOpenShift = hasResources || cluster.openshift !== undefined || manifest?.openshiftVersion !== undefined;
	return isOpenShift ? openshiftInputs(sources) : etcdInputs(sources);
}

function openshiftInputs({backup, manifest, cluster, typed}: RestoreSources): Gathered {
	const told = cluster.openshift;
	const said = hostsTyped(typed) ?? told?.hosts;
	const hosts = said ?? hostsOf(manifest);
	if (hosts.length === 0) {
		return {kind: 'missing', what: 'the control-plane hosts: --hosts NAME=ADDRESS,…'};
	}
	const release = typed.release ?? told?.release ?? manifest?.openshiftVersion;
	if (release === undefined) {
		return {kind: 'missing', what: 'the release of the cluster with its z-stream: --release 4.17.3'};
	}
	const node = manifest?.takenFrom.node;
	const recovery = typed.recovery ?? hosts.find(({name}) => name === node)?.name ?? hosts[0]!.name;
	return {
		kind: 'inputs',
		inputs: {
			kind: 'openshift',
			clusterName: nameOf(cluster, manifest),
			release,
			isReleaseAssumed: typed.release === undefined && told === undefined,
			hosts,
			areHostsAssumed: said === undefined,
			recovery,
			user: typed.user ?? 'core',
			proxy: told?.proxy ?? {kind: 'unknown'},
			backup,
		},
	};
}

function etcdInputs({backup, manifest, cluster, typed}: RestoreSources): Gathered {
	const {etcd} = cluster;
	const known = (etcd?.members ?? manifest?.members ?? []).filter((member) => !('isLearner' in member && member.isLearner));
	if (known.length === 0) {
		return {
			kind: 'missing',
			what: 'the members of etcd: the manifest beside the backup names them, and so does a cluster that answers (--endpoints)',
		};
	}
	const release = typed.release ?? etcd?.version ?? manifest?.etcdVersion;
	if (release === undefined) {
		return {kind: 'missing', what: 'the version of etcd: --release 3.5.30'};
	}
	const typedHosts = hostsTyped(typed);
	if (typedHosts?.some(({name}) => !known.some((member) => member.name === name))) {
		return {kind: 'missing', what: `hosts of members: --hosts takes ${listText(known.map(({name}) => `${name}=ADDRESS`))}`};
	}
	const members = known.map(({name, peerUrls, clientUrls}): EtcdMemberInputs => {
		const recorded = manifest?.members.find((member) => member.name === name);
		const dataDirectory = typed.dataDirectory ?? recorded?.dataDirectory;
		return {
			name,
			address: typedHosts?.find((host) => host.name === name)?.address ?? hostIn(peerUrls[0]) ?? name,
			peerUrls,
			clientUrls,
			dataDirectory: dataDirectory ?? usualDataDirectory,
			isAssumed: dataDirectory === undefined,
		};
	});
	return {
		kind: 'inputs',
		inputs: {
			kind: 'etcd',
			clusterName: nameOf(cluster, manifest),
			release,
			members,
			areHostsAssumed: etcd === undefined,
			user: typed.user ?? 'root',
			runs: manifest?.members.some(({node}) => node !== undefined) === true ? 'static pod' : 'unit',
			backup,
		},
	};
}

function nameOf({clusterName}: TellingCluster, manifest: BackupManifest | undefined): string {
	return clusterName ?? manifest?.clusterName ?? 'the cluster';
}

function hostsTyped({hosts}: TypedInputs): readonly RunbookHost[] | undefined {
	return hosts?.map((text) => {
		const [name = '', address = name] = text.split('=');
		return {name, address};
	});
}

/** The nodes that the members ran on. */
function hostsOf(manifest: BackupManifest | undefined): readonly RunbookHost[] {
	return (manifest?.members ?? []).map(({name, node = name, peerUrls}) => ({name: node, address: hostIn(peerUrls[0]) ?? node}));
}

/** `10.0.0.11` of `https://10.0.0.11:2380`. */
function hostIn(url: string | undefined): string | undefined {
	const [, bracketed, plain] = /^[a-z][a-z+.-]*:\/\/(?:\[([^\]]+)\]|([^/:]+))/i.exec(url ?? '') ?? [];
	return bracketed ?? plain;
}
