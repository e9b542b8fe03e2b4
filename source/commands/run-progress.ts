import {memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import {durationText, estimateText, sizeText} from '../format.ts';

/** A log wants to know that it goes on, not every second of it. */
const stepMs = 15_000;

/** What a run does now, as a sentence that changes when it does something else, and every 15 s of a wait: for a log, not a screen. */
export function progressOf({run, members, now}: State): string | undefined {
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
			const closed = phase.gates.find(({state}) => state === 'pending' || state === 'failed');
			return closed === undefined
				? `checking the gates${phase.next === undefined ? '' : ` before ${name(phase.next)}`}`
				: `waiting, ${closed.title}`;
		}
		case 'cooling down': {
			// The state is up to a second old.
			const left = Math.max(1, Math.ceil((phase.until - now - 1000) / stepMs)) * stepMs;
			return `cooldown, ${durationText(left)} left${phase.next === undefined ? '' : ` before ${name(phase.next)}`}: ${phase.why}`;
		}
		case 'moving leader':
			return `moving leadership ${name(phase.from)} → ${name(phase.to)}`;
		case 'defragmenting': {
			const spent = Math.floor(Math.max(0, now - phase.since) / stepMs) * stepMs;
			const turn = `${name(phase.memberId)}, ${sizeText(phase.before.dbSizeBytes)}`;
			return `defragmenting ${turn}: ${durationText(spent)} of ${estimateText(phase.estimateMs)}`;
		}
		case 'settling':
			return `${name(phase.memberId)} has answered; waiting until it has settled`;
		case 'unknown':
			return `${name(phase.memberId)}: outcome unknown, ${phase.reason}`;
		default:
			return undefined;
	}
}
