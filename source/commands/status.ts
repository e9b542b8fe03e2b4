/** `etcdtop status`: one fresh look at every member, judged as the monitor judges it. */
import {memberLabel} from '../domain/member.ts';
import {silenceMs} from '../domain/member-state.ts';
import type {Observation} from '../domain/observation.ts';
import {podsWithoutMember} from '../domain/pod.ts';
import type {Clock} from '../engine/clock.ts';
import {initialState} from '../engine/initial-state.ts';
import {observeNow} from '../engine/observe-now.ts';
import type {State} from '../engine/state.ts';
import {update} from '../engine/update.ts';
import {podSentence} from '../pod-text.ts';
import type {Platform} from '../transport/platform.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {sentence} from './sentence.ts';
import {statusRecord} from './status-record.ts';
import {statusLines, statusTable} from './status-text.ts';

export async function runStatus({options, clock, connect, print, say, columns}: CommandContext): Promise<number> {
	const {transport, platform} = await connect();
	try {
		const timeout = {timeoutMs: options.connection.commandTimeoutMs};
		const membership = await transport.membership(timeout);
		const first = await observeNow(transport, membership, clock, timeout);
		// The first answer of each also paid for its connection; where all came soon, the second tells their latency.
		const observation = first.members.every(({status}) => status.kind === 'answered')
			? await observeNow(transport, membership, clock, timeout)
			: first;
		const state = withPods(stateAfter(observation, patientClock(clock)), platform);
		const {found, notBetter, kind} = transport.connection;
		if (found !== undefined) {
			say(`${found}; reached by ${kind}${notBetter === undefined ? '' : `: ${notBetter}`}`);
		}
		print(
			{
				json: () => JSON.stringify(statusRecord(state)),
				simple: () => statusLines(state),
				table: () => statusTable(state, columns),
			}[options.writeOut](),
		);
		for (const pod of podsWithoutMember(state.pods)) {
			say(`pod ${podSentence(pod, state)} has no member in etcd's list`);
		}
		const silent = state.members.filter(({statusAnswer}) => statusAnswer.kind !== 'answered');
		for (const {member, statusAnswer} of silent) {
			say(`${memberLabel(member)}: ${statusAnswer.kind === 'failed' ? sentence(statusAnswer.failure) : 'no answer'}`);
		}
		return silent.length === 0 ? exitCodes.done : exitCodes.failed;
	} finally {
		transport.close();
	}
}

function withPods(state: State, {pods}: Platform): State {
	const seen = pods?.(state.members.map(({member}) => member));
	return seen === undefined ? state : {...state, pods: {at: state.now - seen.ageMs, matches: seen.matches}};
}

/** Nobody asks again: a silence counts as one however short `--command-timeout` is. */
function patientClock(clock: Clock): Pick<Clock, 'uptimeMs' | 'wallMs'> {
	return {uptimeMs: () => clock.uptimeMs() + silenceMs, wallMs: () => clock.wallMs() + silenceMs};
}

/** What the monitor would show after this one observation. */
export function stateAfter(observation: Observation, clock: Pick<Clock, 'uptimeMs' | 'wallMs'>): State {
	const before = initialState({clock, clusterName: '', readOnly: true, intervalMs: 0, journalDirectory: ''});
	return update(before, {type: 'observed', now: clock.uptimeMs(), wallMs: clock.wallMs(), observation});
}
