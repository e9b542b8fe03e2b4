/** Alarms as Status tells them: every member repeats the cluster's, so each text names the member that it is about. */
import type {MemberId} from './member.ts';
import type {MemberStatus, Observation} from './observation.ts';
import {isAnswering} from './voters.ts';

/** etcd's own alarm. Our thresholds are alerts (`alerts.ts`). */
export type Alarm = {
	readonly memberId: MemberId;
	readonly alarm: 'NOSPACE' | 'CORRUPT' | 'UNKNOWN';
};

/** `memberID:2759717393042090990 alarm:NOSPACE ` → that member's; undefined for any other error. */
export function parseAlarm(error: string): Alarm | undefined {
	const match = /memberID:(\d{1,20})\s+alarm:(\w+)/.exec(error);
	if (match?.[1] === undefined) {
		return undefined;
	}
	const alarm = match[2] === 'NOSPACE' || match[2] === 'CORRUPT' ? match[2] : 'UNKNOWN';
	return {memberId: BigInt(match[1]).toString(16), alarm};
}

/** The cluster's alarms as these members tell them, each once. */
export function alarmsIn(statuses: readonly MemberStatus[]): readonly Alarm[] {
	const found = new Map<string, Alarm>();
	for (const error of statuses.flatMap(({errors}) => errors)) {
		const alarm = parseAlarm(error);
		if (alarm !== undefined) {
			found.set(`${alarm.memberId} ${alarm.alarm}`, alarm);
		}
	}
	return [...found.values()].sort((a, b) => `${a.alarm}${a.memberId}`.localeCompare(`${b.alarm}${b.memberId}`));
}

/** The same, as the answering members of an observation tell them. */
export function alarmsOf(observation: Observation): readonly Alarm[] {
	return alarmsIn(observation.members.filter(isAnswering).map(({status}) => status.value));
}

/** Nothing can be written then: not what a run asks of the Kubernetes API either. */
export function isOutOfSpace(observation: Observation): boolean {
	return alarmsOf(observation).some(({alarm}) => alarm === 'NOSPACE');
}
