import {isKnownDead} from './domain/known-dead.ts';
import type {MemberId} from './domain/member.ts';
import type {State} from './engine/state.ts';

/** An unknown outcome may be typed off once connections were refused for so long that, as far as can be told, the process is dead. */
export function mayDeclareOver(memberId: MemberId, {run, members, now}: State): boolean {
	const record = members.find(({member}) => member.id === memberId);
	return run?.phase.kind === 'unknown' && run.phase.memberId === memberId && isKnownDead(record?.refusedSince, now);
}
