import {expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {displayWidth} from '../../source/format.ts';
import {createTheme} from '../../source/theme.ts';
import {rescueViewLines} from '../../source/views/rescue.tsx';
import {sampleRescue, stateWith, wall} from '../helpers/sample-rescue.ts';
import {GiB, now, ocpState, prodState, screen} from '../helpers/sample-state.ts';

function draw(state: State, columns = 80, unicode = true): string {
	const theme = createTheme({unicode, color: false});
	const lines = rescueViewLines({state, screen, columns, rows: 24, theme});
	const texts = lines.map((line) =>
		line
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);
	return `\n${texts.join('\n')}\n`;
}

test('none', () => {
	expect(draw(prodState())).toMatchInlineSnapshot(`
		"
		── rescue ── none ──────────────────────────────────────────────────────────────
		 No NOSPACE alarm stands: there is nothing to be rescued from.
		"
	`);
	expect(draw(ocpState())).toMatchInlineSnapshot(`
		"
		── rescue ── none ──────────────────────────────────────────────────────────────
		 NOSPACE stands. R begins a rescue: it looks first, and asks before every change.
		"
	`);
});

test('begun: a snapshot is asked for, the keys are being counted', () => {
	const scan = {...sampleRescue.scan!, phase: 'scanning' as const, after: 'x', ofKeys: 402_000};
	const state = stateWith({scan}, {kind: 'ask', step: 'snapshot'});
	expect(draw(state)).toMatchInlineSnapshot(`
		"
		── rescue ── begun 03:11:02 by ana@bastion-1 ────── Enter does what has the > ──
		 ✓ 1 whose alarm     ip-10-0-159-225.example.redhat.com since 03:09:41; quota
		                     8.00 GiB
		 ✓ 2 will it help    yes: it gives back 17.6 GiB, 26% of the quota is used
		                     then; full again in ~1h23m
		 ◆ 3 what grew    w  131204 of ~402000 keys read at ip-10-0-191-37, w stops;
		                     72% is clusterserviceversions
		 > 4 snapshot     b  first, by etcd itself: debug pods and Leases are writes,
		                     which are refused now; n goes without
		 – 5 compact      C  not needed: 2.11 GiB in use
		   6 defragment   D  all, leader last; below 10% a member is not worth it
		   7 disarm       x  once every db size is below 90% of its quota
		   8 try a write  t  puts one key of our own and deletes it
		   9 watch           for 10 minutes that it isn't raised again

		── largest prefixes ── 131204 keys ── sizes estimated from 250 values ──────────
		 PREFIX                                                  KEYS       SIZE  SHARE
		 …s.io/operators.coreos.com/clusterserviceversions       2840   ~840 MiB    72%
		 /kubernetes.io/secrets                                  8110   ~163 MiB    14%
		 /kubernetes.io/events                                  98221  ~89.9 MiB     8%
		 /kubernetes.io/pods                                     4210  ~56.5 MiB     5%
		 /openshift.io/images                                    1903  ~16.4 MiB     1%
		"
	`);
	expect(draw(state, 120, false)).toMatchInlineSnapshot(`
		"
		-- rescue -- begun 03:11:02 by ana@bastion-1 ---------------------------------------------- Enter does what has the > --
		 + 1 whose alarm     ip-10-0-159-225.example.redhat.com since 03:09:41; quota 8.00 GiB
		 + 2 will it help    yes: it gives back 17.6 GiB, 26% of the quota is used then; full again in ~1h23m
		 ~ 3 what grew    w  131204 of ~402000 keys read at ip-10-0-191-37, w stops; 72% is clusterserviceversions
		 > 4 snapshot     b  first, by etcd itself: debug pods and Leases are writes, which are refused now; n goes without
		 - 5 compact      C  not needed: 2.11 GiB in use
		   6 defragment   D  all, leader last; below 10% a member is not worth it
		   7 disarm       x  once every db size is below 90% of its quota
		   8 try a write  t  puts one key of our own and deletes it
		   9 watch           for 10 minutes that it isn't raised again

		-- largest prefixes -- 131204 keys -- sizes estimated from 250 values -- without history -------------------------------
		 PREFIX                                                             KEYS       SIZE  SHARE
		 /kubernetes.io/operators.coreos.com/clusterserviceversions         2840   ~840 MiB    72%
		 /kubernetes.io/secrets                                             8110   ~163 MiB    14%
		 /kubernetes.io/events                                             98221  ~89.9 MiB     8%
		 /kubernetes.io/pods                                                4210  ~56.5 MiB     5%
		 /openshift.io/images                                               1903  ~16.4 MiB     1%
		"
	`);
});

test('it can not help: what deletes work', () => {
	const members = ocpState().members.map((record) => ({
		...record,
		status: {at: now, value: {...record.status!.value, dbSizeInUseBytes: 7.8 * GiB}},
	}));
	const compacted = {revision: 201_733_512, inUseBytes: 7.8 * GiB, uncounted: false};
	const snapshot = {kind: 'taken', at: wall('03:11:20'), file: 'snapshot_2026-11-27_031120.db'} as const;
	expect(draw(stateWith({compacted, snapshot}, {kind: 'can not help', used: 0.975}, {members}))).toMatchInlineSnapshot(`
		"
		── rescue ── begun 03:11:02 by ana@bastion-1 ───────────────────────────────────
		 ✓ 1 whose alarm     ip-10-0-159-225.example.redhat.com since 03:09:41; quota
		                     8.00 GiB
		 ✗ 2 will it help    no: 98% of the quota is held by keys as they are now
		 ✓ 3 what grew    w  131204 keys; 72% is clusterserviceversions
		 ✓ 4 snapshot     b  snapshot_2026-11-27_031120.db, 03:11:20
		 ✓ 5 compact      C  to revision 201733512; 7.80 GiB in use then
		   6 defragment   D  all, leader last; below 10% a member is not worth it
		   7 disarm       x  once every db size is below 90% of its quota
		   8 try a write  t  puts one key of our own and deletes it
		   9 watch           for 10 minutes that it isn't raised again
		 ■ Defragmenting can't help: 98% of the quota is held by keys as they are now.
		 · Deletes are accepted under NOSPACE: etcdctl del --prefix, and kubectl delete
		   of objects without finalizers.
		 · An object with finalizers, or with a grace period, is first written to and
		   then deleted: that is refused now. Delete its key, or what holds no
		   finalizer.
		 · Then compact (C), so that the deleted keys leave the file, and go on here.
		 · The other way is a bigger quota: --quota-backend-bytes of every member, one
		   restart at a time; etcd warns above 8 GiB.

		── largest prefixes ── 131204 keys ── sizes estimated from 250 values ──────────
		 PREFIX                                                  KEYS       SIZE  SHARE
		 …s.io/operators.coreos.com/clusterserviceversions       2840   ~840 MiB    72%
		 /kubernetes.io/secrets                                  8110   ~163 MiB    14%
		 /kubernetes.io/events                                  98221  ~89.9 MiB     8%
		 /kubernetes.io/pods                                     4210  ~56.5 MiB     5%
		 /openshift.io/images                                    1903  ~16.4 MiB     1%
		"
	`);
});

test('writable again, and watched', () => {
	const members = ocpState().members.map((record) => ({
		...record,
		status: {at: now, value: {...record.status!.value, dbSizeBytes: 2.13 * GiB}},
	}));
	const snapshot = {kind: 'declined', at: wall('03:11:20'), operator: 'ana@bastion-1'} as const;
	const rescue = {
		snapshot,
		defragmented: {runId: 'a', givenBackBytes: 17.6 * GiB},
		disarmed: {at: wall('03:16:58')},
		probe: {kind: 'written', at: wall('03:17:10')} as const,
	};
	const state = stateWith(rescue, {kind: 'watch', until: now + 600_000}, {members, alarms: []});
	expect(draw(state)).toMatchInlineSnapshot(`
		"
		── rescue ── begun 03:11:02 by ana@bastion-1 ───────────────────────────────────
		 ✓ 1 whose alarm     ip-10-0-159-225.example.redhat.com since 03:09:41; quota
		                     8.00 GiB
		 ✓ 2 will it help    26% of the quota is in use; full again in ~1h23m
		 ✓ 3 what grew    w  131204 keys; 72% is clusterserviceversions
		 – 4 snapshot     b  gone without by ana@bastion-1
		 – 5 compact      C  not needed: 2.11 GiB in use
		 ✓ 6 defragment   D  gave back 17.6 GiB
		 ✓ 7 disarm       x  no NOSPACE stands, 03:16:58
		 ✓ 8 try a write  t  written and deleted, 03:17:10
		 ◆ 9 watch           until 03:22:31 that it isn't raised again; full again in
		                     ~1h23m as it grew before the alarm (1.20 MiB/s)

		── largest prefixes ── 131204 keys ── sizes estimated from 250 values ──────────
		 PREFIX                                                  KEYS       SIZE  SHARE
		 …s.io/operators.coreos.com/clusterserviceversions       2840   ~840 MiB    72%
		 /kubernetes.io/secrets                                  8110   ~163 MiB    14%
		 /kubernetes.io/events                                  98221  ~89.9 MiB     8%
		 /kubernetes.io/pods                                     4210  ~56.5 MiB     5%
		 /openshift.io/images                                    1903  ~16.4 MiB     1%
		"
	`);
});

test.each([60, 80, 120, 200])('no line is wider than %i columns, whatever the keys are called', (columns) => {
	const prefix = `/registry/${'寿司'.repeat(30)}`;
	const group = {prefix, keys: 123_456_789, keyBytes: 1e12, samples: 1, sampledBytes: 1e6};
	const scan = {phase: 'failed', reason: 'x'.repeat(300), table: {keys: 123_456_789, groups: [group], others: group}} as const;
	const states = [
		stateWith({scan}, {kind: 'ask', step: 'compact', why: 'y'.repeat(200)}),
		stateWith({scan}, {kind: 'halt', reason: 'z'.repeat(200), nextStep: 'w'}),
		stateWith({scan, compacted: {revision: 1, inUseBytes: 1, uncounted: true}}, {kind: 'can not help', used: 0.95}),
	];
	for (const state of states) {
		for (const line of draw(state, columns).split('\n')) {
			expect(displayWidth(line)).toBeLessThanOrEqual(columns);
		}
	}
});
