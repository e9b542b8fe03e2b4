import {expect, test} from 'vitest';
import {GiB, now, prodMembers, prodState, sampleMember} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const charts = {view: 'charts' as const};

test('at full height the steps are finer', () => {
	expect(picture(prodState(), 80, 24, {screen: charts})).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── db size ── all members ── 1 h ── D defragmentation  L leader changed ────────
		   8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 7.5     ┤
		   7     ┤
		 6.5     ┤
		   6     ┤
		 5.5     ┤━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  ━ etcd-2  5.62 GiB
		   5     ┤──────────────────────────────────────────────────  ─ etcd-0  4.79 GiB
		 4.5     ┤                      ║
		   4     ┤                      ║
		 3.5     ┤                      ║
		   3     ┤                      ║
		 2.5     ┤                      ║
		   2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╚═══════════════════════════  ═ etcd-1  2.01 GiB
		 1.5     ┤                                                    ┄ in use  1.93 GiB
		   1     ┤
		 0.5     ┤
		   0     ┤
		         └────────────────────LD────────────────────────────
		          13:32     13:48       14:02        14:18       14:32
		"
	`);
});

test('the selected member alone, over five minutes', () => {
	const screen = {...charts, chartScope: 'selected' as const, chartWindow: '5m' as const};
	expect(picture(prodState(), 80, 18, {screen})).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── db size ── etcd-0 ── 5 m ────────────────────────────────────────────────────
		 8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 7     ┤
		 6     ┤
		 5     ┤──────────────────────────────────────────────────  ─ etcd-0  4.79 GiB
		 4     ┤
		 3     ┤
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  ┄ in use  1.93 GiB
		 1     ┤
		 0     ┤
		       └──────────────────────────────────────────────────
		        14:27:12 14:28:30    14:29:42     14:31:00    14:32:12
		"
	`);
});

test('no line where there was no answer', () => {
	const minute = 60_000;
	const gapped = sampleMember({
		id: 'aaaa',
		name: 'etcd-0',
		url: 'https://10.0.159.225:2379',
		dbSizeBytes: 4 * GiB,
		inUseBytes: 1 * GiB,
		leaderId: 'aaaa',
		raftTerm: 7,
		raftIndex: 1,
		sizeAt: (at) => (at > now - 40 * minute && at < now - 20 * minute ? undefined : 4 * GiB),
	});
	const drawn = picture(prodState({members: [gapped], events: []}), 80, 15, {screen: charts});
	expect(drawn).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ 9ac311f93915cc79 70% of quota (limit 65%)   +2
		── db size ── all members ── 1 h ───────────────────────────────────────────────
		 8 GiB ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  ╌ quota   8.00 GiB
		 6     ┤
		 4     ┤──────────────────                ──────────────────  ─ etcd-0  4.00 GiB
		 2     ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄                ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  ┄ in use  1.00 GiB
		 0     ┤
		       └────────────────────────────────────────────────────
		        13:31     13:47        14:02        14:17        14:32
		"
	`);
});

test.each(['5m', '15m', '1h', '6h', '24h'] as const)('a window of %s is drawn at every size', (chartWindow) => {
	for (const [columns, rows] of [
		[60, 15],
		[80, 24],
		[120, 36],
		[200, 60],
	] as const) {
		const drawn = picture(prodState(), columns, rows, {screen: {...charts, chartWindow}});
		expect(drawn).toMatch(/5\.62 GiB/);
	}
});

test('a cluster without a quota has no quota line', () => {
	const members = prodMembers().map((record) => ({...record, quota: {bytes: undefined, source: 'none' as const}}));
	expect(picture(prodState({members, alerts: []}), 80, 24, {screen: charts})).not.toMatch(/╌|quota/);
});
