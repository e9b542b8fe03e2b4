/** What was typed for one plan does not count for another. */
import type {DefragPlan} from './defrag-plan.ts';

/**
 * What a plan holds that the one that was shown did not, in words: nobody has confirmed that. Undefined when there is nothing; a plan
 * that has only lost something, or has another order, is no other one.
 */
export function newsIn(plan: DefragPlan, shown: DefragPlan): string | undefined {
	if (plan.clusterId !== shown.clusterId) {
		return `it is one of cluster ${plan.clusterId}`;
	}
	const unseen = plan.confirmation.acknowledges.filter((id) => !shown.confirmation.acknowledges.includes(id));
	if (unseen.length > 0) {
		return titlesOf(plan, unseen).join('; ');
	}
	for (const {memberId, name, role} of plan.steps) {
		const before = shown.steps.find((step) => step.memberId === memberId);
		if (before === undefined) {
			return `${name} came into it`;
		}
		if (role === 'leader' && before.role !== 'leader') {
			return `${name} leads now`;
		}
	}
	return undefined;
}

/** What those gates and warnings say. */
function titlesOf({gates, warnings}: DefragPlan, ids: readonly string[]): readonly string[] {
	return [
		...gates.filter(({id}) => ids.includes(id)).map(({title, detail}) => `${title}: ${detail}`),
		...warnings.filter(({id}) => ids.includes(id)).map(({text}) => text),
	];
}
