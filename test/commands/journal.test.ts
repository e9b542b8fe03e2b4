import {expect, test} from 'vitest';
import {runJournal} from '../../source/commands/journal.ts';
import type {JournalLine} from '../../source/engine/journal-line.ts';
import {MiB} from '../domain/observations.ts';
import {startedLine} from '../engine/journal-lines.ts';
import {contextFor} from './command-context.ts';

const cluster = {
	version: 1,
	wallMs: new Date(2026, 10, 22, 14, 32, 8).getTime(),
	uptimeMs: 1_000_000,
	bootId: 'boot-a',
	operator: 'ana@bastion-1',
	clusterId: 'c1',
} as const;
const member = {...cluster, memberId: 'a1', memberName: 'etcd-0'};
const attemptId = 'attempt-1';
const mib = (size: number) => size * MiB;

const lines: readonly JournalLine[] = [
	{...member, type: 'started', what: 'defragment', attemptId, before: mib(100)},
	{...cluster, type: 'ended', attemptId, outcome: 'done', durationMs: 33_000},
	{...member, type: 'settled', attemptId, before: mib(100), after: mib(40), durationMs: 33_000},
	{...member, type: 'unknown', attemptId, reason: 'no answer within 10:00'},
	{...member, type: 'resolved', attemptId, reason: 'it answers with nothing in flight'},
	{...member, type: 'moved leader', to: 'a2', outcome: 'failed', reason: 'etcdserver: bad leader transferee'},
	{...cluster, type: 'run', outcome: 'halted', members: 1, givenBackBytes: mib(60), reason: 'lost quorum: 1 of 3'},
	{...member, type: 'asked', what: 'compact', revision: 400},
	{...member, type: 'answered', what: 'disarm', outcome: 'failed', reason: 'request timed out'},
];

test('simple: a sentence for each line', () => {
	expect(show('journal -w simple').printed.join().split('\n')).toEqual(
		[
			'defragmentation started at 100 MiB',
			'defragmentation done after 0:33',
			'settled: 100 MiB → 40.0 MiB in 0:33',
			'outcome unknown: no answer within 10:00',
			'unknown outcome resolved: it answers with nothing in flight',
			'move of leadership to a2, failed: etcdserver: bad leader transferee',
			'run halted, 1 defragmented, 60.0 MiB given back: lost quorum: 1 of 3',
			'compact asked for, revision 400',
			'disarm failed: request timed out',
		].map((what, index) => `2026-11-22 14:32:08  ana@bastion-1  c1  ${index === 6 ? '–' : 'etcd-0'}  ${what}`),
	);
});

test('table', () => {
	expect(`\n${show('journal', {journal: lines.slice(0, 2), columns: 80}).printed.join()}\n`).toBe(`
+---------------------+---------+--------+------------------------------------+
|        TIME         | CLUSTER | MEMBER |                WHAT                |
+---------------------+---------+--------+------------------------------------+
| 2026-11-22 14:32:08 | c1      | etcd-0 | defragmentation started at 100 MiB |
| 2026-11-22 14:32:08 | c1      | etcd-0 | defragmentation done after 0:33    |
+---------------------+---------+--------+------------------------------------+
`);
});

test('json: the lines as they are', () => {
	expect(JSON.parse(show('journal -w json').printed.join())).toEqual(lines);
});

test('what another hand wrote cannot move the cursor, hide text, or pass for a date', () => {
	const evil = startedLine({memberName: '\u001b[2Jetcd\u202e-0\n', operator: 'mallory\u0007', wallMs: 1e300});
	expect(show('journal -w simple', {journal: [evil]}).printed).toEqual(['–  mallory  c1  etcd-0  defragmentation started']);
});

test('empty, and damaged lines: told beside, never fatal', () => {
	const damaged = [
		{file: '/s/journal.jsonl', lineNumber: 2, reason: 'not JSON'},
		{file: '/r/journal.jsonl', lineNumber: 0, reason: "can't be read: permission denied"},
	];
	expect(show('journal', {journal: [], damaged})).toMatchObject({
		printed: [],
		said: [
			'The journal in /state/etcdtop is empty: nothing was changed from here yet.',
			'/s/journal.jsonl: line 2 is damaged and was skipped: not JSON',
			"/r/journal.jsonl can't be read: permission denied",
		],
	});
});

type Case = {
	readonly journal?: readonly JournalLine[];
	readonly damaged?: readonly {readonly file: string; readonly lineNumber: number; readonly reason: string}[];
	readonly columns?: number;
};

function show(line: string, {journal = lines, damaged = [], columns}: Case = {}) {
	const context = contextFor(line, {
		journal: {read: () => ({lines: journal, damaged})},
		...(columns === undefined ? {} : {columns}),
	});
	expect(runJournal(context)).toBe(0);
	return context;
}
