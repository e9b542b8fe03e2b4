import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type IncomingMessage} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CoreV1Api} from '@kubernetes/client-node';
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {WebSocketServer} from 'ws';
import {createAuthority} from '../../../source/demo/certificates.ts';
import {openSocket} from '../../../source/transport/kubernetes/channel-socket.ts';
import {KubernetesClient} from '../../../source/transport/kubernetes/client.ts';
import type {KubeContext} from '../../../source/transport/kubernetes/kube-context.ts';
import {failure, thrown} from '../failure.ts';

const options = {timeoutMs: 5000};

type Seen = {requests: IncomingMessage[]; connections: number; answer: (request: IncomingMessage) => number};

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'etcdtop-client-'));
	onTestFinished(() => rm(folder, {recursive: true}));
});

/** An API server that notes who asks, and has no pods. */
async function server(): Promise<{
	seen: Seen;
	context: (change?: Partial<KubeContext['cluster']>, user?: object) => KubeContext;
}> {
	const authority = await createAuthority();
	const {certificate, key} = await authority.issue({commonName: 'api'});
	const seen: Seen = {requests: [], connections: 0, answer: () => 200};
	const sockets = new Set<Socket>();
	const https = createSecureServer({cert: certificate, key}, (request, response) => {
		seen.requests.push(request);
		const code = seen.answer(request);
		response.writeHead(code, {'Content-Type': 'application/json'});
		response.end(
			JSON.stringify(code === 200 ? {kind: 'PodList', metadata: {}, items: []} : {kind: 'Status', message: `said ${code}`}),
		);
	});
	const upgrades = new WebSocketServer({noServer: true});
	https.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
		seen.requests.push(request);
		upgrades.handleUpgrade(request, socket, head, () => {});
	});
	https.on('connection', (socket: Socket) => {
		seen.connections++;
		sockets.add(socket);
	});
	https.listen(0, '127.0.0.1');
	await once(https, 'listening');
	onTestFinished(() => {
		https.close();
		for (const socket of sockets) {
			socket.destroy();
		}
	});
	const cluster = {
		name: 'c',
		server: `https://127.0.0.1:${(https.address() as AddressInfo).port}`,
		caData: Buffer.from(authority.certificate).toString('base64'),
		skipTlsVerify: false,
	};
	return {
		seen,
		context: (change = {}, user = {token: 'abc'}) => ({name: 'x', cluster: {...cluster, ...change}, user: {name: 'u', ...user}}),
	};
}

function open(context: KubeContext): KubernetesClient {
	const client = new KubernetesClient(context);
	onTestFinished(() => client.close());
	return client;
}

const listPods = (client: KubernetesClient, call = options) =>
	client.request('pods', CoreV1Api, (api, configuration) => api.listNamespacedPod({namespace: 'n'}, configuration), call);
const socket = (client: KubernetesClient, call = options) =>
	openSocket({client, path: '/api/v1/namespaces/n/pods/p/exec', protocols: ['v4.channel.k8s.io'], what: 'exec'}, call);

test('requests share a connection', async () => {
	const {seen, context} = await server();
	const client = open(context());
	for (let request = 0; request < 5; request++) {
		await listPods(client);
	}
	expect(seen.requests).toHaveLength(5);
	// One more is made when a request comes before the last one has been put away.
	expect(seen.connections).toBeLessThan(3);
});

test('requests and WebSockets carry the token, and as whom to act', async () => {
	const {seen, context} = await server();
	const client = open(context({}, {token: 'abc', impersonate: 'system:admin'}));
	await listPods(client);
	(await socket(client)).terminate();
	for (const {headers} of seen.requests) {
		expect(headers).toMatchObject({authorization: 'Bearer abc', 'impersonate-user': 'system:admin'});
	}
	expect(seen.requests).toHaveLength(2);
});

describe('through a proxy', () => {
	async function proxy(silent = false): Promise<{url: string; tunnels: string[]}> {
		const tunnels: string[] = [];
		const sockets = new Set<Socket>();
		const http = createServer().on('connect', (request: IncomingMessage, client: Socket) => {
			tunnels.push(request.url!);
			sockets.add(client);
			const [host, port] = request.url!.split(':');
			if (!silent) {
				const upstream = connect({host: host!, port: Number(port)}, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
				upstream.pipe(client).pipe(upstream);
				for (const end of [upstream, client]) {
					end.on('error', () => {});
				}
			}
		});
		http.listen(0, '127.0.0.1');
		await once(http, 'listening');
		onTestFinished(() => {
			http.close();
			for (const client of sockets) {
				client.destroy();
			}
		});
		return {url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, tunnels};
	}

	test('go requests and WebSockets alike', async () => {
		const {seen, context} = await server();
		const {url, tunnels} = await proxy();
		const client = open(context({proxyUrl: url}));
		await listPods(client);
		(await socket(client)).terminate();
		expect(seen.requests).toHaveLength(2);
		expect(tunnels).toEqual(Array(2).fill(context().cluster.server.slice('https://'.length)));
	});

	test('that is silent, they end by their deadline', async () => {
		const {context} = await server();
		const {url} = await proxy(true);
		const client = open(context({proxyUrl: url}));
		const started = performance.now();
		const kinds = await Promise.all([listPods(client, {timeoutMs: 300}), socket(client, {timeoutMs: 300})].map(failure));
		expect(kinds.map(({kind}) => kind)).toEqual(['timed-out', 'timed-out']);
		expect(performance.now() - started).toBeLessThan(8000);
	});
});

test('credentials that are refused are got again, once', async () => {
	const {seen, context} = await server();
	const tokenFile = join(folder, 'token');
	await writeFile(tokenFile, 'old');
	const client = open(context({}, {tokenFile, token: 'never'}));
	await listPods(client);
	seen.answer = ({headers}) => (headers.authorization === 'Bearer new' ? 200 : 401);
	await writeFile(tokenFile, 'new');
	await listPods(client);
	expect(seen.requests.map(({headers}) => headers.authorization)).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
	seen.answer = () => 401;
	expect((await failure(listPods(client))).kind).toBe('unauthenticated');
	expect(seen.requests).toHaveLength(5);
});

test('a token that tells when it ended is told so', async () => {
	const {seen, context} = await server();
	seen.answer = () => 401;
	const payload = Buffer.from(JSON.stringify({exp: Date.parse('2020-05-06T07:08:09Z') / 1000})).toString('base64url');
	const {message, nextStep} = await failure(listPods(open(context({}, {token: `e30.${payload}.x`}))));
	expect(message).toBe('the token of context x expired at 2020-05-06 07:08 UTC');
	expect(nextStep).toContain('oc login https://127.0.0.1');
});

test.each([
	[403, 'permission-denied'],
	[404, 'unreachable'],
	[409, 'rejected'],
	[429, 'unreachable'],
	[503, 'unreachable'],
])('%d is %s, in the words of the server', async (code, kind) => {
	const {seen, context} = await server();
	seen.answer = () => code;
	expect(await failure(listPods(open(context())))).toMatchObject({kind, message: expect.stringContaining(`said ${code}`)});
});

describe('what the kubeconfig names is looked at', () => {
	test.each([
		[
			'a missing file',
			{caFile: '/nowhere/ca.crt', caData: undefined},
			'certificate-authority /nowhere/ca.crt: there is no such file',
		],
		[
			'what is no certificate',
			{caData: Buffer.from('x').toString('base64')},
			'certificate-authority of the kubeconfig holds no certificate',
		],
	])('%s', async (_, change, message) => {
		const {context} = await server();
		expect(thrown(() => new KubernetesClient(context(change as object))).message).toContain(message);
	});

	test('a client certificate that has expired', async () => {
		const {context} = await server();
		const authority = await createAuthority();
		const notAfter = new Date('2024-01-02T00:00:00Z');
		const {certificate, key} = await authority.issue({commonName: 'ana', notBefore: new Date('2023-01-01'), notAfter});
		const [certData, keyData] = [certificate, key].map((text) => Buffer.from(text).toString('base64'));
		const failed = thrown(() => new KubernetesClient(context({}, {certData, keyData})));
		expect(failed).toMatchObject({kind: 'unauthenticated', message: 'the client certificate of user u expired on 2024-01-02'});
	});

	test('an authority that did not sign the server', async () => {
		const {context} = await server();
		const {certificate} = await createAuthority();
		const client = open(context({caData: Buffer.from(certificate).toString('base64')}));
		expect((await failure(listPods(client))).kind).toBe('tls');
		expect(await failure(socket(client))).toMatchObject({kind: 'tls', notSent: true});
	});
});

test('after closing, requests are cancelled', async () => {
	const {context} = await server();
	const client = open(context());
	client.close();
	expect((await Promise.all([listPods(client), socket(client)].map(failure))).map(({kind}) => kind)).toEqual([
		'cancelled',
		'cancelled',
	]);
});
