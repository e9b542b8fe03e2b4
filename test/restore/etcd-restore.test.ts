/** The commands of the runbook for an etcd of one's own, given as they are printed: a snapshot becomes a working cluster again. */
import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import type {ClusterMember} from '../../source/demo/cluster-member.ts';
import {findEtcd} from '../../source/demo/etcd-binary.ts';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {gatherInputs} from '../../source/domain/restore-sources.ts';
import {readBackupDirectory} from '../../source/restore/backup-directory.ts';
import {lookAtFiles} from '../../source/restore/local-files.ts';
import {membersBy} from '../../source/restore/members.ts';
import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {directPlatform} from '../../source/transport/platform.ts';
import {clusterForTest} from '../helpers/cluster.ts';
import {folder} from './made-up-cluster.ts';

const run = promisify(execFile);
const encoded = (text: string) => Buffer.from(text).toString('base64');
const timeoutMs = 5000;

test('every key of the snapshot is there again, on every member, and nothing that came later', async () => {
	const {etcdctl} = await findEtcd({etcdctl: true});
	const cluster = await clusterForTest({members: 3, tls: 'none'});
	const [first] = cluster.members as readonly [ClusterMember, ...ClusterMember[]];
	const put = (key: string) => first.call('/v3/kv/put', {key: encoded(key), value: encoded('kept')});
	await Promise.all(Array.from({length: 50}, (_, index) => put(`/before/${index}`)));
	const directory = folder();
	const snapshot = join(directory, 'snapshot_2026-11-27_031500.db');
	await run(etcdctl!, [`--endpoints=${first.clientUrl}`, 'snapshot', 'save', snapshot], {
		env: {...process.env, ETCDCTL_API: '3'},
	});
	await put('/after');

	const connect = async () => ({
		transport: createDirectTransport({
			endpoints: [first.clientUrl],
			insecureSkipTlsVerify: false,
			insecureTransport: true,
			dialTimeoutMs: timeoutMs,
			commandTimeoutMs: timeoutMs,
		}),
		platform: directPlatform,
		clusterName: 'prod',
		contexts: [],
	});
	const {transport} = await connect();
	const {members, clusterId} = await transport.membership({timeoutMs});
	const {version} = await transport.status(members[0]!, {timeoutMs});
	transport.close();
	const {backup} = readBackupDirectory(directory);
	expect((await lookAtFiles(backup.files, AbortSignal.timeout(60_000))).answer.kind).toBe('yes');
	const gathered = gatherInputs({backup, cluster: {clusterName: 'prod', etcd: {version, members}}, typed: {dataDirectory: '/x'}});
	if (gathered.kind === 'missing' || gathered.inputs.kind !== 'etcd') {
		throw new Error('these are inputs of plain etcd');
	}
	const {inputs} = gathered;
	// Each has its own directory on the one machine there is.
	const own = inputs.members.map((member) => ({...member, dataDirectory: memberOf(member.name).dataDirectory}));
	const plan = planRestore({...inputs, members: own});
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}

	function memberOf(name: string): ClusterMember {
		return cluster.members.find((member) => member.name === name)!;
	}

	const programs = join(folder(), 'bin');
	const there = join(folder(), 'home');
	mkdirSync(join(there, 'backup_2026-11-27_031500'), {recursive: true});
	await run('cp', [snapshot, join(there, 'backup_2026-11-27_031500')]);
	standIn(programs, 'sudo', [
		`for word; do shift; set -- "$@" "$(printf %s "$word" | sed "s#^/root/#${there}/#")"; done`,
		'exec env "$@"',
	]);
	standIn(programs, 'systemctl', [
		'if [ "$1" = stop ]; then kill "$PID" && while kill -0 "$PID" 2>/dev/null; do sleep 0.05; done; fi',
	]);
	for (const {id, host, commands, fromHere} of plan.runbook.steps) {
		if (host === undefined || commands.length === 0 || fromHere) {
			continue;
		}
		const member = memberOf(host);
		const PATH = `${programs}:${dirname(etcdctl!)}:${process.env['PATH']}`;
		await run('sh', ['-c', ['set -e', ...commands].join('\n')], {env: {...process.env, PATH, PID: String(member.process.pid)}});
		if (id.startsWith('start@')) {
			await member.restart('none');
		}
	}
	await Promise.all(cluster.members.map((member) => member.ready()));

	for (const member of cluster.members) {
		const {kvs, header} = await member.call('/v3/kv/range', {key: encoded('/'), range_end: encoded('0')});
		const keys = (kvs as readonly {readonly key: string; readonly value: string}[]).map(({key}) =>
			Buffer.from(key, 'base64').toString(),
		);
		expect(keys.toSorted()).toEqual(Array.from({length: 50}, (_, index) => `/before/${index}`).toSorted());
		expect(BigInt((header as {readonly cluster_id: string}).cluster_id).toString(16)).not.toBe(clusterId);
	}
	const asked = membersBy(connect, timeoutMs);
	expect(await asked.ask()).toEqual({known: 3, answering: expect.arrayContaining(cluster.members.map(({name}) => name))});
	asked.close();
}, 180_000);

function standIn(directory: string, name: string, lines: readonly string[]): void {
	mkdirSync(directory, {recursive: true});
	writeFileSync(join(directory, name), ['#!/bin/sh', ...lines, ''].join('\n'));
	chmodSync(join(directory, name), 0o755);
}
