/** Listing and disarming alarms: asked of etcd only when the operator asks, and read again right before anything is changed. */
import {alarmsOf} from '../domain/alarm.ts';
import {type Quota, quotaOf} from '../domain/db-size.ts';
import {gateTimeoutMs} from '../domain/defrag-policy.ts';
import {type Disarming, type DisarmPlan, disarmingText, planDisarm} from '../domain/disarm.ts';
import {type Failure, mayHaveHappened} from '../domain/failure.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import {growthPerSecond} from '../domain/series.ts';
import {agreedLeader, answeringVoters} from '../domain/voters.ts';
import type {RaisedAlarm, Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {lineOf} from './file-attempt-log.ts';
import type {Journal} from './journal.ts';
import type {EngineMessage} from './messages.ts';
import {observeNow} from './observe-now.ts';
import type {MemberRecord, State} from './state.ts';

export type AlarmsControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	/** How long etcd may take to answer for its alarms. */
	readonly commandTimeoutMs: number;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

export type AlarmsControls = Pick<Controls, 'askAlarms' | 'openDisarm' | 'closeDisarm' | 'disarm'>;

/** What came of a disarming that etcd was asked for, or was to be. */
type Answered = Extract<Disarming['phase'], {kind: 'done' | 'failed' | 'unknown'}>;

const askEveryMs = 2000;

/** The growth that counts for a headroom: what the last quarter of an hour showed, or the one before the alarm that stopped it. */
const growthSpanMs = 15 * 60 * 1000;

function growthOf({growthBeforeAlarm, history}: MemberRecord, now: number): number | undefined {
	return growthBeforeAlarm ?? growthPerSecond(history, 'dbSizeBytes', growthSpanMs, now);
}

export function createAlarmsControl(options: AlarmsControlOptions): {
	readonly controls: AlarmsControls;
	readonly stop: () => Promise<void>;
} {
	const {transport, clock, dispatch, getState, commandTimeoutMs} = options;
	let open: MemberId | undefined;
	let disarming: Promise<void> | undefined;

	/** A voter that answers late is one that answers: what it says can forbid a disarming. */
	const patience = {timeoutMs: Math.max(gateTimeoutMs, commandTimeoutMs)};

	async function ask(): Promise<readonly RaisedAlarm[] | undefined> {
		try {
			const alarms = await transport.alarms({timeoutMs: commandTimeoutMs});
			dispatch({type: 'alarmsAsked', asked: {at: clock.uptimeMs(), alarms}});
			return alarms;
		} catch (error) {
			dispatch({type: 'alarmsAsked', asked: {at: clock.uptimeMs(), failure: failureOf(error)}});
			return undefined;
		}
	}

	/** From fresh answers of every member and a fresh list of alarms. */
	async function freshPlan(memberId: MemberId): Promise<DisarmPlan> {
		const membership = await transport.membership(patience);
		const observation = await observeNow(transport, membership, clock, patience);
		const alarms = await transport.alarms(patience);
		dispatch({type: 'alarmsAsked', asked: {at: clock.uptimeMs(), alarms}});
		return planFor(memberId, observation, [...alarms, ...alarmsOf(observation)]);
	}

	function planFor(memberId: MemberId, observation: Observation, alarms: readonly RaisedAlarm[]): DisarmPlan {
		const agreed = agreedLeader(observation);
		const leaderId = 'leaderId' in agreed ? agreed.leaderId : undefined;
		const known = observation.members.find(({member}) => member.id === memberId)?.member;
		return planDisarm({
			memberId,
			name: known === undefined ? memberId : memberLabel(known),
			alarms,
			voters: answeringVoters(observation).map(({member, status, metrics}) => {
				const record = getState().members.find((one) => one.member.id === member.id);
				const growth = record === undefined ? undefined : growthOf(record, clock.uptimeMs());
				const quota: Quota = quotaOf(status.value, metrics.kind === 'answered' ? metrics.value : undefined);
				return {
					memberId: member.id,
					name: memberLabel(member),
					role: member.id === leaderId ? 'leader' : 'follower',
					dbSizeBytes: status.value.dbSizeBytes,
					quota,
					...(growth === undefined ? {} : {growthBytesPerSecond: growth}),
				};
			}),
		});
	}

	function close(): void {
		open = undefined;
		dispatch({type: 'disarmPlanChanged', plan: undefined});
	}

	async function keepPlanning(memberId: MemberId): Promise<void> {
		while (open === memberId) {
			try {
				const plan = await freshPlan(memberId);
				if (open === memberId) {
					dispatch({type: 'disarmPlanChanged', plan});
				}
			} catch (error) {
				if (open === memberId) {
					close();
					end(memberId, nameOf(memberId), failedBy(failureOf(error)));
				}
				return;
			}
			await clock.sleep(askEveryMs);
		}
	}

	/** What came of it is a value in the state, and a sentence on the message line. */
	function end(memberId: MemberId, name: string, phase: Disarming['phase']): void {
		const disarming: Disarming = {memberId, name, phase};
		dispatch({type: 'disarmingChanged', disarming});
		const kind = phase.kind === 'done' ? 'good' : phase.kind === 'unknown' ? 'warning' : 'refused';
		dispatch({type: 'messageChanged', message: {kind, text: disarmingText(disarming)}});
	}

	async function disarm(memberId: MemberId, typed: string): Promise<void> {
		dispatch({type: 'disarmingChanged', disarming: {memberId, name: nameOf(memberId), phase: {kind: 'asking'}}});
		let plan: DisarmPlan;
		try {
			plan = await freshPlan(memberId);
		} catch (error) {
			return end(memberId, nameOf(memberId), failedBy(failureOf(error)));
		}
		const {name, refusal, confirmation} = plan;
		if (refusal !== undefined || confirmation === undefined) {
			return end(memberId, name, refusedBy(refusal ?? 'it can not be disarmed now'));
		}
		if (typed !== confirmation.word) {
			return end(memberId, name, refusedBy(`things changed meanwhile: it now asks for "${confirmation.word}"`));
		}
		const line = {what: 'disarm', memberId, memberName: name} as const;
		try {
			note({type: 'asked', ...line});
		} catch (error) {
			return end(memberId, name, refusedBy(textOf(error)));
		}
		const phase = await askToDisarm(memberId);
		end(memberId, name, phase);
		const reason = 'reason' in phase ? {reason: phase.reason} : {};
		try {
			note({type: 'answered', ...line, outcome: phase.kind, ...reason});
		} catch (error) {
			dispatch({type: 'messageChanged', message: {kind: 'warning', text: textOf(error)}});
		}
	}

	function note(fields: Parameters<typeof lineOf>[3]): void {
		options.journal.append(lineOf(clock, options.operator, getState().clusterId ?? '', fields), {sync: true});
	}

	/** Asks etcd once, and then for the alarms that are left: they tell what came of it also where the answer was lost. */
	async function askToDisarm(memberId: MemberId): Promise<Answered> {
		let failure: Failure | undefined;
		try {
			await transport.disarmNoSpace(memberId, {timeoutMs: commandTimeoutMs});
		} catch (error) {
			failure = failureOf(error);
			if (!mayHaveHappened(failure)) {
				return failedBy(failure);
			}
		}
		const left = await ask();
		const stands = left?.some((alarm) => alarm.memberId === memberId && alarm.alarm === 'NOSPACE');
		if (failure !== undefined && stands !== false) {
			const nextStep = 'It may still be disarmed: look at the alarms again before anything else.';
			return {kind: 'unknown', reason: failure.message, nextStep};
		}
		return stands === true
			? {kind: 'failed', reason: 'it stands again, a file is over its quota', nextStep: 'Defragment first.'}
			: {kind: 'done', writable: left?.length === 0};
	}

	function nameOf(memberId: MemberId): string {
		const known = getState().members.find(({member}) => member.id === memberId)?.member;
		return known === undefined ? memberId : memberLabel(known);
	}

	return {
		stop: async () => {
			open = undefined;
			await disarming;
		},
		controls: {
			askAlarms: () => void ask(),
			openDisarm(memberId) {
				if (getState().readOnly) {
					const text = 'read-only session; to change the cluster start without --read-only';
					return dispatch({type: 'messageChanged', message: {kind: 'refused', text}});
				}
				open = memberId;
				dispatch({type: 'disarmingChanged', disarming: undefined});
				void keepPlanning(memberId);
			},
			closeDisarm: close,
			disarm(typed) {
				const memberId = open;
				if (memberId !== undefined && disarming === undefined) {
					close();
					disarming = disarm(memberId, typed).finally(() => {
						disarming = undefined;
					});
				}
			},
		},
	};
}

function refusedBy(reason: string): Disarming['phase'] {
	return {kind: 'refused', reason};
}

/** Nothing was changed. */
function failedBy({message, nextStep, endpoint}: Failure): Answered {
	const where = endpoint === undefined || message.includes(endpoint) ? '' : `${endpoint}: `;
	return {kind: 'failed', reason: `${where}${message}`, nextStep};
}

function textOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
