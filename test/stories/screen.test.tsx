import {afterEach, expect, test} from 'vitest';
import {numberedViews} from '../../source/views/view-table.ts';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {phases, sampleRun} from '../helpers/sample-run.ts';
import {GiB, now, ocpState, prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

const calls = (name: string) => app.calls().filter((call) => call.startsWith(name));

test('the selection stays on its member when the order changes', async () => {
	app = await openApp(prodState());
	await app.press('G');
	expect(await app.frame()).toMatch(/> etcd-2/);
	await app.press('s', 's');
	expect((await app.frame()).split('\n').findIndex((line) => line.startsWith('> etcd-2'))).toBe(4);
	await app.press('S');
	expect((await app.frame()).split('\n').findIndex((line) => line.startsWith('> etcd-2'))).toBe(6);
});

test('keys over a slow link come together and are still keys', async () => {
	app = await openApp(prodState());
	await app.press('jj');
	expect(await app.frame()).toMatch(/> etcd-2/);
	await app.press('kk', `${keys.down}${keys.enter}`);
	expect(await app.frame()).toContain('prod-eu-1 > etcd-1');
});

test('q leaves the help before it leaves the program', async () => {
	app = await openApp(prodState());
	await app.press('?');
	expect(await app.frame()).toContain('┌ Keys');
	await app.press('q');
	expect(await app.frame()).not.toContain('┌ Keys');
});

test('a filter is typed, kept by Enter and cleared by Esc', async () => {
	app = await openApp(prodState());
	await app.press('/');
	await app.type('d-2');
	expect(await app.frame()).toMatch(/d-2/);
	await app.press(keys.enter);
	expect(await app.frame()).not.toMatch(/^. etcd-0/m);
	await app.press(keys.escape);
	expect(await app.frame()).toMatch(/^. etcd-0/m);
	await app.press('/', keys.paste('etcd-1\r'), keys.enter);
	expect(await app.frame()).not.toMatch(/^. etcd-0/m);
});

test('Enter opens the page of a member, arrows turn it, Esc leads back', async () => {
	app = await openApp(prodState());
	await app.press(keys.enter);
	expect(await app.frame()).toContain('prod-eu-1 > etcd-0    member 1 of 3');
	await app.press(keys.right, keys.right, keys.right);
	expect(await app.frame()).toContain('prod-eu-1 > etcd-2    member 3 of 3');
	await app.press(keys.escape);
	expect(await app.frame()).toMatch(/> etcd-2/);
});

test('numbers, Tab and Shift-Tab open the views; the alarms ask etcd each time they are opened, and only then', async () => {
	app = await openApp(prodState());
	await app.press('3', '3', keys.down);
	expect(calls('askAlarms')).toHaveLength(1);
	await app.press(keys.tab);
	expect(await app.frame()).toContain('── run ──');
	await app.press(keys.shiftTab);
	expect(calls('askAlarms')).toHaveLength(2);
	await app.press('r');
	expect(calls('askAlarms')).toHaveLength(3);
	await app.press(keys.shiftTab, keys.shiftTab, keys.shiftTab);
	expect(await app.frame()).toContain(`── ${numberedViews.at(-1)?.id} ──`);
});

test('pausing holds the picture, not the alarms, and not the run', async () => {
	app = await openApp(prodState());
	await app.press('p');
	const paused = ocpState({clusterName: 'prod-eu-1', now: now + 42_000, run: sampleRun(phases.defragmenting)});
	await app.set({...paused, startedAt: prodState().startedAt, wallOffsetMs: prodState().wallOffsetMs});
	const frame = await app.frame();
	expect(frame).toMatch(/PAUSED 0:4\d/);
	expect(frame).toContain('NOSPACE: every write in the cluster is refused');
	expect(frame).toContain('run  ◆ ');
	expect(frame).toContain('  etcd-1 ');
	await app.press('p');
	expect(await app.frame()).not.toContain('PAUSED');
	expect(await app.frame()).toContain('…191-37');
});

test('+ and - go through the intervals, and stop at their ends', async () => {
	app = await openApp(prodState());
	await app.press('+', '-');
	expect(app.calls()).toEqual(['setInterval 5000', 'setInterval 1000']);
	await app.set({intervalMs: 60_000});
	await app.press('+');
	await app.set({intervalMs: 1000});
	await app.press('-');
	await app.set({intervalMs: 3000});
	await app.press('+', '-');
	expect(app.calls().slice(2)).toEqual(['setInterval 60000', 'setInterval 1000', 'setInterval 10000', 'setInterval 2000']);
});

test('q leaves at once while nothing runs', async () => {
	app = await openApp(prodState());
	await app.press('q');
	expect(app.calls()).toEqual(['quit']);
});

test('q asks during a run, and Stay has the focus', async () => {
	app = await openApp(prodState({run: sampleRun(phases.defragmenting)}));
	await app.press('q');
	expect(await app.frame()).toContain('> [ Stay ]        [ Stay, stop after etcd-0 ]        [ Quit ]');
	await app.press('q', keys.enter);
	expect(app.calls()).toEqual([]);
	await app.press('q', keys.tab, keys.enter);
	expect(app.calls()).toEqual(['stopAfterThis']);
	await app.press('q', keys.shiftTab, keys.enter);
	expect(app.calls()).toEqual(['stopAfterThis', 'quit']);
});

test('Ctrl-C during a run asks; a second one only moves the focus to Quit', async () => {
	app = await openApp(prodState({run: sampleRun(phases.defragmenting)}));
	await app.press(keys.ctrlC);
	expect(await app.frame()).toContain('> [ Stay ]');
	await app.press(keys.ctrlC);
	expect(await app.frame()).toContain('> [ Quit ]');
	expect(app.calls()).toEqual([]);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['quit']);
});

test('the question of quitting goes when the run has ended', async () => {
	app = await openApp(prodState({run: sampleRun(phases.defragmenting)}));
	await app.press('q');
	await app.set({run: sampleRun(phases.finished)});
	expect(await app.frame()).not.toContain('Quit while a run is going?');
});

test('NOSPACE is disarmed by a typed word, for its member alone', async () => {
	const members = ocpState().members.map((record) => ({
		...record,
		status: {at: now, value: {...record.status!.value, dbSizeBytes: 2.13 * GiB}},
	}));
	const initial = ocpState({members});
	app = await openApp(initial);
	await app.press('a');
	expect(await app.frame()).toContain('✓ x disarms it');
	await app.press('x');
	expect(await app.frame()).toContain('asking the members');
	const {memberId, name} = initial.alarms[0]!;
	const rows = members.map(({member}) => ({
		memberId: member.id,
		name: member.name,
		dbSizeBytes: 2.13 * GiB,
		used: 0.27,
		quotaBytes: 8 * GiB,
		quotaAssumed: false,
		passed: true,
		detail: '',
	}));
	const confirmation = {
		word: 'disarm',
		consequences: ['Writes are accepted again at once.'],
		acknowledges: [],
		outage: false,
		terminalOnly: false,
	};
	await app.set({disarmPlan: {memberId, name, rows, confirmation}});
	app.wait(600);
	await app.type('disarm');
	await app.press(keys.tab, keys.enter);
	expect(app.calls()).toEqual(['askAlarms', `openDisarm ${memberId}`, 'disarm disarm']);
});

test('a disarming that is refused closes with its reason', async () => {
	app = await openApp(ocpState());
	await app.press('a', 'x');
	const {memberId, name} = ocpState().alarms[0]!;
	await app.set({disarmPlan: {memberId, name, rows: [], refusal: 'no voter answers'}});
	expect(await app.frame()).toContain('✗ x: no voter answers');
	expect(app.calls()).toContain('closeDisarm');
});

const compactPlan = {
	headRevision: 9000,
	inUseBytes: 7.1 * GiB,
	headConfirmation: {
		word: 'compact to head',
		consequences: ['Every revision before 9000 is dropped.'],
		acknowledges: [],
		outage: false,
		terminalOnly: false,
	},
};

test('compacting offers the old revision and the head, each with its word', async () => {
	app = await openApp(prodState());
	await app.press('C');
	const confirmation = {...compactPlan.headConfirmation, word: 'compact', consequences: ['Revisions before 8000 are dropped.']};
	await app.set({compactPlan: {...compactPlan, target: {revision: 8000, ageMs: 301_000}, confirmation}});
	expect(await app.frame()).toContain('> [ Cancel ]');
	await app.press(keys.tab, keys.enter);
	expect(await app.frame()).toContain('Compact to revision 8000?');
	app.wait(600);
	await app.type('compact');
	await app.press(keys.tab, keys.enter);
	expect(app.calls()).toEqual(['openCompact', 'compact target compact']);
});

test('without an old revision compacting waits, or goes to the head', async () => {
	app = await openApp(prodState());
	await app.press('C');
	await app.set({compactPlan: {...compactPlan, targetAt: now + 125_000}});
	expect(await app.frame()).toContain('2:05 more');
	expect(await app.frame()).not.toContain('[ To 8000 ]');
	await app.press(keys.tab, keys.enter);
	expect(await app.frame()).toContain('Compact to the head, revision 9000?');
	await app.press(keys.escape);
	expect(app.calls()).toEqual(['openCompact', 'closeCompact']);
});

test('a terminal too small says so, and still leaves', async () => {
	app = await openApp(prodState(), {columns: 59, rows: 12});
	expect(await app.frame()).toContain('etcdtop needs 60 x 15');
	await app.press('q');
	expect(app.calls()).toEqual(['quit']);
});
