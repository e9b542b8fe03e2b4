import {afterEach, beforeEach, expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {encrypted, plain, plansOf, seen, underWay} from '../helpers/sample-encryption.ts';
import {prodState} from '../helpers/sample-state.ts';

let app: Story;

async function open(state: Partial<State>, plans = plain): Promise<void> {
	app = await openApp(prodState({encryption: seen(plain), ...state}), {
		engine: {openEncryptionPlan: (set) => set({encryptionPlan: plansOf(plans)})},
	});
	await app.press('6');
}

beforeEach(() => open({}));
afterEach(() => app.close());

test('is looked at while its view is open', async () => {
	expect(await app.frame()).toContain('configured identity');
	await app.press('1');
	await app.press('6');
	await app.press(keys.escape);
	expect(app.calls()).toEqual(['watchEncryption true', 'watchEncryption false', 'watchEncryption true', 'watchEncryption false']);
});

test('encrypting asks with which, says what it would write, and takes a word', async () => {
	await app.press('e');
	expect(await app.frame()).toContain('> [ Cancel ]        [ aescbc ]        [ aesgcm ]');
	await app.press(keys.tab, keys.tab, keys.enter);
	expect(await app.frame()).toContain('{"metadata": {"resourceVersion": "48213"}, "spec": {"encryption": {"type":');
	app.wait(1000);
	await app.type('encrypt');
	await app.press(keys.tab, keys.enter);
	expect(app.calls().slice(1)).toEqual(['openEncryptionPlan', 'changeEncryption aesgcm encrypt']);
});

test('Esc, Cancel and a word that is not complete change nothing', async () => {
	await app.press('e', keys.enter);
	await app.press('e', keys.tab, keys.enter, keys.escape);
	await app.press('e', keys.tab, keys.enter);
	app.wait(1000);
	await app.type('encryp');
	await app.press(keys.tab, keys.enter);
	const closed = ['openEncryptionPlan', 'closeEncryptionPlan'];
	expect(app.calls().slice(1)).toEqual([...closed, ...closed, ...closed]);
});

test('a word for a plan that no longer holds closes the dialog with its reason', async () => {
	await app.press('e', keys.tab, keys.enter);
	await app.set({encryptionPlan: plansOf(underWay)});
	expect(app.calls().at(-1)).toBe('say refused e: aescbc is configured already');
	expect(await app.frame()).not.toContain('Type the word');
});

test('decrypting takes a word of its own', async () => {
	await app.close();
	await open({encryption: seen(encrypted)}, encrypted);
	await app.press('i');
	expect(await app.frame()).toContain('Secrets and tokens are plain text again');
	app.wait(1000);
	await app.type('decrypt');
	await app.press(keys.tab, keys.enter);
	expect(app.calls().at(-1)).toBe('changeEncryption identity decrypt');
});

test.each<[what: string, state: Partial<State>, key: string, reason: string]>([
	['read-only', {readOnly: true}, 'e', 'e: read-only session; to change the cluster start without --read-only'],
	[
		'under way',
		{encryption: seen(underWay)},
		'i',
		'i: a migration to aescbc is under way on Kubernetes and OAuth; wait for its end',
	],
	['nothing to decrypt', {}, 'i', 'i: identity is configured already: no encryption'],
	['no OpenShift', {encryption: {kind: 'none', why: 'this cluster is no OpenShift'}}, 'e', 'e: this cluster is no OpenShift'],
])('refused: %s', async (_, state, key, reason) => {
	await app.close();
	await open(state);
	await app.press(key);
	expect(app.calls().slice(1)).toEqual([`say refused ${reason}`]);
});
