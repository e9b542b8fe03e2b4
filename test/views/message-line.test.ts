import {expect, test} from 'vitest';
import type {CooldownState} from '../../source/domain/cooldown.ts';
import type {State} from '../../source/engine/state.ts';
import {initialScreen, type ScreenState} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {messageLines} from '../../source/views/footer.ts';
import {sampleRun} from '../helpers/sample-run.ts';
import {now, prodState} from '../helpers/sample-state.ts';

const cooling: CooldownState = {
	kind: 'cooling',
	until: now + 37_400,
	why: "etcd-1 was defragmented by another tool, it can't be seen when",
};

function drawn(overrides: Partial<State>, columns = 120, screen: Partial<ScreenState> = {}): string {
	const theme = createTheme({unicode: true, color: false});
	const lines = messageLines({...initialScreen, ...screen}, prodState(overrides), columns, theme);
	return lines.map((line) => line.map(({text}) => text).join('')).join('\n');
}

test('a standing cooldown says until when, and why', () => {
	expect(drawn({cooldown: cooling})).toBe(
		" ◌ cooldown until 14:32:46: etcd-1 was defragmented by another tool, it can't be seen when",
	);
	expect(drawn({cooldown: cooling}, 60)).toBe(
		` ◌ cooldown until 14:32:46: etcd-1 was defragmented by\n   another tool, it can't be seen when`,
	);
});

test('it is the same from second to second, and gone when it is over', () => {
	expect(drawn({cooldown: cooling, now: now + 37_000})).toBe(drawn({cooldown: cooling}));
	expect(drawn({cooldown: cooling, now: now + 37_400})).toBe('');
	expect(drawn({cooldown: {kind: 'over'}})).toBe('');
});

test('one that runs, or whose outcome nobody knows, holds the next one without a time', () => {
	const blocked = {kind: 'blocked', memberId: 'a', why: 'the outcome of a defragmentation of etcd-1 is unknown'} as const;
	expect(drawn({cooldown: blocked})).toBe(
		' ◌ no defragmentation can start: the outcome of a defragmentation of etcd-1 is unknown',
	);
});

test('what a key had to say comes first', () => {
	expect(drawn({cooldown: cooling, message: {kind: 'refused', text: 'D: no'}})).toBe(' ✗ D: no');
});

test('a run tells its own waits, and so does the summary of one that is over', () => {
	const goesOn = sampleRun({kind: 'cooling down', since: now, until: now + 37_400, why: ''});
	const over = sampleRun({kind: 'finished', at: now});
	expect(drawn({cooldown: cooling, run: goesOn})).toBe('');
	expect(drawn({cooldown: cooling, run: over}, 120, {view: 'run'})).toBe('');
	expect(drawn({cooldown: cooling, run: over})).toContain('cooldown until');
});

test('it is no matter of a session that changes nothing, nor of a dialog', () => {
	expect(drawn({cooldown: cooling, readOnly: true})).toBe('');
	expect(drawn({cooldown: cooling}, 120, {overlays: [{kind: 'help', scroll: 0}]})).toBe('');
});
