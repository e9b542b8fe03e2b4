import {once} from 'node:events';
import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {connect as connectTls} from 'node:tls';
import {CoreV1Api} from '@kubernetes/client-node';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import WebSocket from 'ws';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {apiForTest, configFor} from './api-for-test.ts';

const namespace = 'openshift-etcd';

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite();
}, 60_000);

function forwardTo(api: KubernetesApi, podIndex = 0): WebSocket {
	const {name, clientUrl} = cluster.members[podIndex]!;
	const path = `/api/v1/namespaces/${namespace}/pods/etcd-${name}/portforward?ports=${new URL(clientUrl).port}`;
	const socket = new WebSocket(`${api.url.replace('https', 'wss')}${path}`, ['v4.channel.k8s.io'], {
		headers: {authorization: `Bearer ${api.admin.token}`},
		rejectUnauthorized: false,
	});
	socket.on('error', () => {}); // Its close follows.
	onTestFinished(() => socket.terminate());
	return socket;
}

async function opened(api: KubernetesApi, podIndex = 0): Promise<WebSocket> {
	const socket = forwardTo(api, podIndex);
	await once(socket, 'open');
	return socket;
}

const list = (api: KubernetesApi) => configFor(api).makeApiClient(CoreV1Api).listNamespacedPod({namespace});
const closeCode = async (socket: WebSocket) => ((await once(socket, 'close')) as [number])[0];

/** Whether it stays as it is for some time. */
async function isSilent(promise: Promise<unknown>): Promise<boolean> {
	const waited = Symbol('waited');
	return (await Promise.race([promise.catch(() => {}), sleep(400, waited)])) === waited;
}

test('slow: every round trip takes that much longer', async () => {
	const api = await apiForTest(cluster);
	const socket = await opened(api);
	const roundTrip = async () => {
		const started = performance.now();
		const pong = once(socket, 'pong');
		socket.ping();
		await pong;
		return performance.now() - started;
	};
	api.faults.slow(300);
	expect(await roundTrip()).toBeGreaterThan(290);
	api.faults.slow(0);
	expect(await Promise.all([1, 2, 3].map(roundTrip))).toSatisfy((times: number[]) => Math.min(...times) < 290);
});

test('frozen: handshakes and requests get no answer, until it thaws', async () => {
	const api = await apiForTest(cluster);
	const core = configFor(api).makeApiClient(CoreV1Api);
	await core.listNamespacedPod({namespace});
	api.faults.freeze();
	const request = core.listNamespacedPod({namespace});
	const tls = connectTls({port: Number(new URL(api.url).port), rejectUnauthorized: false});
	onTestFinished(() => void tls.destroy());
	const handshake = once(tls, 'secureConnect');
	expect(await Promise.all([isSilent(request), isSilent(handshake)])).toEqual([true, true]);
	api.faults.thaw();
	expect((await request).items).not.toEqual([]);
	await handshake;
});

test('cut: WebSockets end without a word, and new ones open', async () => {
	const api = await apiForTest(cluster);
	const code = closeCode(await opened(api));
	api.faults.cut();
	expect(await code).toBe(1006);
	await opened(api);
});

test('gone: refuses connections, and is back at the same port', async () => {
	const api = await apiForTest(cluster);
	const code = closeCode(await opened(api));
	const gone = api.faults.goneFor(2000);
	expect(await code).toBe(1006);
	const refused = connect(Number(new URL(api.url).port), '127.0.0.1');
	expect(((await once(refused, 'error').catch((error: Error) => [error])) as [NodeJS.ErrnoException])[0].code).toBe(
		'ECONNREFUSED',
	);
	await gone;
	expect((await list(api)).items).not.toEqual([]);
});

test('upgrades are refused though the user may', async () => {
	const api = await apiForTest(cluster);
	api.faults.refuseUpgrades();
	const [, response] = (await once(forwardTo(api), 'unexpected-response')) as [unknown, {statusCode: number}];
	expect(response.statusCode).toBe(403);
	expect((await list(api)).items).not.toEqual([]);
	api.faults.refuseUpgrades(false);
	await opened(api);
});

test('a frozen kubelet leaves handshakes to its pods open, and no others', async () => {
	const api = await apiForTest(cluster);
	api.faults.freezeKubelet(cluster.members[0]!.name);
	const [silent] = await Promise.all([isSilent(opened(api, 0)), opened(api, 1)]);
	expect(silent).toBe(true);
	api.faults.thawKubelet(cluster.members[0]!.name);
	await opened(api, 0);
});

test('an API server that restarts ends WebSockets in good order', async () => {
	const api = await apiForTest(cluster);
	const code = closeCode(await opened(api));
	api.faults.closeSockets();
	expect(await code).toBe(1000);
});

test('a pod that restarts ends the forwards to it, and counts', async () => {
	const api = await apiForTest(cluster);
	const [socket, other] = [await opened(api, 0), await opened(api, 1)];
	const pod = () => {
		const {metadata, status} = api.objects.get(api.resource('pods'), namespace, `etcd-${cluster.members[0]!.name}`)!;
		const {containerStatuses} = status as {containerStatuses: {name: string; restartCount: number; containerID: string}[]};
		const {restartCount, containerID} = containerStatuses.find(({name}) => name === 'etcd')!;
		return {uid: metadata.uid, restartCount, containerID};
	};
	const before = pod();
	const code = closeCode(socket);
	await api.faults.restartPod(`etcd-${cluster.members[0]!.name}`);
	expect(await code).toBe(1000);
	expect(other.readyState).toBe(WebSocket.OPEN);
	await expect.poll(pod).toMatchObject({uid: before.uid, restartCount: 1});
	expect(pod().containerID).not.toBe(before.containerID);
});
