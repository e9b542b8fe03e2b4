/** A member's known defragmentations: the journal's, and those of others that were seen here. */
import {anotherTool} from '../domain/defrag-trace.ts';
import type {KnownDefragmentation, MemberRecord} from './state.ts';

/** The journal's line comes when a member has settled, five minutes at most after its end was seen here. */
const sameWithinMs = 6 * 60 * 1000;

type Known = Pick<MemberRecord, 'defragmentations' | 'lastDefragmentation'>;

/** Oldest first. One that was seen here and that the journal has as well, by another instance, is the journal's. */
export function knownDefragmentations(journal: readonly KnownDefragmentation[], before: readonly KnownDefragmentation[]): Known {
	const seen = before.filter(
		({by, endedWallMs}) => by === anotherTool && !journal.some((line) => Math.abs(line.endedWallMs - endedWallMs) < sameWithinMs),
	);
	const defragmentations = [...journal, ...seen].toSorted((a, b) => a.endedWallMs - b.endedWallMs);
	const last = defragmentations.at(-1);
	return {defragmentations, ...(last === undefined ? {} : {lastDefragmentation: last})};
}
