import {describe, expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {displayWidth} from '../../source/format.ts';
import {prodMembers, prodState} from '../helpers/sample-state.ts';
import {frame, picture} from './picture.tsx';

function named(...names: readonly string[]): State {
	const base = prodMembers();
	const members = names.map((name, index) => {
		const record = base[index % base.length]!;
		const id = index < base.length ? record.member.id : `${index}`.padStart(4, 'a');
		return {...record, member: {...record.member, id, name}};
	});
	const events = prodState().events.map((event) => ({...event, subject: names[0] ?? '', text: `${event.text} ${names[0]}`}));
	return prodState({members, events, clusterName: names[0] ?? ''});
}

const stories: Readonly<Record<string, State>> = {
	wide: named('数据库节点一', '数据库节点二', '数据库节点三'),
	'200 characters': named(`${'x'.repeat(199)}1`, `${'x'.repeat(199)}2`, `${'x'.repeat(199)}3`),
	'200 wide characters': named(`${'库'.repeat(199)}一`, `${'库'.repeat(199)}二`, `${'库'.repeat(199)}三`),
	'the same name': named('etcd', 'etcd', 'etcd'),
	'none at all': named('', '', ''),
	emoji: named('👩‍👩‍👧‍👦'.repeat(9), '🇩🇪'.repeat(20), 'é'.repeat(50)),
};

describe.each(Object.entries(stories))('%s', (_, state) => {
	test.each([60, 80, 120, 200])('no line of any view is wider than %i columns, and columns stay in their place', (columns) => {
		for (const view of ['overview', 'charts', 'events', 'member'] as const) {
			for (const unicode of [true, false]) {
				const lines = frame(state, columns, 36, {unicode, screen: {view}}).split('\n');
				expect(lines.length).toBe(34);
				expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
			}
		}
		const rows = frame(state, columns, 24)
			.split('\n')
			.filter((line) => /● healthy/.test(line));
		const starts = rows.map((line) => displayWidth(line.slice(0, line.indexOf('●'))));
		expect(rows.length).toBe(3);
		expect(new Set(starts).size).toBe(1);
	});
});

test('long names keep what tells them apart', () => {
	const table = (state: State) => picture(state, 80, 15).split('\n').slice(4, 8).join('\n');
	expect(`\n${table(stories['200 characters']!)}\n${table(stories['wide']!)}\n`).toMatchInlineSnapshot(`
		"
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> …xxxxxxxxxx1  ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  …xxxxxxxxxx2  ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  …xxxxxxxxxx3  ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> 数据库节点一  ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  数据库节点二  ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  数据库节点三  ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		"
	`);
});

test.each([5, 7, 9])('of %i members the selected one is always on the screen', (count) => {
	const names = Array.from({length: count}, (_, index) => `etcd-${index}`);
	const state = named(...names);
	for (const [columns, rows] of [
		[60, 15],
		[80, 16],
		[80, 24],
		[120, 36],
	] as const) {
		for (const {member} of state.members) {
			const drawn = picture(state, columns, rows, {screen: {selectedId: member.id}});
			expect(drawn).toMatch(new RegExp(`^> ${member.name} `, 'm'));
		}
	}
});

test('nine members at 80 by 15', () => {
	const state = named(...Array.from({length: 9}, (_, index) => `etcd-${index}`));
	expect(picture(state, 80, 15, {screen: {selectedId: state.members[7]!.member.id}})).toMatchInlineSnapshot(`
		"
		 etcd-0  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s       14:32:08
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── members ── 9 voters, by name ────────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		  etcd-0        ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-1        ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-2        ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		  etcd-3        ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-4        ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-5        ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		  etcd-6        ● healthy       follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		> etcd-7        ● healthy       follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-8        ● healthy       leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		"
	`);
});
