/** A backup by OpenShift's script, brought here: on real etcd behind an API, and nothing false under a final name whatever breaks. */
import {createHash} from 'node:crypto';
import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {SavingHostBackup} from '../../source/backup/save-host-backup.ts';
import type {KubernetesApi} from '../../source/demo/kubernetes/kubernetes-api.ts';
import {parseManifest} from '../../source/domain/backup-manifest.ts';
import type {HostBackup, HostBackupRequest} from '../../source/domain/host-backup-run.ts';
import {runHostBackup} from '../../source/engine/host-backup-run.ts';
import {platformOf} from '../../source/transport/kubernetes/platform.ts';
import type {HostBackupPort} from '../../source/transport/platform.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';
import {createTestClock} from '../helpers/test-clock.ts';
import {apiForTest, connected, until} from '../transport/kubernetes/open-kubernetes.ts';

let cluster: Cluster;
let api: KubernetesApi;
let port: HostBackupPort;
let node: string;
let here: string;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
	node = cluster.members[0]!.name;
}, 60_000);

beforeEach(async () => {
	api = await apiForTest(cluster);
	await rm(join(cluster.directory, 'hosts'), {recursive: true, force: true});
	port = platformOf(await connected(cluster, api.kubeconfig()), 5000).hostBackup!;
	here = await mkdtemp(join(tmpdir(), 'etcdtop-host-backup-'));
});

afterEach(() => rm(here, {recursive: true, force: true}));

type Wish = {
	readonly request?: Partial<HostBackupRequest>;
	readonly migratingType?: string;
	readonly isPartial?: boolean;
	readonly dbSizeBytes?: number;
	readonly signal?: AbortSignal;
	readonly onShow?: (backup: HostBackup) => void;
};

async function take({
	request = {},
	migratingType,
	isPartial = false,
	dbSizeBytes = 1_000_000,
	signal,
	onShow,
}: Wish = {}): Promise<HostBackup> {
	let saving: SavingHostBackup | undefined;
	const backup: HostBackup = {
		operator: 'ana@bastion-1',
		request: {hostDirectory: '/home/core/assets/backup', directory: here, ...request},
		node,
		from: {memberId: 'a1', name: node},
		isPartial,
		holdsKeys: false,
		startedAt: 0,
		lines: [],
		warnings: [],
		phase: {kind: 'checking'},
	};
	const ended = await runHostBackup({
		port,
		clock: createTestClock(),
		backup,
		variables: {},
		dbSizeBytes,
		migratingType: async () => migratingType,
		manifestOf: ({snapshot, resources, status, isPartial: partial}) => ({
			version: 1,
			kind: 'openshift backup',
			createdAt: '2026-11-27T09:30:00Z',
			clusterId: 'c1',
			clusterName: 'demo',
			etcdVersion: '3.5.30',
			takenFrom: {memberName: node, memberId: 'a1', node},
			files: [
				{role: 'snapshot', name: snapshot.name, bytes: snapshot.bytes, sha256: snapshot.sha256},
				{role: 'static_kuberesources', name: resources.name, bytes: resources.bytes, sha256: resources.sha256},
			],
			...(status && {snapshot: {revision: String(status.revision), totalKeys: status.totalKeys, hash: status.hash.toString(16)}}),
			encryption: {type: 'aescbc', isPartial: partial},
			members: [],
		}),
		runbookOf: (manifest, directory) => `# Restore ${manifest.clusterName} from ${directory}`,
		show: (shown) => onShow?.(shown),
		onSaving: (started) => {
			saving = started;
		},
		signal: signal ?? new AbortController().signal,
	});
	await saving?.done.catch(() => {});
	expect(await port.leftovers()).toEqual([]);
	return ended;
}

const onHost = async (directory = '/home/core/assets/backup') =>
	readdir(join(api.debugPods.hostRoot(node), directory)).catch(() => [] as string[]);

describe('brought here', () => {
	it('whole, for its owner alone, verified, with the archive apart; and nothing stays on the host', async () => {
		const apart = join(here, 'keys');
		const {phase, lines, warnings} = await take({request: {resourcesDirectory: apart}});
		expect(warnings).toEqual([]);
		expect(lines.at(-1)).toMatch(
			/^snapshot db and kube resources are successfully saved to \/home\/core\/assets\/backup\/etcdtop-/,
		);
		if (phase.kind !== 'done') {
			throw new Error(JSON.stringify(phase));
		}
		const names = (await readdir(here)).toSorted();
		expect(names).toEqual([
			'keys',
			expect.stringMatching(/^snapshot_\d{4}-\d{2}-\d{2}_\d{6}\.db$/),
			expect.stringMatching(/^snapshot_\d{4}-\d{2}-\d{2}_\d{6}\.manifest\.json$/),
			expect.stringMatching(/^snapshot_\d{4}-\d{2}-\d{2}_\d{6}\.restore\.md$/),
		]);
		for (const {place, bytes, sha256} of phase.files) {
			const content = await readFile(place);
			expect([(await stat(place)).mode & 0o777, content.length]).toEqual([0o600, bytes]);
			expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
		}
		expect(phase.files[1]?.place).toMatch(/\/keys\/static_kuberesources_/);
		expect(phase.snapshot).toMatchObject({revision: expect.stringMatching(/^\d+$/)});
		expect(parseManifest(await readFile(join(here, names[2]!), 'utf8'))).toMatchObject({snapshot: phase.snapshot});
		expect(await onHost()).toEqual([]);
	});

	it('also where the connection is lost in the middle of a file, from where it was', async () => {
		const resumed: number[] = [];
		api.faults.cutAfter('tail', 100);
		const {phase} = await take({
			onShow: ({phase: shown}) => shown.kind === 'bringing' && resumed.push(shown.resumed),
		});
		expect(phase.kind).toBe('done');
		expect(Math.max(...resumed)).toBe(1);
	});

	it('labelled where a migration was under way, or began meanwhile', async () => {
		const first = await take({isPartial: true, migratingType: 'aescbc'});
		expect(first.phase.kind).toBe('done');
		const label = (await readdir(here)).find((name) => name.endsWith('PARTIALLY_ENCRYPTED.txt'))!;
		expect(await readFile(join(here, label), 'utf8')).toMatch(/partially encrypted.*aescbc/s);
		const left = await take({request: {directory: undefined as never}, migratingType: 'aescbc'});
		expect([left.isPartial, left.warnings]).toEqual([true, [expect.stringContaining('began meanwhile')]]);
		expect((await onHost()).toSorted()).toEqual([
			expect.stringMatching(/^snapshot_.*\.PARTIALLY_ENCRYPTED\.txt$/),
			expect.stringMatching(/^snapshot_.*\.db$/),
			expect.stringMatching(/^snapshot_.*\.manifest\.json$/),
			expect.stringMatching(/^static_kuberesources_.*\.tar\.gz$/),
		]);
	});
});

describe('nothing here, nothing half on the host, no pod left', () => {
	it('where the script fails on a full disk', async () => {
		api.debugPods.faults.script = 'disk full';
		expect(await take()).toMatchObject({
			phase: {kind: 'failed', reason: expect.stringContaining('no space left'), nextStep: expect.stringContaining('room')},
		});
		expect([await readdir(here), await onHost()]).toEqual([[], []]);
	});

	it('where the host has too little room', async () => {
		api.debugPods.faults.freeKb = 12_000_000;
		expect((await take()).phase).toMatchObject({kind: 'failed', reason: expect.stringContaining('kubelet evicts')});
		expect([await readdir(here), await onHost()]).toEqual([[], []]);
	});

	it('where it is stopped while the script works', async () => {
		api.debugPods.faults.seconds = 30;
		const stopping = new AbortController();
		const ended = take({signal: stopping.signal});
		await until(async () => expect(await onHost(`/home/core/assets/backup/${(await onHost())[0]}`)).not.toEqual([]));
		stopping.abort();
		expect((await ended).phase.kind).toBe('cancelled');
		expect([await readdir(here), await onHost()]).toEqual([[], []]);
	});

	it('where what arrives is another file than the host summed up: it stays there, and where it is is said', async () => {
		const open = port.open.bind(port);
		port.open = async (...parts) => {
			const shell = await open(...parts);
			const read = shell.read.bind(shell);
			shell.read = (path, offset, sink, options) =>
				read(path, offset, (bytes) => sink(path.endsWith('.db') ? Buffer.alloc(bytes.length) : bytes), options);
			return shell;
		};
		const {phase} = await take();
		expect(phase).toMatchObject({kind: 'failed', reason: expect.stringContaining('another SHA-256')});
		expect(await readdir(here)).toEqual([]);
		expect((await take()).warnings).toEqual([
			expect.stringMatching(`an earlier backup left .* on the host, in ${node}:/home/core/assets/backup/etcdtop-`),
		]);
		expect('left' in phase && phase.left).toEqual([
			expect.stringContaining(`${node}:/home/core/assets/backup/etcdtop-`),
			expect.anything(),
		]);
	});

	it('where every connection is lost again: refused after so many tries', async () => {
		const open = port.open.bind(port);
		let reads = 0;
		port.open = async (...parts) => {
			const shell = await open(...parts);
			const read = shell.read.bind(shell);
			shell.read = (...asked) => {
				reads++;
				api.faults.cutAfter('tail', 0);
				return read(...asked);
			};
			return shell;
		};
		expect((await take()).phase).toMatchObject({kind: 'failed', reason: expect.stringContaining('connection was lost')});
		expect(reads).toBe(6);
		expect(await readdir(here)).toEqual([]);
	});
});
