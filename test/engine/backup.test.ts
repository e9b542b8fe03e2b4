/** Backups of a real cluster: what is restored from one, and what is left when something breaks. */
import {execFile, spawn} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import {freePort} from '../../source/demo/free-port.ts';
import {isBackupOver} from '../../source/domain/backup.ts';
import type {SnapshotChunk, Transport} from '../../source/transport/transport.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';
import {linesOf, startTestEngine, type TestEngine, temporaryDirectory} from '../helpers/engine.ts';
import {faultProxyForTest} from '../helpers/fault-proxy.ts';
import {put} from '../helpers/fill.ts';

const run = promisify(execFile);
let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 3});
	for (let index = 0; index < 12; index++) {
		await put(cluster, `/registry/${index}`, Buffer.alloc(500_000, index));
	}
}, 60_000);

/** Does something when the first chunk has come, before the next one is asked for. */
function afterFirstChunk(act: () => void | Promise<void>): (transport: Transport) => Transport {
	return (transport) =>
		new Proxy(transport, {
			get(target, name) {
				if (name === 'snapshot') {
					return async function* (...given: Parameters<Transport['snapshot']>): AsyncGenerator<SnapshotChunk> {
						let isFirst = true;
						for await (const chunk of target.snapshot(...given)) {
							yield chunk;
							if (isFirst) {
								await act();
							}
							isFirst = false;
						}
					};
				}
				const value: unknown = Reflect.get(target, name);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
}

async function backedUp(engine: TestEngine, directory: string, named?: string) {
	await engine.until(({health}) => health.leader);
	engine.engine.controls.openBackup();
	const source = await engine.until(({backupPlan}) => {
		const {sources = [], best} = backupPlan ?? {};
		const isKnown = best !== undefined && sources.every(({against}) => against === undefined);
		return isKnown ? sources.find(({name, memberId}) => (named === undefined ? memberId === best : name === named)) : undefined;
	});
	engine.engine.controls.startBackup(source.memberId, directory);
	const backup = await engine.until((state) => (state.backup && isBackupOver(state.backup) ? state.backup : undefined));
	return {source, backup, there: readdirSync(directory)};
}

test("a snapshot of a follower is restored by etcd's own tool, with every key there", async () => {
	const engine = startTestEngine(cluster);
	const directory = temporaryDirectory();
	const {source, backup, there} = await backedUp(engine, directory);
	if (backup.phase.kind !== 'done') {
		throw new Error(JSON.stringify(backup.phase));
	}
	expect(source.role).toBe('follower');
	expect(there.map((name) => name.replace(/^snapshot_[-\d_]+/, '')).toSorted()).toEqual(['.db', '.manifest.json', '.restore.md']);
	const {path, revision} = backup.phase;
	expect(await engine.until(({backups}) => backups?.[0])).toMatchObject({files: [path], from: source.name, isThere: true});
	expect(linesOf(engine, 'backup').map((line) => 'outcome' in line && line.outcome)).toEqual(['started', 'done']);

	const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
	const data = join(directory, 'restored');
	const environment = {...process.env, ETCDCTL_API: '3'};
	const as = ['--name', 'fresh', '--initial-cluster', `fresh=${peer}`, '--initial-advertise-peer-urls', peer];
	await run('etcdctl', ['snapshot', 'restore', path, '--data-dir', data, ...as], {env: environment});
	const urls = ['--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer];
	const etcd = spawn('etcd', [...as, ...urls, '--data-dir', data], {stdio: 'ignore'});
	onTestFinished(() => void etcd.kill('SIGKILL'));
	const keysOf = async (flags: readonly string[]) => {
		const words = ['get', '', '--prefix', '--write-out=json', `--rev=${revision}`, ...flags];
		const {stdout} = await run('etcdctl', words, {env: environment, maxBuffer: 64 * 1024 * 1024});
		return (JSON.parse(stdout) as {kvs: readonly object[]}).kvs;
	};
	const deadline = performance.now() + 20_000;
	const restored = await (async function attempt(): Promise<readonly object[]> {
		try {
			return await keysOf(['--endpoints', client]);
		} catch (error) {
			if (performance.now() > deadline) {
				throw error;
			}
			await sleep(100);
			return attempt();
		}
	})();
	expect(restored.length).toBeGreaterThanOrEqual(12);
	expect(restored).toEqual(await keysOf(cluster.connectionFlags));
}, 60_000);

test('stopped in the middle it leaves nothing, and says so', async () => {
	const controls: {stop?: () => void} = {};
	const engine = startTestEngine(cluster, {transport: afterFirstChunk(() => controls.stop?.())});
	controls.stop = engine.engine.controls.stopBackup;
	const {backup, there} = await backedUp(engine, temporaryDirectory());
	expect(backup.phase).toMatchObject({kind: 'cancelled', reason: 'stopped here; nothing was left'});
	expect(there).toEqual([]);
	expect(linesOf(engine, 'backup').map((line) => 'outcome' in line && line.outcome)).toEqual(['started', 'cancelled']);
	expect(engine.store.getState().backups).toEqual([]);
}, 60_000);

test('a process that ends in the middle takes its file with it', async () => {
	const directory = temporaryDirectory();
	const {promise: begun, resolve: begin} = Promise.withResolvers<void>();
	const {promise: held, resolve: goOn} = Promise.withResolvers<void>();
	const engine = startTestEngine(cluster, {
		transport: afterFirstChunk(() => {
			begin();
			return held;
		}),
	});
	await engine.until(({health}) => health.leader);
	engine.engine.controls.openBackup();
	const plan = await engine.until(({backupPlan}) => backupPlan?.best);
	engine.engine.controls.startBackup(plan, directory);
	await begun;
	expect(readdirSync(directory)).toHaveLength(1);
	engine.engine.close();
	expect(readdirSync(directory)).toEqual([]);
	expect(linesOf(engine, 'backup').map((line) => 'outcome' in line && line.outcome)).toEqual(['started', 'cancelled']);
	goOn();
}, 60_000);

test('a connection that is lost in the middle leaves nothing, and is named', async () => {
	const [, , member] = cluster.members;
	const proxy = await faultProxyForTest(member!.clientUrl);
	const through = (transport: Transport): Transport =>
		new Proxy(afterFirstChunk(() => proxy.cut())(transport), {
			get(target, name) {
				const value: unknown = Reflect.get(target, name);
				if (name === 'snapshot') {
					return (one: Parameters<Transport['snapshot']>[0], ...rest: [never, never]) =>
						target.snapshot({...one, endpoint: proxy.url()}, ...rest);
				}
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
	const engine = startTestEngine(cluster, {transport: through});
	const {backup, there} = await backedUp(engine, temporaryDirectory(), member!.name);
	expect(backup.phase).toMatchObject({kind: 'failed', reason: expect.stringMatching(/connection (was )?lost/)});
	expect(there).toEqual([]);
}, 60_000);
