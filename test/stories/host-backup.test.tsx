/** A backup on a control-plane host by keys: its plan, its word, its end, and a pod that an earlier one left. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {HostBackup, HostBackupPlan} from '../../source/domain/host-backup-run.ts';
import type {State} from '../../source/engine/state.ts';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {prodState} from '../helpers/sample-state.ts';

const plan: HostBackupPlan = {
	request: {hostDirectory: '/home/core/assets/backup', directory: '/b'},
	gates: [{id: 'host', title: 'one host', state: 'passed', detail: 'master-2'}],
	choice: {kind: 'chosen', node: 'master-2', member: {id: 'b', name: 'master-2', role: 'follower', state: 'healthy'}},
	isMigrating: false,
	holdsKeys: false,
	leftovers: [{what: 'pod x', node: 'master-1', operator: 'bob', isRunning: true, command: 'oc delete pod x'}],
};
const running: HostBackup = {
	operator: 'ana@bastion-1',
	request: plan.request,
	node: 'master-2',
	from: {memberId: 'b', name: 'master-2'},
	isPartial: false,
	holdsKeys: false,
	startedAt: 0,
	lines: [],
	warnings: [],
	phase: {kind: 'running', since: 0},
};

let app: Story;

async function open(state: Partial<State> = {}): Promise<void> {
	app = await openApp(prodState({hasHostBackups: true, ...state}), {
		engine: {
			openHostBackup: (set) => set({hostBackupPlan: plan}),
			closeHostBackup: (set) => set({hostBackupPlan: undefined as never}),
			startHostBackup: (set) => set({hostBackupPlan: undefined as never, hostBackup: running}),
		},
	});
}

beforeEach(() => open());
afterEach(() => app.close());

test('from its plan over its word to its view, where x stops it, and leaving asks first', async () => {
	await app.press('B');
	expect(await app.frame()).toContain('Back up on a host: the plan');
	await app.press('k');
	expect(app.calls().at(-1)).toBe('openHostBackup {"usual":"apart"}');
	await app.press(keys.enter);
	app.wait(1000);
	await app.type('backup');
	await app.press(keys.tab, keys.enter);
	expect(app.calls().at(-1)).toMatch(/^startHostBackup .* backup$/);
	expect(await app.frame()).toContain('master-2 running');
	await app.press('q');
	expect(await app.frame()).toContain('The backup of master-2 is not whole yet');
	await app.press(keys.escape);
	await app.press('x');
	expect(app.calls().at(-1)).toBe('stopHostBackup');
});

test('a pod that an earlier one left is removed by a word of its own, and the plan stays', async () => {
	await app.press('B');
	await app.press('r');
	expect(await app.frame()).toContain('If bob is backing up just now, that backup ends and is none.');
	app.wait(1000);
	await app.type('remove');
	await app.press(keys.tab, keys.enter);
	expect(app.calls().at(-1)).toBe('removeLeftPod pod x');
	expect(await app.frame()).toContain('Back up on a host: the plan');
});

test.each<[what: string, state: Partial<State>, reason: string]>([
	['no OpenShift', {hasHostBackups: undefined as never}, 'there is no OpenShift around this etcd; b takes a snapshot'],
	['read-only', {readOnly: true}, 'read-only session'],
	['under way', {hostBackup: running}, 'a backup is under way; 7 shows it'],
])('refused: %s', async (_, state, reason) => {
	app.close();
	await open(state);
	await app.press('B');
	expect(app.calls().at(-1)).toContain(reason);
});
