import {afterEach, expect, test} from 'vitest';
import type {Backup} from '../../source/domain/backup.ts';
import {planBackup} from '../../source/domain/backup-plan.ts';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {etcd0, etcd1, samplePlan} from '../helpers/sample-run.ts';
import {GiB, MiB, now, prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

const {members, alarms} = prodState();
const backupPlan = planBackup({members, alarms, held: undefined, directory: '/backups'});

const receiving: Backup = {
	kind: 'etcd snapshot',
	operator: 'ana@bastion-1',
	from: {memberId: etcd0, name: 'etcd-0'},
	directory: '/backups',
	startedAt: now - 11_000,
	phase: {kind: 'receiving', since: now - 10_000, receivedBytes: 1.2 * GiB, totalBytes: 4.8 * GiB},
};

const done: Backup = {
	...receiving,
	phase: {
		kind: 'done',
		at: now,
		path: '/backups/snapshot_2026-11-27_093005.db',
		bytes: 4.79 * GiB,
		sha256: 'ab'.repeat(32),
		hash: 'cf1550fb',
		revision: '44212',
		totalKeys: 12_345,
	},
};

/** As far as the dialog with its proposals, past its first half second. */
async function openDialog(): Promise<void> {
	app = await openApp(prodState());
	await app.press('b');
	await app.set({backupPlan});
	app.wait(600);
}

test('b asks where and from whom: a follower is proposed, Cancel has the focus', async () => {
	await openDialog();
	expect((await app.frame()).split('\n').slice(4, 20).join('\n')).toMatchInlineSnapshot(`
		"┌ Back up: a snapshot of one member ──────────────────────────────── prod-eu-1 ┐
		│    Into  /backups                                                            │
		│                                                                              │
		│    FROM            ROLE       DB SIZE                                        │
		│  > etcd-0          follower  4.79 GiB                                        │
		│    etcd-1          follower  2.01 GiB                                        │
		│    etcd-2          leader    5.62 GiB  it leads: better from another         │
		│                                                                              │
		│  The cluster goes on meanwhile. It takes 4.79 GiB. Verified before it gets   │
		│  its name.                                                                   │
		│  It holds everything in etcd, Secrets too: readable by you alone.            │
		│                                                                              │
		│         > [ Cancel ]              [ Back up ]                                │
		│  Enter does what has the >   Tab next   ↑ ↓ member   Esc cancel              │
		└──────────────────────────────────────────────────────────────────────────────┘
		── events ──────────────────────────────────────────────────────────────────────"
	`);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['openBackup', 'closeBackup']);
	expect(await app.frame()).not.toContain('Back up: a snapshot');
});

test('a directory is typed or pasted, another member chosen, and the view shows how far it is', async () => {
	await openDialog();
	await app.press(keys.shiftTab);
	await app.press(keys.paste('/etcd\r'));
	await app.type('/q');
	await app.press(keys.down);
	expect(await app.frame()).toContain('> Into  /backups/etcd/q_');
	await app.press(keys.enter);
	expect(await app.frame()).toContain('> [ Back up ]');
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['openBackup', `startBackup ${etcd1} /backups/etcd/q`]);
	await app.set({backup: receiving});
	expect((await app.frame()).split('\n').slice(2, 8).join('\n')).toMatchInlineSnapshot(`
		"── backup ── snapshot of etcd-0 ── ana@bastion-1 ───────────────────────────────
		 ◆ etcd-0   receiving       1.20 GiB of 4.80 GiB, 25%, ~0:30 left
		            ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%
		            into /backups; it gets its name when it is whole

		── backups ─────────────────────────────────────────────────────────────────────"
	`);
	await app.press('1');
	expect(await app.frame()).toContain('◆ backup   receiving       1.20 GiB of 4.80 GiB, 25%');
	await app.set({backup: done, backups: []});
	expect(await app.frame()).toContain('✓ backup   done, verified  4.79 GiB, revision 44212');
});

test('an Enter among other keys, or where nobody can hand one out, starts nothing', async () => {
	app = await openApp(prodState());
	await app.press('b');
	await app.set({backupPlan});
	await app.press('\t\r');
	expect(app.calls()).toEqual(['openBackup']);
	await app.set({backupPlan: planBackup({members, alarms, held: 'a run is going on; wait for its end', directory: '/backups'})});
	app.wait(600);
	await app.press(keys.tab);
	await app.press(keys.enter);
	expect(app.calls().filter((call) => call.startsWith('startBackup'))).toEqual([]);
	expect(await app.frame()).toContain('✗ a run is going on; wait for its end');
});

test('quitting while one is going is asked about; x on its view stops it', async () => {
	app = await openApp(prodState({backup: receiving}));
	await app.press('q');
	expect(await app.frame()).toContain('Quit while a backup is going?');
	await app.press(keys.enter);
	expect(app.calls()).toEqual([]);
	await app.press('7');
	await app.press('x');
	expect(app.calls()).toEqual(['stopBackup']);
	await app.press(keys.ctrlC);
	await app.press(keys.tab);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['stopBackup', 'quit']);
});

test('the plan of a defragmentation offers one first, and stays open below it', async () => {
	app = await openApp(prodState({backups: []}));
	await app.press('D');
	await app.set({plan: samplePlan()});
	expect(await app.frame()).toContain('▲ No backup younger than a day is known here; b takes one first.');
	await app.press('b');
	await app.set({backupPlan});
	app.wait(600);
	await app.press(keys.tab);
	await app.press(keys.enter);
	await app.set({backup: receiving});
	expect(await app.frame()).toContain('◆ Backup of etcd-0: 1.20 GiB of 4.80 GiB, 25%');
	const known = {
		kind: 'etcd snapshot',
		wallMs: now + prodState().wallOffsetMs - 60_000,
		operator: 'ana',
		from: 'etcd-0',
	} as const;
	await app.set({backup: done, backups: [{...known, files: ['/backups/a.db'], bytes: 4.79 * GiB, isThere: true}]});
	expect(await app.frame()).toContain('✓ Last backup 1 m ago; b takes another first.');
	expect(app.calls()[0]).toBe('openPlan {"kind":"all"}');
});

test('the backups of the journal, those that are gone too', async () => {
	const wallMs = now + prodState().wallOffsetMs;
	const known = {kind: 'etcd snapshot', operator: 'ana', from: 'etcd-0', bytes: 50 * MiB, revision: 1324} as const;
	app = await openApp(
		prodState({
			backups: [
				{...known, wallMs: wallMs - 90_000_000, files: ['/var/backups/etcd/snapshot_2026-11-26_093005.db'], isThere: true},
				{...known, wallMs: wallMs - 200_000_000, files: ['/a/snapshot_2026-11-25_093005.db'], isThere: false},
				{...known, wallMs: wallMs - 300_000_000, files: ['master-0:/home/core/assets/backup/snapshot_2026-11-24_093005.db']},
			],
		}),
	);
	await app.press('7');
	expect((await app.frame()).split('\n').slice(2, 9).join('\n')).toMatchInlineSnapshot(`
		"── backups ── newest 1 d ago ── 3 in the journal ──────────────── b takes one ──
		 ▲ None is younger than a day: what was written since would be lost.
		   TAKEN     FROM              SIZE  WHERE                                     
		 ✓ Nov 22    etcd-0        50.0 MiB  …ackups/etcd/snapshot_2026-11-26_093005.db
		 ✗ Nov 21    etcd-0        50.0 MiB  gone: /a/snapshot_2026-11-25_093005.db    
		 – Nov 20    etcd-0        50.0 MiB  …sets/backup/snapshot_2026-11-24_093005.db
		"
	`);
	await app.set({backups: []});
	expect(await app.frame()).toContain('No backup of this cluster is known here: b takes one.');
});
