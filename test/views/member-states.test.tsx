import {expect, test} from 'vitest';
import type {MemberCondition, MemberRecord} from '../../source/engine/state.ts';
import {GiB, now, prodMembers, prodState, sampleMember} from '../helpers/sample-state.ts';
import {frame, picture} from './picture.tsx';

const second = 1000;

function inState(condition: Partial<MemberCondition>, silentSeconds?: number, latencyMs?: number): MemberRecord {
	const [, etcd1] = prodMembers();
	const silentMs = silentSeconds === undefined ? undefined : silentSeconds * second;
	return sampleMember({
		id: etcd1.member.id,
		name: 'etcd-1',
		url: 'https://10.0.191.37:2379',
		dbSizeBytes: 2.01 * GiB,
		inUseBytes: 1.93 * GiB,
		leaderId: '9ac311f93915cc79',
		raftTerm: 7,
		raftIndex: 51_873_204,
		condition,
		...(silentMs === undefined ? {} : {silentMs}),
		...(latencyMs === undefined ? {} : {latencyMs}),
	});
}

const catalogue: Readonly<Record<string, MemberRecord>> = {
	slow: inState(
		{
			state: 'slow',
			since: now - 14 * second,
			explanation: 'Status takes 612 ms (limit 500 ms) for {age}; fsync p99 480 ms: its disk is slow',
		},
		undefined,
		612,
	),
	stalled: inState(
		{
			state: 'stalled',
			since: now - 14 * second,
			explanation: 'Status silent for {age}, metrics answer, nothing in flight: disk or raft is stuck; look at its log',
		},
		14,
	),
	frozen: inState(
		{
			state: 'frozen',
			since: now - 14 * second,
			explanation: 'port open, neither Status nor metrics answer for {age}: a stopped process, or a host that hangs',
		},
		14,
	),
	down: inState(
		{
			state: 'down',
			since: now - 48 * second,
			explanation: '10.0.191.37:2379 connection refused for {age}; is etcd running there? 2 of 3 voters left, none to spare',
		},
		48,
	),
	defragmenting: inState(
		{
			state: 'defragmenting',
			since: now - 21 * second,
			explanation: 'silent as expected; metrics answer: in flight 1; started here',
			defragmenting: {ours: true, inflight: 1, estimateMs: 34 * second},
		},
		20,
	),
	unknown: inState(
		{
			state: 'unknown',
			since: now - 600 * second,
			explanation: 'no answer for {age}; it may still run (in flight 1). Watched, never sent again; nothing else starts',
		},
		600,
	),
	NOSPACE: inState({state: 'NOSPACE', since: now - 60 * second}),
	refused: inState({state: 'refused', explanation: 'user name needed. Give --user'}, 14),
	connecting: inState({state: 'connecting'}),
	unstarted: inState({
		state: 'unstarted',
		explanation: 'in the member list, never started; it counts for the quorum if it is a voter',
	}),
};

function rowsOf(columns: number, unicode = true): string {
	const rows = Object.values(catalogue).flatMap((record) => {
		const [etcd0, , etcd2] = prodMembers();
		const drawn = picture(prodState({members: [etcd0, record, etcd2]}), columns, 24, {unicode});
		const lines = drawn.split('\n');
		const first = lines.findIndex((line) => line.startsWith('  etcd-1'));
		return lines.slice(
			first,
			lines.findIndex((line, index) => index > first && line.startsWith('  etcd-2')),
		);
	});
	return `\n${rows.join('\n')}\n`;
}

test('every state has its symbol, its word, and a line that says what is seen', () => {
	expect(rowsOf(120)).toMatchInlineSnapshot(`
		"
		  etcd-1        ▲ slow           follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    612 ms
		                └ Status takes 612 ms (limit 500 ms) for 0:14; fsync p99 480 ms: its disk is slow
		  etcd-1        ▲ stalled        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  14 s ago
		                └ Status silent for 0:14, metrics answer, nothing in flight: disk or raft is stuck; look at its log
		  etcd-1        ○ frozen         follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  14 s ago
		                └ port open, neither Status nor metrics answer for 0:14: a stopped process, or a host that hangs
		  etcd-1        ✗ down           follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  48 s ago
		                └ 10.0.191.37:2379 connection refused for 0:48; is etcd running there? 2 of 3 voters left, none to spare
		  etcd-1        ◆ defragmenting  follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  20 s ago
		                └ 0:21 of ~0:34  ████████████░░░░░░░░  silent as expected; metrics answer: in flight 1; started here
		  etcd-1        ? unknown        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  10 m ago
		                └ no answer for 10:00; it may still run (in flight 1). Watched, never sent again; nothing else starts
		  etcd-1        ■ NOSPACE        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    1.4 ms
		  etcd-1        ✗ refused        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············  14 s ago
		                └ user name needed. Give --user
		  etcd-1        ◌ connecting     follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    1.4 ms
		  etcd-1        – unstarted      follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    1.4 ms
		                └ in the member list, never started; it counts for the quorum if it is a voter
		"
	`);
});

test('at 80 columns the explanations begin further left', () => {
	expect(rowsOf(80)).toMatchInlineSnapshot(`
		"
		  etcd-1        ▲ slow          follower 2.01 GiB  81.9 MiB   4%   25%    612 ms
		    └ Status takes 612 ms (limit 500 ms) for 0:14; fsync p99 480 ms: its disk is
		      slow
		  etcd-1        ▲ stalled       follower 2.01 GiB  81.9 MiB   4%   25%  14 s ago
		    └ Status silent for 0:14, metrics answer, nothing in flight: disk or raft is
		      stuck; look at its log
		  etcd-1        ○ frozen        follower 2.01 GiB  81.9 MiB   4%   25%  14 s ago
		    └ port open, neither Status nor metrics answer for 0:14: a stopped process,
		      or a host that hangs
		  etcd-1        ✗ down          follower 2.01 GiB  81.9 MiB   4%   25%  48 s ago
		    └ 10.0.191.37:2379 connection refused for 0:48; is etcd running there? 2 of
		      3 voters left, none to spare
		  etcd-1        ◆ defragmenting follower 2.01 GiB  81.9 MiB   4%   25%  20 s ago
		    └ 0:21 of ~0:34  ████████████░░░░░░░░
		      silent as expected; metrics answer: in flight 1; started here
		  etcd-1        ? unknown       follower 2.01 GiB  81.9 MiB   4%   25%  10 m ago
		    └ no answer for 10:00; it may still run (in flight 1). Watched, never sent
		      again; nothing else starts
		  etcd-1        ■ NOSPACE       follower 2.01 GiB  81.9 MiB   4%   25%    1.4 ms
		  etcd-1        ✗ refused       follower 2.01 GiB  81.9 MiB   4%   25%  14 s ago
		    └ user name needed. Give --user
		  etcd-1        ◌ connecting    follower 2.01 GiB  81.9 MiB   4%   25%    1.4 ms
		  etcd-1        – unstarted     follower 2.01 GiB  81.9 MiB   4%   25%    1.4 ms
		    └ in the member list, never started; it counts for the quorum if it is a
		      voter
		"
	`);
});

test('in ASCII', () => {
	expect(rowsOf(120, false)).toMatch(/^[\x20-\x7e\n]*$/);
	expect(rowsOf(120, false)).toMatchInlineSnapshot(`
		"
		  etcd-1        ! slow           follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............    612 ms
		                \` Status takes 612 ms (limit 500 ms) for 0:14; fsync p99 480 ms: its disk is slow
		  etcd-1        ! stalled        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  14 s ago
		                \` Status silent for 0:14, metrics answer, nothing in flight: disk or raft is stuck; look at its log
		  etcd-1        o frozen         follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  14 s ago
		                \` port open, neither Status nor metrics answer for 0:14: a stopped process, or a host that hangs
		  etcd-1        X down           follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  48 s ago
		                \` 10.0.191.37:2379 connection refused for 0:48; is etcd running there? 2 of 3 voters left, none to spare
		  etcd-1        ~ defragmenting  follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  20 s ago
		                \` 0:21 of ~0:34  ############--------  silent as expected; metrics answer: in flight 1; started here
		  etcd-1        ? unknown        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  10 m ago
		                \` no answer for 10:00; it may still run (in flight 1). Watched, never sent again; nothing else starts
		  etcd-1        # NOSPACE        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............    1.4 ms
		  etcd-1        X refused        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............  14 s ago
		                \` user name needed. Give --user
		  etcd-1        . connecting     follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............    1.4 ms
		  etcd-1        - unstarted      follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ####............    1.4 ms
		                \` in the member list, never started; it counts for the quorum if it is a voter
		"
	`);
});

test('old figures are dim, the name and the state are not', () => {
	const [etcd0, , etcd2] = prodMembers();
	const members = [etcd0, catalogue['down']!, etcd2];
	const row = frame(prodState({members}), 120, 24, {color: true})
		.split('\n')
		.find((line) => line.includes('etcd-1') && line.includes('✗'));
	expect(row).toContain('  etcd-1        \x1b[');
	expect(row).toMatch(/\x1b\[[^m]*2m[^\x1b]*48 s ago/);
});

test('a learner is called one, and said to have no vote', () => {
	const [etcd0, etcd1, etcd2] = prodMembers();
	const learner = sampleMember({
		id: 'aaaa',
		name: 'etcd-3',
		role: 'learner',
		url: 'https://10.0.199.171:2379',
		dbSizeBytes: 1.96 * GiB,
		inUseBytes: 1.93 * GiB,
		leaderId: '9ac311f93915cc79',
		raftTerm: 7,
		raftIndex: 1_204_311,
		latencyMs: 2.4,
		condition: {
			explanation: 'catching up, 1204311 entries behind; has no vote; never defragmented or made leader from here',
		},
	});
	const drawn = picture(prodState({members: [etcd0, etcd1, etcd2, learner]}), 120, 24);
	expect(`\n${drawn.split('\n').slice(3, 11).join('\n')}\n`).toMatchInlineSnapshot(`
		"
		── members ── 3 voters, 1 learner, by name ─────────────────────────────────────────────────────────── w raft columns ──
		  NAME          STATE            ROLE       DB SIZE    IN USE     GIVES BACK     QUOTA  USED  █ IN USE  ▒ BACK    ANSWER
		> etcd-0        ● healthy        follower  4.79 GiB  1.93 GiB  2.86 GiB  60%  8.00 GiB   60%  ████▒▒▒▒▒▒······    1.4 ms
		  etcd-1        ● healthy        follower  2.01 GiB  1.93 GiB  81.9 MiB   4%  8.00 GiB   25%  ████············    1.3 ms
		  etcd-2        ● healthy        leader    5.62 GiB  1.93 GiB  3.69 GiB  66%  8.00 GiB   70%  ████▒▒▒▒▒▒▒·····    1.9 ms
		  etcd-3        ● healthy        learner   1.96 GiB  1.93 GiB  30.7 MiB   2%  8.00 GiB   25%  ████············    2.4 ms
		                └ catching up, 1204311 entries behind; has no vote; never defragmented or made leader from here
		── db size ── all members ── 1 h, 40 s a column ── D defragmentation  L leader changed ─────────────────────────────────
		"
	`);
});
