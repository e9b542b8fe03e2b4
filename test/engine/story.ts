/** A cluster's story told to `update`, observation by observation, two seconds apart. */
import type {MemberStatus, Observation} from '../../source/domain/observation.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import type {EngineMessage} from '../../source/engine/messages.ts';
import type {State} from '../../source/engine/state.ts';
import {update} from '../../source/engine/update.ts';
import {type MemberCase, observationOf, threeVoters} from '../domain/observations.ts';

export const wallOffsetMs = 1_700_000_000_000;
const startedAt = 100_000;

export type Story = {
	/** Uptime ms. */
	now(): number;
	state(): State;
	pass(ms: number): void;
	tell(message: EngineMessage): void;
	tick(): void;
	/** Answers that came just now; `changes` for what cases can't say. */
	observe(cases: readonly MemberCase[], changes?: (observation: Observation) => Observation): void;
	/** The same, and two seconds pass. */
	poll(cases: readonly MemberCase[], times?: number): void;
	/** `● etcd-1: text`, oldest first, since the last time this was asked. */
	news(): string[];
	states(): string;
};

export function tellStory(): Story {
	let now = startedAt;
	let told = 0;
	const clock = {uptimeMs: () => now, wallMs: () => now + wallOffsetMs};
	let state = initialState({clock, clusterName: 'test', readOnly: false, intervalMs: 2000, journalDirectory: '/tmp'});
	const tell = (message: EngineMessage) => {
		state = update(state, message);
	};
	const story: Story = {
		now: () => now,
		state: () => state,
		pass(ms) {
			now += ms;
		},
		tell,
		tick: () => tell({type: 'ticked', now, wallMs: now + wallOffsetMs}),
		observe(cases, changes = (observation) => observation) {
			tell({type: 'observed', now, wallMs: now + wallOffsetMs, observation: changes(observationOf(cases, now))});
		},
		poll(cases, times = 1) {
			for (let round = 0; round < times; round++) {
				story.observe(cases);
				now += 2000;
			}
		},
		news() {
			const fresh = state.events.slice(0, state.events.length - told).toReversed();
			told = state.events.length;
			return fresh.map(({kind, subject, text, mark}) => `${kind} ${subject}: ${text}${mark === undefined ? '' : ` [${mark}]`}`);
		},
		states: () => state.members.map(({member, condition}) => `${member.name} ${condition.state}`).join(', '),
	};
	return story;
}

/** `cases` with one of them changed. */
export function withMember(
	index: number,
	changes: Partial<MemberCase>,
	cases: readonly MemberCase[] = threeVoters,
): readonly MemberCase[] {
	return cases.map((one, position) => (position === index ? {...one, ...changes} : one));
}

/** The same Status figures for every member. */
export function everyStatus(status: Partial<MemberStatus>): readonly MemberCase[] {
	return threeVoters.map((one) => ({...one, status}));
}

/** Two rounds into a healthy cluster, its news heard. */
export function healthyStory(cases = threeVoters): Story {
	const story = tellStory();
	story.tell({type: 'connected', connection: {kind: 'direct', security: 'mTLS', endpoints: ['https://10.0.0.1:2379']}});
	story.poll(cases, 2);
	story.news();
	return story;
}

/** An observation as if every Status had taken so long. */
export function withLatency(latencyMs: number): (observation: Observation) => Observation {
	return (observation) => ({
		...observation,
		members: observation.members.map((seen) =>
			seen.status.kind === 'answered' ? {...seen, status: {...seen.status, latencyMs}} : seen,
		),
	});
}
