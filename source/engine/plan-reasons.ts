/** Why a run may not start, or an unknown outcome may not be declared over, although the operator has typed for it. */
import {blockingGate} from '../domain/defrag-gates.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import {refusedBeforeDeclaredMs} from '../domain/defrag-policy.ts';
import {memberLabel} from '../domain/member.ts';
import type {State} from './state.ts';

/** The word, the gates and the order must be those that the operator saw; anything new has to be looked at first. */
export function reasonNotToStart(plan: DefragPlan, shown: DefragPlan | undefined, typed: string): string | undefined {
	if (shown === undefined) {
		return 'the plan has not been shown yet';
	}
	if (typed !== plan.confirmation.word || typed !== shown.confirmation.word) {
		return `the plan changed meanwhile: it now asks for "${plan.confirmation.word}"`;
	}
	if (plan.refusal !== undefined) {
		return plan.refusal;
	}
	const unseen = plan.confirmation.acknowledges.filter((id) => !shown.confirmation.acknowledges.includes(id));
	if (unseen.length > 0) {
		return `the plan changed meanwhile: ${titlesOf(plan, unseen).join('; ')}`;
	}
	const strangers = plan.steps.filter(({memberId}) => !shown.steps.some((step) => step.memberId === memberId));
	if (strangers.length > 0) {
		return `the plan changed meanwhile: ${strangers.map(({name}) => name).join(', ')} came into it`;
	}
	// A cooldown that is still running does not refuse: the run waits for it, with a countdown.
	const blocking = blockingGate(
		plan.gates.filter(({id, state}) => !(id === 'cooldown' && state === 'pending') && !(id === 'leader' && state === 'pending')),
		plan.confirmation.acknowledges,
	);
	return blocking === undefined ? undefined : `${blocking.title}: ${blocking.detail}`;
}

/** What those gates and warnings say. */
function titlesOf({gates, warnings}: DefragPlan, ids: readonly string[]): readonly string[] {
	return [
		...gates.filter(({id}) => ids.includes(id)).map(({title, detail}) => `${title}: ${detail}`),
		...warnings.filter(({id}) => ids.includes(id)).map(({text}) => text),
	];
}

/** Only of the member whose outcome is unknown, when its process is known to be dead, by its name. */
export function reasonNotToDeclare(state: State, memberId: string, typed: string, now: number): string | undefined {
	const record = state.members.find(({member}) => member.id === memberId);
	if (record === undefined || state.run?.phase.kind !== 'unknown' || state.run.phase.memberId !== memberId) {
		return 'its outcome is not unknown';
	}
	const refused = record.statusAnswer.kind === 'failed' && record.statusAnswer.failure.kind === 'refused';
	if (!refused || record.silentSince === undefined || now - record.silentSince < refusedBeforeDeclaredMs) {
		return `${memberLabel(record.member)}: only after connections were refused for 60 s`;
	}
	return typed === memberLabel(record.member) ? undefined : `type the member's name, ${memberLabel(record.member)}`;
}
