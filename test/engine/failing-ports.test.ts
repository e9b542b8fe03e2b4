/** Runs in which what the engine stands on fails: the member list, the journal, the platform; and how long the run lock is held. */
import {describe, expect, it} from 'vitest';
import type {RunPhase} from '../../source/domain/defrag-run.ts';
import type {Journal} from '../../source/engine/journal.ts';
import {failure, threeVoters} from '../domain/observations.ts';
import {type FakeEngine, type FakeEngineOptions, startFakeEngine} from '../helpers/fake-engine.ts';
import type {MemberScript} from '../helpers/fake-transport.ts';

const second = 1000;

async function startRun(options?: FakeEngineOptions, scripts: readonly MemberScript[] = threeVoters): Promise<FakeEngine> {
	const engine = startFakeEngine(scripts, options);
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	return engine;
}

async function until(engine: FakeEngine, kind: RunPhase['kind'], seconds = 300): Promise<void> {
	for (let tick = 0; tick < seconds * 10; tick++) {
		if (engine.store.getState().run?.phase.kind === kind) {
			return;
		}
		await engine.clock.advance(100);
	}
	throw new Error(`not ${kind}, but ${JSON.stringify(engine.store.getState().run?.phase)}`);
}

describe('the run lock', () => {
	it('is held from before the first gate to the end, in every phase', async () => {
		const engine = await startRun();
		for (const kind of ['checking', 'defragmenting', 'settling', 'cooling down'] as const) {
			await until(engine, kind);
			expect(engine.lockHeld(), kind).toBe(true);
			// While nobody can be looked at a member does not settle.
			engine.transport.failMembership(kind === 'defragmenting' ? failure('unreachable') : undefined);
		}
		await until(engine, 'finished');
		await engine.clock.advance(second);
		expect(engine.lockHeld()).toBe(false);
	});

	it('is held while an outcome is unknown, and free when the program has left it to etcd', async () => {
		const silent = {status: 'timed-out', metrics: 'timed-out', calls: {defragment: failure('timed-out')}} as const;
		const engine = await startRun(
			{},
			threeVoters.map((one) => ({...one, calls: silent.calls})),
		);
		await until(engine, 'defragmenting').catch(() => undefined);
		engine.transport.script('etcd-1', silent);
		await until(engine, 'unknown');
		await engine.clock.advance(300 * second);
		expect(engine.lockHeld()).toBe(true);
		const stopped = engine.engine.stop();
		await engine.clock.advance(20 * second);
		await stopped;
		expect(engine.lockHeld()).toBe(false);
		expect(engine.transport.count('defragment')).toBe(1);
		expect(engine.journal.read().lines.some(({type}) => type === 'ended' || type === 'resolved')).toBe(false);
	});

	it.each<[string, (engine: FakeEngine) => void]>([
		['the dialog is left right after Enter', ({engine}) => engine.controls.closePlan()],
		['the member list fails', ({transport}) => transport.failMembership(failure('unreachable'))],
		['a member fails', ({transport}) => transport.script('etcd-2', {status: 'refused', metrics: 'refused'})],
	])('is free again where nothing was started: %s', async (_, act) => {
		const engine = startFakeEngine(threeVoters);
		const plan = await engine.plan();
		engine.engine.controls.startRun(plan, plan.confirmation.word);
		act(engine);
		await engine.clock.advance(10 * second);
		expect(engine.lockHeld()).toBe(false);
		expect(engine.transport.count('defragment')).toBe(0);
		expect(engine.journal.read().lines).toEqual([]);
	});
});

describe('a member list that fails', () => {
	it('between members halts the run', async () => {
		const engine = await startRun();
		await until(engine, 'cooling down');
		engine.transport.failMembership(failure('unreachable'));
		await until(engine, 'halted');
		expect(engine.transport.count('defragment')).toBe(1);
	});

	it('while a member settles concludes nothing', async () => {
		const engine = await startRun();
		await until(engine, 'defragmenting');
		engine.transport.failMembership(failure('unreachable'));
		await until(engine, 'settling');
		await engine.clock.advance(60 * second);
		expect(engine.store.getState().run?.phase.kind).toBe('settling');
		engine.transport.failMembership(undefined);
		await until(engine, 'finished');
	});
});

it('a platform that can not be asked halts the run before anything is sent', async () => {
	let asked = 0;
	const platform = {
		async surroundings() {
			asked++;
			if (asked > 3) {
				throw new Error('the API server is gone');
			}
			return {pods: {kind: 'told', value: []}} as const;
		},
	};
	const engine = startFakeEngine(threeVoters, {platform});
	const plan = await engine.plan().catch(() => undefined);
	if (plan !== undefined) {
		engine.engine.controls.startRun(plan, plan.confirmation.word);
	}
	await engine.clock.advance(20 * second);
	expect(engine.transport.count('defragment')).toBe(0);
	expect(engine.lockHeld()).toBe(false);
	expect(engine.store.getState().message?.text).toContain('the API server is gone');
});

/** A disk that is full after the line before the call. */
function fullAfterStarted(journal: Journal): Journal {
	return {
		...journal,
		directory: journal.directory,
		append(line, options) {
			if (line.type !== 'started') {
				throw new Error('the disk is full');
			}
			journal.append(line, options);
		},
	};
}

describe.each([
	['with counts', {}],
	['without metrics', {metrics: 'unsupported'} as const],
])('a journal that takes no end of a call, %s', (_, metrics) => {
	it('holds the next member back until this one has shown that it is idle, and a minute more', async () => {
		const engine = await startRun(
			{journal: fullAfterStarted},
			threeVoters.map((one) => ({...one, ...metrics})),
		);
		await until(engine, 'finished', 600);
		const sent = engine.transport.calls.filter(({method}) => method === 'defragment').map(({at}) => at);
		expect(sent).toHaveLength(3);
		for (const [index, at] of sent.slice(1).entries()) {
			expect(at - sent[index]!).toBeGreaterThanOrEqual(60 * second);
		}
	});
});
