/** A rescue from a real NOSPACE alarm, step by step, by a program that is killed between them. */
import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {runRescue} from '../../source/commands/rescue.ts';
import {writeProbeKey} from '../../source/domain/key-page.ts';
import {largestGroups} from '../../source/domain/key-prefixes.ts';
import {noSnapshotWord, type RescueDecision, writeProbeWord} from '../../source/domain/rescue.ts';
import {rescueFilePath} from '../../source/engine/rescue-file.ts';
import {contextFor} from '../commands/command-context.ts';
import {type Cluster, clusterForTest} from '../helpers/cluster.ts';
import {startRun, startTestEngine, type TestEngine, temporaryDirectory, untilOver} from '../helpers/engine.ts';
import {fillUpWithNewKeys, put, smallQuotaBytes} from '../helpers/fill.ts';
import {compactToHead, disarmAll, fullCluster} from '../helpers/nospace.ts';
import {createTestClock} from '../helpers/test-clock.ts';

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

it('goes on from where it was after a kill between any two steps, to its watch', async () => {
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
	await untilDecision(program, 'watch');
	expect(program.store.getState().rescue?.rescue).toMatchObject({
		round: 1,
		snapshot: {kind: 'declined'},
		probe: {kind: 'written'},
		compacted: {revision: expect.any(Number)},
	});
	await put(cluster, 'a');
	const left = await cluster.members[0]?.call('/v3/kv/range', {key: Buffer.from(writeProbeKey).toString('base64')});
	expect(left).not.toHaveProperty('kvs');
}, 120_000);

/** Types whatever word is asked for. */
function person(line: string, {engine, store}: TestEngine) {
	const context = contextFor(line, {handle: {engine, store, controls: engine.controls}, typed: ''});
	const ask = async (question: string) => /"([^"]+)"/.exec(question)?.[1] ?? '';
	return {...context, ask};
}

it('etcdtop rescue: what new keys fill no defragmentation gives back; deletes do, and it is watched to the end', async () => {
	const cluster = await clusterForTest({tls: 'none', members: 1, quotaBytes: 1.5 * smallQuotaBytes});
	await fillUpWithNewKeys(cluster);
	const stateDirectory = temporaryDirectory();
	let realMs = 20;
	const clock = createTestClock({realMs: () => realMs});
	const program = startTestEngine(cluster, {stateDirectory, clock});
	await program.until(({alarms}) => alarms[0]);
	program.engine.controls.openRescue();
	await program.until(({rescue}) => rescue?.rescue.scan?.phase === 'done' || undefined);
	const unwatched = contextFor('rescue --yes', {handle: {...program, controls: program.engine.controls}});
	expect(await runRescue(unwatched)).toBe(3);
	expect(unwatched.said).toContainEqual(expect.stringContaining('refused: going without takes a person'));
	await expect(runRescue(contextFor('rescue'))).rejects.toThrow('rescue needs --yes');

	const watched = startTestEngine(cluster, {stateDirectory, clock});
	await watched.until(({rescue}) => rescue);
	const backups = join(stateDirectory, 'snapshots');
	const first = person(`rescue ${backups} --to-head`, watched);
	expect(await runRescue(first)).toBe(1);
	expect(first.printed.join('\n')).toMatch(/\/registry\/pods +\| +[45]\d\d \| +~2\d\.\d MiB \| +100%/);
	expect(readdirSync(backups)).toContainEqual(expect.stringMatching(/^snapshot_.*\.db$/));
	expect(first.said).toContainEqual(expect.stringContaining('held by keys as they are now'));
	expect(first.said).toContainEqual(expect.stringContaining('finalizers'));

	const [member] = cluster.members;
	const range = {
		key: Buffer.from('/registry/pods/').toString('base64'),
		range_end: Buffer.from('/registry/pods0').toString('base64'),
	};
	await member?.call('/v3/kv/deleterange', range);
	const again = startTestEngine(cluster, {stateDirectory, clock});
	await again.until(({rescue}) => rescue);
	await compactToHead(again);
	// Ten minutes are watched: in fewer rounds, and quicker.
	void untilDecision(again, 'watch').then(() => {
		again.engine.controls.setInterval(30_000);
		realMs = 3;
	});
	const second = person('rescue --to-head', again);
	expect(await runRescue(second)).toBe(0);
	expect(second.printed.at(-1)).toBe('writes are accepted, and the alarm was not raised again');
	expect(second.said).toContainEqual(expect.stringMatching(/^try a write: written and deleted/));
	expect(() => statSync(rescueFilePath(stateDirectory, again.store.getState().clusterId ?? ''))).toThrow('ENOENT');
	await put(cluster, 'a');
}, 120_000);
