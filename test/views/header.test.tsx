import {renderToString} from 'ink';
import {createElement} from 'react';
import {expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {createTheme} from '../../source/theme.ts';
import {TooSmall} from '../../source/views/too-small.tsx';
import {now, ocpState, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const firstLine = (state: State, columns: number, screen = {}) => picture(state, columns, 24, {screen}).split('\n')[1];

test('fields go in their order as the terminal narrows', () => {
	const widths = [140, 120, 110, 100, 99, 90, 80, 70, 60];
	expect(`\n${widths.map((columns) => firstLine(prodState(), columns)).join('\n')}\n`).toMatchInlineSnapshot(`
		"
		 etcdtop   prod-eu-1   ● HEALTHY  3 of 3 voters   leader etcd-2   term 7                            mTLS, 3 endpoints   every 2 s   14:32:08
		 etcdtop   prod-eu-1   ● HEALTHY  3 of 3 voters   leader etcd-2   term 7        mTLS, 3 endpoints   every 2 s   14:32:08
		 prod-eu-1   ● HEALTHY  3 of 3 voters   leader etcd-2   term 7        mTLS, 3 endpoints   every 2 s   14:32:08
		 prod-eu-1   ● HEALTHY  3 of 3 voters   leader etcd-2       mTLS, 3 endpoints   every 2 s   14:32:08
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  term 7  mTLS, 3 endpoints  every 2 s  14:32:08
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s              14:32:08
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2           14:32:08
		 prod-eu-1  ● HEALTHY  leader etcd-2                14:32:08
		"
	`);
});

test('every state of the cluster is a word', () => {
	const health = prodState().health;
	const {leader: _, ...leaderless} = health;
	const states: readonly State['health'][] = [
		{kind: 'connecting', voters: 0, answeringVoters: 0},
		health,
		{...health, kind: 'degraded', answeringVoters: 2},
		{...leaderless, kind: 'no quorum', answeringVoters: 1},
		{...health, kind: 'NOSPACE'},
		{...health, kind: 'CORRUPT'},
		{...leaderless, kind: 'no contact', answeringVoters: 0},
	];
	const lines = states.map((one) => firstLine(prodState({health: one}), 80));
	expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
		"
		 etcdtop  prod-eu-1  ◌ CONNECTING  mTLS, 3 endpoints  every 2 s         14:32:08
		 prod-eu-1  ● HEALTHY  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 prod-eu-1  ▲ DEGRADED  2 of 3 voters  leader etcd-2  mTLS  every 2 s   14:32:08
		 prod-eu-1  ■ NO QUORUM  1 of 3 voters  no leader  mTLS  every 2 s      14:32:08
		 prod-eu-1  ■ NOSPACE  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 prod-eu-1  ■ CORRUPT  3 of 3 voters  leader etcd-2  mTLS  every 2 s    14:32:08
		 prod-eu-1  ✗ NO CONTACT  0 of 3 voters  no leader  mTLS  every 2 s     14:32:08
		"
	`);
});

test('read-only and paused are said, at 60 columns too', () => {
	const state = prodState({readOnly: true});
	const screen = {pausedSince: now - 42_000};
	expect(firstLine(state, 120, screen)).toContain('READ-ONLY');
	expect(firstLine(state, 120, screen)).toContain('PAUSED 0:42');
	expect(`\n${firstLine(state, 60, screen)}\n`).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ● HEALTHY  READ-ONLY  PAUSED 0:42       14:32:08
		"
	`);
});

test('below 60 by 15 one sentence, the alarm and the run', () => {
	const theme = createTheme({unicode: true, color: false});
	const draw = (state: State) =>
		renderToString(createElement(TooSmall, {state, columns: 59, rows: 12, theme}), {columns: 59}).trimEnd();
	expect(`\n${draw(prodState())}\n`).toMatchInlineSnapshot(`
		"
		etcdtop needs 60 x 15; this terminal has 59 x 12. Enlarge
		it, or leave (q) and run: etcdtop status
		"
	`);
	expect(`\n${draw(ocpState())}\n`).toMatchInlineSnapshot(`
		"
		etcdtop needs 60 x 15; this terminal has 59 x 12. Enlarge
		it, or leave (q) and run: etcdtop status
		■ NOSPACE: every write is refused
		"
	`);
});
