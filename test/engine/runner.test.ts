/** What comes between a look and what is done on it: the operator, or a machine that slept. */
import {expect, it, onTestFinished} from 'vitest';
import type {Evidence} from '../../source/domain/defrag-evidence.ts';
import {assumedSpeed, planDefragmentation} from '../../source/domain/defrag-planner.ts';
import {isOver, type Run} from '../../source/domain/defrag-run.ts';
import {beginRun} from '../../source/domain/defrag-transitions.ts';
import type {Failure} from '../../source/domain/failure.ts';
import type {AttemptLog} from '../../source/engine/attempt-log.ts';
import type {RunLease} from '../../source/engine/lease-control.ts';
import {type Runner, startRunner} from '../../source/engine/runner.ts';
import type {Witness} from '../../source/engine/witness.ts';
import {evidenceOf, failure, type MemberCase, MiB, threeVoters} from '../domain/observations.ts';
import {createFakeTransport, type MemberScript} from '../helpers/fake-transport.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const second = 1000;

function change(index: number, changes: Partial<MemberCase>, cases: readonly MemberCase[] = threeVoters): readonly MemberCase[] {
	return cases.map((one, position) => (position === index ? {...one, ...changes} : one));
}

type Case = {
	readonly scripts?: readonly MemberScript[];
	/** What the members look like, from look to look. */
	cases?: readonly MemberCase[];
	/** Happens in the middle of every look. */
	during?: (looks: number) => void | Promise<void>;
	/** Across machines: how long it takes to claim a step. */
	readonly claimed?: Promise<void>;
};

/** The Lease is ours, and its server takes its time. */
function leaseOf(claimed: Promise<void>, written: string[]): RunLease {
	return {
		beginStep: () => claimed.then(() => undefined),
		endStep: (_id: string, isSent: boolean) => written.push(`endStep ${isSent ? 'sent' : 'not sent'}`),
	} as unknown as RunLease;
}

/** A run over three voters; each look takes 100 ms, and no defragmentation ends. */
function start(given: Case = {}) {
	const clock = createManualClock();
	const transport = createFakeTransport(
		clock,
		given.scripts ?? threeVoters.map((one) => ({...one, calls: {defragment: 'pending'}})),
	);
	let looks = 0;
	const look = (): Evidence => evidenceOf(given.cases ?? threeVoters, {}, clock.uptimeMs());
	const witness = {
		async gather() {
			looks++;
			const evidence = look();
			await given.during?.(looks);
			await clock.sleep(100);
			return evidence;
		},
		rereadJournal() {},
	} as unknown as Witness;
	const written: string[] = [];
	const log = new Proxy({} as AttemptLog, {
		get: (_, name) => (line: {readonly phase?: Run['phase']; readonly outcome?: string}) => {
			written.push([String(name), line.phase?.kind ?? line.outcome].filter(Boolean).join(' '));
			return 'attempt-1';
		},
	});
	const evidence = look();
	const plan = planDefragmentation({
		scope: {kind: 'all'},
		evidence,
		now: clock.uptimeMs(),
		speed: assumedSpeed,
		moveLeader: true,
		terminal: true,
	});
	const run = beginRun({
		id: 'run-1',
		operator: 'ana@bastion-1',
		plan,
		voters: ['a0', 'a1', 'a2'],
		moveLeader: true,
		interactive: true,
		now: clock.uptimeMs(),
	});
	const runner: Runner = startRunner(run, {
		transport,
		clock,
		log,
		witness,
		lease: given.claimed && leaseOf(given.claimed, written),
		decideOptions: () => ({speed: assumedSpeed}),
		defragTimeoutMs: 10 * second,
		random: () => 0,
		onChange() {},
	});
	onTestFinished(async () => {
		runner.stopAfterThis('the test');
		runner.abandon();
		await clock.advance(60 * second);
	});
	return {clock, transport, runner, written, looks: () => looks};
}

it('what is declared over in the middle of a look stays halted', async () => {
	const state: Case = {};
	const {clock, runner, written} = start(state);
	await clock.advance(second);
	state.cases = change(1, {status: 'timed-out', metrics: 'timed-out'});
	await clock.advance(12 * second);
	expect(runner.run.phase).toMatchObject({kind: 'unknown', memberId: 'a1'});
	state.cases = change(1, {status: 'refused', metrics: 'refused'});
	const inLook = Promise.withResolvers<void>();
	state.during = () => inLook.promise;
	await clock.advance(3 * second);
	runner.declareOver('ana@bastion-1');
	inLook.resolve();
	await clock.advance(3 * second);
	expect(runner.run.phase).toMatchObject({kind: 'halted', reason: expect.stringContaining('declared dead')});
	expect(written.filter((line) => line.startsWith('noteRun'))).toEqual(['noteRun halted']);
});

it('nothing is sent once the run was stopped, also where its step is just being claimed', async () => {
	const claim = Promise.withResolvers<void>();
	const {clock, transport, runner, written} = start({claimed: claim.promise});
	await clock.advance(second);
	expect(written).toEqual(['noteStarted']);
	runner.stopAfterThis('ana@bastion-1');
	claim.resolve();
	await clock.advance(second);
	expect(transport.count('defragment')).toBe(0);
	expect(runner.run.phase).toMatchObject({kind: 'cancelled', by: 'ana@bastion-1'});
	expect(written).toEqual(['noteStarted', 'noteEnded', 'endStep not sent', 'noteRun cancelled']);
});

it('nothing is sent on what was seen before the machine slept', async () => {
	const state: Case = {};
	const {clock, transport, looks} = start(state);
	state.during = (count) => {
		if (count <= 4) {
			clock.stepWall(10 * 60 * second);
		}
	};
	await clock.advance(350);
	expect(looks()).toBe(4);
	expect(transport.count('defragment')).toBe(0);
	await clock.advance(second);
	expect(transport.count('defragment')).toBe(1);
});

it('a wall clock that is put back sends nothing early and holds nothing up', async () => {
	const state: Case = {};
	const {clock, transport, looks} = start(state);
	state.during = () => clock.stepWall(-10 * 60 * second);
	await clock.advance(250);
	expect(looks()).toBe(2);
	expect(transport.count('defragment')).toBe(1);
});

const small = {status: {dbSizeBytes: 41 * MiB}};
const rejected: Failure = {...failure('rejected'), message: 'bad leader transferee'};

/** Only the leader has something to give back, and etcd refuses to move it. */
async function startAsking() {
	const cases = change(1, small, change(2, small));
	const scripts = cases.map((one): MemberScript => ({...one, calls: {moveLeader: rejected}}));
	const state: Case = {cases, scripts};
	const started = start(state);
	await started.clock.advance(20 * second);
	expect(started.runner.run.phase).toMatchObject({kind: 'asking', to: 'a1', otherTarget: 'a2'});
	return {...started, state};
}

it('another target is asked for after another look, with all gates', async () => {
	const {clock, transport, runner, state} = await startAsking();
	state.cases = change(2, {metrics: {defragInflight: 1}}, state.cases);
	runner.choose('other target');
	await clock.advance(10 * second);
	expect(transport.count('moveLeader')).toBe(1);
	state.cases = change(2, {metrics: {defragInflight: 0}}, state.cases);
	await clock.advance(2 * second);
	expect(transport.count('moveLeader')).toBe(2);
	expect(runner.run.phase).toMatchObject({kind: 'moving leader', to: 'a2'});
});

it('another target is not asked for once the run was stopped', async () => {
	const {clock, transport, runner} = await startAsking();
	runner.choose('other target');
	runner.stopAfterThis('ana@bastion-1');
	await clock.advance(20 * second);
	expect(transport.count('moveLeader')).toBe(1);
	expect(runner.run.phase.kind).toBe('cancelled');
	expect(isOver(runner.run)).toBe(true);
});
