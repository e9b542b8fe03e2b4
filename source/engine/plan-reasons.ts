/** Why a run may not start, or an unknown outcome may not be declared over, although the operator has typed for it. */
import {blockingGate} from '../domain/defrag-gates.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import {isKnownDead} from '../domain/known-dead.ts';
import {memberLabel} from '../domain/member.ts';
import {newsIn} from '../domain/plan-news.ts';
import type {State} from './state.ts';

/** The plan must be the one that the operator saw and typed for; anything new in it has to be looked at first. */
export function reasonNotToStart(plan: DefragPlan, shown: DefragPlan, typed: string): string | undefined {
	if (typed !== plan.confirmation.word || typed !== shown.confirmation.word) {
		return `the plan changed meanwhile: it now asks for "${plan.confirmation.word}"`;
	}
	if (plan.refusal !== undefined) {
		return plan.refusal;
	}
	const news = newsIn(plan, shown);
	if (news !== undefined) {
		return `the plan changed meanwhile: ${news}`;
	}
	// A cooldown that is still running does not refuse: the run waits for it, with a countdown.
	const blocking = blockingGate(
		plan.gates.filter(({id, state}) => !(id === 'cooldown' && state === 'pending') && !(id === 'leader' && state === 'pending')),
		plan.confirmation.acknowledges,
	);
	return blocking === undefined ? undefined : `${blocking.title}: ${blocking.detail}`;
}

/** Only of the member whose outcome is unknown, when its process is known to be dead, by its name. */
export function reasonNotToDeclare(state: State, memberId: string, typed: string, now: number): string | undefined {
	const record = state.members.find(({member}) => member.id === memberId);
	if (record === undefined || state.run?.phase.kind !== 'unknown' || state.run.phase.memberId !== memberId) {
		return 'its outcome is not unknown';
	}
	if (!isKnownDead(record.refusedSince, now)) {
		return `${memberLabel(record.member)}: only after connections were refused for 60 s`;
	}
	return typed === memberLabel(record.member) ? undefined : `type the member's name, ${memberLabel(record.member)}`;
}
