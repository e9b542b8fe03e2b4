/** Listing and disarming alarms: asked of etcd only when the operator asks, and read again right before anything is changed. */
import {alarmsOf} from '../domain/alarm.ts';
import {type Quota, quotaOf} from '../domain/db-size.ts';
import {gateTimeoutMs} from '../domain/defrag-policy.ts';
import {type DisarmPlan, planDisarm} from '../domain/disarm.ts';
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
import type {State} from './state.ts';

export type AlarmsControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

export type AlarmsControls = Pick<Controls, 'askAlarms' | 'openDisarm' | 'closeDisarm' | 'disarm'>;

const askEveryMs = 2000;

/** The growth that counts for a headroom: what the last quarter of an hour showed. */
const growthSpanMs = 15 * 60 * 1000;

export function createAlarmsControl(options: AlarmsControlOptions): {
	readonly controls: AlarmsControls;
	readonly stop: () => Promise<void>;
} {
	const {transport, clock, dispatch, getState} = options;
	let open: MemberId | undefined;
	let disarming: Promise<void> | undefined;

	const say = (kind: 'refused' | 'good', text: string) => dispatch({type: 'messageChanged', message: {kind, text}});

	async function ask(): Promise<readonly RaisedAlarm[] | undefined> {
		try {
			const alarms = await transport.alarms({timeoutMs: gateTimeoutMs});
			dispatch({type: 'alarmsAsked', asked: {at: clock.uptimeMs(), alarms}});
			return alarms;
		} catch (error) {
			dispatch({type: 'alarmsAsked', asked: {at: clock.uptimeMs(), failure: failureOf(error)}});
			return undefined;
		}
	}

	/** From fresh answers of every member and a fresh list of alarms. */
	async function freshPlan(memberId: MemberId): Promise<DisarmPlan> {
		const membership = await transport.membership({timeoutMs: gateTimeoutMs});
		const observation = await observeNow(transport, membership, clock, {timeoutMs: gateTimeoutMs});
		const alarms = await transport.alarms({timeoutMs: gateTimeoutMs});
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
				const history = getState().members.find((record) => record.member.id === member.id)?.history;
				const growth =
					history === undefined ? undefined : growthPerSecond(history, 'dbSizeBytes', growthSpanMs, clock.uptimeMs());
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
				close();
				say('refused', failureOf(error).message);
				return;
			}
			await clock.sleep(askEveryMs);
		}
	}

	async function disarm(memberId: MemberId, typed: string): Promise<void> {
		try {
			const plan = await freshPlan(memberId);
			if (plan.refusal !== undefined || plan.confirmation === undefined) {
				return say('refused', plan.refusal ?? 'it can not be disarmed now');
			}
			if (typed !== plan.confirmation.word) {
				return say('refused', `things changed meanwhile: it now asks for "${plan.confirmation.word}"`);
			}
			const note = (fields: Parameters<typeof lineOf>[3]) =>
				options.journal.append(lineOf(clock, options.operator, getState().clusterId ?? '', fields), {sync: true});
			note({type: 'asked', what: 'disarm', memberId, memberName: plan.name});
			try {
				await transport.disarmNoSpace(memberId, {timeoutMs: gateTimeoutMs});
				note({type: 'answered', what: 'disarm', memberId, memberName: plan.name, outcome: 'done'});
			} catch (error) {
				const failure = failureOf(error);
				note({
					type: 'answered',
					what: 'disarm',
					memberId,
					memberName: plan.name,
					outcome: failure.kind === 'timed-out' ? 'unknown' : 'failed',
					reason: failure.message,
				});
				throw error;
			}
			const left = await ask();
			const still = left?.some((alarm) => alarm.memberId === memberId && alarm.alarm === 'NOSPACE') === true;
			say(
				still ? 'refused' : 'good',
				still
					? `NOSPACE of ${plan.name} stands again: a file is over its quota`
					: `NOSPACE of ${plan.name} is disarmed${left?.length === 0 ? ': writes are accepted again' : ''}`,
			);
		} catch (error) {
			say('refused', `disarm: ${error instanceof Error ? error.message : String(error)}`);
		}
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
					return say('refused', 'read-only session; to change the cluster start without --read-only');
				}
				open = memberId;
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
