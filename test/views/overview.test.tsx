import {expect, test} from 'vitest';
import type {SortColumn} from '../../source/views/view.ts';
import {ocpState, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

test('at 120 by 36 everything has its place', () => {
	expect(picture(prodState(), 120, 36)).toMatchInlineSnapshot(`
		"
		 etcdtop   prod-eu-1   ● HEALTHY  3 of 3 voters   leader etcd-2   term 7        mTLS, 3 endpoints   every 2 s   14:32:08
		[1 Overview]  2 Charts   3 Alarms   4 Run   5 Events   6 Encryption   7 Backups   8 Rescue   9 Restore
		 alarms none   alerts 3   ▲ etcd-2 70% of quota (limit 65%)   ▲ etcd-2 66% not in use (45%)   ▲ etcd-0 60% not in use

		── members ── 3 voters, by name ────────────────────────────────────────────────────────────────────────────────────────
		  NAME          STATE            ROLE       DB SIZE    IN USE     GIVES BACK     QUOTA  USED  █ IN USE  ▒ BACK    ANSWER
		> etcd-0        ● healthy        follower  4.79 GiB  1.93 GiB  2.86 GiB  60%  8.00 GiB   60%  ████▒▒▒▒▒▒······    1.4 ms
		  etcd-1        ● healthy        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    1.3 ms
		  etcd-2        ● healthy        leader    5.62 GiB  1.93 GiB  3.69 GiB  66%  8.00 GiB   70%  ████▒▒▒▒▒▒▒·····    1.9 ms

		  NAME          ENDPOINT                   ID                VERSION  TERM  RAFT INDEX     APPLIED  DEFRAG  ERRORS
		> etcd-0        https://10.0.159.225:2379  264c7c58ecbdabee  3.5.30      7    51873204    51873204       –  –
		  etcd-1        https://10.0.191.37:2379   251cd44483d811c3  3.5.30      7    51873204    51873204    <1 d  –
		  etcd-2        https://10.0.199.170:2379  9ac311f93915cc79  3.5.30      7    51873204    51873204       –  –
		── db size ── all members ── 1 h, 40 s a column ── D defragmentation  L leader changed ─────────────────────────────────
		 8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 7     ┤
		 6     ┤━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  ━ etcd-2  5.62 GiB
		 5     ┤──────────────────────────────────────────────────────────────────────────────────────────  ─ etcd-0  4.79 GiB
		 4     ┤                                       ║
		 3     ┤                                       ║
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╚══════════════════════════════════════════════════  ═ etcd-1  2.01 GiB
		 1     ┤                                                                                            ┄ in use  1.93 GiB
		 0     ┤
		       └─────────────────────────────────────L─D──────────────────────────────────────────────────
		        13:32       13:42          13:52          14:02          14:12          14:22          14:32
		── events ── newest first, 7 of 7 ──────────────────────────────────────────────────────────────────────────────────────
		 14:27:40  ●  etcd-2   answers in time again: 1.9 ms
		 14:27:26  ▲  etcd-2   slow: 612 ms (limit 500 ms)
		 13:59:41  ●  cluster  cooldown over, 1:00 after etcd-1
		 13:58:41  ●  etcd-1   defragmented by another tool (count 2 → 3): 5.58 GiB → 1.90 GiB in 0:33
		 13:58:08  ◆  etcd-1   defragmenting, not started here: in flight 1, Status silent
		 13:57:31  ▲  cluster  leader changed: etcd-1 → etcd-2, term 6 → 7
		 13:32:02  ●  cluster  3 members found through 10.0.159.225:2379
		"
	`);
});

test('at 80 by 24 the tabs, blank rows and the raft table have given way', () => {
	expect(picture(prodState(), 80, 24)).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── members ── 3 voters, by name ────────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> etcd-0        ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-1        ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-2        ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		── db size ── all members ── 1 h ── D defragmentation  L leader changed ────────
		 8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 7     ┤
		 6     ┤━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  ━ etcd-2  5.62 GiB
		 5     ┤────────────────────────────────────────────────────  ─ etcd-0  4.79 GiB
		 4     ┤                       ║
		 3     ┤                       ║
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╚════════════════════════════  ═ etcd-1  2.01 GiB
		 1     ┤                                                      ┄ in use  1.93 GiB
		 0     ┤
		       └──────────────────────LD────────────────────────────
		        13:31     13:47        14:02        14:17        14:32
		── events ──────────────────────────────────────────────────────────────────────
		 14:27:40  ●  etcd-2   answers in time again: 1.9 ms
		 14:27:26  ▲  etcd-2   slow: 612 ms (limit 500 ms)
		"
	`);
});

test('at 60 by 15 the members stay', () => {
	expect(picture(prodState(), 60, 15)).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  leader etcd-2                14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   +2
		── members ── 3 voters, by name ────────── w raft columns ──
		  NAME         STATE           ROLE      DB SIZE  BACK  USED
		> etcd-0       ● healthy       follower 4.79 GiB   60%   60%
		  etcd-1       ● healthy       follower 2.01 GiB    4%   25%
		  etcd-2       ● healthy       leader   5.62 GiB   66%   70%
		── events ──────────────────────────────────────────────────
		 14:27:40  ●  etcd-2   answers in time again: 1.9 ms
		 14:27:26  ▲  etcd-2   slow: 612 ms (limit 500 ms)
		 13:59:41  ●  cluster  cooldown over, 1:00 after etcd-1
		 13:58:41  ●  etcd-1   defragmented by another tool (count …
		 13:58:08  ◆  etcd-1   defragmenting, not started here: in …
		"
	`);
});

test('at 200 by 60 names are whole and the steps are finer', () => {
	expect(picture(ocpState(), 200, 60).split('\n').slice(0, 24).join('\n')).toMatchInlineSnapshot(`
		"
		 etcdtop   ocp-west   ■ NOSPACE  3 of 3 voters   leader …199-170   term 7                                                                                       mTLS, 3 endpoints   every 2 s   03:12:31
		[1 Overview]  2 Charts   3 Alarms   4 Run   5 Events   6 Encryption   7 Backups   8 Rescue   9 Restore
		╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╗
		║ Raised by ip-10-0-159-225: its file has reached the quota. Reads and deletes work, nothing is lost. Defragmenting helps: 26% of the quota afterwards, growth not seen.                               ║
		║   ✓ 1 compact     C  not needed: only 2.11 GiB of 8.00 GiB is in use                                                                                                                                 ║
		║   > 2 defragment  D  all, leader last: gives back 17.6 GiB, takes ~3:58                                                                                                                              ║
		║     3 disarm      a  waits for 2: every db size below 90% of quota (7.20 GiB)                                                                                                                        ║
		╚══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════ R goes through them step by step ══╝

		── members ── 3 voters, by name ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
		  NAME                                STATE            ROLE       DB SIZE    IN USE     GIVES BACK     QUOTA  USED  █ IN USE  ▒ BACK                    ANSWER
		> ip-10-0-159-225.example.redhat.com  ■ NOSPACE        follower  8.00 GiB  2.11 GiB  5.89 GiB  74%  8.00 GiB  >99%  ████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    2.2 ms
		  ip-10-0-191-37.example.redhat.com   ● healthy        follower  7.98 GiB  2.11 GiB  5.87 GiB  74%  8.00 GiB  >99%  ████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    1.9 ms
		  ip-10-0-199-170.example.redhat.com  ● healthy        leader    7.97 GiB  2.11 GiB  5.86 GiB  74%  8.00 GiB  >99%  ████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒    1.6 ms

		  NAME                                ENDPOINT                   ID                VERSION  STORAGE  TERM  RAFT INDEX     APPLIED  DEFRAG  ERRORS
		> ip-10-0-159-225.example.redhat.com  https://10.0.159.225:2379  264c7c58ecbdabee  3.5.16   –           7   238104977   238104977       –  memberID:2759717393042090990 alarm:NOSPACE
		  ip-10-0-191-37.example.redhat.com   https://10.0.191.37:2379   251cd44483d811c3  3.5.16   –           7   238104977   238104977       –  memberID:2759717393042090990 alarm:NOSPACE
		  ip-10-0-199-170.example.redhat.com  https://10.0.199.170:2379  9ac311f93915cc79  3.5.16   –           7   238104977   238104977       –  memberID:2759717393042090990 alarm:NOSPACE
		── db size ── all members ── 1 h, 22 s a column ── A alarm ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
		   8 GiB ┤────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────  ╌ quota     8.00 GiB
		 7.5     ┤                                                                                                                                                                      ─ …159-225  8.00 GiB
		   7     ┤                                                                                                                                                                      ═ …191-37   7.98 GiB"
	`);
});

test('in ASCII every line has its own letter', () => {
	const drawn = picture(prodState(), 80, 24, {unicode: false});
	expect(drawn).toMatch(/^[\x20-\x7e\n]*$/);
	expect(drawn).toMatchInlineSnapshot(`
		"
		 prod-eu-1  * HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ! etcd-2 70% of quota   ! etcd-2 66% not in use   +1
		-- members -- 3 voters, by name ------------------------------ w raft columns --
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> etcd-0        * healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-1        * healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-2        * healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		-- db size -- all members -- 1 h -- D defragmentation  L leader changed --------
		 8 GiB +====================================================  = quota   8.00 GiB
		 7     +
		 6     +cccccccccccccccccccccccccccccccccccccccccccccccccccc  c etcd-2  5.62 GiB
		 5     +aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  a etcd-0  4.79 GiB
		 4     +                       |
		 3     +                       |
		 2     +iiiiiiiiiiiiiiiiiiiiiii\`bbbbbbbbbbbbbbbbbbbbbbbbbbbb  b etcd-1  2.01 GiB
		 1     +                                                      i in use  1.93 GiB
		 0     +
		       +----------------------LD----------------------------
		        13:31     13:47        14:02        14:17        14:32
		-- events ----------------------------------------------------------------------
		 14:27:40  *  etcd-2   answers in time again: 1.9 ms
		 14:27:26  !  etcd-2   slow: 612 ms (limit 500 ms)
		"
	`);
});

test('the raft columns take the place of the sizes by key', () => {
	const drawn = picture(prodState(), 80, 24, {screen: {columnsSet: 'raft'}});
	expect(drawn.split('\n').slice(3, 8).join('\n')).toMatchInlineSnapshot(`
		"── members ── 3 voters, by name ────────────────────────────── w size columns ──
		  NAME         ENDPOINT              VERSION TERM RAFT INDEX    APPLIED  ERRORS
		> etcd-0       10.0.159.225:2379     3.5.30     7   51873204   51873204  –
		  etcd-1       10.0.191.37:2379      3.5.30     7   51873204   51873204  –
		  etcd-2       10.0.199.170:2379     3.5.30     7   51873204   51873204  –"
	`);
});

test('a filter and an order are said', () => {
	const drawn = picture(prodState(), 80, 15, {
		screen: {filter: 'etcd', filterTyping: true, sort: {column: 'dbSize', descending: true}},
	});
	expect(drawn).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── members ── 3 of 3, filter /etcd_ ────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> etcd-2        ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		  etcd-0        ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-1        ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		── events ──────────────────────────────────────────────────────────────────────
		 14:27:40  ●  etcd-2   answers in time again: 1.9 ms
		 14:27:26  ▲  etcd-2   slow: 612 ms (limit 500 ms)
		 13:59:41  ●  cluster  cooldown over, 1:00 after etcd-1
		 13:58:41  ●  etcd-1   defragmented by another tool (count 2 → 3): 5.58 GiB → 1…
		 13:58:08  ◆  etcd-1   defragmenting, not started here: in flight 1, Status sil…
		"
	`);
});

test('before the first answer it says whom it asks', () => {
	const {clusterId: _, changedAt: __, ...rest} = prodState();
	const state = {
		...rest,
		members: [],
		alerts: [],
		events: [],
		health: {kind: 'connecting' as const, voters: 0, answeringVoters: 0},
	};
	expect(picture(state, 80, 15)).toMatchInlineSnapshot(`
		"
		 etcdtop  prod-eu-1  ◌ CONNECTING  mTLS, 3 endpoints  every 2 s
		 alarms not known yet   alerts not known yet

		 ◌ asking https://10.0.159.225:2379, https://10.0.191.37:2379,
		   https://10.0.199.170:2379 for the members
		"
	`);
});

test('without contact it says why and what to do', () => {
	const state = prodState({
		members: [],
		alerts: [],
		events: [],
		health: {kind: 'no contact', voters: 0, answeringVoters: 0},
		membershipFailure: {
			kind: 'tls',
			endpoint: 'https://10.0.159.225:2379',
			message: 'certificate signed by unknown authority',
			nextStep: "Give --cacert the file of the authority that signed the server's certificate.",
		},
	});
	expect(picture(state, 80, 15)).toMatchInlineSnapshot(`
		"
		 etcdtop  prod-eu-1  ✗ NO CONTACT  mTLS, 3 endpoints  every 2 s         14:32:08
		 alarms not known yet   alerts not known yet

		 ✗ https://10.0.159.225:2379: certificate signed by unknown authority
		   Give --cacert the file of the authority that signed the server's
		   certificate.

		   It goes on asking.
		"
	`);
});

test('the rule says how the members are sorted', () => {
	const rule = (column: SortColumn, descending: boolean) =>
		picture(prodState(), 80, 24, {screen: {sort: {column, descending}}}).split('\n')[3];
	expect(rule('name', true)).toContain('by name, turned');
	expect(rule('used', true)).toContain('by use of the quota, largest first');
	expect(rule('answer', false)).toContain('by answer, smallest first');
});

test('a quota that nothing tells is marked as a guess', () => {
	const {members, ...rest} = prodState();
	const guessed = members.map((record, index) =>
		index === 0 ? {...record, quota: {bytes: 2 * 1024 ** 3, source: 'assumed'} as const} : record,
	);
	const [row = ''] = picture({...rest, members: guessed}, 120, 36)
		.split('\n')
		.filter((line) => line.startsWith('> etcd-0'));
	expect(row).toMatch(/ {2}60% {4}~2 GiB ~240% /);
});
