/** Whether a backup on a host may begin: asked while its plan is looked at, and once more before anything is made. */
import {describe, expect, it, vi} from 'vitest';
import {type HostBackupRequest, isHostBackupOver} from '../../source/domain/host-backup-run.ts';
import type {HostCircumstances} from '../../source/domain/host-circumstances.ts';
import type {HostBackupPort, HostShell, Leftover, Platform} from '../../source/transport/platform.ts';
import {type MemberCase, threeVoters} from '../domain/observations.ts';
import {startFakeEngine} from '../helpers/fake-engine.ts';

const files = [
	{name: 'snapshot_2026-11-27_093000.db', bytes: 4096},
	{name: 'static_kuberesources_2026-11-27_093000.tar.gz', bytes: 600},
];

const operator = (name: string) => ({name, isAvailable: true, isDegraded: false, isProgressing: false, degradedBy: []});
const well: HostCircumstances = {
	operators: {kind: 'told', value: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(operator)},
	nodes: {kind: 'told', value: threeVoters.map(({name}) => ({name, isReady: true, isCordoned: false}))},
	encryption: {kind: 'told', value: {type: 'identity', servers: []}},
	proxy: {kind: 'told', value: {httpProxy: 'http://proxy', httpsProxy: '', noProxy: '.svc'}},
	openshiftVersion: {kind: 'told', value: '4.17.3'},
};
const rollout: HostCircumstances = {
	...well,
	operators: {
		kind: 'told',
		value: [
			{...operator('etcd'), isProgressing: true},
			...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(operator),
		],
	},
};
const migration: HostCircumstances = {
	...well,
	encryption: {
		kind: 'told',
		value: {type: 'aescbc', servers: [{name: 'kubeapiservers', reason: 'EncryptionInProgress', isMigrating: true}]},
	},
};
const left = (isRunning: boolean): Leftover => ({
	what: 'pod etcdtop-backup-1',
	node: 'etcd-1',
	operator: 'bob',
	isRunning,
	command: 'oc delete',
	key: {namespace: 'openshift-etcd', pod: 'etcdtop-backup-1'},
});

/** A host in memory; `calls` is what was asked of it that changes something. */
function host() {
	const calls: string[] = [];
	const told = {circumstances: well, leftovers: [] as Leftover[]};
	let made = false;
	let whileItRuns = () => {};
	const shell: HostShell = {
		where: 'pod x',
		removal: 'oc delete pod x',
		prepare: async () => ({freeBytes: 80 * 2 ** 30, totalBytes: 120 * 2 ** 30}),
		strays: async () => [],
		files: async () => (made ? files : []),
		async run(directory, {onLine}) {
			made = true;
			whileItRuns();
			calls.push(`run ${directory}`);
			const last = `snapshot db and kube resources are successfully saved to ${directory}`;
			onLine(last);
			return {exitCode: 0, lines: [last]};
		},
		stopScript: async () => {},
		sha256: async () => 'ab'.repeat(32),
		isSealed: async () => true,
		isArchive: async () => true,
		read: async () => {},
		write: async (path) => void calls.push(`write ${path}`),
		clear: async () => void calls.push('clear'),
		close: async () => void calls.push('close'),
	};
	const port: HostBackupPort = {
		missing: async () => [],
		circumstances: async () => told.circumstances,
		leftovers: async () => told.leftovers,
		async remove({what}) {
			calls.push(`remove ${what}`);
			told.leftovers = [];
		},
		async open({node, variables}) {
			calls.push(`open ${node} ${JSON.stringify(variables)}`);
			return shell;
		},
	};
	const onRun = (what: () => void) => {
		whileItRuns = what;
	};
	return {port, calls, told, onRun};
}

const request: HostBackupRequest = {hostDirectory: '/home/core/assets/backup'};

async function looked(
	wish: {
		readonly members?: readonly MemberCase[];
		readonly circumstances?: HostCircumstances;
		readonly request?: HostBackupRequest;
		readonly readOnly?: boolean;
		readonly lockIsAwaited?: boolean;
	} = {},
) {
	const {port, calls, told, onRun} = host();
	told.circumstances = wish.circumstances ?? well;
	const platform: Platform = {
		hostBackup: port,
		pods: (members) => ({
			ageMs: 0,
			matches: members.map(({id, name}) => ({
				memberId: id,
				pod: {name: `etcd-${name}`, node: name, phase: 'Running', isReady: true, restarts: 0},
			})),
		}),
	};
	const engine = startFakeEngine(wish.members ?? threeVoters, {
		platform,
		readOnly: wish.readOnly ?? false,
		lockIsAwaited: wish.lockIsAwaited ?? false,
	});
	await engine.clock.advance(5000);
	const {controls} = engine.engine;
	controls.openHostBackup(wish.request ?? request);
	await engine.clock.advance(100);
	const plan = engine.store.getState().hostBackupPlan!;
	return {
		...engine,
		calls,
		told,
		onRun,
		controls,
		plan,
		async start(typed = '', shown = plan) {
			controls.startHostBackup(shown, typed);
			// It looks at the disk of this machine, which takes no time of the clock's.
			await vi.waitFor(
				async () => {
					await engine.clock.advance(100);
					const {message, hostBackup} = engine.store.getState();
					expect(message?.kind === 'refused' || (hostBackup !== undefined && isHostBackupOver(hostBackup))).toBe(true);
				},
				{timeout: 15_000, interval: 5},
			);
			return engine.store.getState();
		},
	};
}

it('chooses a follower, runs the script with the proxy, writes what it is made from, and removes the pod', async () => {
	const {start, calls, journal, lockHeld} = await looked();
	const {hostBackup} = await start();
	expect(hostBackup?.phase).toMatchObject({
		kind: 'done',
		files: [{place: `etcd-1:/home/core/assets/backup/${files[0]!.name}`}, {}],
	});
	expect(calls).toEqual([
		'open etcd-1 {"HTTP_PROXY":"http://proxy","NO_PROXY":".svc"}',
		'run /home/core/assets/backup',
		'write /home/core/assets/backup/snapshot_2026-11-27_093000.manifest.json',
		'close',
	]);
	expect(journal.read().lines).toMatchObject([
		{type: 'backup', kind: 'openshift backup', outcome: 'started', memberName: 'etcd-1'},
		{type: 'backup', outcome: 'done', files: files.map(({name}) => `etcd-1:/home/core/assets/backup/${name}`), bytes: 4096},
	]);
	expect(lockHeld()).toBe(false);
});

describe('is not begun', () => {
	it('where the plan says why', async () => {
		const {plan, start, calls} = await looked({circumstances: rollout});
		expect(plan.refusal).toContain('no rollout of etcd');
		expect((await start()).message).toMatchObject({kind: 'refused', text: expect.stringContaining('Progressing')});
		expect(calls).toEqual([]);
	});

	it('where a rollout, or another backup, began since the plan was shown', async () => {
		const first = await looked();
		first.told.circumstances = rollout;
		expect((await first.start()).message?.text).toContain('Progressing');
		const second = await looked();
		second.told.leftovers = [left(true)];
		expect((await second.start()).message?.text).toContain('pod etcdtop-backup-1 of bob runs');
		expect([...first.calls, ...second.calls]).toEqual([]);
	});

	it('during a migration without its word; with it the backup is a partial one', async () => {
		const {plan, start, calls, controls, clock} = await looked({circumstances: migration});
		expect(plan).toMatchObject({word: 'partial', holdsKeys: true});
		expect((await start('')).message?.text).toContain('type "partial"');
		expect(calls).toEqual([]);
		controls.dismissMessage();
		controls.openHostBackup(request);
		await clock.advance(100);
		expect((await start('partial')).hostBackup).toMatchObject({isPartial: true, phase: {kind: 'done'}});
		expect(calls).toContainEqual(expect.stringMatching(/write .*PARTIALLY_ENCRYPTED\.txt$/));
	});

	it('under NOSPACE, whose way out is said', async () => {
		const id = '8e9e05c52164694d';
		const members = threeVoters.map((one) => ({
			...one,
			status: {errors: [`memberID:${BigInt(`0x${id}`)} alarm:NOSPACE `]},
		}));
		expect((await looked({members})).plan.refusal).toMatch(
			/NOSPACE: no pod can be made; a snapshot over the Snapshot RPC writes nothing \(.*--rpc\)/,
		);
	});

	it('on another host than the one that was shown', async () => {
		const {start, told, calls} = await looked();
		told.circumstances = {
			...well,
			nodes: {
				kind: 'told',
				value: [
					{name: 'etcd-1', isReady: false, isCordoned: false},
					{name: 'etcd-2', isReady: true, isCordoned: false},
				],
			},
		};
		expect((await start()).message?.text).toContain('no longer the one to take');
		expect(calls).toEqual([]);
	});

	it('where it would not fit here', async () => {
		const members = threeVoters.map((one) => ({...one, status: {dbSizeBytes: 2 ** 50}}));
		const {start, calls} = await looked({members, request: {...request, directory: '/tmp'}});
		expect((await start()).message?.text).toContain('/tmp has');
		expect(calls).toEqual([]);
	});
});

it('removes what an earlier one left, when asked', async () => {
	const {controls, told, calls, clock, store, journal} = await looked();
	told.leftovers = [left(false)];
	await clock.advance(3000);
	expect(store.getState().hostBackupPlan).toMatchObject({leftovers: [{what: 'pod etcdtop-backup-1', command: 'oc delete'}]});
	controls.removeLeftPod('pod etcdtop-backup-1');
	await clock.advance(3000);
	expect(calls).toEqual(['remove pod etcdtop-backup-1']);
	expect(store.getState().hostBackupPlan?.leftovers).toEqual([]);
	expect(journal.read().lines).toMatchObject([
		{type: 'asked', what: 'removal', reason: 'pod etcdtop-backup-1'},
		{type: 'answered', what: 'removal', outcome: 'done'},
	]);
});

it('neither begins nor removes anything in a read-only session', async () => {
	const {controls, told, calls, clock, store, plan} = await looked({readOnly: true});
	expect(plan.refusal).toContain('read-only session');
	told.leftovers = [left(false)];
	await clock.advance(3000);
	controls.removeLeftPod('pod etcdtop-backup-1');
	await clock.advance(3000);
	expect(calls).toEqual([]);
	expect(store.getState().message?.text).toContain('read-only session');
});

it("that waits for another's run can be stopped, and has begun nothing", async () => {
	const {controls, calls, engine, store, plan} = await looked({lockIsAwaited: true});
	controls.startHostBackup(plan, '');
	await engine.stop();
	expect(calls).toEqual([]);
	expect(store.getState().hostBackup).toBeUndefined();
	expect(store.getState().message?.text).toBe('backup: stopped here; nothing was begun');
});

it('where nobody tells at its end whether a migration began meanwhile, the backup is labelled, and that is said', async () => {
	const {start, told, calls, onRun} = await looked();
	onRun(() => {
		told.circumstances = {...well, encryption: {kind: 'silent', why: 'no answer within 2.0 s'}};
	});
	const {hostBackup} = await start();
	expect(hostBackup).toMatchObject({isPartial: true, phase: {kind: 'done'}});
	expect(hostBackup?.warnings[0]).toContain('nobody tells whether an encryption migration began meanwhile');
	expect(calls).toContainEqual(expect.stringMatching(/write .*PARTIALLY_ENCRYPTED\.txt$/));
});
