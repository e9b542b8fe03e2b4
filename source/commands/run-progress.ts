import {memberLabel} from '../domain/member.ts';
import {sizeText} from '../domain/text.ts';
import type {State} from '../engine/state.ts';

/** What a run does now, as a sentence that changes only when it does something else: for a log, not a screen. */
export function progressOf({run, members, wallOffsetMs}: State): string | undefined {
	if (run === undefined) {
		return undefined;
	}
	const name = (id: string | undefined) => {
		const found = members.find(({member}) => member.id === id)?.member;
		return found === undefined ? (id ?? '') : memberLabel(found);
	};
	const {phase} = run;
	switch (phase.kind) {
		case 'checking': {
			const waiting = phase.gates.find(({state}) => state === 'pending' || state === 'failed');
			return waiting === undefined
				? `checking the gates${phase.next === undefined ? '' : ` before ${name(phase.next)}`}`
				: `waiting: ${waiting.title}`;
		}
		case 'cooling down':
			return `cooldown until ${new Date(phase.until + wallOffsetMs).toLocaleTimeString('en-GB')}: ${phase.why}`;
		case 'moving leader':
			return `moving leadership ${name(phase.from)} → ${name(phase.to)}`;
		case 'defragmenting':
			return `defragmenting ${name(phase.memberId)}, ${sizeText(phase.before.dbSizeBytes)}`;
		case 'settling':
			return `${name(phase.memberId)} has answered; waiting until it has settled`;
		case 'unknown':
			return `${name(phase.memberId)}: outcome unknown, ${phase.reason}`;
		default:
			return undefined;
	}
}
