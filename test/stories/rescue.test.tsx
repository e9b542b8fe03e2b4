import {afterEach, expect, test} from 'vitest';
import type {RescueState} from '../../source/domain/rescue.ts';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {sampleRescue} from '../helpers/sample-rescue.ts';
import {now, ocpState, prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

const shown = (decision: RescueState['decision'], changes: Partial<RescueState['rescue']> = {}) => ({
	rescue: {rescue: {...sampleRescue, ...changes}, decision},
});

test('R begins a rescue; Enter opens each next step with its own confirmation, and only a typed word goes on', async () => {
	app = await openApp(ocpState());
	expect(await app.frame()).toContain('R goes through them step by step');
	await app.press('R');
	await app.set(shown({kind: 'ask', step: 'snapshot'}));
	expect(await app.frame()).toContain('largest prefixes');
	await app.press(keys.enter);
	await app.press(keys.escape);
	await app.press('n');
	expect(await app.frame()).toContain('Go on without a snapshot?');
	await app.press(keys.enter);
	expect(await app.frame()).not.toContain('Go on without a snapshot?');
	await app.press('n');
	app.wait(600);
	await app.type('no snapshot');
	await app.press(keys.tab);
	await app.press(keys.enter);
	await app.set(shown({kind: 'ask', step: 'compact'}));
	await app.press(keys.enter);
	await app.press(keys.escape);
	await app.set(shown({kind: 'ask', step: 'defragment'}));
	await app.press(keys.enter);
	await app.press(keys.escape);
	expect(app.calls()).toEqual([
		'openRescue',
		'openBackup',
		'closeBackup',
		'declineSnapshot no snapshot',
		'openCompact',
		'closeCompact',
		'openPlan {"kind":"all"}',
		'closePlan',
	]);
});

test('w stops the counting and goes on with it; t asks for a word before it writes', async () => {
	const scan = {...sampleRescue.scan!, phase: 'scanning' as const};
	app = await openApp({...ocpState({alarms: []}), ...shown({kind: 'watch', until: now + 1000}, {scan})});
	await app.press('8');
	await app.press('w');
	await app.set(shown({kind: 'watch', until: now + 1000}));
	await app.press('w');
	await app.press('t');
	expect(await app.frame()).toContain('etcdtop/write-probe');
	app.wait(600);
	await app.type('write');
	await app.press(keys.tab);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['stopScan', 'scanKeys', 'tryWrite write']);
});

test('without NOSPACE there is nothing to begin; one that is over is closed by Esc', async () => {
	app = await openApp(prodState());
	await app.press('R');
	expect(await app.frame()).toContain('R: there is no NOSPACE alarm');
	await app.set(shown({kind: 'finished'}, {finished: {at: 0}}));
	await app.press('8');
	await app.press(keys.escape);
	expect(app.calls()).toEqual(['say refused R: there is no NOSPACE alarm', 'dismissRescue']);
});

test('read-only: it looks, and every change is away', async () => {
	app = await openApp(ocpState({readOnly: true}));
	await app.press('R');
	await app.set(shown({kind: 'ask', step: 'snapshot'}));
	await app.press('n');
	await app.press('t');
	expect(app.calls()[0]).toBe('openRescue');
	expect(app.calls().slice(1)).toEqual([
		expect.stringMatching(/^say refused n: read-only/),
		expect.stringMatching(/^say refused t: read-only/),
	]);
});
