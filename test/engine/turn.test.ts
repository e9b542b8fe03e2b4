/** One turn, with a journal and a transport that only write down what they are asked. */
import {describe, expect, it} from 'vitest';
import {planDefragmentation} from '../../source/domain/defrag-planner.ts';
import type {AttemptLog} from '../../source/engine/attempt-log.ts';
import type {Clock} from '../../source/engine/clock.ts';
import {performTurn, type TurnOutcome} from '../../source/engine/turn.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {evidenceOf} from '../domain/observations.ts';

const cases = [{name: 'etcd-0'}, {name: 'etcd-1'}, {name: 'etcd-2'}];

async function turn({
	journalTakesMs,
	sleptMs = 0,
	isStopped = false,
}: {
	readonly journalTakesMs: number;
	readonly sleptMs?: number;
	readonly isStopped?: boolean;
}): Promise<{outcome: TurnOutcome; calls: string[]}> {
	let now = 200_000;
	let wallOffset = 0;
	const clock: Clock = {bootId: 'boot', uptimeMs: () => now, wallMs: () => now + wallOffset, sleep: async () => undefined};
	const evidence = evidenceOf(cases, {}, now);
	const plan = planDefragmentation({
		scope: {kind: 'all'},
		evidence,
		now: clock.uptimeMs(),
		speed: {bytesPerSecond: 1, source: 'assumed'},
		moveLeader: false,
		terminal: true,
	});
	const calls: string[] = [];
	const log = {
		noteStarted() {
			now += journalTakesMs;
			wallOffset += sleptMs;
			calls.push('started');
			return 'attempt-1';
		},
		noteEnded: (_id: string, {outcome}: {outcome: string}) => calls.push(`ended ${outcome}`),
	} as unknown as AttemptLog;
	const transport = {
		defragment: async () => void calls.push('defragment'),
		metrics: async () => ({sampleCount: 1}),
	} as unknown as Transport;
	const outcome = await performTurn(plan.steps[0]!, evidence, {
		transport,
		clock,
		log,
		runId: 'run-1',
		gates: plan.gates,
		timeoutMs: 600_000,
		claim: async () => undefined,
		isStopped: () => isStopped,
		begin: () => calls.push('begin'),
	});
	return {outcome, calls};
}

describe('a turn', () => {
	it('is written down, begun, sent and written down again', async () => {
		const {outcome, calls} = await turn({journalTakesMs: 10});
		expect(outcome).toEqual({kind: 'done'});
		expect(calls).toEqual(['started', 'begin', 'defragment', 'ended done']);
	});

	it('is not sent when the run was stopped while it was claimed', async () => {
		const {outcome, calls} = await turn({journalTakesMs: 10, isStopped: true});
		expect(outcome).toEqual({kind: 'stopped'});
		expect(calls).toEqual(['started', 'ended not sent']);
	});

	it.each([
		['the program was stopped, or its journal stalled', {journalTakesMs: 5001}],
		['the machine slept', {journalTakesMs: 10, sleptMs: 5000}],
	])('is not sent when what it was decided on is old: %s', async (_, times) => {
		const {outcome, calls} = await turn(times);
		expect(outcome).toMatchObject({kind: 'failed', reason: expect.stringContaining('last looked at')});
		expect(calls).toEqual(['started', 'ended not sent']);
	});
});
