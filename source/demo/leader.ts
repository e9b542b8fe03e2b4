import type {Cluster} from './cluster.ts';
import type {ClusterMember} from './cluster-member.ts';

/** Whether the member leads, by its own word. Rejects when it does not answer. */
export async function isLeader(member: ClusterMember): Promise<boolean> {
	const status = (await member.call('/v3/maintenance/status', {})) as {leader?: string; header: {member_id: string}};
	return status.leader === status.header.member_id;
}

/** The last of the members that does not lead. Rejects when there is none. */
export async function followerOf(cluster: Cluster): Promise<ClusterMember> {
	const leads = await Promise.all(cluster.members.map(isLeader));
	const follower = cluster.members.findLast((_, index) => !leads[index]);
	if (follower === undefined) {
		throw new Error('the cluster has no follower');
	}
	return follower;
}
