/** What the manifest of a backup on a host tells, from what is known of the cluster and of OpenShift. */
import {hashText} from '../backup/manifest-file.ts';
import type {BackupFile, BackupManifest} from '../domain/backup-manifest.ts';
import {encryptionText, type HostCircumstances} from '../domain/host-circumstances.ts';
import type {MemberId} from '../domain/member.ts';
import type {TellingCluster} from '../domain/restore-sources.ts';
import type {RolloutsPort} from '../transport/platform.ts';
import {memberFacts} from './backup-facts.ts';
import type {HostManifestFacts} from './host-backup-run.ts';
import type {State} from './state.ts';

export type HostFacts = HostManifestFacts & {
	readonly state: State;
	readonly createdAt: string;
	readonly memberId: MemberId;
	readonly node: string;
	readonly encryption: HostCircumstances['encryption'];
	readonly version: HostCircumstances['openshiftVersion'];
};

export function hostManifest(facts: HostFacts): BackupManifest {
	const {state, createdAt, memberId, node, encryption, version, status, isPartial, snapshot, resources, resourcesDirectory} =
		facts;
	const record = state.members.find(({member}) => member.id === memberId);
	const archive: BackupFile = {role: 'static_kuberesources', ...named(resources)};
	return {
		version: 1,
		kind: 'openshift backup',
		createdAt,
		clusterId: state.clusterId ?? '',
		clusterName: state.clusterName,
		etcdVersion: record?.status?.value.version ?? 'unknown',
		...(version.kind === 'told' && version.value !== undefined && {openshiftVersion: version.value}),
		takenFrom: {memberName: record?.member.name ?? '', memberId, node},
		files: [
			{role: 'snapshot', ...named(snapshot)},
			resourcesDirectory === undefined ? archive : {...archive, directory: resourcesDirectory},
		],
		...(status !== undefined && {
			snapshot: {revision: String(status.revision), totalKeys: status.totalKeys, hash: hashText(status)},
		}),
		encryption: {type: encryption.kind === 'told' ? encryptionText(encryption.value) : 'unknown', isPartial},
		members: state.members.map(({member}) => memberFacts(member, state)),
	};
}

/** With hosts and proxy as they are now: nobody may tell of them on the day it is restored. Where nobody does already, from the manifest alone. */
export async function tellingCluster(rollouts: RolloutsPort | undefined, clusterName: string): Promise<TellingCluster> {
	try {
		return rollouts === undefined ? {} : {clusterName, openshift: await rollouts.cluster()};
	} catch {
		return {};
	}
}

function named({name, bytes, sha256}: HostManifestFacts['snapshot']): {
	readonly name: string;
	readonly bytes: number;
	readonly sha256: string;
} {
	return {name, bytes, sha256};
}
