import {expect, test} from 'vitest';
import type {MemberRecord, State} from '../../source/engine/state.ts';
import {GiB, ocpAt, ocpMembers, ocpState, prodState} from '../helpers/sample-state.ts';
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
		║ work, nothing is lost. It stays until it is disarmed. Next, in this order:   ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════════════════════════════════════════╝
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
		║ work, nothing is lost. It stays until it is disarmed. Next, in this order:   ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════════════════════════════════════════╝
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
		║ ip-10-0-159-225 has reached its quota. In this order:    ║
		║   ✓ 1 compact     C  not needed: 2.11 GiB in use         ║
		║   > 2 defragment  D  gives back 17.6 GiB, takes ~3:58    ║
		║     3 disarm      a  waits for 2: db sizes below 90%     ║
		╚══════════════════════════════════════════════════════════╝
		── members ── 3 voters, by name ────────── w raft columns ──
		  NAME         STATE           ROLE      DB SIZE  BACK  USED
		> …159-225     ■ NOSPACE       follower 8.00 GiB   74%  >99%
		  …191-37      ● healthy       follower 7.98 GiB   74%  >99%
		  …199-170     ● healthy       leader   7.97 GiB   74%  >99%
		 03:09:41  ■  …159-225  NOSPACE raised: 8.00 GiB, quota 8.0…
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
		| work, nothing is lost. It stays until it is disarmed. Next, in this order:   |
		|   + 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         |
		|   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58      |
		|     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)|
		+==============================================================================+
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
		║ work, nothing is lost. It stays until it is disarmed. Next, in this order:   ║
		║   > 1 compact     C  6.60 GiB is in use: drop revisions older than 5 min     ║
		║     2 defragment  D  all, leader last: gives back 4.20 GiB, takes ~8:10      ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════════════════════════════════════════╝"
	`);
});

test('with nearly all of it in use it says that this may not help', () => {
	expect(banner(ocpState({members: withSizes(8, 7.8)}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work, nothing is lost. It stays until it is disarmed. Next, in this order:   ║
		║   > 1 compact     C  7.80 GiB in use: compact, or delete keys, or raise quota║
		║     2 defragment  D  waits for 1: gives nothing yet                          ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)║
		╚══════════════════════════════════════════════════════════════════════════════╝"
	`);
});

test('once every file is small enough, disarming is next', () => {
	expect(banner(ocpState({members: withSizes(2.13, 2.11)}))).toMatchInlineSnapshot(`
		"╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes ║
		║ work, nothing is lost. It stays until it is disarmed. Next, in this order:   ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use         ║
		║   ✓ 2 defragment  D  not needed: every db size is below 90%                  ║
		║   > 3 disarm      a  every db size is below 90%                              ║
		╚══════════════════════════════════════════════════════════════════════════════╝"
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
