import {afterEach, expect, test} from 'vitest';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

const contexts = ['kubeadm-lab', 'prod-eu-1'];

test(': types, Tab completes, Enter switches', async () => {
	app = await openApp(prodState({contexts}));
	await app.type(':c');
	await app.press(keys.tab);
	await app.type('k');
	expect(await app.frame()).toMatch(/ :context k_ +kubeadm-lab/);
	expect(await app.frame()).toContain('Esc leave');
	await app.press(keys.tab);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['switchContext kubeadm-lab']);
	expect(await app.frame()).not.toContain(':context');
});

test('what is typed after : is text, never a key', async () => {
	app = await openApp(prodState({contexts}));
	await app.type(':Dq?');
	expect(await app.frame()).toContain(' :Dq?_');
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['say refused no command :Dq?; there are :context NAME and :quit']);
});

test.each<[typed: string, known: readonly string[], call: string]>([
	['context', contexts, 'say note :context NAME switches; there are kubeadm-lab, prod-eu-1'],
	['context nope', contexts, 'say refused no context nope; there are kubeadm-lab, prod-eu-1'],
	['context nope', [], 'say refused no kubeconfig was found, so there is no context to switch to'],
	['q', contexts, 'quit'],
])(':%s', async (typed, known, call) => {
	app = await openApp(prodState({contexts: known}));
	await app.type(`:${typed}`);
	await app.press(keys.enter);
	expect(app.calls()).toEqual([call]);
});

test('Esc, and Backspace past the beginning, leave the prompt', async () => {
	app = await openApp(prodState({contexts}));
	await app.type(':c');
	await app.press(keys.escape);
	expect(await app.frame()).not.toContain(':c_');
	await app.type(':c');
	await app.press(keys.backspace);
	expect(await app.frame()).toContain(' :_');
	await app.press(keys.backspace);
	expect(await app.frame()).not.toContain(' :_');
	expect(app.calls()).toEqual([]);
});

test('nothing is switched while the terminal is too small to show what is typed', async () => {
	app = await openApp(prodState({contexts}));
	await app.type(':context prod-eu-1');
	await app.resize(40, 8);
	await app.press(keys.enter);
	expect(app.calls()).toEqual([]);
});

test('a picture that rests does not outlive its cluster', async () => {
	app = await openApp(prodState({contexts}));
	await app.press('p');
	expect(await app.frame()).toContain('PAUSED');
	await app.set({startedAt: prodState().startedAt + 1, clusterName: 'kubeadm-lab'});
	expect(await app.frame()).not.toContain('PAUSED');
});
