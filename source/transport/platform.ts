/**
 * What surrounds etcd where it runs: permissions, extra gates, others' defragmentations, a lock that other machines see.
 * A cluster that is reached directly has none of it; a Kubernetes platform adds to it.
 */
import type {Member} from '../domain/member.ts';
import type {PodMatch} from '../domain/pod.ts';
import type {Surroundings} from '../domain/surroundings.ts';

export interface Platform {
	/** Asked with etcd's own gates before every step; absent where there is nothing around etcd to ask. Never rejects. */
	readonly surroundings?: (members: readonly Member[]) => Promise<Surroundings>;
	/** The members' pods, and pods without a member, as they were seen `ageMs` ago. Absent where nobody knows of pods. */
	readonly pods?: (members: readonly Member[]) => {readonly ageMs: number; readonly matches: readonly PodMatch[]};
	/** What every change takes and is not allowed, in words: `create pods/exec in openshift-etcd`. */
	readonly denied?: () => readonly string[];
}

export const directPlatform: Platform = {};
