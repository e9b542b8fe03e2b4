/** A member id as etcdctl prints it: lower-case hexadecimal without leading zeros. */
export type MemberId = string;

/** One entry of etcd's member list, with the way by which this program reaches it. */
export type Member = {
	readonly id: MemberId;
	/** Empty until the member has started for the first time. */
	readonly name: string;
	readonly isLearner: boolean;
	readonly clientUrls: readonly string[];
	readonly peerUrls: readonly string[];
	/** The URL in use for this member; absent where none is known. */
	readonly endpoint?: string;
	/** Why this member may be watched and never changed: its endpoint answered as more than one member (a balancer). */
	readonly watchOnly?: string;
};

/** The member list of one cluster. */
export type Membership = {
	readonly clusterId: string;
	readonly members: readonly Member[];
};

export type Role = 'leader' | 'follower' | 'learner';

/** What a person calls the member: its name, else its id. */
export function memberLabel(member: Pick<Member, 'id' | 'name'>): string {
	return member.name === '' ? member.id : member.name;
}

/** How many of `voters` make a quorum. */
export function quorumOf(voters: number): number {
	return Math.floor(voters / 2) + 1;
}
