import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {ask} from '../../source/demo/gateway.ts';
import {clusterForTest} from '../helpers/cluster.ts';

test('starts three members with mutual TLS, a learner joins, and all of it goes with stop', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 3});
	await cluster.addMember({learner: true});
	const list = (await cluster.members[0]!.call('/v3/cluster/member/list', {})) as {members: {isLearner?: boolean}[]};
	expect(list.members.map((member) => member.isLearner ?? false).sort()).toEqual([false, false, false, true]);

	const pids = cluster.members.map((member) => member.pid);
	await cluster.stop();
	expect(pids.filter(isAlive)).toEqual([]);
	expect(existsSync(cluster.directory)).toBe(false);
});

test('a client without a certificate is turned away under mutual TLS and let in under server TLS', {
	timeout: 60_000,
}, async () => {
	const [mutual, server] = await Promise.all([clusterForTest({members: 1}), clusterForTest({members: 1, tls: 'server'})]);
	const anyServer = {rejectUnauthorized: false} as object;
	await expect(ask(`${mutual.endpoints[0]}/version`, anyServer)).rejects.toThrow();
	expect((await ask(`${server.endpoints[0]}/version`, anyServer)).status).toBe(200);
});

test('a frozen member is silent, thawed it answers, killed and restarted it has its data', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, tls: 'none'});
	const [member] = cluster.members;
	await member!.call('/v3/kv/put', {key: 'YQ==', value: 'Yg=='});
	member!.freeze();
	await expect(member!.call('/v3/kv/range', {key: 'YQ=='}, 300)).rejects.toThrow();
	member!.thaw();
	await member!.kill();
	expect(member!.running).toBe(false);
	await member!.restart();
	expect(await member!.call('/v3/kv/range', {key: 'YQ=='})).toMatchObject({kvs: [{value: 'Yg=='}]});
});

test('nothing is left when the program that started the cluster is killed', {timeout: 60_000}, async () => {
	const fixture = fileURLToPath(new URL('fixtures/start-cluster.ts', import.meta.url));
	const parent = spawn(process.execPath, [fixture], {stdio: ['ignore', 'pipe', 'inherit']});
	const [line] = (await once(parent.stdout, 'data')) as [Buffer];
	const {directory, pids} = JSON.parse(line.toString()) as {directory: string; pids: number[]};
	expect(pids.every(isAlive)).toBe(true);
	parent.kill('SIGKILL');
	for (let waited = 0; waited < 10_000 && (pids.some(isAlive) || existsSync(directory)); waited += 50) {
		await sleep(50);
	}
	expect({alive: pids.filter(isAlive), directory: existsSync(directory)}).toEqual({alive: [], directory: false});
});

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
