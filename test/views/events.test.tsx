import {expect, test} from 'vitest';
import {prodAt, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const list = {view: 'events' as const};

test('newest first, with the time, the kind and whom it concerns', () => {
	expect(picture(prodState(), 80, 15, {screen: list})).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── events ── newest first, 7 of 7 ──────────────────────────────────────────────
		 14:27:40  ●  etcd-2   answers in time again: 1.9 ms
		 14:27:26  ▲  etcd-2   slow: 612 ms (limit 500 ms)
		 13:59:41  ●  cluster  cooldown over, 1:00 after etcd-1
		 13:58:41  ●  etcd-1   defragmented by another tool (count 2 → 3): 5.58 GiB →
		                       1.90 GiB in 0:33
		 13:58:08  ◆  etcd-1   defragmenting, not started here: in flight 1, Status
		                       silent
		 13:57:31  ▲  cluster  leader changed: etcd-1 → etcd-2, term 6 → 7
		 13:32:02  ●  cluster  3 members found through 10.0.159.225:2379
		"
	`);
});

test('a filter leaves the events that hold it', () => {
	expect(picture(prodState(), 80, 15, {screen: {...list, filter: 'LEADER'}})).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── events ── newest first, 1 of 7 ── filter /LEADER ────────────────────────────
		 13:57:31  ▲  cluster  leader changed: etcd-1 → etcd-2, term 6 → 7
		"
	`);
	expect(picture(prodState(), 80, 15, {screen: {...list, filter: 'zebra'}})).toContain('No event has that in it.');
});

test('a long list scrolls and stops at its end', () => {
	const events = Array.from({length: 40}, (_, index) => ({
		at: prodAt('14:00:00') - index * 1000,
		kind: 'note' as const,
		subject: 'cluster',
		text: `event ${index + 1}`,
	}));
	const shown = (scroll: number) => {
		const lines = picture(prodState({events}), 80, 15, {screen: {...list, scroll}})
			.trim()
			.split('\n');
		return [lines[2], lines[3]?.slice(23), lines.at(-1)?.slice(23)];
	};
	expect(shown(0)).toEqual([expect.stringContaining('newest first, 1 to 10 of 40'), 'event 1', 'event 10']);
	expect(shown(7)).toEqual([expect.stringContaining('newest first, 8 to 17 of 40'), 'event 8', 'event 17']);
	expect(shown(999)).toEqual([expect.stringContaining('newest first, 31 to 40 of 40'), 'event 31', 'event 40']);
});

test('an event of yesterday has its day', () => {
	const events = [{at: prodAt('00:10:00') - 3_600_000, kind: 'good' as const, subject: 'cluster', text: 'cooldown over'}];
	expect(picture(prodState({events}), 80, 15, {screen: list})).toContain(' Nov 22    ●  cluster  cooldown over');
});

test('a long event is told whole, and the last page ends with the oldest', () => {
	const text = 'word '.repeat(20).trim();
	const events = Array.from({length: 8}, (_, index) => ({
		at: prodAt('14:00:00') - index * 1000,
		kind: 'note' as const,
		subject: 'cluster',
		text: `event ${index + 1} ${text}`,
	}));
	const lines = (scroll: number) =>
		picture(prodState({events}), 60, 15, {screen: {...list, scroll}})
			.trim()
			.split('\n')
			.slice(2);
	expect(lines(0).join(' ').split('word').length - 1).toBe(60);
	expect(lines(0)[0]).toContain('newest first, 1 to 3 of 8');
	expect(lines(999)[0]).toContain('newest first, 6 to 8 of 8');
	expect(lines(999)[1]).toContain('event 6');
});
