/**
 * What surrounds etcd where it runs: permissions, extra gates, others' defragmentations, a lock that other machines see.
 * A cluster that is reached directly has none of it; a Kubernetes platform adds to it.
 */
import type {Gate} from '../domain/gate.ts';
import type {Member} from '../domain/member.ts';
import type {PodMatch} from '../domain/pod.ts';

export interface Platform {
	/** Gates of the surroundings, asked with etcd's own before every step. */
	gates(): Promise<readonly Gate[]>;
	/** The members' pods, and pods without a member, as they were seen `ageMs` ago. Absent where nobody knows of pods. */
	readonly pods?: (members: readonly Member[]) => {readonly ageMs: number; readonly matches: readonly PodMatch[]};
	/** What every change takes and is not allowed, in words: `create pods/exec in openshift-etcd`. */
	readonly denied?: () => readonly string[];
}

export const directPlatform: Platform = {
	gates: async () => [],
};
