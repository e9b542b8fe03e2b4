import {refusedBeforeDeclaredMs} from './defrag-policy.ts';

/** Connections were refused for so long, one after the other, that as far as can be told from here no process is there. */
export function isKnownDead(refusedSince: number | undefined, now: number): boolean {
	return refusedSince !== undefined && now - refusedSince >= refusedBeforeDeclaredMs;
}
