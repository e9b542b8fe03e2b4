import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import {parseEndpoint} from '../../../source/transport/grpc/endpoint.ts';
import {readFlags} from '../../../source/transport/kubernetes/etcd-flags.ts';
import {type EtcdPod, type PodObject, readPod} from '../../../source/transport/kubernetes/etcd-pod.ts';
import {ownEndpoint} from '../../../source/transport/kubernetes/etcdctl.ts';
import {matchPods} from '../../../source/transport/kubernetes/match-pods.ts';
import {podAt} from '../../../source/transport/kubernetes/pods-keeper.ts';
import {portIn} from '../../../source/transport/kubernetes/tunnels.ts';
import {commandWithoutApi, hostsOf} from '../../../source/transport/kubernetes/without-api.ts';
import {safeText} from '../../../source/transport/safe-text.ts';

function captured(name: string): PodObject[] {
	const url = new URL(`../captures/kubernetes/${name}.json`, import.meta.url);
	return (JSON.parse(readFileSync(url, 'utf8')) as {items: PodObject[]}).items;
}

const pods = (name: string) => captured(name).map((pod) => readPod(pod)!);

test('reads the pods of OpenShift', () => {
	const [first, second] = pods('pods-openshift-etcd') as [EtcdPod, EtcdPod];
	expect(first).toEqual({
		name: 'etcd-master-1',
		key: {namespace: 'openshift-etcd', name: 'etcd-master-1'},
		node: 'master-1',
		ips: ['10.77.0.11'],
		container: 'etcd',
		image: 'localhost/etcd:3.6.8',
		etcdctlContainer: 'etcdctl',
		etcdctlVariables: new Set(['ETCDCTL_API', 'ETCDCTL_CACERT', 'ETCDCTL_CERT', 'ETCDCTL_KEY', 'ETCDCTL_ENDPOINTS']),
		hasShell: true,
		memberName: 'master-1',
		clientUrls: ['https://10.77.0.11:2379'],
		client: {port: 2379, secure: true},
		isOnLoopback: true,
		loopbackPorts: new Set([2379]),
		metrics: {port: 9978, secure: true},
		certificates: {
			cacert: '/etc/kubernetes/static-pod-certs/secrets/etcd-all-certs/server-ca-bundle.crt',
			cert: '/etc/kubernetes/static-pod-certs/secrets/etcd-all-certs/etcd-peer-master-1.crt',
			key: '/etc/kubernetes/static-pod-certs/secrets/etcd-all-certs/etcd-peer-master-1.key',
		},
		quotaBytes: 8 * 1024 ** 3,
		phase: 'Running',
		isReady: true,
		restarts: 0,
		isRunning: true,
		createdWallMs: Date.parse('2026-11-23T01:35:01Z'),
		staticPodRevision: '7',
		incarnation: expect.stringContaining('711a7858-3683-40e9-a994-83afc05413b5 containerd://360160a8'),
	});
	expect(second.restarts).toBe(1);
});

test('reads the pods of kubeadm', () => {
	expect(pods('pods-kubeadm')[0]).toMatchObject({
		container: 'etcd',
		etcdctlContainer: 'etcd',
		etcdctlVariables: new Set(),
		hasShell: false,
		memberName: 'master-1',
		client: {port: 12379, secure: true},
		isOnLoopback: true,
		metrics: {port: 12381, secure: false},
		certificates: {
			cacert: '/etc/kubernetes/pki/etcd/ca.crt',
			cert: '/etc/kubernetes/pki/etcd/server.crt',
			key: '/etc/kubernetes/pki/etcd/server.key',
		},
		livenessProbe: {failureThreshold: 8, periodSeconds: 10, timeoutSeconds: 1},
	});
});

function pod(command: readonly string[], more: object = {}): PodObject {
	return {
		metadata: {name: 'etcd-a', namespace: 'kube-system'},
		spec: {containers: [{name: 'etcd', command, ...more}]},
		status: {phase: 'Running', podIP: '10.0.0.1'},
	};
}

test('knows the paths and ports of RKE2, which keeps its flags in a file', () => {
	expect(readPod(pod(['etcd', '--config-file=/var/lib/rancher/rke2/server/db/etcd/config']))).toMatchObject({
		client: {port: 2379, secure: true},
		isOnLoopback: true,
		metrics: {port: 2381, secure: false},
		certificates: {cert: '/var/lib/rancher/rke2/server/tls/etcd/server-client.crt'},
	});
});

test('what is no address is none: it would end up in a command that somebody pastes', () => {
	const pod = readPod({
		metadata: {name: 'etcd-a', namespace: 'kube-system'},
		spec: {containers: [{name: 'etcd', command: ['etcd']}]},
		status: {phase: 'Running', podIP: '$(reboot)', podIPs: [{ip: '10.0.0.7\u001b[2J'}, {ip: '10.0.0.7'}], hostIP: 'fd00::7'},
	})!;
	expect(pod.ips).toEqual(['10.0.0.7', 'fd00::7']);
	expect(commandWithoutApi(hostsOf('RKE2', [pod]))).toBe('etcdtop --via ssh root@10.0.0.7');
});

test('a name with escape sequences is shown without them, and asked for as it is', () => {
	const name = 'etcd-\x1b[2Ja';
	expect(readPod({...pod(['etcd']), metadata: {name, namespace: 'x'}})).toMatchObject({name: 'etcd-a', key: {name}});
});

test('a port that is usual on the web stays', () => {
	expect(
		readPod(pod(['etcd', '--advertise-client-urls=https://a:443/', '--listen-metrics-urls=http://0.0.0.0:80'])),
	).toMatchObject({
		clientUrls: ['https://a:443'],
		client: {port: 443, secure: true},
		metrics: {port: 80, secure: false},
	});
});

test('what leads nowhere is not the URL of a pod: by one that all have in common, all would be the first of them', () => {
	const env = [{name: 'POD_NAME', valueFrom: {fieldRef: {fieldPath: 'metadata.name'}}}];
	const urls = (list: string) => readPod(pod(['etcd', `--advertise-client-urls=${list}`], {env}))?.clientUrls;
	expect(urls('http://$(POD_NAME).etcd:2379,http://$POD_NAME:2379')).toEqual([]);
	expect(urls('https://10.0.0.1:2379/\x1b[2J,https://user@10.0.0.1:2379,https://10.0.0.1:2379')).toEqual([
		'https://10.0.0.1:2379',
	]);
});

test('etcd that listens on the address of its node alone is not on its loopback', () => {
	expect(readPod(pod(['etcd', '--listen-client-urls=https://10.0.0.1:2379']))?.isOnLoopback).toBe(false);
	expect(readPod(pod(['etcd', '--listen-client-urls', 'https://10.0.0.1:2379,https://[::1]:2379']))?.isOnLoopback).toBe(true);
	expect(readPod(pod(['etcd']))).not.toHaveProperty('isOnLoopback');
});

test('is asked at the port that it has on its loopback', () => {
	const flags = [
		'--listen-client-urls=https://10.0.0.1:4001,https://127.0.0.1:2379',
		'--listen-metrics-urls=http://127.0.0.1:2381',
	];
	const split = readPod(pod(['etcd', ...flags]))!;
	expect(split).toMatchObject({client: {port: 2379, secure: true}, isOnLoopback: true, loopbackPorts: new Set([2379])});
	expect(ownEndpoint(split)).toBe('https://localhost:2379');
	expect([4001, 2379, 2381].map((port) => portIn(split, parseEndpoint(`10.0.0.1:${port}`, true)))).toEqual([2379, 2379, 2381]);
	const addressOnly = readPod(pod(['etcd', '--listen-client-urls=https://10.0.0.1:4001']))!;
	expect(addressOnly).toMatchObject({client: {port: 4001}, loopbackPorts: new Set()});
	expect(ownEndpoint(addressOnly)).toBe('https://10.0.0.1:4001');
});

describe('the pod of a URL', () => {
	const make = (name: string, url: string, status: object = {}, more: object = {}) =>
		readPod({
			...pod(['etcd', `--advertise-client-urls=${url}`]),
			metadata: {name, namespace: 'x', ...more},
			status: {phase: 'Running', podIP: '10.0.0.1', ...status},
		})!;
	const running = {containerStatuses: [{name: 'etcd', restartCount: 0, state: {running: {}}}]};
	const found = (all: readonly EtcdPod[], url: string) => podAt(all, url)?.name;

	test('of two for one place is the one that runs, whatever they are called', () => {
		const url = 'https://10.0.0.1:2379';
		expect(found([make('a-old', url), make('b-new', url, running)], url)).toBe('b-new');
		expect(found([make('a-new', url, running), make('b-old', url)], url)).toBe('a-new');
		const older = make('a', url, running, {creationTimestamp: '2026-01-01T00:00:00Z'});
		const newer = make('b', url, running, {creationTimestamp: '2026-01-02T00:00:00Z'});
		expect(found([older, newer], url)).toBe('b');
	});

	test('that is an address is the pod whose own address it is, not one that has it from its node', () => {
		const onNode = make('z-host', 'https://z.example:2379', {...running, podIP: '192.0.2.1', hostIP: '192.0.2.1'});
		const inside = make('a-inside', 'https://a.example:2379', {...running, podIP: '10.0.0.7', hostIP: '192.0.2.1'});
		expect(found([inside, onNode], 'https://192.0.2.1:2379')).toBe('z-host');
		expect(found([inside, onNode], 'https://10.0.0.7:2379')).toBe('a-inside');
	});
});

test.each([
	['one that has ended', {...pod(['etcd']), status: {phase: 'Failed'}}],
	['one without etcd', {...pod([]), spec: {containers: [{name: 'guard', command: ['sleep', '1']}]}}],
	['one without a name', {...pod(['etcd']), metadata: {}}],
])('passes over %s', (_, object) => {
	expect(readPod(object)).toBeUndefined();
});

test('takes the container that was asked for, or whichever runs etcd', () => {
	const containers = [
		{name: 'sidecar', command: ['sleep']},
		{name: 'server', command: ['/usr/my-local/bin/etcd', '--name=a']},
	];
	const object = {...pod([]), spec: {containers}};
	expect(readPod(object)).toMatchObject({container: 'server', memberName: 'a'});
	expect(readPod(object, 'sidecar')).toMatchObject({container: 'sidecar'});
});

describe('flags', () => {
	/** As the operator of OpenShift 4 writes it, shortened. */
	const script = `#!/bin/sh
set -euo pipefail
etcdctl member list || true
export ETCD_INITIAL_CLUSTER=$(discover-etcd-initial-cluster \\
  --cacert=/other/ca.crt --endpoints=\${ALL_ETCD_ENDPOINTS} \\
  --data-dir=/var/lib/etcd)
# we cannot use the "normal" port conflict initcontainer
exec nice -n -19 ionice -c2 -n0 etcd \\
  --logger=zap \\
  --initial-advertise-peer-urls=https://\${NODE_master_1_IP}:2380 \\
  --cert-file="/certs/etcd-serving-master-1.crt" \\
  --trusted-ca-file=/certs/ca.crt \\
  --advertise-client-urls=https://\${NODE_master_1_IP}:2379 \\
  --listen-client-urls=https://0.0.0.0:2379,unixs://\${NODE_master_1_IP}:0 \\
  --listen-metrics-urls=https://0.0.0.0:9978 ||  mv /etc/kubernetes/etcd-backup-dir/etcd-member.yaml --force /etc/kubernetes/manifests
`;

	test('of a script are those of etcd, with its variables', () => {
		const env = [
			{name: 'NODE_master_1_IP', value: '10.0.0.1'},
			{name: 'ETCD_QUOTA_BACKEND_BYTES', value: '8589934592'},
			{name: 'ETCD_LOGGER', value: 'capnslog'},
		];
		expect(readFlags({command: ['/bin/sh', '-c', script], env})).toEqual({
			'quota-backend-bytes': '8589934592',
			logger: 'zap',
			'initial-advertise-peer-urls': 'https://10.0.0.1:2380',
			'cert-file': '/certs/etcd-serving-master-1.crt',
			'trusted-ca-file': '/certs/ca.crt',
			'advertise-client-urls': 'https://10.0.0.1:2379',
			'listen-client-urls': 'https://0.0.0.0:2379,unixs://10.0.0.1:0',
			'listen-metrics-urls': 'https://0.0.0.0:9978',
		});
	});

	test('may stand in the arguments, apart from their values, or be switches', () => {
		expect(
			readFlags({command: ['etcd'], args: ['--name', 'a', '--client-cert-auth', '-wal-dir=/x', '--data-dir', '/var/lib/etcd']}),
		).toEqual({
			name: 'a',
			'client-cert-auth': 'true',
			'wal-dir': '/x',
			'data-dir': '/var/lib/etcd',
		});
	});
});

describe('members and pods', () => {
	const member = (name: string, ip: string, port = 2379): Member => ({
		id: name,
		name,
		isLearner: false,
		clientUrls: name === '' ? [] : [`https://${ip}:${port}`],
		peerUrls: [`https://${ip}:2380`],
	});
	const pairs = (members: readonly Member[], all: readonly EtcdPod[]) =>
		matchPods(members, all).map((match) => [match.member?.id, match.pod?.name]);
	const openshift = pods('pods-openshift-etcd');

	test('belong together by address', () => {
		const members = [member('c', '10.77.0.13'), member('a', '10.77.0.11'), member('b', '10.77.0.12')];
		expect(pairs(members, openshift)).toEqual([
			['c', 'etcd-master-3'],
			['a', 'etcd-master-1'],
			['b', 'etcd-master-2'],
		]);
	});

	test('belong together by name where addresses say nothing', () => {
		const members = [member('master-2', '192.0.2.2'), member('master-1', '192.0.2.1')];
		expect(pairs(members, openshift)).toEqual([
			['master-2', 'etcd-master-2'],
			['master-1', 'etcd-master-1'],
			[undefined, 'etcd-master-3'],
		]);
	});

	test('one without the other is kept, and a member that has not started is found by its peer address', () => {
		const members = [member('old', '10.77.0.99'), member('', '10.77.0.12')];
		expect(pairs(members, openshift)).toEqual([
			['old', undefined],
			['', 'etcd-master-2'],
			[undefined, 'etcd-master-1'],
			[undefined, 'etcd-master-3'],
		]);
	});

	test('of two pods for one member, the one that runs is its own', () => {
		const [first] = openshift as [EtcdPod];
		const old: EtcdPod = {...first, name: safeText('a-old'), isRunning: false, isReady: false};
		expect(pairs([member('master-1', '10.77.0.11')], [old, first])).toEqual([
			['master-1', 'etcd-master-1'],
			[undefined, 'a-old'],
		]);
	});

	test('several on one host are told apart by their ports', () => {
		const local = ['a', 'b'].map(
			(name, index) =>
				readPod({
					...pod(['etcd', `--name=${name}`, `--advertise-client-urls=https://127.0.0.1:${3000 + index}`]),
					metadata: {name: `etcd-${name}`, namespace: 'x'},
					status: {phase: 'Running', podIP: '127.0.0.1'},
				})!,
		);
		const members = [member('x', '127.0.0.1', 3001), member('y', '127.0.0.1', 3000)];
		expect(pairs(members, local)).toEqual([
			['x', 'etcd-b'],
			['y', 'etcd-a'],
		]);
	});
});
