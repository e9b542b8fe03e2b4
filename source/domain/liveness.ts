/** Whether the kubelet has the patience for a defragmentation: a member that is silent too long is killed in the middle. */
import type {PlanRow, PlanWarning} from './defrag-plan.ts';
import type {MemberId} from './member.ts';
import {podOf} from './pod.ts';
import type {Surroundings} from './surroundings.ts';
import {durationText} from './text.ts';

/** Estimates err: a member may be silent for twice as long as foreseen. */
export const estimateDoubt = 2;

/** A warning for each member that could be silent for longer than its liveness probe allows. Each takes the typed word. */
export function livenessWarnings(rows: readonly PlanRow[], surroundings: Surroundings | undefined): readonly PlanWarning[] {
	return rows.flatMap(({memberId, name, estimateMs}) => {
		const patienceMs = patienceFor(memberId, surroundings);
		return patienceMs === undefined || estimateDoubt * estimateMs <= patienceMs
			? []
			: [
					{
						id: `liveness ${memberId}`,
						text: `${name} may block for ${durationText(estimateDoubt * estimateMs)}, and its liveness probe fails after ${durationText(patienceMs)}: the kubelet may kill it in the middle`,
						remedy: 'Raise failureThreshold of its probe first, where you can.',
					},
				];
	});
}

function patienceFor(memberId: MemberId, surroundings: Surroundings | undefined): number | undefined {
	const matches = surroundings?.pods.kind === 'told' ? surroundings.pods.value : surroundings?.seenPods;
	return matches && podOf({at: 0, matches}, memberId)?.livenessMs;
}
