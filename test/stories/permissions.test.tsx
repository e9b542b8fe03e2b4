import {afterEach, expect, test} from 'vitest';
import {openApp, type Story} from '../helpers/open-app.tsx';
import {ocpState, prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

const denied = ['create pods/exec in openshift-etcd'];
const words = 'you may not create pods/exec in openshift-etcd; ask for that permission';

test.each([
	['d', `d etcd-0: ${words}`],
	['D', `D: ${words}`],
	['C', `C: ${words}`],
])('%s is disabled by a permission that is missing, and names it', async (key, refusal) => {
	app = await openApp(prodState({denied}));
	await app.press(key);
	expect(app.calls()).toEqual([`say refused ${refusal.replace('d etcd-0:', 'd:')}`]);
	expect(await app.frame()).toContain('you may not create pods/exec');
});

test('x as well, and watching goes on', async () => {
	app = await openApp(ocpState({denied}));
	await app.press('a');
	await app.press('x');
	expect(app.calls().at(-1)).toBe(`say refused x: ${words}`);
	await app.press('2');
	expect(await app.frame()).toContain('quota');
});
