/** What happens around a run while it goes, on real members and in the test's time. */
import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {expect, it, onTestFinished, vi} from 'vitest';
import type {DefragPlan} from '../../source/domain/defrag-plan.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {type Cluster, clusterForTest} from '../helpers/cluster.ts';
import {
	aroundCall,
	linesOf,
	startRun,
	startTestEngine,
	type TestEngine,
	temporaryDirectory,
	untilOver,
} from '../helpers/engine.ts';
import {fragment} from '../helpers/fill.ts';

vi.setConfig({testTimeout: 120_000});

const run = promisify(execFile);
const environment = {...process.env, ETCDCTL_API: '3'};

async function fragmentedCluster(options?: Parameters<typeof fragment>[1]): Promise<Cluster> {
	const cluster = await clusterForTest({tls: 'none'});
	await fragment(cluster, options);
	return cluster;
}

/** Looks that begin while it is held wait until it is let go: what they find is the whole of what happened meanwhile. */
function createHold() {
	let held: PromiseWithResolvers<void> | undefined;
	const arrival = Promise.withResolvers<void>();
	return {
		/** Resolves when the next look of the run waits: the one before it is over. */
		hold: () => {
			held = Promise.withResolvers();
			return arrival.promise;
		},
		letGo: () => held?.resolve(),
		transport: (transport: Transport): Transport =>
			new Proxy(transport, {
				get(target, name) {
					if (name === 'membership') {
						return async (...args: Parameters<Transport['membership']>) => {
							// The poller's own questions end with it; a run's do not.
							if (held !== undefined && args[0].signal === undefined) {
								arrival.resolve();
							}
							await held?.promise;
							return target.membership(...args);
						};
					}
					const value = Reflect.get(target, name);
					return typeof value === 'function' ? value.bind(target) : value;
				},
			}),
	};
}

it('leadership that somebody moves between two turns takes the last turn with it', async () => {
	const cluster = await fragmentedCluster();
	const looks = createHold();
	const engine = startTestEngine(cluster, {transport: looks.transport});
	await startRun(engine);
	const next = await engine.until(({run: current}) => (current?.phase.kind === 'cooling down' ? current.waiting[0] : undefined));
	expect(next.role).toBe('follower');
	const leader = await engine.until(({members, health}) => members.find(({member}) => member.id === health.leader?.id)?.member);
	// A look in the middle of the election would find no leader, which halts.
	await looks.hold();
	await run('etcdctl', ['--endpoints', leader.endpoint ?? '', 'move-leader', next.memberId], {env: environment});
	await engine.until(({members}) =>
		members.every(({status, statusAnswer}) => statusAnswer.kind === 'answered' && status?.value.leaderId === next.memberId)
			? true
			: undefined,
	);
	looks.letGo();
	const ended = await untilOver(engine);
	expect(ended.phase).toMatchObject({kind: 'finished'});
	expect(ended.turns.map(({outcome}) => outcome)).toEqual(['done', 'done', 'done']);
	expect(ended.turns.at(-1)).toMatchObject({name: next.name, role: 'leader'});
	expect(ended.moves).toEqual([]);
});

it('a quorum that is lost in the middle of a turn halts the run behind it', async () => {
	const cluster = await fragmentedCluster();
	const engine: TestEngine = startTestEngine(cluster, {
		transport: aroundCall(async (memberId, call) => {
			const name = engine.store.getState().members.find(({member}) => member.id === memberId)?.member.name;
			await call();
			await Promise.all(cluster.members.filter((member) => member.name !== name).map((member) => member.kill()));
		}),
	});
	await startRun(engine);
	const ended = await untilOver(engine);
	expect(ended.phase.kind).toBe('halted');
	expect(linesOf(engine, 'started')).toHaveLength(1);
	expect(linesOf(engine, 'ended')).toMatchObject([{outcome: 'done'}]);
});

it('a backup whose reader has stalled holds the run back, until it is gone', async () => {
	// More than the sockets between the two swallow.
	const cluster = await fragmentedCluster({writes: 300, bytes: 300_000});
	const engine = startTestEngine(cluster);
	await engine.until(({clusterId}) => clusterId);
	engine.engine.controls.openPlan({kind: 'all'});
	const first = await engine.until(({plan}) => plan?.steps[0]);
	const reader = await stalledBackup(cluster.members.find(({name}) => name === first.name)?.clientUrl ?? '');
	const gateOf = (plan: DefragPlan | undefined) => plan?.gates.find(({id}) => id === 'snapshot');
	const shown = await engine.until(({plan}) => (gateOf(plan)?.state === 'failed' ? plan : undefined));
	expect(gateOf(shown)?.detail).toBe('1 snapshot is being read from it');
	engine.engine.controls.startRun(shown, shown.confirmation.word);
	await engine.until(({message}) => (message?.kind === 'refused' ? true : undefined));
	expect(linesOf(engine, 'started')).toEqual([]);
	reader.kill('SIGKILL');
	engine.engine.controls.openPlan({kind: 'all'});
	await engine.until(({plan}) => (gateOf(plan)?.state === 'passed' ? true : undefined));
});

/** `etcdctl snapshot save`, stopped after its first bytes: the member goes on offering the rest. */
async function stalledBackup(endpoint: string): Promise<ChildProcess> {
	const file = join(temporaryDirectory(), 'backup.db');
	const child = spawn('etcdctl', ['--endpoints', endpoint, 'snapshot', 'save', file], {
		env: environment,
		stdio: 'ignore',
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	const part = `${file}.part`;
	while (!existsSync(part) || statSync(part).size === 0) {
		expect(child.exitCode, 'the backup ended before it could be stopped').toBeNull();
		await delay(1);
	}
	child.kill('SIGSTOP');
	return child;
}

it('a program that has to leave awaits the member at work, writes its end down and starts no other', async () => {
	const cluster = await fragmentedCluster();
	const held = Promise.withResolvers<void>();
	const engine = startTestEngine(cluster, {
		transport: aroundCall(async (_memberId, call) => {
			await call();
			await held.promise;
		}),
	});
	await startRun(engine);
	await engine.until(({run: current}) => (current?.phase.kind === 'defragmenting' ? true : undefined));
	let left = false;
	const leaving = engine.engine.stop().then(() => {
		left = true;
	});
	await engine.clock.sleep(5000);
	expect(left).toBe(false);
	held.resolve();
	await leaving;
	expect(linesOf(engine, 'started')).toHaveLength(1);
	expect(linesOf(engine, 'ended')).toMatchObject([{outcome: 'done'}]);
});
