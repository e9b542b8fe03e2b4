import {describe, expect, test} from 'vitest';
import {runDefrag} from '../../source/commands/defrag.ts';
import type {DefragPlan, PlanRow} from '../../source/domain/defrag-plan.ts';
import {maximumHoldMs} from '../../source/domain/defrag-policy.ts';
import type {Run, RunPhase, Turn} from '../../source/domain/defrag-run.ts';
import type {Gate} from '../../source/domain/gate.ts';
import {UsageError} from '../../source/usage-error.ts';
import {clusterId, failure, MiB} from '../domain/observations.ts';
import {contextFor, type TestContext} from './command-context.ts';
import {type ScriptedEngine, scriptedEngine} from './scripted-engine.ts';

const row: PlanRow = {
	memberId: 'a1',
	name: 'etcd-1',
	role: 'follower',
	dbSizeBytes: 100 * MiB,
	inUseBytes: 40 * MiB,
	reclaimBytes: 60 * MiB,
	reclaimRatio: 0.6,
	reclaimIsAtLeast: false,
	estimateMs: 34_000,
	why: 'gives most',
};

const passed: Gate = {id: 'quorum', title: 'quorum without it; linearizable reads', state: 'passed', detail: '2 of 3'};

describe('wrong usage', () => {
	test.each([
		['defrag', 'name the members to defragment, or give --all.'],
		['defrag etcd-0 --all', 'name the members to defragment, or give --all.'],
		['defrag etcd-0 --yes --if-fragmented', '--if-fragmented chooses among all members: give --all with it.'],
		['defrag --all', 'without a terminal to ask on, defrag needs --yes (or --dry-run).'],
	])('etcdtop %s', async (line, message) => {
		const context = contextFor(line, {handle: scriptedEngine()});
		await expect(runDefrag(context)).rejects.toThrow(new UsageError(message));
	});

	test('a member that is none', async () => {
		const engine = scriptedEngine();
		await expect(runDefrag(contextFor('defrag etcd-9 --yes', {handle: engine}))).rejects.toThrow(
			'no member is called "etcd-9". The members are etcd-0 (a0), etcd-1 (a1), etcd-2 (a2).',
		);
		expect(engine.calls).toEqual([]);
		expect(engine.stopped).toBe(true);
	});
});

test('no contact: the failure and its next step', async () => {
	const engine = scriptedEngine(
		{},
		{members: [], membershipFailure: {...failure('refused'), nextStep: 'Is etcd running there?'}},
	);
	const context = contextFor('defrag --all --yes', {handle: engine});
	expect(await runDefrag(context)).toBe(1);
	expect(context.said).toEqual(['connection refused. Is etcd running there?']);
});

describe('--dry-run', () => {
	test('prints the plan and its gates, and starts nothing', async () => {
		const {code, context, engine} = await dryRun(plan({gates: [passed, young]}));
		expect(code).toBe(0);
		expect(`\n${context.printed.join()}\n`).toBe(`
+---+--------+----------+---------+---------------+--------+------------+
|   | MEMBER |   ROLE   | DB SIZE |  GIVES BACK   | BLOCKS |  WHY HERE  |
+---+--------+----------+---------+---------------+--------+------------+
| 1 | etcd-1 | follower | 100 MiB | 60.0 MiB  60% |  ~0:34 | gives most |
+---+--------+----------+---------+---------------+--------+------------+
Gives back 60.0 MiB in ~0:36.
✓ quorum without it; linearizable reads: 2 of 3
◌ all agree on one leader: etcd-0, term 7: seen for 0:00 of 0:30
`);
		expect(engine.calls.filter((call) => call.startsWith('startRun'))).toEqual([]);
		expect(engine.calls.at(-1)).toBe('closePlan');
	});

	test.each<[line: string, offer: NonNullable<DefragPlan['moveLeader']>, told: string]>([
		[
			'',
			{kind: 'possible', from: 'a0', to: 'a1', toName: 'etcd-1', why: 'it is small'},
			'can move to etcd-1 first (it is small): --move-leader.',
		],
		[
			' --move-leader',
			{kind: 'possible', from: 'a0', to: 'a1', toName: 'etcd-1', why: 'it is small'},
			'moves to etcd-1 first (it is small).',
		],
		[' --move-leader', {kind: 'none', why: 'no voter is small already'}, 'stays where it is: no voter is small already.'],
	])('tells where leadership goes: defrag --all%s', async (line, moveLeader, told) => {
		const {context} = await dryRun(plan({moveLeader}), `defrag --all --dry-run${line}`);
		expect(context.printed.join()).toContain(`\nLeadership ${told}\n`);
	});

	test('a member that does not answer has no figures', async () => {
		const silent: PlanRow = {...row, name: 'etcd-2', dbSizeBytes: 0, reclaimBytes: 0, reclaimRatio: 0, why: 'does not answer'};
		const {context} = await dryRun(plan({leftOut: [silent]}));
		expect(context.printed.join()).toContain('| – | etcd-2 | follower |       – |             – |      – | does not answer |');
	});

	test('what etcd can not count yet under NOSPACE is given back besides', async () => {
		const {context} = await dryRun(plan({steps: [{...row, reclaimIsAtLeast: true}]}));
		expect(context.printed.join()).toContain('| at least 60.0 MiB  60% |');
		expect(context.printed.join()).toContain('\nGives back at least 60.0 MiB in ~0:36.');
	});

	test('says what would refuse it, and does not wait for another run to end', async () => {
		const {code, context} = await dryRun(plan({gates: [locked]}));
		expect(code).toBe(3);
		expect(context.said).toEqual(['refused: no other run on this machine: ben has a run under way']);
	});

	test('as JSON', async () => {
		const {context} = await dryRun(plan(), 'defrag --all --dry-run -w json');
		expect(JSON.parse(context.printed.join())).toMatchObject({clusterId, steps: [{name: 'etcd-1', reclaimBytes: 60 * MiB}]});
	});

	async function dryRun(shown: DefragPlan, line = 'defrag --all --dry-run') {
		const engine = scriptedEngine({openPlan: (self) => self.become({plan: shown})});
		const context = contextFor(line, {handle: engine});
		return {code: await runDefrag(context), context, engine};
	}
});

const young: Gate = {
	id: 'leader',
	title: 'all agree on one leader',
	state: 'pending',
	detail: 'etcd-0, term 7: seen for 0:00 of 0:30',
};
const locked: Gate = {id: 'lock', title: 'no other run on this machine', state: 'failed', detail: 'ben has a run under way'};

describe('refused by a safety rule', () => {
	test.each<[what: string, shown: DefragPlan, line: string, said: string]>([
		[
			'by the plan',
			plan({refusal: 'it is the leader; etcd-1 goes first, it has 60.0 MiB to give back'}),
			'defrag etcd-0 --yes',
			'refused: it is the leader; etcd-1 goes first, it has 60.0 MiB to give back',
		],
		[
			'by a gate that nothing opens',
			plan({gates: [passed, {id: 'corrupt', title: 'no CORRUPT alarm', state: 'failed', detail: 'alarm:CORRUPT'}]}),
			'defrag --all --yes',
			'refused: no CORRUPT alarm: alarm:CORRUPT',
		],
		[
			'an outage that --yes alone does not accept',
			plan({confirmation: {...ordinary(), outage: true, consequences: ['All reads and writes stop.']}}),
			'defrag --all --yes',
			'refused: All reads and writes stop. Give --allow-outage to accept that.',
		],
		[
			'what only a person may confirm',
			plan({confirmation: {...ordinary(), terminalOnly: true, consequences: ['A crash now loses quorum.']}}),
			'defrag --all --yes --allow-outage',
			'refused: A crash now loses quorum. Only a person at a terminal may confirm that; leave --yes away.',
		],
	])('%s', async (_, shown, line, said) => {
		const engine = scriptedEngine({openPlan: (self) => self.become({plan: shown})});
		const context = contextFor(line, {handle: engine});
		expect(await runDefrag(context)).toBe(3);
		expect(context.said.at(-1)).toBe(said);
		expect(engine.calls.filter((call) => call.startsWith('startRun'))).toEqual([]);
		expect(engine.stopped).toBe(true);
	});

	test('by the engine, after the word was typed', async () => {
		const engine = scriptedEngine({
			openPlan: (self) => self.become({plan: plan()}),
			startRun: (self) => self.become({plan: undefined, message: {kind: 'refused', text: 'the plan changed meanwhile'}}),
		});
		const context = contextFor('defrag --all --yes', {handle: engine});
		expect(await runDefrag(context)).toBe(3);
		expect(context.said.at(-1)).toBe('refused: the plan changed meanwhile');
	});
});

test('nothing to do for --all is done; a member that did not answer is another matter', async () => {
	const idle = plan({
		steps: [],
		gates: [],
		leftOut: [{...row, reclaimRatio: 0.04, why: 'skip, under 10%'}],
		refusal: 'no member gives back enough to be worth the silence',
	});
	const silent = {...idle, leftOut: [...idle.leftOut, {...row, dbSizeBytes: 0, reclaimRatio: 0, why: 'does not answer'}]};
	const codeOf = (shown: DefragPlan) =>
		runDefrag(contextFor('defrag --all --yes', {handle: scriptedEngine({openPlan: (self) => self.become({plan: shown})})}));
	expect(await codeOf(idle)).toBe(0);
	expect(await codeOf(silent)).toBe(3);
});

test('another run on this machine is waited for', async () => {
	const engine = scriptedEngine({
		openPlan(self) {
			self.become({plan: plan({gates: [locked]})});
			setImmediate(() => self.become({plan: plan()}));
		},
		startRun: (self) => self.become({plan: undefined, run: run({kind: 'finished', at: 1})}),
	});
	const context = contextFor('defrag --all --yes', {handle: engine});
	expect(await runDefrag(context)).toBe(0);
	expect(context.said[0]).toBe('waiting, no other run on this machine: ben has a run under way');
});

test('what is waited for is said once, however long it takes', async () => {
	const held = (seconds: number): Gate => ({
		id: 'lease',
		title: 'no run from another machine',
		state: 'failed',
		detail: `ben #1 holds the Lease; unchanged for 0:0${seconds}`,
	});
	const engine = scriptedEngine({
		openPlan(self) {
			self.become({plan: plan({gates: [held(1)]})});
			setImmediate(() => {
				self.become({plan: plan({gates: [held(2)]})});
				self.become({plan: plan({gates: [held(3)]})});
				self.become({plan: plan()});
			});
		},
		startRun: (self) => self.become({plan: undefined, run: run({kind: 'finished', at: 1})}),
	});
	const context = contextFor('defrag --all --yes', {handle: engine});
	expect(await runDefrag(context)).toBe(0);
	expect(context.said.filter((text) => text.startsWith('waiting'))).toEqual([
		'waiting, no run from another machine: ben #1 holds the Lease; unchanged for 0:01',
	]);
});

test("a Lease that can't be seen is not waited for without end", async () => {
	const silent: Gate = {
		id: 'lease silent',
		title: 'no run from another machine',
		state: 'failed',
		detail: "it can't be seen: gone",
	};
	const engine = scriptedEngine({
		openPlan(self) {
			self.become({plan: plan({gates: [silent]})});
			setImmediate(() => self.become({now: self.store.getState().now + maximumHoldMs}));
		},
	});
	const context = contextFor('defrag --all --yes', {handle: engine});
	expect(await runDefrag(context)).toBe(3);
	expect(context.said).toEqual([
		"waiting, no run from another machine: it can't be seen: gone",
		expect.any(String),
		"refused: no run from another machine: it can't be seen: gone",
	]);
});

describe('the word', () => {
	test.each<[typed: string, line: string, code: number, started: string[]]>([
		['defragment', 'defrag --all', 0, ['startRun etcd-1 "defragment"']],
		['defrag', 'defrag --all', 2, []],
		['', 'defrag --all', 2, []],
	])('"%s"', async (typed, line, code, started) => {
		const engine = finishing();
		const context = contextFor(line, {handle: engine, typed});
		expect(await runDefrag(context)).toBe(code);
		expect(context.asked).toEqual(['Type "defragment" to start, anything else to leave: ']);
		expect(context.said).toContain('Each stops answering for ~0:34.');
		expect(engine.calls.filter((call) => call.startsWith('startRun'))).toEqual(started);
	});

	test('a backup first is offered where there is none of a day, to a person', async () => {
		const offer = 'No backup younger than a day is known here; etcdtop backup DIRECTORY takes one first.';
		for (const [line, offered] of [
			['defrag --all', true],
			['defrag --all --yes', false],
		] as const) {
			const engine = finishing();
			engine.become({backups: []});
			const context = contextFor(line, {handle: engine, typed: 'defragment'});
			expect(await runDefrag(context)).toBe(0);
			expect(context.said.includes(offer)).toBe(offered);
		}
	});

	test('with --yes it is not asked for', async () => {
		const engine = finishing();
		const context = contextFor('defrag --all --yes', {handle: engine, typed: ''});
		expect(await runDefrag(context)).toBe(0);
		expect(context.asked).toEqual([]);
		expect(engine.calls).toContain('startRun etcd-1 "defragment"');
	});
});

test('members by name: each has its own run, the leader last, none twice', async () => {
	const engine = finishing();
	const context = contextFor('defrag a0 etcd-1 https://etcd-0:2379 --yes --move-leader', {handle: engine});
	expect(await runDefrag(context)).toBe(0);
	expect(engine.calls.filter((call) => /^(openPlan|setMoveLeader|startRun)/.test(call))).toEqual([
		'openPlan {"kind":"member","memberId":"a1"}',
		'setMoveLeader true',
		'startRun etcd-1 "defragment"',
		'openPlan {"kind":"member","memberId":"a0"}',
		'setMoveLeader true',
		'startRun etcd-1 "defragment"',
	]);
});

describe('how it ends', () => {
	const done: Turn = {
		memberId: 'a1',
		name: 'etcd-1',
		role: 'follower',
		outcome: 'done',
		before: {dbSizeBytes: 100 * MiB, inUseBytes: 40 * MiB},
		after: {dbSizeBytes: 40 * MiB, inUseBytes: 40 * MiB},
		durationMs: 33_000,
		longestSilenceMs: 34_000,
		termBefore: 7,
		termAfter: 7,
		endedAt: 1,
	};
	const skipped: Turn = {...done, name: 'etcd-2', outcome: 'skipped', why: 'skip, under 10%'};
	const halted: RunPhase = {kind: 'halted', at: 1, reason: 'lost quorum', detail: '1 of 3', nextStep: 'Look.'};
	const unknown = {kind: 'unknown', reason: 'no answer within 10:00', memberId: 'a1'} as RunPhase;

	test.each<[what: string, ended: Run, code: number, last: string]>([
		['finished', run({kind: 'finished', at: 1}, [done]), 0, 'finished'],
		['halted after a member was asked', run(halted, [done]), 1, 'next: Look.'],
		['halted by a gate before anything was asked', run(halted, [skipped]), 3, 'next: Look.'],
		['halted with an outcome that nobody knows', run(halted, [{...done, outcome: 'unknown'}]), 4, 'next: Look.'],
		['cancelled', run({kind: 'cancelled', at: 1, by: 'ana'}, [done]), 1, 'cancelled by ana'],
		[
			'unknown',
			run(unknown),
			4,
			'outcome unknown: no answer within 10:00. It may still be at work; it is not sent again, and nothing else starts before it has answered.',
		],
	])('%s', async (_, ended, code, last) => {
		const engine = finishing(ended);
		const context = contextFor('defrag --all --yes', {handle: engine});
		expect(await runDefrag(context)).toBe(code);
		expect(context.printed.join().split('\n').at(-1)).toBe(last);
		expect(engine.stopped).toBe(true);
	});

	test('the summary', async () => {
		const context = contextFor('defrag --all --yes', {handle: finishing(run({kind: 'finished', at: 1}, [done, skipped]))});
		await runDefrag(context);
		expect(`\n${context.printed.join()}\n`).toBe(`
+--------+---------+---------+----------+---------------+---------+--------+--------------+-----------------+
| MEMBER | OUTCOME | BEFORE  |  AFTER   |  GIVEN BACK   | BLOCKED | SILENT |  RAFT TERM   |       WHY       |
+--------+---------+---------+----------+---------------+---------+--------+--------------+-----------------+
| etcd-1 | done    | 100 MiB | 40.0 MiB | 60.0 MiB  60% |    0:33 |   0:34 | 7, unchanged |                 |
| etcd-2 | skipped | 100 MiB | 40.0 MiB | 60.0 MiB  60% |    0:33 |   0:34 | 7, unchanged | skip, under 10% |
+--------+---------+---------+----------+---------------+---------+--------+--------------+-----------------+
finished
`);
	});

	test('as JSON', async () => {
		const context = contextFor('defrag --all --yes -w json', {handle: finishing(run({kind: 'finished', at: 1}, [done]))});
		await runDefrag(context);
		expect(JSON.parse(context.printed.join())).toEqual({
			runId: 'run-1',
			clusterId,
			outcome: 'finished',
			reason: null,
			members: [
				{
					name: 'etcd-1',
					id: 'a1',
					outcome: 'done',
					beforeBytes: 100 * MiB,
					afterBytes: 40 * MiB,
					durationMs: 33_000,
					longestSilenceMs: 34_000,
					raftTermBefore: 7,
					raftTermAfter: 7,
					why: null,
				},
			],
			leaderMoves: [],
		});
	});
});

describe('interrupted', () => {
	const atWork = {
		kind: 'defragmenting',
		memberId: 'a1',
		since: 1,
		estimateMs: 34_000,
		before: {dbSizeBytes: 100 * MiB},
	} as RunPhase;

	test('before a run: it is left at once, and the plan is closed', async () => {
		const {context, code, engine} = interruptible({openPlan: (self) => self.become({plan: plan({gates: [locked]})})});
		await settle();
		context.interrupt();
		expect(await code).toBe(1);
		expect(engine.calls.at(-1)).toBe('closePlan');
		expect(engine.stopped).toBe(true);
	});

	test('once: the member at work is awaited, then it ends', async () => {
		const {context, code, engine} = interruptible();
		await settle();
		context.interrupt();
		expect(engine.calls.at(-1)).toBe('stopAfterThis');
		expect(context.said.at(-1)).toBe(
			'Interrupted. Waiting for etcd-1; no other member will start. Interrupt again to leave it to etcd.',
		);
		expect(engine.stopped).toBe(false);
		engine.become({run: run({kind: 'cancelled', at: 1, by: 'ana'})});
		expect(await code).toBe(1);
		expect(engine.stopped).toBe(true);
	});

	test('twice: it is left at once, says what goes on, and awaits nothing', async () => {
		const {context, code, engine} = interruptible();
		await settle();
		context.interrupt();
		context.interrupt();
		expect(await code).toBe(4);
		expect(context.said.at(-1)).toMatch(/^Leaving\. etcd goes on with etcd-1 by itself; nothing can stop it\./);
		expect(engine.stopped).toBe(false);
		expect(engine.calls.filter((call) => call === 'stopAfterThis')).toHaveLength(1);
	});

	function interruptible(script: Parameters<typeof scriptedEngine>[0] = {}) {
		const engine = scriptedEngine({
			openPlan: (self) => self.become({plan: plan()}),
			startRun: (self) => self.become({plan: undefined, run: run(atWork)}),
			...script,
		});
		const context: TestContext = contextFor('defrag --all --yes', {handle: engine});
		return {engine, context, code: runDefrag(context)};
	}
});

test('progress is told when it changes, and every 15 seconds of a wait', async () => {
	const cooling = {kind: 'cooling down', since: 0, until: 160_000, why: 'etcd-0 was defragmented', next: 'a1'} as RunPhase;
	const engine: ScriptedEngine = scriptedEngine({
		openPlan: (self) => self.become({plan: plan()}),
		startRun: (self) => self.become({plan: undefined, run: run(cooling)}),
	});
	const context = contextFor('defrag --all --yes', {handle: engine});
	const code = runDefrag(context);
	await settle();
	for (let now = 100_000; now <= 130_000; now += 1000) {
		engine.become({now});
	}
	engine.become({run: run({kind: 'finished', at: 1})});
	await code;
	expect(context.said.filter((line) => line.startsWith('cooldown'))).toEqual([
		'cooldown, 1:00 left before etcd-1: etcd-0 was defragmented',
		'cooldown, 0:45 left before etcd-1: etcd-0 was defragmented',
		'cooldown, 0:30 left before etcd-1: etcd-0 was defragmented',
	]);
});

function finishing(ended: Run = run({kind: 'finished', at: 1})): ScriptedEngine {
	return scriptedEngine({
		dismissRun: (self) => self.become({run: undefined}),
		openPlan: (self) => self.become({plan: plan()}),
		startRun: (self) => self.become({plan: undefined, run: ended}),
	});
}

function ordinary(): DefragPlan['confirmation'] {
	return {
		word: 'defragment',
		consequences: ['Each stops answering for ~0:34.'],
		acknowledges: [],
		outage: false,
		terminalOnly: false,
	};
}

function plan(changes: Partial<DefragPlan> = {}): DefragPlan {
	return {
		scope: {kind: 'all'},
		clusterId,
		steps: [row],
		leftOut: [],
		reclaimBytes: 60 * MiB,
		totalMs: 36_000,
		estimateBasis: {bytesPerSecond: 50 * MiB, source: 'assumed'},
		warnings: [],
		gates: [passed],
		confirmation: ordinary(),
		...changes,
	};
}

function run(phase: RunPhase, turns: readonly Turn[] = []): Run {
	return {
		id: 'run-1',
		scope: {kind: 'all'},
		clusterId,
		operator: 'ana@bastion-1',
		startedAt: 0,
		confirmed: ['a1'],
		voters: ['a0', 'a1', 'a2'],
		moveLeader: false,
		interactive: false,
		acknowledged: [],
		estimateMs: 36_000,
		turns,
		waiting: [],
		phase,
		moves: [],
	};
}

async function settle(): Promise<void> {
	for (let turn = 0; turn < 10; turn++) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}
