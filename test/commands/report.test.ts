import {expect, test} from 'vitest';
import {runReport} from '../../source/commands/report.ts';
import type {JournalLine} from '../../source/engine/journal-line.ts';
import {UsageError} from '../../source/usage-error.ts';
import {MiB} from '../domain/observations.ts';
import {contextFor} from './command-context.ts';

const began = new Date(2026, 10, 22, 14, 32, 8).getTime();
const at = (seconds: number) => ({
	version: 1 as const,
	wallMs: began + seconds * 1000,
	uptimeMs: seconds * 1000,
	bootId: 'boot-a',
	operator: 'ana@bastion-1',
	clusterId: 'cdf818194e3a8c32',
});
const etcd0 = {memberId: 'a0', memberName: 'etcd-0'};
const etcd2 = {memberId: 'a2', memberName: 'etcd-2'};
const gates = ['passed, no CORRUPT alarm: no alarms', 'unchecked, free disk in its data directory: cannot be seen from here'];

const wholeRun: readonly JournalLine[] = [
	{
		...at(0),
		type: 'confirmed',
		runId: 'mb3k1-9x',
		members: ['etcd-0', 'etcd-2'],
		leftOut: ['etcd-1: skip, under 10%'],
		acknowledged: ['etcd 3.4.23: a snapshot applied while it defragments can corrupt it'],
		estimateMs: 134_000,
	},
	{...at(2), ...etcd0, type: 'started', what: 'defragment', attemptId: '1', runId: 'mb3k1-9x', before: 4905 * MiB, gates},
	{...at(36), type: 'ended', attemptId: '1', outcome: 'done', durationMs: 34_000},
	{
		...at(40),
		...etcd0,
		type: 'settled',
		attemptId: '1',
		before: 4905 * MiB,
		after: 1976 * MiB,
		durationMs: 34_000,
		longestSilenceMs: 33_400,
	},
	{...at(100), ...etcd2, type: 'moved leader', to: 'a0', outcome: 'asked', runId: 'mb3k1-9x'},
	{...at(101), ...etcd2, type: 'moved leader', to: 'a0', outcome: 'moved', runId: 'mb3k1-9x'},
	{...at(140), ...etcd2, type: 'started', what: 'defragment', attemptId: '2', runId: 'mb3k1-9x', before: 5755 * MiB},
	{...at(150), type: 'unknown', attemptId: '2', reason: 'no answer within 0:10'},
	{...at(200), type: 'resolved', attemptId: '2', reason: 'it answers with nothing in flight'},
	{
		...at(201),
		type: 'run',
		runId: 'mb3k1-9x',
		outcome: 'halted',
		members: 1,
		givenBackBytes: 2929 * MiB,
		reason: 'etcd-2 restarted: in its turn',
	},
];

const open: readonly JournalLine[] = [
	{...at(900), ...etcd0, type: 'started', what: 'defragment', attemptId: '3', runId: 'mb3zz-00', before: 100 * MiB},
];

function show(line: string, lines: readonly JournalLine[] = wholeRun) {
	const context = contextFor(line, {journal: {read: () => ({lines, damaged: []})}});
	expect(runReport(context)).toBe(0);
	return context.printed.join();
}

test('a run as a change record, no wider than a mail', () => {
	const text = show('report');
	expect(`\n${text.replace(/UTC[+-]\d\d:\d\d/, 'UTC+00:00')}\n`).toMatchInlineSnapshot(`
		"
		Defragmentation of etcd

		run           mb3k1-9x
		cluster       cdf818194e3a8c32
		by            ana@bastion-1
		from          2026-11-22 14:32:08 UTC+00:00
		to            2026-11-22 14:35:29 (3:21)
		outcome       halted: etcd-2 restarted: in its turn; 1 member defragmented, 2.86 GiB given back;
		              longest silence 0:33
		confirmed     etcd-0 and etcd-2; expected to take 2:14
		left out      etcd-1: skip, under 10%
		accepted      etcd 3.4.23: a snapshot applied while it defragments can corrupt it
		leadership    etcd-2 → etcd-0: moved

		+--------+----------+----------+----------+----------+---------------+---------+--------+
		| MEMBER | STARTED  | OUTCOME  |  BEFORE  |  AFTER   |  GIVEN BACK   | BLOCKED | SILENT |
		+--------+----------+----------+----------+----------+---------------+---------+--------+
		| etcd-0 | 14:32:10 | done     | 4.79 GiB | 1.93 GiB | 2.86 GiB  60% |    0:34 |   0:33 |
		| etcd-2 | 14:34:28 | resolved | 5.62 GiB |        – |             – |       – |      – |
		+--------+----------+----------+----------+----------+---------------+---------+--------+
		etcd-2        it answers with nothing in flight

		Gates right before etcd-0, 14:32:10
		  passed, no CORRUPT alarm: no alarms
		  unchecked, free disk in its data directory: cannot be seen from here
		"
	`);
	expect(text.split('\n').every((line) => [...line].length <= 98)).toBe(true);
});

test('the last one, or the one that is named, by a beginning that only it has', () => {
	const lines = [...wholeRun, ...open];
	expect(show('report', lines)).toContain('mb3zz-00');
	expect(show('report mb3k', lines)).toContain('mb3k1-9x');
	expect(() => show('report mb3', lines)).toThrow(
		new UsageError('2 runs begin with "mb3". There are mb3k1-9x of 2026-11-22 14:32:08 and mb3zz-00 of 2026-11-22 14:47:08.'),
	);
	expect(() => show('report nope', lines)).toThrow(/^no run is called "nope"\. There are mb3k1-9x of/);
	expect(() => show('report a b', lines)).toThrow(UsageError);
});

test('without any run', () => {
	expect(() => show('report', [])).toThrow('the journal in /state/etcdtop knows of no run yet.');
});

test('one whose end is not written down says so', () => {
	expect(show('report', open)).toMatch(/outcome +no end is written down: it goes on, or its process was killed; 0 members/);
	expect(show('report', open)).toMatch(/etcd-0 \| 14:47:08 \| open/);
});

test('json: sizes in bytes, times in ms', () => {
	expect(JSON.parse(show('report -w json'))).toMatchObject({
		id: 'mb3k1-9x',
		outcome: 'halted',
		turns: [
			{name: 'etcd-0', outcome: 'done', before: 4905 * MiB, after: 1976 * MiB, longestSilenceMs: 33_400, gates},
			{name: 'etcd-2', outcome: 'resolved'},
		],
		moves: [{from: 'etcd-2', to: 'etcd-0', outcome: 'moved'}],
	});
});

test('nothing in a journal reaches the terminal as a control', () => {
	const hostile = open.map((line) => ({...line, memberName: 'etcd\x1b]0;x\x07-0\x1b[2J', operator: 'a\nb'}));
	expect(show('report', hostile)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});
