/** What could lead to the wrong member, or make a change that may have happened look like one that did not. */
import {execFileSync} from 'node:child_process';
import {chmod, mkdtemp, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {type KubernetesApi, startKubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {mayHaveHappened} from '../../../source/domain/failure.ts';
import type {Member} from '../../../source/domain/member.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import {type Cluster, clusterForSuite, clusterForTest} from '../../helpers/cluster.ts';
import {failure} from '../failure.ts';
import {connected} from './open-kubernetes.ts';

const options = {timeoutMs: 10_000};

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 3});
}, 60_000);

/** An API in whose pods etcdctl is this script, which has the real one as `$etcdctl`. */
async function apiWithEtcdctl(script: string): Promise<KubernetesApi> {
	const folder = await mkdtemp(join(cluster.directory, 'etcdctl-'));
	const etcdctl = join(folder, 'etcdctl');
	const real = execFileSync('sh', ['-c', 'command -v etcdctl'], {encoding: 'utf8'}).trim();
	await writeFile(etcdctl, `#!/bin/sh\netcdctl=${real}\n${script}\n`);
	await chmod(etcdctl, 0o755);
	const api = await startKubernetesApi(cluster, {kind: 'openshift', etcdctl});
	onTestFinished(() => api.stop());
	return api;
}

test.each(['tunnel', 'exec'] as const)('a pod named with escape sequences moves nothing, by %s', async (via) => {
	const api = await startKubernetesApi(cluster, {kind: 'openshift'});
	onTestFinished(() => api.stop());
	const [pod] = api.objects
		.list(api.resource('pods'), 'openshift-etcd')
		.filter(({metadata}) => metadata.labels?.['app'] === 'etcd');
	const name = 'etcd-\u001b]0;evil\u0007\u001b[2Jx';
	const spec = {...(pod!.spec as object), nodeName: 'node\u001b[31m\u202e-1'};
	const status = {...(pod!.status as object), podIP: '192.0.2.77', podIPs: [], hostIP: '192.0.2.77'};
	api.objects.put(api.resource('pods'), {...pod, metadata: {...pod!.metadata, name}, spec, status});
	const kubernetes = await connected(cluster, api.kubeconfig(), {via});
	const {members} = await kubernetes.transport.membership(options);
	const {matches} = platformOf(kubernetes, 5000).pods!(members);
	expect(matches.filter(({memberId}) => memberId === undefined)).toMatchObject([{pod: {name: 'etcd-x', node: 'node-1'}}]);
	expect(JSON.stringify([matches, kubernetes.transport.connection])).not.toMatch(/\\u001b|\\u0007|\u202e/);
	await Promise.all(members.map((member) => kubernetes.transport.status(member, options)));
});

describe('exec', () => {
	test('etcdctl that is killed while etcd defragments leaves the outcome unknown', async () => {
		const api = await apiWithEtcdctl(
			'for last; do :; done\n[ "$last" = defrag ] || exec $etcdctl "$@"\n$etcdctl "$@"\nkill -9 $$',
		);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const [member] = members as [Member];
		const before = (await transport.metrics(member, options)).defragCount!;
		const told = await failure(transport.defragment(member, {clusterId}, options));
		expect(told).toMatchObject({kind: 'unreachable', message: expect.stringContaining('killed (137)')});
		expect(mayHaveHappened(told)).toBe(true);
		expect((await transport.metrics(member, options)).defragCount).toBe(before + 1);
	});

	test('etcdctl that asks others than it was told changes nothing', async () => {
		const all = cluster.endpoints.join(',');
		const api = await apiWithEtcdctl(
			`for word; do shift; case $word in --endpoints=https://localhost*) word=--endpoints=${all};; esac; set -- "$@" "$word"; done\nexec $etcdctl "$@"`,
		);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const {members, clusterId} = await transport.membership(options);
		const told = await failure(transport.defragment(members[0]!, {clusterId}, options));
		expect(told).toMatchObject({kind: 'wrong-identity', notSent: true, message: expect.stringContaining('asks 3 members')});
		expect(api.sockets.execs.filter((words) => words.includes('defrag'))).toEqual([]);
	});

	describe('pods of two clusters', {timeout: 60_000}, () => {
		/** In the pods for whose ports the file holds a word, etcd of another cluster answers. */
		async function apiWithAnother(): Promise<{
			api: KubernetesApi;
			another: Cluster;
			replace: (members: Cluster['members']) => Promise<void>;
		}> {
			const another = await clusterForTest({members: 1});
			const {cacert, cert, key} = another.certificates!;
			const replaced = join(another.directory, 'replaced');
			await writeFile(replaced, '');
			const api = await apiWithEtcdctl(
				`for port in $(cat ${replaced}); do case "$*" in *endpoints=*:$port*)
unset ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY
while [ $# -gt 0 ]; do case $1 in --*) shift;; *) break;; esac; done
exec $etcdctl --endpoints=${another.endpoints[0]} --cacert=${cacert} --cert=${cert} --key=${key} -w json "$@";; esac; done
exec $etcdctl "$@"`,
			);
			const replace = (members: Cluster['members']) =>
				writeFile(replaced, members.map(({clientUrl}) => new URL(clientUrl).port).join(' '));
			return {api, another, replace};
		}

		test('are not taken for one', async () => {
			const {api, replace} = await apiWithAnother();
			await replace(cluster.members.slice(2));
			const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
			expect(await failure(transport.membership(options))).toMatchObject({
				kind: 'wrong-identity',
				message: expect.stringMatching(/^etcd in etcd-\S+ and in etcd-\S+ belongs to different clusters$/),
			});
		});

		test('one after the other: what was meant for the first is not done to the second', async () => {
			const {api, another, replace} = await apiWithAnother();
			const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
			const {clusterId} = await transport.membership(options);
			await replace(cluster.members);
			expect(await failure(transport.membership(options))).toMatchObject({
				kind: 'wrong-identity',
				message: expect.stringContaining(`instead of ${clusterId}`),
			});
			const etcd = another.members[0]!;
			await etcd.call('/v3/kv/put', {key: 'YQ==', value: 'YQ=='});
			expect(await failure(transport.compact(2, options))).toMatchObject({kind: 'wrong-identity', notSent: true});
			expect(await failure(transport.disarmNoSpace('1', options))).toMatchObject({kind: 'wrong-identity', notSent: true});
		});
	});
});
