/** A rescue from a real NOSPACE alarm, step by step, by a program that is killed between them. */
import {statSync} from 'node:fs';
import {expect, it} from 'vitest';
import {writeProbeKey} from '../../source/domain/key-page.ts';
import {largestGroups} from '../../source/domain/key-prefixes.ts';
import {noSnapshotWord, type RescueDecision, writeProbeWord} from '../../source/domain/rescue.ts';
import {rescueFilePath} from '../../source/engine/rescue-file.ts';
import type {Cluster} from '../helpers/cluster.ts';
import {startRun, startTestEngine, type TestEngine, temporaryDirectory, untilOver} from '../helpers/engine.ts';
import {put} from '../helpers/fill.ts';
import {compactToHead, disarmAll, fullCluster} from '../helpers/nospace.ts';

function untilDecision({until}: TestEngine, kind: RescueDecision['kind'], step?: string): Promise<RescueDecision> {
	return until(({rescue}) => {
		const decision = rescue?.decision;
		return decision?.kind === kind && (step === undefined || ('step' in decision && decision.step === step))
			? decision
			: undefined;
	});
}

async function tryWrite({engine, until}: TestEngine): Promise<string> {
	engine.controls.tryWrite(writeProbeWord);
	return until(({rescue}) => {
		const kind = rescue?.rescue.probe?.kind;
		return kind === undefined || kind === 'trying' ? undefined : kind;
	});
}

/** The same machine and the same journal, another process: the one before was killed, and closed nothing. */
function killedAndStarted(before: TestEngine, cluster: Cluster, stateDirectory: string): TestEngine {
	before.engine.close();
	return startTestEngine(cluster, {stateDirectory, clock: before.clock});
}

it('goes on from where it was after a kill between any two steps, to the end of its watch', async () => {
	const cluster = await fullCluster();
	const stateDirectory = temporaryDirectory();
	let program = startTestEngine(cluster, {stateDirectory});
	await program.until(({alarms}) => alarms[0]);
	program.engine.controls.openRescue();
	await untilDecision(program, 'ask', 'snapshot');
	const scan = await program.until(({rescue}) => (rescue?.rescue.scan?.phase === 'done' ? rescue.rescue.scan : undefined));
	expect(largestGroups(scan.table)).toEqual([{prefix: 'key-…', keys: 5, keyBytes: 25, samples: 2, sampledBytes: 400_000}]);
	expect(await tryWrite(program)).toBe('no space');
	program.engine.controls.declineSnapshot('no');
	program.engine.controls.declineSnapshot(noSnapshotWord);
	await untilDecision(program, 'ask', 'compact');
	const {clusterId = ''} = program.store.getState();
	const file = rescueFilePath(stateDirectory, clusterId);
	expect(statSync(file).mode & 0o777).toBe(0o600);

	program = killedAndStarted(program, cluster, stateDirectory);
	await untilDecision(program, 'ask', 'compact');
	await compactToHead(program);
	await untilDecision(program, 'ask', 'defragment');

	program = killedAndStarted(program, cluster, stateDirectory);
	await untilDecision(program, 'ask', 'defragment');
	await startRun(program);
	await program.until(({run}) => run?.turns.some(({outcome}) => outcome === 'done') || undefined);
	program = killedAndStarted(program, cluster, stateDirectory);
	await untilDecision(program, 'ask', 'defragment');
	await startRun(program);
	const run = await untilOver(program);
	expect(run.phase.kind).toBe('finished');
	expect(run.turns.filter(({outcome}) => outcome === 'done').length).toBeLessThan(3);
	await untilDecision(program, 'ask', 'disarm');

	program = killedAndStarted(program, cluster, stateDirectory);
	await untilDecision(program, 'ask', 'disarm');
	await disarmAll(program);
	await untilDecision(program, 'watch');
	expect(await tryWrite(program)).toBe('written');

	program = killedAndStarted(program, cluster, stateDirectory);
	await untilDecision(program, 'finished');
	expect(program.store.getState().rescue?.rescue).toMatchObject({
		round: 1,
		snapshot: {kind: 'declined'},
		probe: {kind: 'written'},
		compacted: {revision: expect.any(Number)},
	});
	program.engine.controls.dismissRescue();
	expect(() => statSync(file)).toThrow('ENOENT');
	await put(cluster, 'a');
	const left = await cluster.members[0]?.call('/v3/kv/range', {key: Buffer.from(writeProbeKey).toString('base64')});
	expect(left).not.toHaveProperty('kvs');
}, 120_000);
