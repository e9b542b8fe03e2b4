import {expect, test} from 'vitest';
import type {Run} from '../../source/domain/defrag-run.ts';
import type {State} from '../../source/engine/state.ts';
import {createTheme} from '../../source/theme.ts';
import {runViewLines} from '../../source/views/run.tsx';
import {doneTurn, etcd0, etcd1, etcd2, leaderTurn, phases, sampleRun, skippedTurn} from '../helpers/sample-run.ts';
import {GiB, now, prodMembers, prodState, screen} from '../helpers/sample-state.ts';

type Options = {readonly columns?: number; readonly rows?: number; readonly unicode?: boolean; readonly state?: Partial<State>};

/** The run's own lines; members stand below where `rows` has room. */
function draw(run: Run | undefined, {columns = 80, rows = 9, unicode = true, state = {}}: Options = {}): string {
	const theme = createTheme({unicode, color: false});
	const drawn = prodState({...(run === undefined ? {} : {run}), ...state});
	const lines = runViewLines({state: drawn, screen, columns, rows, theme}).slice(0, rows);
	const texts = lines.map((line) =>
		line
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);
	const end = texts.findIndex((text) => text.includes('members'));
	return `\n${(end === -1 ? texts : texts.slice(0, end)).join('\n').trimEnd()}\n`;
}

/** etcd-0 silent for 20 s, its metrics answering. */
const silent = {
	members: prodMembers().map((record) =>
		record.member.id === etcd0
			? {
					...record,
					silentSince: now - 20_000,
					condition: {state: 'defragmenting', since: now - 21_000, explanation: ''} as const,
					metricsAnswer: {kind: 'answered', at: now, latencyMs: 9, value: {sampleCount: 1, defragInflight: 1}} as const,
				}
			: record,
	),
};

test('nothing', () => {
	expect(draw(undefined)).toMatchInlineSnapshot(`
		"
		── run ── none ─────────────────────────────────────────────────────────────────
		 No run. d plans one for the selected member, D for all; each asks first.
		"
	`);
});

test('checking', () => {
	expect(draw(sampleRun(phases.checking))).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ◌ etcd-0   checking        6 of 7 gates passed
		            ◌ nothing in flight: asking etcd-2
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            3 of 3 answer; leader etcd-2, term 7
		"
	`);
});

test('defragmenting', () => {
	expect(draw(sampleRun(phases.defragmenting), {state: silent})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ◆ etcd-0   defragmenting   0:21 of ~0:34             4.79 GiB → ~1.93 GiB
		            █████████████████████████░░░░░░░░░░░░░░░  62% of the estimate
		            silent 0:20, as expected; metrics answer: in flight 1
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            etcd-1 1.3 ms, etcd-2 1.9 ms; leader etcd-2, term 7
		"
	`);
});

test('defragmenting, in ASCII', () => {
	expect(draw(sampleRun(phases.defragmenting), {state: silent, unicode: false})).toMatchInlineSnapshot(`
		"
		-- run -- defragment all -- member 1 of 2 -- ana@bastion-1 ---- 0:21 of ~2:14 --
		 - etcd-1   skipped         gives back only 4%
		 ~ etcd-0   defragmenting   0:21 of ~0:34             4.79 GiB -> ~1.93 GiB
		            #########################---------------  62% of the estimate
		            silent 0:20, as expected; metrics answer: in flight 1
		   etcd-2   waits           leader, last; leadership moves before it
		 * quorum   kept            etcd-1 1.3 ms, etcd-2 1.9 ms; leader etcd-2, term 7
		"
	`);
});

test('defragmenting, at 60 columns', () => {
	expect(draw(sampleRun(phases.defragmenting), {state: silent, columns: 60})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ─ 0:21 of ~2:14 ──
		 ◆ etcd-0   defragmenting   0:21 of ~0:34
		                            4.79 GiB → ~1.93 GiB
		            █████████████████████████░░░░░░░░░░░░░░░  62% of the estimate
		            silent 0:20, as expected; metrics answer: in
		            flight 1
		   etcd-2   waits           leader, last; leadership moves
		                            before it
		 ● quorum   kept            2 of 3 answer; leader etcd-2,
		"
	`);
});

test('over its estimate', () => {
	expect(draw(sampleRun(phases.overdue), {state: silent})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ◆ etcd-0   defragmenting   0:41, that is 0:07 over   4.79 GiB → ~1.93 GiB
		            ████████████████████████████████████████  in flight 1: waiting
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            etcd-1 1.3 ms, etcd-2 1.9 ms; leader etcd-2, term 7
		"
	`);
});

test('begun after the last tick of the clock', () => {
	const begun = sampleRun({...phases.defragmenting, since: now + 400});
	expect(draw(begun, {state: silent})).toContain('0% of the estimate');
});

test('unknown', () => {
	expect(draw(sampleRun(phases.unknown), {state: silent})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ? etcd-0   unknown         10:04 without an answer   4.79 GiB →  ?
		            it may still run (in flight 1); not sent again, nothing else starts
		            no answer within 10:00
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            etcd-1 1.3 ms, etcd-2 1.9 ms; leader etcd-2, term 7
		"
	`);
});

test('settling', () => {
	expect(draw(sampleRun(phases.settling))).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ◌ etcd-0   settling        0:02 of at most 5:00      4.79 GiB →  1.95 GiB
		            ✓ answers
		            ✓ applied index 0 behind
		            ◌ linearizable read on etcd-0: asking
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            etcd-1 1.3 ms, etcd-2 1.9 ms; leader etcd-2, term 7
		"
	`);
});

test('cooling down, stopping after this member', () => {
	const cancel = {at: now - 1000, by: 'ana@bastion-1'};
	expect(draw(sampleRun(phases.cooling, {turns: [skippedTurn, doneTurn], cancel}), {rows: 10})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 2 of 2 ───────────────────── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ✓ etcd-0   done            0:33, silent 0:34         4.79 GiB →  1.95 GiB
		 ◌ cooldown 0:41 left       of 1:00; then gates, etcd-2 at 14:32:49 or later
		            ███████████████████████████░░░░░░░░░░░░░  cannot be cut short
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            3 of 3 answer; leader etcd-2, term 7
		"
	`);
});

test('moving leadership, and asking when it did not move', () => {
	expect(draw(sampleRun(phases.moving))).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ◌ leader   moving          etcd-2 → etcd-1   0:02
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            3 of 3 answer; leader etcd-2, term 7
		"
	`);
	expect(draw(sampleRun(phases.asking))).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──
		 – etcd-1   skipped         gives back only 4%
		 ▲ leader   did not move    etcd-2 → etcd-1   waits for you 0:12
		            no answer within 5 s, and etcd-2 still leads
		            Enter to choose: another target, as leader, or stop
		   etcd-2   waits           leader, last; leadership moves before it
		 ● quorum   kept            3 of 3 answer; leader etcd-2, term 7
		"
	`);
});

test('halted', () => {
	expect(draw(sampleRun(phases.halted, {turns: [skippedTurn, doneTurn]}), {rows: 12})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── ■ halted 14:32:08 ───────────────────── took 0:21 ──
		 ■ run      halted          14:32:08 etcd-0 did not settle within 5:00
		            linearizable read on etcd-0: etcdserver: request timed out
		            done: etcd-0 (4.79 GiB → 1.95 GiB)    not started: etcd-2
		            next: See its log and disk; D makes a new plan.
		   MEMBER      BEFORE      AFTER     GIVEN BACK  BLOCKED  SILENT  RAFT TERM
		 – etcd-1    2.01 GiB    skipped  gives back only 4%
		 ✓ etcd-0    4.79 GiB → 1.95 GiB  2.84 GiB  59%     0:33    0:34  7, unchanged
		   total                          2.84 GiB  59%     0:33       –
		"
	`);
});

test('cancelled', () => {
	expect(draw(sampleRun(phases.cancelled, {turns: [skippedTurn, doneTurn]}), {rows: 12})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── – cancelled 14:32:08 ────────────────── took 0:21 ──
		 – run      cancelled       14:32:08 by ana after etcd-0; not started: etcd-2
		   MEMBER      BEFORE      AFTER     GIVEN BACK  BLOCKED  SILENT  RAFT TERM
		 – etcd-1    2.01 GiB    skipped  gives back only 4%
		 ✓ etcd-0    4.79 GiB → 1.95 GiB  2.84 GiB  59%     0:33    0:34  7, unchanged
		   total                          2.84 GiB  59%     0:33       –
		"
	`);
});

test('the summary', () => {
	const run = sampleRun(phases.finished, {
		startedAt: now - 135_000,
		turns: [doneTurn, leaderTurn, skippedTurn],
		waiting: [],
		moves: [{at: now - 41_000, from: etcd2, to: etcd1, tookMs: 400}],
	});
	const cooldown = {kind: 'cooling', until: now + 56_000, why: 'etcd-2 was defragmented'} as const;
	expect(draw(run, {state: {cooldown}, rows: 12})).toMatchInlineSnapshot(`
		"
		── run ── defragment all ── ✓ finished 14:32:08 ─────────────────── took 2:15 ──
		   MEMBER      BEFORE      AFTER     GIVEN BACK  BLOCKED  SILENT  RAFT TERM
		 ✓ etcd-0    4.79 GiB → 1.95 GiB  2.84 GiB  59%     0:33    0:34  7, unchanged
		 ✓ etcd-2    5.62 GiB → 1.94 GiB  3.68 GiB  65%     0:35    0:36  8, unchanged
		 – etcd-1    2.01 GiB    skipped  gives back only 4%
		   total                          6.52 GiB  63%     1:08       –  7 → 8, by us
		 14:31:27  leadership moved etcd-2 → etcd-1 in 0.4 s
		 The next defragmentation in this cluster is possible from 14:33:04.
		"
	`);
	expect(draw(run, {state: {cooldown}, rows: 12, columns: 60, unicode: false})).toMatchInlineSnapshot(`
		"
		-- run -- + finished 14:32:08 ----------------- took 2:15 --
		   MEMBER      BEFORE      AFTER     GIVEN BACK  BLOCKED  TERM
		 + etcd-0    4.79 GiB > 1.95 GiB  2.84 GiB  59%     0:33  7
		 + etcd-2    5.62 GiB > 1.94 GiB  3.68 GiB  65%     0:35  8
		 - etcd-1    2.01 GiB    skipped  gives back only 4%
		   total                          6.52 GiB  63%     1:08  7 -> 8
		 14:31:27  leadership moved etcd-2 -> etcd-1 in 0.4 s
		 The next defragmentation in this cluster is possible from
		 14:33:04.
		"
	`);
});

test('a quorum that is lost', () => {
	const members = prodMembers().map((record) => ({
		...record,
		condition: {...record.condition, state: record.member.id === etcd1 ? ('healthy' as const) : ('down' as const)},
	}));
	expect(draw(sampleRun(phases.cooling), {state: {members}})).toContain('■ quorum   lost');
});

test('a compaction that freed its pages, and one that nobody knows of', () => {
	const compaction = {operator: 'ana', revision: 9000, startedAt: now - 12_000, inUseBefore: 7.1 * GiB} as const;
	const finished = {...compaction, phase: {kind: 'finished', at: now, inUseBytes: 2.1 * GiB, uncounted: [] as string[]} as const};
	expect(draw(undefined, {state: {compaction: finished}})).toMatchInlineSnapshot(`
		"
		 ✓ compact  done            to revision 9000   in use 7.10 GiB → 2.10 GiB
		── run ── none ─────────────────────────────────────────────────────────────────
		 No run. d plans one for the selected member, D for all; each asks first.
		"
	`);
	const uncounted = {...finished, phase: {...finished.phase, uncounted: ['etcd-1', 'etcd-2']}};
	expect(draw(undefined, {state: {compaction: uncounted}})).toContain('Under NOSPACE etcd-1 and etcd-2');
	const nextStep = 'etcd may still be compacting; watch the size in use.';
	const unknown = {...compaction, phase: {kind: 'unknown', at: now, reason: 'no answer within 5:00', nextStep} as const};
	expect(draw(undefined, {state: {compaction: unknown}})).toMatchInlineSnapshot(`
		"
		 ? compact  unknown         no answer within 5:00
		            etcd may still be compacting; watch the size in use.
		── run ── none ─────────────────────────────────────────────────────────────────
		 No run. d plans one for the selected member, D for all; each asks first.
		"
	`);
});

test('members and chart follow as the room allows', () => {
	const theme = createTheme({unicode: true, color: false});
	for (const [columns, rows] of [
		[60, 10],
		[80, 19],
		[120, 30],
		[200, 54],
	] as const) {
		const state = prodState({run: sampleRun(phases.defragmenting), ...silent});
		const lines = runViewLines({state, screen, columns, rows, theme});
		const texts = lines.map((line) => line.map(({text}) => text).join(''));
		expect(lines.length).toBeLessThanOrEqual(rows);
		expect(texts.some((text) => text.includes('quorum   kept'))).toBe(true);
		expect(texts.some((text) => text.includes('── members'))).toBe(rows > 10);
		expect(texts.some((text) => text.includes('── db size'))).toBe(rows > 20);
	}
});

test('the only voter of a cluster is not said to have lost a quorum', () => {
	const [, , leader] = prodState().members;
	const run = sampleRun(phases.defragmenting, {waiting: [], turns: []});
	const drawn = draw(run, {state: {members: [{...leader!, member: {...leader!.member, id: etcd0}}]}});
	expect(drawn).toContain(' ◌ quorum   waits           the only voter: reads and writes wait meanwhile');
	expect(drawn).not.toContain('lost');
});

test('on a low screen turns that are over go whole, and a compaction that is over goes with them', () => {
	const finished = {kind: 'finished', at: now, inUseBytes: 2.1 * GiB, uncounted: ['etcd-0']} as const;
	const compaction = {operator: 'ana', revision: 9000, startedAt: now - 12_000, inUseBefore: 7.1 * GiB, phase: finished};
	const state = prodState({run: sampleRun(phases.cooling, {turns: [skippedTurn, doneTurn]}), compaction});
	const lines = runViewLines({state, screen, columns: 60, rows: 9, theme: createTheme({unicode: true, color: false})});
	const texts = lines.map((line) => line.map(({text}) => text).join(''));
	expect(texts.join('\n')).not.toContain('compact');
	expect(texts[1]).toMatch(/^ [✓–◌] /);
	expect(texts.join('\n')).toContain('quorum');
});
