import {once} from 'node:events';
import {request} from 'node:https';
import {connect, createServer} from 'node:net';
import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {Exec, PortForward, type V1Status} from '@kubernetes/client-node';
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import WebSocket from 'ws';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {apiForTest, configFor} from './api-for-test.ts';

const namespace = 'openshift-etcd';
const podName = 'etcd-etcd-1';

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({metricsUrls: true});
}, 60_000);

type Run = {readonly stdout: string; readonly stderr: string; readonly status: V1Status};

/** As the client library runs it, to its end. */
async function run(
	api: KubernetesApi,
	command: string[],
	{container = 'etcdctl', of = namespace, stdin = ''} = {},
): Promise<Run> {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const {promise, resolve} = Promise.withResolvers<V1Status>();
	const input = stdin === '' ? null : Readable.from([stdin]);
	const exec = new Exec(configFor(api));
	const socket = await exec.exec(of, podName, container, command, stdout, stderr, input, false, resolve);
	const status = await promise;
	await once(socket as unknown as NodeJS.EventEmitter, 'close');
	stdout.end();
	stderr.end();
	return {stdout: await text(stdout), stderr: await text(stderr), status};
}

describe('exec', () => {
	test('runs the real etcdctl, with the certificates and endpoints of the container', async () => {
		const api = await apiForTest(cluster);
		const {stdout, stderr, status} = await run(api, ['etcdctl', 'endpoint', 'status', '-w', 'json']);
		expect((JSON.parse(stdout) as {Endpoint: string}[]).map(({Endpoint}) => Endpoint)).toEqual(cluster.endpoints);
		expect({stderr, status}).toEqual({stderr: '', status: {metadata: {}, status: 'Success'}});
	});

	test('keeps what is printed apart, and tells how it ended', async () => {
		const api = await apiForTest(cluster);
		const {stdout, stderr, status} = await run(api, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
		expect({stdout, stderr}).toEqual({stdout: 'out\n', stderr: 'err\n'});
		expect(status).toEqual({
			metadata: {},
			status: 'Failure',
			message: 'command terminated with non-zero exit code: command terminated with exit code 7',
			reason: 'NonZeroExitCode',
			details: {causes: [{reason: 'ExitCode', message: '7'}]},
		});
	});

	test('a program that the image lacks is told after a good handshake', async () => {
		const api = await apiForTest(cluster);
		const {status} = await run(api, ['no-such-program']);
		expect(status).toMatchObject({reason: 'InternalError', code: 500});
		expect(status.message).toContain('exec: "no-such-program": executable file not found in $PATH');
		const kubeadm = await apiForTest(cluster, 'kubeadm');
		const inside = {of: 'kube-system', container: 'etcd'};
		expect((await run(kubeadm, ['sh', '-c', 'true'], inside)).status.message).toContain('exec: "sh": executable file not found');
		expect((await run(kubeadm, ['etcdctl', 'version'], inside)).stdout).toContain('etcdctl version: 3');
	});

	test('reads stdin until it is closed, with the newer protocol', async () => {
		const api = await apiForTest(cluster);
		const many = 'line\n'.repeat(50_000);
		const {stdout} = await run(api, ['cat'], {stdin: many});
		expect(stdout).toBe(many);
	});

	test.each(['v4.channel.k8s.io', 'v5.channel.k8s.io'])('speaks %s', async (protocol) => {
		const api = await apiForTest(cluster);
		const socket = open(api, `exec?container=etcdctl&stdout=true&command=echo&command=hello`, protocol);
		const frames: [number, string][] = [];
		socket.on('message', (data: Buffer) => frames.push([data[0]!, data.subarray(1).toString()]));
		const closed = once(socket, 'close');
		await once(socket, 'open');
		expect(socket.protocol).toBe(protocol);
		expect((await closed)[0]).toBe(1000);
		expect(frames).toEqual([
			[1, 'hello\n'],
			[3, '{"metadata":{},"status":"Success"}'],
		]);
	});

	test('the process goes on when its socket is cut', async () => {
		const api = await apiForTest(cluster);
		const {port, connections} = await counter();
		api.faults.cutOnExec('sh');
		const command = ['sh', '-c', `sleep 1; exec 3<>/dev/tcp/127.0.0.1/${port}`];
		const bash = `exec?container=etcdctl&stdout=true&${[...command.with(0, 'bash'), 'sh'].map((word) => `command=${encodeURIComponent(word)}`).join('&')}`;
		const socket = open(api, bash, 'v5.channel.k8s.io');
		await once(socket, 'open');
		expect((await once(socket, 'close'))[0]).toBe(1006);
		expect(connections()).toBe(0);
		await expect.poll(connections).toBe(1);
	});

	test.each([
		['exec?container=nobody&command=true', 400, 'container nobody is not valid for pod etcd-etcd-1'],
		['exec?command=true', 400, 'a container name must be specified for pod etcd-etcd-1'],
		['exec?container=etcdctl', 400, 'you must specify at least one command'],
	])('%s is refused with %d', async (query, code, message) => {
		const api = await apiForTest(cluster);
		expect(await refused(open(api, query, 'v5.channel.k8s.io'))).toMatchObject({
			code,
			message: expect.stringContaining(message),
		});
	});
});

describe('port-forward', () => {
	const forward = async (api: KubernetesApi, port: number) => {
		const errors = new PassThrough();
		const forwards = new PortForward(configFor(api));
		const server = createServer((socket) => {
			socket.on('error', () => {});
			void forwards.portForward(namespace, podName, [port], socket, errors, socket);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => void server.close());
		return {port: (server.address() as {port: number}).port, errors};
	};

	test('leads to the real etcd, through TLS from end to end', async () => {
		const api = await apiForTest(cluster);
		const {port} = await forward(api, Number(new URL(cluster.members[0]!.metricsUrl!).port));
		const socket = connect(port, '127.0.0.1');
		onTestFinished(() => void socket.destroy());
		socket.write('GET /metrics HTTP/1.0\r\n\r\n');
		let page = '';
		socket.on('data', (data) => {
			page += data.toString();
		});
		await expect.poll(() => page).toContain('etcd_server_quota_backend_bytes');
		expect(page.length).toBeGreaterThan(30_000);
		expect(api.sockets.forwards).toBe(1);
	});

	test('a port where nothing listens shows on the error stream, and the socket closes with 1000', async () => {
		const api = await apiForTest(cluster);
		const socket = open(api, 'portforward?ports=9', 'v4.channel.k8s.io');
		const frames: Buffer[] = [];
		socket.on('message', (data: Buffer) => frames.push(data));
		expect((await once(socket, 'close'))[0]).toBe(1000);
		expect(frames.slice(0, 2)).toEqual([Buffer.of(0, 9, 0), Buffer.of(1, 9, 0)]);
		expect(frames[2]?.toString('latin1', 1)).toMatch(/dial tcp4 127\.0\.0\.1:9: connect: connection refused/);
	});
});

test('WebSockets take both permissions, and a refusal says which is missing', async () => {
	const api = await apiForTest(cluster);
	for (const [denied, path] of [
		['get pods/exec', 'exec?container=etcdctl&command=true'],
		['create pods/portforward', 'portforward?ports=2379'],
	] as const) {
		api.admin.denied = [denied];
		const {code, message} = await refused(open(api, path, 'v4.channel.k8s.io'));
		const [verb, resource] = denied.split(' ');
		expect({code, message}).toEqual({
			code: 403,
			message: `pods "etcd-etcd-1" is forbidden: User "kubernetes-admin" cannot ${verb} resource "${resource}" in API group "" in the namespace "openshift-etcd"`,
		});
	}
});

test('without an upgrade there is nothing to be had there', async () => {
	const api = await apiForTest(cluster);
	const headers = {authorization: `Bearer ${api.admin.token}`};
	const asked = request(`${api.url}${pathOf('exec?command=true')}`, {headers, rejectUnauthorized: false}).end();
	const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream & {statusCode: number}];
	expect(response.statusCode).toBe(400);
	expect(await text(response)).toContain('Upgrade request required');
});

function pathOf(rest: string): string {
	return `/api/v1/namespaces/${namespace}/pods/${podName}/${rest}`;
}

function open(api: KubernetesApi, rest: string, protocol: string): WebSocket {
	const socket = new WebSocket(`${api.url.replace('https', 'wss')}${pathOf(rest)}`, [protocol], {
		headers: {authorization: `Bearer ${api.admin.token}`},
		rejectUnauthorized: false,
	});
	socket.on('error', () => {});
	onTestFinished(() => socket.terminate());
	return socket;
}

async function refused(socket: WebSocket): Promise<{code: number; message: string}> {
	const [, response] = (await once(socket, 'unexpected-response')) as [unknown, NodeJS.ReadableStream & {statusCode: number}];
	const {message} = JSON.parse(await text(response)) as {message: string};
	return {code: response.statusCode, message};
}

/** A port that counts who comes. */
async function counter(): Promise<{port: number; connections: () => number}> {
	let count = 0;
	const server = createServer((socket) => {
		count++;
		socket.destroy();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => void server.close());
	return {port: (server.address() as {port: number}).port, connections: () => count};
}
