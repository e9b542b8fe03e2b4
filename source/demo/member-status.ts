import type {Cluster} from './cluster.ts';
import type {ClusterMember} from './cluster-member.ts';

export type StatusFigures = {readonly leads: boolean; readonly dbSizeBytes: number; readonly dbSizeInUseBytes: number};

/** What the member says of itself. Rejects when it does not answer. */
export async function statusOf(member: ClusterMember): Promise<StatusFigures> {
	// Numbers of 64 bits come as text, and zero is left out.
	const status = (await member.call('/v3/maintenance/status', {})) as {
		readonly header: {readonly member_id: string};
		readonly leader?: string;
		readonly dbSize?: string;
		readonly dbSizeInUse?: string;
	};
	return {
		leads: status.leader === status.header.member_id,
		dbSizeBytes: Number(status.dbSize ?? 0),
		dbSizeInUseBytes: Number(status.dbSizeInUse ?? 0),
	};
}

/** The last of the members that does not lead. Rejects when there is none. */
export async function followerOf(cluster: Cluster): Promise<ClusterMember> {
	const statuses = await Promise.all(cluster.members.map(statusOf));
	const follower = cluster.members.findLast((_, index) => !statuses[index]?.leads);
	if (follower === undefined) {
		throw new Error('the cluster has no follower');
	}
	return follower;
}
