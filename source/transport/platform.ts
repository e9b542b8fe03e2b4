/**
 * What surrounds etcd where it runs: permissions, extra gates, others' defragmentations, a lock that other machines see.
 * A cluster that is reached directly has none of it; a Kubernetes platform adds to it.
 */
import type {Gate} from '../domain/gate.ts';

export interface Platform {
	/** Gates of the surroundings, asked with etcd's own before every step. */
	gates(): Promise<readonly Gate[]>;
}

export const directPlatform: Platform = {
	gates: async () => [],
};
