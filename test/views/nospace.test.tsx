import {expect, test} from 'vitest';
import type {MemberRecord, State} from '../../source/engine/state.ts';
import {initialScreen, reduceScreen} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {compactionLine} from '../../source/views/compaction.ts';
import {GiB, MiB, now, ocpAt, ocpMembers, ocpState, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const banner = (state: State, columns = 80) =>
	picture(state, columns, 24)
		.split('\n')
		.filter((line) => /^[╔║╚]/.test(line))
		.join('\n');

const withSizes = (dbSizeGiB: number, inUseGiB: number): readonly MemberRecord[] =>
	ocpMembers().map((record) => ({
		...record,
		...(record.status === undefined
			? {}
			: {
					status: {
						...record.status,
						value: {...record.status.value, dbSizeBytes: dbSizeGiB * GiB, dbSizeInUseBytes: inUseGiB * GiB},
					},
				}),
	}));

test('at 80 by 16 the banner, the members and the newest event fit', () => {
	expect(picture(ocpState(), 80, 16)).toMatchInlineSnapshot(`
		"
		 ocp-west  ■ NOSPACE  3 of 3 voters  leader …199-170  mTLS  every 2 s   03:12:31
		╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Defragmenting helps: 26% of the quota afterwards, growth not seen.     ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝
		── members ── 3 voters, by name ────────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> …159-225      ■ NOSPACE       follower 8.00 GiB  5.89 GiB  74%  >99%    2.2 ms
		  …191-37       ● healthy       follower 7.98 GiB  5.87 GiB  74%  >99%    1.9 ms
		  …199-170      ● healthy       leader   7.97 GiB  5.86 GiB  74%  >99%    1.6 ms
		 03:09:41  ■  …159-225  NOSPACE raised: 8.00 GiB, quota 8.00 GiB
		"
	`);
});

test('at 80 by 24 the chart has five rows', () => {
	expect(picture(ocpState(), 80, 24)).toMatchInlineSnapshot(`
		"
		 ocp-west  ■ NOSPACE  3 of 3 voters  leader …199-170  mTLS  every 2 s   03:12:31
		╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Defragmenting helps: 26% of the quota afterwards, growth not seen.     ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝
		── members ── 3 voters, by name ────────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> …159-225      ■ NOSPACE       follower 8.00 GiB  5.89 GiB  74%  >99%    2.2 ms
		  …191-37       ● healthy       follower 7.98 GiB  5.87 GiB  74%  >99%    1.9 ms
		  …199-170      ● healthy       leader   7.97 GiB  5.86 GiB  74%  >99%    1.6 ms
		── db size ── all members ── 1 h ── A alarm ────────────────────────────────────
		 8 GiB ┤──────────────────────────────────────────────────  ╌ quota     8.00 GiB
		 6     ┤                                                    ─ …159-225  8.00 GiB
		 4     ┤                                                    ═ …191-37   7.98 GiB
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  ━ …199-170  7.97 GiB
		 0     ┤                                                    ┄ in use    2.11 GiB
		       └───────────────────────────────────────────────A──
		        02:13     02:28       02:43        02:58       03:13
		 03:09:41  ■  …159-225  NOSPACE raised: 8.00 GiB, quota 8.00 GiB
		"
	`);
});

test('at 60 by 15 it says the same in fewer words', () => {
	expect(picture(ocpState(), 60, 15)).toMatchInlineSnapshot(`
		"
		 ocp-west  ■ NOSPACE  leader …199-170               03:12:31
		╔══ NOSPACE: writes are refused, since 03:09:41 (2:50) ════╗
		║ ip-10-0-159-225 is full. Defragmenting helps: 26% then,  ║
		║ growth not seen.                                         ║
		║   ✓ 1 compact     C  not needed: 2.11 GiB in use         ║
		║   > 2 defragment  D  gives back 17.6 GiB, takes ~3:58    ║
		║     3 disarm      a  waits for 2: db sizes below 90%     ║
		╚══════════════════════ R goes through them step by step ══╝
		── members ── 3 voters, by name ────────── w raft columns ──
		  NAME         STATE           ROLE      DB SIZE  BACK  USED
		> …159-225     ■ NOSPACE       follower 8.00 GiB   74%  >99%
		  …191-37      ● healthy       follower 7.98 GiB   74%  >99%
		  …199-170     ● healthy       leader   7.97 GiB   74%  >99%
		"
	`);
});

test('in ASCII', () => {
	const drawn = picture(ocpState(), 80, 16, {unicode: false});
	expect(drawn).toMatch(/^[\x20-\x7e\n]*$/);
	expect(drawn).toMatchInlineSnapshot(`
		"
		 ocp-west  # NOSPACE  3 of 3 voters  leader ..199-170  mTLS  every 2 s  03:12:31
		+== NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) =====+
		| Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes |
		| work. Defragmenting helps: 26% of the quota afterwards, growth not seen.     |
		|   + 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         |
		|   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      |
		|     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)|
		+========================================== R goes through them step by step ==+
		-- members -- 3 voters, by name ------------------------------ w raft columns --
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> ..159-225     # NOSPACE       follower 8.00 GiB  5.89 GiB  74%  >99%    2.2 ms
		  ..191-37      * healthy       follower 7.98 GiB  5.87 GiB  74%  >99%    1.9 ms
		  ..199-170     * healthy       leader   7.97 GiB  5.86 GiB  74%  >99%    1.6 ms
		 03:09:41  #  ..159-225  NOSPACE raised: 8.00 GiB, quota 8.00 GiB
		"
	`);
});

test('with most of the quota in use compacting comes first', () => {
	expect(banner(ocpState({members: withSizes(8, 6.6)}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Compact first, else 83% of the quota stays in use, growth not seen.    ║
		║   > 1 compact     C  6.60 GiB is in use: drop revisions older than 5 min     ║
		║     2 defragment  D  waits for 1: gives back 4.20 GiB now                    ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝"
	`);
});

test("with nearly all of it in use it says that this can't help", () => {
	expect(banner(ocpState({members: withSizes(8, 7.8)}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Defragmenting alone can't help: 98% of the quota is in use. What can:  ║
		║ compact; delete keys, then compact; a bigger quota.                          ║
		║   > 1 compact     C  7.80 GiB is in use: drop revisions older than 5 min     ║
		║     2 defragment  D  waits for 1: gives back 614 MiB now                     ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝"
	`);
});

const withGrowth = (members: readonly MemberRecord[], mebibytesPerSecond: number): readonly MemberRecord[] =>
	members.map((record) => ({...record, growthBeforeAlarm: mebibytesPerSecond * MiB}));

const answer = (overrides: Partial<State>, columns = 80) =>
	banner(ocpState(overrides), columns)
		.split('\n')
		.slice(1, -4)
		.map((line) => line.replaceAll('║', '').trim())
		.join(' ')
		.replace(/^.*work(, nothing is lost)?\. /, '');

test.each<[string, Partial<State>, string]>([
	[
		'it helps, for as long as the growth before the alarm allows',
		{members: withGrowth(withSizes(8, 2.11), 0.5)},
		'Defragmenting helps: 26% of the quota afterwards, full in ~3h21m.',
	],
	[
		'it helps little',
		{members: withGrowth(withSizes(8, 6.6), 0.5)},
		'Compact first, else 83% of the quota stays in use, full in ~47:47.',
	],
	[
		"it can't",
		{members: withSizes(8, 7.8)},
		"Defragmenting alone can't help: 98% of the quota is in use. What can: compact; delete keys, then compact; a bigger quota.",
	],
	[
		"it can't, and compacting did not either",
		{members: withSizes(8, 7.8), compaction: compactionWith([])},
		"Defragmenting alone can't help: 98% of the quota is in use. What can: delete keys, then compact; a bigger quota.",
	],
	[
		'nobody can tell before it is done',
		{members: withSizes(8, 7.8), compaction: compactionWith(['etcd-0'])},
		'Defragment: etcd counts what the compaction freed only then; 98% of the quota at most is used afterwards.',
	],
	['it is done', {members: withGrowth(withSizes(2.13, 2.11), 0.5)}, 'Disarm it now: 26% of the quota is in use, full in ~3h21m.'],
])('will it help? %s', (_, overrides, expected) => {
	expect(answer(overrides)).toBe(expected);
	expect(answer(overrides, 200)).toBe(expected);
});

function compactionWith(uncounted: readonly string[]): NonNullable<State['compaction']> {
	const phase = {kind: 'finished', at: now, inUseBytes: 7.8 * GiB, uncounted} as const;
	return {operator: 'ana@bastion-1', revision: 900, startedAt: now - 5000, inUseBefore: 7.8 * GiB, phase};
}

test('after a compaction that nobody can count yet, defragmenting is next', () => {
	expect(banner(ocpState({members: withSizes(8, 7.8), compaction: compactionWith(['etcd-0'])}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Defragment: etcd counts what the compaction freed only then; 98% of    ║
		║ the quota at most is used afterwards.                                        ║
		║   ✓ 1 compact     C  done; what it freed is not counted under NOSPACE        ║
		║   > 2 defragment  D  all: gives back at least 614 MiB, takes ~9:17           ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝"
	`);
});

test('the first member that has been defragmented tells what the others hold', () => {
	const others = withSizes(8, 7.8).slice(1);
	const [shrunk] = withSizes(1, 1);
	expect(banner(ocpState({members: [shrunk!, ...others]}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Defragmenting helps: 13% of the quota afterwards, growth not seen.     ║
		║   ✓ 1 compact     C  not needed: only 1.00 GiB of 8.00 GiB is in use         ║
		║   > 2 defragment  D  all, leader last: gives back 14.0 GiB, takes ~1:37      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════ R goes through them step by step ══╝"
	`);
	const status = {...shrunk!.status!, value: {...shrunk!.status!.value, raftAppliedIndex: 0}};
	expect(banner(ocpState({members: [{...shrunk!, status}, ...others]}))).toContain("can't help");
});

test('such a compaction stays on the screen, for the steps rest on it', () => {
	const line = (uncounted: readonly string[]) => {
		const state = ocpState({compaction: compactionWith(uncounted)});
		const drawn = compactionLine(state, 120, createTheme({unicode: true, color: false}));
		const gone = reduceScreen(initialScreen, {type: 'went back'}, state).requests.length > 0;
		return [drawn?.map(({text}) => text).join(''), gone] as const;
	};
	const done = ' ✓ compact  done            to revision 900   in use 7.80 GiB → 7.80 GiB';
	expect(line(['etcd-0'])).toEqual([done, false]);
	expect(line([])).toEqual([`${done}; Esc clears`, true]);
});

test('several that raised it stand in the order of their names', () => {
	const [first] = ocpState().alarms;
	const second = {...first!, memberId: '251cd44483d811c3', name: 'ip-10-0-191-37.example.redhat.com'};
	const third = {...first!, memberId: '9ac311f93915cc79', name: 'ip-10-0-199-170.example.redhat.com'};
	const said = (alarms: State['alarms']) => banner(ocpState({alarms}), 120).split('\n')[1];
	expect(said([second, first!])).toContain('Raised by ip-10-0-159-225 and ip-10-0-191-37: their files have reached the quota.');
	expect(said([third, second, first!])).toContain('Raised by 3 members: their files have reached the quota.');
});

test('once every file is small enough, disarming is next', () => {
	expect(banner(ocpState({members: withSizes(2.13, 2.11)}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work. Disarm it now: 26% of the quota is in use, growth not seen.            ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   ✓ 2 defragment  D  not needed: every db size is below 90%                  ║
		║   > 3 disarm      a  every db size is below 90%                              ║
		╚══════════════════════════════════════════ R goes through them step by step ══╝"
	`);
});

test('on another view its first row stays', () => {
	expect(picture(ocpState(), 80, 24, {screen: {view: 'events'}})).toMatchInlineSnapshot(`
		"
		 ocp-west  ■ NOSPACE  3 of 3 voters  leader …199-170  mTLS  every 2 s   03:12:31
		╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		── events ── newest first, 1 of 1 ──────────────────────────────────────────────
		 03:09:41  ■  …159-225  NOSPACE raised: 8.00 GiB, quota 8.00 GiB
		"
	`);
});

test('afterwards it is said for half a minute that writes are accepted', () => {
	const state = prodState({writableAgainAt: prodState().now - 10_000});
	const line = (drawn: string) => drawn.split('\n')[2];
	expect(line(picture(state, 120, 24))).toMatchInlineSnapshot(
		`" ✓ writes are accepted again, 14:31:58   alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1"`,
	);
	expect(line(picture({...state, now: state.now + 21_000}, 120, 24))).not.toContain('accepted');
});

test('CORRUPT comes before NOSPACE and has no steps', () => {
	const [first] = ocpState().alarms;
	const corrupt = {...first!, alarm: 'CORRUPT' as const, memberId: '251cd44483d811c3', name: 'ip-10-0-191-37.example.redhat.com'};
	expect(banner(ocpState({alarms: [first!, {...corrupt, since: ocpAt('03:11:00')}]}))).toMatchInlineSnapshot(`
		"╔══ CORRUPT: members' data differs, since 03:11:00 (1:31) ═════════════════════╗
		║ Raised by ip-10-0-191-37: its data is not the others'. Stop writing to this  ║
		║ cluster. Nothing is defragmented or disarmed from here. Press a: it says how ║
		║ to replace the member. NOSPACE stands too: it is not disarmed before.        ║
		╚══════════════════════════════════════════════════════════════════════════════╝"
	`);
});

test('an alarm that stood before we came is not given an age that it does not have', () => {
	const [first] = ocpState().alarms;
	expect(banner(ocpState({alarms: [{...first!, sinceStart: true}]})).split('\n')[0]).toMatchInlineSnapshot(
		`"╔══ NOSPACE: every write in the cluster is refused, since before 03:09:41 ═════╗"`,
	);
});
