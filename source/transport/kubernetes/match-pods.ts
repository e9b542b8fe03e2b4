/** Which pod holds which member of etcd. Nobody is left out: a pod without a member and a member without a pod are told too. */
import type {Member} from '../../domain/member.ts';
import {parseEndpoint} from '../grpc/endpoint.ts';
import {type EtcdPod, hasAddress, hostOf} from './etcd-pod.ts';

export type Match = {readonly member?: Member; readonly pod?: EtcdPod};

/** In the members' order, then the pods that are left. */
export function matchPods(members: readonly Member[], pods: readonly EtcdPod[]): Match[] {
	const pairs = members
		.flatMap((member) => pods.map((pod) => ({member, pod, likeness: likeness(member, pod)})))
		.filter((pair) => pair.likeness > 0)
		.sort((one, other) => other.likeness - one.likeness || livelierFirst(one.pod, other.pod));
	const podOf = new Map<Member, EtcdPod>();
	const taken = new Set<EtcdPod>();
	for (const {member, pod} of pairs) {
		if (!podOf.has(member) && !taken.has(pod)) {
			podOf.set(member, pod);
			taken.add(pod);
		}
	}
	return [
		...members.map((member) => {
			const pod = podOf.get(member);
			return pod === undefined ? {member} : {member, pod};
		}),
		...pods.filter((pod) => !taken.has(pod)).map((pod) => ({pod})),
	];
}

/** 0 when nothing speaks for it. An advertised URL with its port says most: on one host there may be several. */
function likeness(member: Member, pod: EtcdPod): number {
	const sameUrl = member.clientUrls.some((url) => pod.clientUrls.some((own) => sameEndpoint(url, own)));
	const sameName = member.name !== '' && member.name === pod.memberName;
	const sameAddress = [...member.clientUrls, ...member.peerUrls].some((url) => hasAddress(pod, hostOf(url) ?? ''));
	const sameNode = member.name !== '' && (member.name === pod.node || member.name === pod.name);
	return Number(sameUrl) * 8 + Number(sameName) * 4 + Number(sameAddress) * 2 + Number(sameNode);
}

/** Of two pods for one place, as while one replaces the other: the one that runs, the one that is ready, the newer one. */
export function livelierFirst(one: EtcdPod, other: EtcdPod): number {
	const rank = ({isRunning, isReady}: EtcdPod) => Number(isRunning) * 2 + Number(isReady);
	return rank(other) - rank(one) || (other.createdWallMs ?? 0) - (one.createdWallMs ?? 0);
}

/** Whether two URLs lead to one endpoint of etcd. */
export function sameEndpoint(one: string, other: string): boolean {
	try {
		return parseEndpoint(one, true).url === parseEndpoint(other, true).url;
	} catch {
		return false;
	}
}
