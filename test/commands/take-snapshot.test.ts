import {expect, test, vi} from 'vitest';
import {takeSnapshot} from '../../source/commands/take-snapshot.ts';
import type {Backup, BackupPhase} from '../../source/domain/backup.ts';
import type {BackupPlan} from '../../source/domain/backup-plan.ts';
import {contextFor} from './command-context.ts';
import {scriptedEngine} from './scripted-engine.ts';

const source = (name: string, role: 'leader' | 'follower', against?: string) => ({
	memberId: name,
	name,
	role,
	dbSizeBytes: 1024,
	...(against !== undefined && {against}),
});

const plan: BackupPlan = {
	sources: [source('etcd-0', 'follower'), source('etcd-1', 'follower', 'it is down'), source('etcd-2', 'leader')],
	best: 'etcd-0',
	directory: '/home/ana/etcd-backups',
};

const backup = (phase: BackupPhase): Backup => ({
	kind: 'etcd snapshot',
	operator: 'ana@bastion-1',
	from: {memberId: 'etcd-0', name: 'etcd-0'},
	directory: '/backups',
	startedAt: 1000,
	phase,
});

const done: BackupPhase = {
	kind: 'done',
	at: 5000,
	path: '/backups/snapshot_2026-11-27_093005.db',
	bytes: 2048,
	sha256: 'ab'.repeat(32),
	hash: 'cf1550fb',
	revision: '44212',
	totalKeys: 12,
};

async function run(line: string, phases: readonly BackupPhase[], planned: BackupPlan = plan) {
	const handle = scriptedEngine({
		openBackup: (engine) => engine.become({backupPlan: planned}),
		startBackup(engine) {
			for (const phase of phases) {
				engine.become({backup: backup(phase)});
			}
		},
	});
	const context = contextFor(line, {handle});
	const code = await takeSnapshot(context, await context.connect());
	return {code, printed: context.printed.join('\n'), said: context.said.join('\n'), calls: handle.calls, stopped: handle.stopped};
}

test('what is saved is printed, what it is made of is said', async () => {
	const {code, printed, said, calls, stopped} = await run('backup /backups', [{kind: 'checking'}, done]);
	expect({code, printed, stopped}).toEqual({code: 0, printed: '/backups/snapshot_2026-11-27_093005.db', stopped: true});
	expect(said).toContain('verified: 2.00 KiB, revision 44212, 12 keys, hash cf1550fb, in 0:04');
	expect(calls).toEqual(['openBackup', 'startBackup "etcd-0" "/backups"']);
});

test('for scripts', async () => {
	const {code, printed} = await run('backup /backups -w json', [done]);
	expect({code, record: JSON.parse(printed)}).toEqual({
		code: 0,
		record: {
			file: '/backups/snapshot_2026-11-27_093005.db',
			manifest: '/backups/snapshot_2026-11-27_093005.manifest.json',
			from: {memberId: 'etcd-0', name: 'etcd-0'},
			bytes: 2048,
			sha256: 'ab'.repeat(32),
			hash: 0xcf1550fb,
			revision: 44212,
			totalKeys: 12,
			durationMs: 4000,
		},
	});
});

test.each<[string, BackupPlan, string]>([
	['nobody can', {sources: [source('etcd-1', 'follower', 'it is down')], directory: '/b'}, 'refused: etcd-1: it is down'],
	['not now', {...plan, refusal: 'a run is going on; wait for its end'}, 'refused: a run is going on; wait for its end'],
])('refused where %s', async (_, planned, words) => {
	const {code, said, calls} = await run('backup /backups', [], planned);
	expect({code, said, calls}).toEqual({code: 3, said: words, calls: ['openBackup', 'closeBackup']});
});

test('a failure says that nothing is left, and the way out', async () => {
	const failed: BackupPhase = {kind: 'failed', at: 2000, reason: '/backups: the disk is full', nextStep: 'Make room there.'};
	const {code, said} = await run('backup /backups', [failed]);
	expect(code).toBe(1);
	expect(said).toBe('no backup: /backups: the disk is full. Make room there.\nNothing of it is left in /backups.');
});

test('Ctrl-C stops the one under way, and waits until its file is gone', async () => {
	const handle = scriptedEngine({
		openBackup: (engine) => engine.become({backupPlan: plan}),
		startBackup: (engine) => engine.become({backup: backup({kind: 'receiving', since: 0, receivedBytes: 1, totalBytes: 10})}),
		stopBackup: (engine) =>
			engine.become({backup: backup({kind: 'cancelled', at: 9000, reason: 'stopped here; nothing was left', nextStep: ''})}),
	});
	const context = contextFor('backup /backups', {handle});
	const code = takeSnapshot(context, await context.connect());
	await vi.waitFor(() => expect(handle.store.getState().backup).toBeDefined(), 15_000);
	context.interrupt();
	expect(await code).toBe(1);
	expect(context.said.at(-1)).toBe('Interrupted after 0:08. Nothing of it is left in /backups.');
});

test('without a directory', async () => {
	await expect(run('backup', [])).rejects.toThrow('say where it goes: etcdtop backup DIRECTORY.');
});
