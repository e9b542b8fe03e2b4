/** The pods that etcd runs in, beside the members of its own list: either may lack the other. */
import type {MemberId} from './member.ts';

export type Pod = {
	readonly name: string;
	readonly node?: string;
	/** Kubernetes' word: `Running`. */
	readonly phase: string;
	readonly isReady: boolean;
	/** Of the container that runs etcd. */
	readonly restarts: number;
	/** By the cluster's clock. */
	readonly createdWallMs?: number;
	/** How long its liveness probe has to fail until the kubelet kills it; absent without one. */
	readonly livenessMs?: number;
	/** OpenShift's static pod revision. */
	readonly staticPodRevision?: string;
};

/** A member with its pod, a member without one, or a pod without a member. */
export type PodMatch = {readonly memberId?: MemberId; readonly pod?: Pod};

export type PodsSeen = {
	/** Uptime ms: when the API last told of them. */
	readonly at: number;
	readonly matches: readonly PodMatch[];
};

export function podOf(pods: PodsSeen | undefined, memberId: MemberId): Pod | undefined {
	return pods?.matches.find((match) => match.memberId === memberId)?.pod;
}

/** In which no member of etcd's list can be seen. */
export function podsWithoutMember(pods: PodsSeen | undefined): readonly Pod[] {
	return (pods?.matches ?? []).flatMap(({memberId, pod}) => (memberId === undefined && pod !== undefined ? [pod] : []));
}
