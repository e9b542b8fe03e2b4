/** Runs of the engine over a real cluster, in the test's time. */
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {TransportError} from '../../source/transport/transport-error.ts';
import {type Cluster, clusterForTest} from '../helpers/cluster.ts';
import {
	aroundCall,
	linesOf,
	startRun,
	startTestEngine,
	type TestEngine,
	temporaryDirectory,
	untilOver,
} from '../helpers/engine.ts';
import {fragment} from '../helpers/fill.ts';

/** Three real members, and minutes of the engine's time in seconds of ours: slow on a busy machine. */
vi.setConfig({testTimeout: 120_000});

const run = promisify(execFile);

async function fragmentedCluster(): Promise<Cluster> {
	const cluster = await clusterForTest({tls: 'none'});
	await fragment(cluster);
	return cluster;
}

/** The answer got lost: what a deadline in the middle looks like to the engine. */
const lostAnswer = () => new TransportError({kind: 'timed-out', message: 'no answer in time', nextStep: ''});

function memberOf(cluster: Cluster, {store}: TestEngine, memberId: string) {
	const name = store.getState().members.find(({member}) => member.id === memberId)?.member.name;
	const found = cluster.members.find((member) => member.name === name);
	if (found === undefined) {
		throw new Error(`no member ${memberId}`);
	}
	return found;
}

describe('a run over all', () => {
	it('goes through the non-leaders, then the leader, a minute apart, and gives space back', async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await startRun(engine);
		const ended = await untilOver(engine);
		expect(ended.phase.kind).toBe('finished');
		expect(ended.turns.map(({outcome, role}) => `${outcome} ${role}`)).toEqual(['done follower', 'done follower', 'done leader']);
		for (const {before, after, termBefore, termAfter} of ended.turns) {
			expect(after?.dbSizeBytes).toBeLessThan(before.dbSizeBytes / 2);
			expect(termAfter).toBe(termBefore);
		}
		const started = linesOf(engine, 'started');
		const endings = linesOf(engine, 'ended');
		expect(started).toHaveLength(3);
		for (const [index, {uptimeMs}] of started.slice(1).entries()) {
			expect(uptimeMs - (endings[index]?.uptimeMs ?? 0)).toBeGreaterThanOrEqual(60_000);
		}
	});

	it("moves leadership to a small voter before the leader's turn", async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await startRun(engine, {kind: 'all'}, true);
		const ended = await untilOver(engine);
		expect(ended.phase.kind).toBe('finished');
		expect(ended.moves).toHaveLength(1);
		const last = ended.turns.at(-1);
		expect(last?.role).toBe('follower');
		expect(last?.name).toBe(ended.moves[0]?.from);
	});

	it('ends between members when it is stopped', async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await startRun(engine);
		await engine.until(({run: current}) => (current?.phase.kind === 'cooling down' ? true : undefined));
		engine.engine.controls.stopAfterThis();
		const ended = await untilOver(engine);
		expect(ended.phase).toMatchObject({kind: 'cancelled', by: 'ana@bastion-1'});
		expect(linesOf(engine, 'started')).toHaveLength(1);
	});
});

describe('a member in trouble', () => {
	it('frozen in its turn is unknown, is not sent again, and goes on when it has thawed', async () => {
		const cluster = await fragmentedCluster();
		const calls: string[] = [];
		const engine: TestEngine = startTestEngine(cluster, {
			transport: aroundCall(async (memberId, call) => {
				calls.push(memberId);
				await call();
				if (calls.length === 1) {
					memberOf(cluster, engine, memberId).freeze();
					throw lostAnswer();
				}
			}),
		});
		await startRun(engine);
		const unknown = await engine.until(({run: current}) =>
			current?.phase.kind === 'unknown' ? current.phase.memberId : undefined,
		);
		const member = await engine.until(({members}) => members.find((record) => record.condition.state === 'unknown'));
		expect(member.member.id).toBe(unknown);
		memberOf(cluster, engine, unknown).thaw();
		const ended = await untilOver(engine);
		expect(ended.phase.kind).toBe('finished');
		expect(calls.filter((id) => id === unknown)).toHaveLength(1);
		expect(linesOf(engine, 'resolved')).toHaveLength(1);
	});

	it('killed in its turn and started again halts the run: restarted, not defragmented', async () => {
		const cluster = await fragmentedCluster();
		const engine: TestEngine = startTestEngine(cluster, {
			transport: aroundCall(async (memberId) => {
				await memberOf(cluster, engine, memberId).kill();
				throw lostAnswer();
			}),
		});
		await startRun(engine);
		const id = await engine.until(({run: current}) => (current?.phase.kind === 'unknown' ? current.phase.memberId : undefined));
		await memberOf(cluster, engine, id).restart();
		const ended = await untilOver(engine);
		// Status can be back a moment before the metrics, which alone tell one process from another.
		expect(ended.phase).toMatchObject({
			kind: 'halted',
			reason: expect.stringMatching(/restarted in its turn|was not defragmented/),
		});
		expect(linesOf(engine, 'started')).toHaveLength(1);
	});

	it('frozen right before the call: nothing is sent, and the run halts', async () => {
		const cluster = await fragmentedCluster();
		const engine: TestEngine = startTestEngine(cluster, {
			transport: aroundCall(async (memberId, call) => {
				memberOf(cluster, engine, memberId).freeze();
				await call();
			}),
		});
		await startRun(engine);
		const ended = await untilOver(engine);
		expect(ended.phase).toMatchObject({kind: 'halted', reason: expect.stringMatching(/was not defragmented/)});
		expect(linesOf(engine, 'ended')).toMatchObject([{outcome: 'not sent'}]);
		expect(linesOf(engine, 'started')).toHaveLength(1);
	});

	it('down before its turn halts the run, and says who', async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await startRun(engine);
		const next = await engine.until(({run: current}) =>
			current?.phase.kind === 'cooling down' ? current.waiting[0] : undefined,
		);
		await memberOf(cluster, engine, next.memberId).kill();
		const ended = await untilOver(engine);
		expect(ended.phase).toMatchObject({kind: 'halted'});
		expect(JSON.stringify(ended.phase)).toContain(next.name);
		expect(linesOf(engine, 'started')).toHaveLength(1);
	});

	it('two down: no quorum, nothing starts', async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await startRun(engine);
		await engine.until(({run: current}) => (current?.phase.kind === 'cooling down' ? true : undefined));
		await Promise.all(cluster.members.slice(0, 2).map((member) => member.kill()));
		expect((await untilOver(engine)).phase.kind).toBe('halted');
		expect(linesOf(engine, 'started')).toHaveLength(1);
	});
});

describe('others', () => {
	it('a defragmentation by etcdctl counts in the cooldown', async () => {
		const cluster = await fragmentedCluster();
		const engine = startTestEngine(cluster);
		await engine.until(({cooldown}) => (cooldown.kind === 'over' ? true : undefined));
		await run('etcdctl', ['--endpoints', cluster.endpoints[1] ?? '', 'defrag'], {env: {...process.env, ETCDCTL_API: '3'}});
		const cooldown = await engine.until((state) => (state.cooldown.kind === 'cooling' ? state.cooldown : undefined));
		expect(cooldown.why).toContain(cluster.members[1]?.name);
		expect(cooldown.until - engine.clock.uptimeMs()).toBeGreaterThan(30_000);
		const event = await engine.until(({events}) => events.find(({text}) => text.includes('defragmented by another tool')));
		expect(event).toMatchObject({subject: cluster.members[1]?.name, mark: 'D'});
	});

	it('a second instance on the machine is refused while one runs', async () => {
		const cluster = await fragmentedCluster();
		const first = startTestEngine(cluster);
		await startRun(first);
		await first.until(({run: current}) => (current?.phase.kind === 'cooling down' ? true : undefined));
		const second = startTestEngine(cluster);
		await second.until(({clusterId}) => clusterId);
		second.engine.controls.openPlan({kind: 'all'});
		const shown = await second.until(({plan}) => (plan?.gates.some(({id}) => id === 'lock') ? plan : undefined));
		expect(shown.gates.find(({id}) => id === 'lock')).toMatchObject({
			state: 'failed',
			detail: expect.stringContaining('ana@bastion-1'),
		});
		second.engine.controls.startRun(shown, shown.confirmation.word);
		const message = await second.until((state) => state.message);
		expect(message).toMatchObject({kind: 'refused'});
		expect(linesOf(second, 'started')).toHaveLength(0);
	});

	it('the cooldown of a run that was killed stands for the next process', async () => {
		const cluster = await fragmentedCluster();
		const stateDirectory = temporaryDirectory();
		const held = Promise.withResolvers<void>();
		const first = startTestEngine(cluster, {stateDirectory, transport: aroundCall(() => held.promise)});
		await startRun(first);
		await first.until(({run: current}) => (current?.phase.kind === 'defragmenting' ? true : undefined));
		// The first one is taken to be killed here: its line stands, its end never comes.
		const second = startTestEngine(cluster, {stateDirectory, clock: first.clock});
		// Hooks run in the reverse order: this one before the engines are stopped, which wait for the call.
		onTestFinished(() => held.resolve());
		const cooldown = await second.until((state) =>
			state.cooldown.kind === 'cooling' || state.cooldown.kind === 'blocked' ? state.cooldown : undefined,
		);
		expect(cooldown.kind === 'blocked' || cooldown.until - second.clock.uptimeMs() > 30_000).toBe(true);
	});

	it("a journal that can't be written refuses the run before anything is sent", async () => {
		const cluster = await fragmentedCluster();
		const calls: string[] = [];
		const engine = startTestEngine(cluster, {
			stateDirectory: '/dev/null/state',
			transport: aroundCall(async (id) => void calls.push(id)),
		});
		await startRun(engine);
		const ended = await untilOver(engine);
		expect(ended.phase).toMatchObject({
			kind: 'halted',
			reason: 'the journal cannot be written',
			detail: expect.stringContaining('/dev/null/state'),
		});
		expect(calls).toEqual([]);
	});
});

describe('read-only', () => {
	it('opens no plan', async () => {
		const cluster = await clusterForTest({tls: 'none', members: 1});
		const engine = startTestEngine(cluster, {readOnly: true});
		engine.engine.controls.openPlan({kind: 'all'});
		expect(engine.store.getState().message).toMatchObject({kind: 'refused', text: expect.stringContaining('read-only')});
		expect(engine.store.getState().plan).toBeUndefined();
	});
});
