import {usedRatio} from '../domain/db-size.ts';
import {memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import type {Action, ActionContext} from './action.ts';
import {firstOf, noCluster} from './reasons.ts';

export const disarm: Action = {
	id: 'disarm',
	keys: ['x'],
	title: 'disarm',
	help: 'disarm NOSPACE',
	dangerous: true,
	disabledReason: firstOf(noCluster, noAlarm, corruptStands, full),
	run({controls, state, selected}) {
		const alarm = noSpaceOf(state, selected);
		if (alarm !== undefined) {
			controls.openDisarm(alarm.memberId);
		}
	},
	opens: 'disarm',
	command: 'alarm',
};

/** Etcd's answer, when it was asked, knows of alarms that no Status tells: those of removed members. */
export function alarmsKnown({alarms, alarmsAsked}: State): readonly {readonly memberId: string; readonly alarm: string}[] {
	const seen = new Set(alarms.map(({memberId, alarm}) => `${memberId} ${alarm}`));
	const asked = alarmsAsked?.alarms ?? [];
	return [...alarms, ...asked.filter(({memberId, alarm}) => !seen.has(`${memberId} ${alarm}`))];
}

/** The NOSPACE that `x` is about: the selected member's, else the first. */
export function noSpaceOf(state: State, selected: string | undefined): {readonly memberId: string} | undefined {
	const raised = alarmsKnown(state).filter(({alarm}) => alarm === 'NOSPACE');
	return raised.find(({memberId}) => memberId === selected) ?? raised[0];
}

function noAlarm({state, selected}: Omit<ActionContext, 'controls'>): string | undefined {
	if (alarmsKnown(state).length === 0) {
		return 'there is no alarm';
	}
	return noSpaceOf(state, selected) === undefined ? 'there is no NOSPACE alarm' : undefined;
}

function corruptStands({state}: Omit<ActionContext, 'controls'>): string | undefined {
	return alarmsKnown(state).some(({alarm}) => alarm !== 'NOSPACE')
		? 'a CORRUPT alarm stands; disarming NOSPACE would let writes through on a corrupt cluster'
		: undefined;
}

function full({state}: Omit<ActionContext, 'controls'>): string | undefined {
	const record = state.members.find(
		({member, status, quota}) =>
			!member.isLearner && status !== undefined && (usedRatio(status.value.dbSizeBytes, quota) ?? 0) >= 1,
	);
	return record && `${memberLabel(record.member)} has reached its quota; defragment it first, else the alarm comes back at once`;
}
