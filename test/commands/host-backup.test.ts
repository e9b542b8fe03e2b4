import {describe, expect, it} from 'vitest';
import {runBackup} from '../../source/commands/backup.ts';
import type {Gate} from '../../source/domain/gate.ts';
import type {HostBackup, HostBackupPhase, HostBackupPlan, LeftPod} from '../../source/domain/host-backup-run.ts';
import type {Platform} from '../../source/transport/platform.ts';
import {UsageError} from '../../source/usage-error.ts';
import {contextFor} from './command-context.ts';
import {type ScriptedEngine, scriptedEngine} from './scripted-engine.ts';

const platform: Platform = {hostBackup: {} as NonNullable<Platform['hostBackup']>};
const gate = (state: Gate['state'], detail: string): Gate => ({id: 'x', title: 'something', state, detail});
const ready: HostBackupPlan = {
	request: {hostDirectory: '/home/core/assets/backup', directory: '/b'},
	gates: [gate('passed', 'all is well')],
	choice: {kind: 'chosen', node: 'master-2', member: {id: 'b', name: 'master-2', role: 'follower', state: 'healthy'}},
	isMigrating: false,
	holdsKeys: false,
	leftovers: [],
};
const partial: HostBackupPlan = {...ready, word: 'partial', isMigrating: true, holdsKeys: true};
const pod = (isRunning: boolean): LeftPod => ({
	what: `pod etcdtop-backup-${isRunning}`,
	node: 'master-1',
	operator: 'bob@bastion-2',
	createdWallMs: Date.UTC(2026, 10, 27, 9, 0),
	isRunning,
	command: `oc delete ${isRunning}`,
});
const file = (role: 'snapshot' | 'static_kuberesources', place: string) => ({role, name: 'x', bytes: 2048, sha256: 'abc', place});
const done: HostBackupPhase = {
	kind: 'done',
	at: 3000,
	files: [file('snapshot', '/b/snapshot_1.db'), file('static_kuberesources', '/keys/static_1.tar.gz')],
	snapshot: {revision: '42', totalKeys: 7, hash: 'cafe'},
};

type Wish = {
	readonly plans?: readonly HostBackupPlan[];
	readonly phases?: readonly HostBackupPhase[];
	readonly typed?: string;
	readonly more?: Partial<HostBackup>;
};

async function backUp(line: string, {plans = [ready], phases = [done], typed, more = {}}: Wish = {}) {
	const show = (engine: ScriptedEngine, phase: HostBackupPhase, index = 0) =>
		engine.become({
			hostBackup: {
				operator: 'ana',
				request: {hostDirectory: '/home/core/assets/backup', directory: '/b'},
				node: 'master-2',
				from: {memberId: 'b', name: 'master-2'},
				isPartial: false,
				holdsKeys: false,
				startedAt: 0,
				lines: ['line one', 'line two'].slice(0, index + 1),
				warnings: [],
				phase,
				...more,
			},
		});
	const left = [...plans];
	const engine: ScriptedEngine = scriptedEngine(
		{
			openHostBackup: (own) => own.become({hostBackupPlan: left.shift()}),
			removeLeftPod: (own) => own.become({hostBackupPlan: left.shift() ?? ready}),
			startHostBackup(own) {
				for (const [index, phase] of phases.entries()) {
					show(own, phase, index);
				}
			},
			stopHostBackup: (own) => show(own, {kind: 'cancelled', at: 1000, reason: 'stopped here', nextStep: ''}),
		},
		{pods: {at: 0, matches: []}},
	);
	const context = contextFor(line, {handle: engine, platform, ...(typed !== undefined && {typed})});
	return {context, engine, code: await runBackup(context)};
}

it('tells what is looked at, what it does, what the script says and what came of it', async () => {
	const running: HostBackupPhase = {kind: 'running', since: 0};
	const {context, engine, code} = await backUp('backup /b --yes', {phases: [{kind: 'opening'}, running, done]});
	expect(code).toBe(0);
	expect(engine.calls.map((call) => call.split(' ')[0])).toEqual(['openHostBackup', 'dismissMessage', 'startHostBackup']);
	expect(engine.calls[0]).toBe('openHostBackup {"hostDirectory":"/home/core/assets/backup","directory":"/b"}');
	expect(context.printed).toEqual(['/b/snapshot_1.db', '/keys/static_1.tar.gz']);
	expect(context.said).toEqual([
		'✓ something: all is well',
		'A privileged debug pod on master-2 runs cluster-backup.sh; both files come to /b, and nothing stays on the host.',
		'  line one',
		'master-2: starting the debug pod',
		'  line two',
		'master-2: cluster-backup.sh runs',
		'  2.00 KiB, sha256 abc',
		'  2.00 KiB, sha256 abc',
		'backup of master-2 verified: revision 42, 7 keys, hash cafe, in 0:03. Beside it: /b/snapshot_1.manifest.json',
	]);
	expect(engine.stopped).toBe(true);
});

it('gives scripts one record', async () => {
	const {context} = await backUp('backup /b --yes -w json');
	expect(JSON.parse(context.printed[0]!)).toMatchObject({
		host: 'master-2',
		files: [{role: 'snapshot', place: '/b/snapshot_1.db'}, {}],
		manifest: '/b/snapshot_1.manifest.json',
		isPartial: false,
		revision: '42',
	});
});

describe('asks', () => {
	it('for a word where a person is there, and changes nothing without it', async () => {
		const {context, engine, code} = await backUp('backup /b', {typed: 'no'});
		expect([code, context.said.at(-1)]).toEqual([2, 'Nothing was changed.']);
		expect(engine.calls.at(-1)).toBe('closeHostBackup');
		expect((await backUp('backup /b', {typed: 'backup'})).code).toBe(0);
	});

	it('during a migration for another one, which --yes alone does not stand for', async () => {
		const {context, engine, code} = await backUp('backup /b --yes', {plans: [partial]});
		expect([code, context.said.at(-1)]).toEqual([3, expect.stringContaining('--allow-partial')]);
		expect(engine.calls).not.toContainEqual(expect.stringMatching(/^start/));
		const typed = await backUp('backup /b', {plans: [partial], typed: 'partial'});
		expect(typed.engine.calls.at(-1)).toMatch(/^startHostBackup .*"partial"$/);
		expect(typed.context.said).toContainEqual(expect.stringContaining('PARTIALLY ENCRYPTED'));
		expect(typed.context.said).toContainEqual(
			expect.stringContaining('belongs somewhere else than the snapshot (--kuberesources-dir'),
		);
		expect((await backUp('backup /b --yes --allow-partial', {plans: [partial]})).code).toBe(0);
	});
});

describe('what earlier backups left', () => {
	const both: HostBackupPlan = {...ready, leftovers: [pod(false), pod(true)]};

	it('is told, and removed by a word', async () => {
		const {context, engine} = await backUp('backup /b --yes', {plans: [both], typed: 'remove'});
		expect(context.said.slice(0, 2)).toEqual([
			'left by an earlier backup: pod etcdtop-backup-false, on master-1, by bob@bastion-2, made 2026-11-27 09:00 UTC, ended',
			'left by an earlier backup: pod etcdtop-backup-true, on master-1, by bob@bastion-2, made 2026-11-27 09:00 UTC, still running: a backup may be under way in it',
		]);
		expect(engine.calls.filter((call) => call.startsWith('removeLeftPod'))).toEqual([
			'removeLeftPod "pod etcdtop-backup-false"',
			'removeLeftPod "pod etcdtop-backup-true"',
		]);
	});

	it('is removed without asking only where it has ended', async () => {
		const {context, engine} = await backUp('backup /b --yes', {plans: [both, {...ready, leftovers: [pod(true)]}]});
		expect(engine.calls.filter((call) => call.startsWith('removeLeftPod'))).toEqual(['removeLeftPod "pod etcdtop-backup-false"']);
		expect(context.said).toContain('it stays; to remove it: oc delete true');
	});
});

describe('ends', () => {
	it.each([
		[
			'a refusal',
			{plans: [{...ready, refusal: 'etcd is not progressing: Progressing'}]},
			3,
			'refused: etcd is not progressing: Progressing',
		],
		[
			'a failure, with what is left on the host',
			{phases: [{kind: 'failed', at: 1, reason: 'the connection was lost', nextStep: 'Try again', left: ['n:/a', 'n:/b']}]},
			1,
			'no backup: the connection was lost. Try again\nwhole on the host, to be fetched another way: n:/a and n:/b\nNothing of it is left in /b.',
		],
	] as const)('with %s', async (_, wish, code, said) => {
		const ended = await backUp('backup /b --yes', wish);
		expect([ended.code, ended.context.said.join('\n')]).toEqual([code, expect.stringContaining(said)]);
	});

	it('with what did not go as it should', async () => {
		const {context} = await backUp('backup /b --yes', {
			more: {warnings: ['the debug pod may still be there: oc delete x'], isPartial: true},
		});
		expect(context.said).toContain('▲ the debug pod may still be there: oc delete x');
		expect(context.said.at(-1)).toContain('PARTIALLY ENCRYPTED: /b/snapshot_1.PARTIALLY_ENCRYPTED.txt');
	});

	it('its script and its pod at Ctrl-C', async () => {
		const engine: ScriptedEngine = scriptedEngine(
			{
				openHostBackup: (own) => own.become({hostBackupPlan: ready}),
				startHostBackup(own) {
					own.become({hostBackup: {...base, phase: {kind: 'running', since: 0}}});
					context.interrupt();
				},
				stopHostBackup: (own) =>
					own.become({hostBackup: {...base, phase: {kind: 'cancelled', at: 1000, reason: '', nextStep: ''}}}),
			},
			{pods: {at: 0, matches: []}},
		);
		const base = {
			operator: 'ana',
			request: {hostDirectory: '/x', directory: '/b'},
			node: 'n',
			from: {memberId: 'b', name: 'n'},
			isPartial: false,
			holdsKeys: false,
			startedAt: 0,
			lines: [],
			warnings: [],
		};
		const context = contextFor('backup /b --yes', {handle: engine, platform});
		expect(await runBackup(context)).toBe(1);
		expect(context.said.slice(-2)).toEqual([
			'Interrupted: ending the script and removing the debug pod.',
			'Interrupted after 0:01. Nothing of it was kept.',
		]);
	});
});

it.each([
	['backup', 'say where it goes'],
	['backup /b --leave --yes', 'with --leave nothing comes here'],
	['backup /b', 'needs --yes'],
	['backup /b --rpc --host n', '--rpc and --from are of a snapshot'],
	['backup /b --host-dir home', '--host-dir is "home"; it has to begin with /'],
])('%s is no way to say it', async (line, why) => {
	await expect(async () => runBackup(contextFor(line, {platform}))).rejects.toThrow(UsageError);
	await expect(async () => runBackup(contextFor(line, {platform}))).rejects.toThrow(why);
});

it('on another etcd its flags are none', async () => {
	await expect(runBackup(contextFor('backup /b --host n --yes'))).rejects.toThrow('there is none around this etcd');
});
