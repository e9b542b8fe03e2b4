import {expect, test} from 'vitest';
import {now, ocpMembers, ocpState, prodMembers, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const page = {view: 'member' as const};

test('at 80 by 24 everything that is known of a member', () => {
	expect(picture(ocpState(), 80, 24, {screen: page})).toMatchInlineSnapshot(`
		"
		 ocp-west > ip-10-0-159-225.example.redhat.com    member 1 of 3         03:12:31
		 ■ NOSPACE since 03:09:41: its file has reached the quota; a tells more
		── size ───────────────────────────────── raft ─────────────────────────────────
		 db size         8.00 GiB                 is leader                  false
		 db size in use  2.11 GiB                 is learner                 false
		 gives back      5.89 GiB   74%           raft term                      7
		 quota           8.00 GiB  >99% used      raft index             238104977
		 █ ▒ of quota    ████▒▒▒▒▒▒▒▒▒▒▒▒         raft applied index     238104977
		── answers ─────────────────────────────────────────────────────────────────────
		 Status          2.2 ms, max 41 ms (1 h)  age of the figures     under 4 s
		 metrics         answer, 1511 samples     revision               201733512
		── identity ────────────────────────────────────────────────────────────────────
		 id              264c7c58ecbdabee
		 client, peer    https://10.0.159.225:2379   https://10.0.159.225:2380
		 version         3.5.16   ▲ 2 known faults of defragmentation, see the plan
		 storage version –        only from etcd 3.6
		 errors          memberID:2759717393042090990 alarm:NOSPACE
		── defragmentations ── 4 since it started, none in flight, 1 in the journal ────
		 Oct 31 03:04:10    7.12 GiB → 1.98 GiB    0:37    ana@bastion-1, etcdtop
		"
	`);
});

test('from 120 by 36 its chart ends the page', () => {
	expect(picture(prodState(), 120, 36, {screen: {...page, selectedId: prodMembers()[1].member.id}})).toMatchInlineSnapshot(`
		"
		 prod-eu-1 > etcd-1    member 2 of 3                                                                            14:32:08
		 ● healthy
		── size ───────────────────────────────── raft ─────────────────────────────────────────────────────────────────────────
		 db size         2.01 GiB                 is leader                  false
		 db size in use  1.93 GiB                 is learner                 false
		 gives back      81.9 MiB    4%           raft term                      7
		 quota           8.00 GiB   25% used      raft index              51873204
		 █ ▒ of quota    ████············         raft applied index      51873204
		── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
		 Status          1.3 ms, max 41 ms (1 h)  age of the figures     under 4 s
		 metrics         answer, 1511 samples     revision               201733512
		── identity ────────────────────────────────────────────────────────────────────────────────────────────────────────────
		 id              251cd44483d811c3
		 client, peer    https://10.0.191.37:2379   https://10.0.191.37:2380
		 version         3.5.30
		 storage version –        only from etcd 3.6
		 errors          –
		── defragmentations ── 2 since it started, none in flight, last less than a day ago, 0 in the journal ──────────────────
		 Nov 23 13:58:41    5.58 GiB → 1.90 GiB    0:33    another tool
		── db size ── etcd-1 ── 1 h, 40 s a column ── D defragmentation  L leader changed ──────────────────────────────────────
		 8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 7     ┤
		 6     ┤═══════════════════════════════════════╗
		 5     ┤                                       ║
		 4     ┤                                       ║
		 3     ┤                                       ║
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╚══════════════════════════════════════════════════  ═ etcd-1  2.01 GiB
		 1     ┤                                                                                            ┄ in use  1.93 GiB
		 0     ┤
		       └─────────────────────────────────────L─D──────────────────────────────────────────────────
		        13:32       13:42          13:52          14:02          14:12          14:22          14:32
		"
	`);
});

test('at 60 columns the sections stand one under the other, and scroll', () => {
	expect(picture(ocpState(), 60, 15, {screen: {...page, scroll: 3}})).toMatchInlineSnapshot(`
		"
		 ocp-west > ip-10-0-159-225.exam…    member 1 of 3  03:12:31
		 ■ NOSPACE since 03:09:41: its file has reached the quota; …
		 gives back          5.89 GiB   74%
		 quota               8.00 GiB  >99% used
		 █ ▒ of quota        ████▒▒▒▒▒▒▒▒▒▒▒▒
		── raft ────────────────────────────────────────────────────
		 is leader           false
		 is learner          false
		 raft term           7
		 raft index          238104977
		 raft applied index  238104977
		── answers ─────────────────────────────────────────────────
		 Status              2.2 ms, max 41 ms (1 h)
		"
	`);
});

test("another member's alarm stays in sight", () => {
	const selectedId = ocpMembers()[1].member.id;
	expect(
		picture(ocpState(), 80, 24, {screen: {...page, selectedId}})
			.split('\n')
			.slice(0, 4)
			.join('\n'),
	).toMatchInlineSnapshot(`
		"
		 ocp-west > ip-10-0-191-37.example.redhat.com    member 2 of 3          03:12:31
		╔══ NOSPACE: every write in the cluster is refused, since 03:09:41 (2:50) ═════╗
		 ● healthy"
	`);
});

test('a member of which nothing was ever heard has no invented figures', () => {
	const [etcd0] = prodMembers();
	const {status: _, metrics: __, latencyMs: ___, maximumLatencyMs: ____, ...rest} = etcd0;
	const failure = {kind: 'refused' as const, message: 'connection refused', nextStep: '', endpoint: 'https://10.0.159.225:2379'};
	const silent = {
		...rest,
		role: undefined,
		statusAnswer: {kind: 'failed' as const, at: now, waitedMs: 3, failure},
		metricsAnswer: {kind: 'failed' as const, at: now, waitedMs: 3, failure},
		condition: {
			state: 'down' as const,
			since: now - 48_000,
			explanation: '10.0.159.225:2379 connection refused for {age}; is etcd running there? 2 of 3 voters left, none to spare',
		},
		quota: {bytes: 2 * 1024 ** 3, source: 'assumed' as const},
	};
	expect(picture(prodState({members: [silent]}), 80, 24, {screen: page})).toMatchInlineSnapshot(`
		"
		 prod-eu-1 > etcd-0    member 1 of 1                                    14:32:08
		 ✗ down  10.0.159.225:2379 connection refused for 0:48; is etcd running there? 2
		         of 3 voters left, none to spare
		── size ───────────────────────────────── raft ─────────────────────────────────
		 db size                –                 is leader                      –
		 db size in use         –                 is learner                 false
		 gives back             –                 raft term                      –
		 quota           2.00 GiB  assumed        raft index                     –
		 █ ▒ of quota    –                        raft applied index             –
		── answers ─────────────────────────────────────────────────────────────────────
		 Status          connection refused       age of the figures             –
		 metrics         connection refused       revision                       –
		── identity ────────────────────────────────────────────────────────────────────
		 id              264c7c58ecbdabee
		 client, peer    https://10.0.159.225:2379   https://10.0.159.225:2380
		 version         –
		 storage version –        only from etcd 3.6
		 errors          –
		── defragmentations ── not counted: no metrics, 0 in the journal ───────────────
		 none known of: not in the journal, none seen while watching
		"
	`);
});

test('a long error is told whole', () => {
	const members = ocpState().members.map((record) => ({
		...record,
		status: {
			...record.status!,
			value: {
				...record.status!.value,
				errors: ['memberID:1 alarm:NOSPACE ', 'memberID:2 alarm:NOSPACE ', 'memberID:3 alarm:NOSPACE '],
			},
		},
	}));
	expect(picture(ocpState({members}), 80, 24, {screen: page})).toContain(
		' errors          memberID:1 alarm:NOSPACE; memberID:2 alarm:NOSPACE; memberID:3\n                 alarm:NOSPACE',
	);
});
