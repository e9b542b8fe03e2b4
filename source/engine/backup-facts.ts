/** What a manifest tells of the cluster, from what is known of it now. */
import {hashText} from '../backup/manifest-file.ts';
import type {SnapshotStatus} from '../backup/snapshot-status.ts';
import type {BackupManifest, BackupMember} from '../domain/backup-manifest.ts';
import {encryptionOfBackup} from '../domain/encryption-known.ts';
import type {Member} from '../domain/member.ts';
import {podOf} from '../domain/pod.ts';
import type {MemberRecord, State} from './state.ts';

export type BackupFacts = {
	readonly state: State;
	readonly record: MemberRecord;
	readonly createdAt: string;
	/** Of the snapshot's file. */
	readonly name: string;
	readonly status: SnapshotStatus;
};

export function manifestOf({state, record, createdAt, name, status}: BackupFacts): BackupManifest {
	const {member} = record;
	const encryption = encryptionOfBackup(state.encryption);
	return {
		version: 1,
		kind: 'etcd snapshot',
		createdAt,
		clusterId: state.clusterId ?? '',
		clusterName: state.clusterName,
		etcdVersion: record.status?.value.version ?? 'unknown',
		takenFrom: {memberName: member.name, memberId: member.id, ...nodeOf(member, state)},
		files: [{role: 'snapshot', name, bytes: status.fileBytes, sha256: status.sha256}],
		snapshot: {revision: String(status.revision), totalKeys: status.totalKeys, hash: hashText(status)},
		...(encryption !== undefined && {encryption}),
		members: state.members.map((one) => memberFacts(one.member, state)),
	};
}

export function memberFacts(member: Member, state: Pick<State, 'pods'>): BackupMember {
	const {name, id, peerUrls, clientUrls} = member;
	return {name, id, peerUrls, clientUrls, ...nodeOf(member, state)};
}

function nodeOf({id}: Member, {pods}: Pick<State, 'pods'>): {readonly node?: string} {
	const node = podOf(pods, id)?.node;
	return node === undefined || node === '' ? {} : {node};
}
