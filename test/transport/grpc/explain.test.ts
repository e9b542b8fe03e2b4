/** Every way in which an endpoint can turn out wrong is told apart, with what to do next. */

import {createServer as createHttpServer} from 'node:http';
import {createServer as createHttp2Server} from 'node:http2';
import {createServer as createHttpsServer} from 'node:https';
import {createServer as createTcpServer, type Server} from 'node:net';
import {beforeAll, expect, test} from 'vitest';
import type {Failure} from '../../../source/domain/failure.ts';
import {parseEndpoint} from '../../../source/transport/grpc/endpoint.ts';
import {peerPortFailure} from '../../../source/transport/grpc/explain.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';
import {listening, trustedAuthority} from './made-up-servers.ts';

let secure: Cluster;
let plain: Cluster;

beforeAll(async () => {
	[secure, plain] = await Promise.all([clusterForSuite({members: 1}), clusterForSuite({members: 1, tls: 'none'})]);
}, 60_000);

/** How asking fails over these endpoints, with the secure cluster's certificates. */
function failing(endpoint: string, changes: object = {}, timeoutMs = 15_000): Promise<Failure> {
	const transport = transportForTest({...optionsFor(secure), endpoints: [endpoint], dialTimeoutMs: 5000, ...changes});
	return failure(transport.membership({timeoutMs}));
}

test('nothing listens', async () => {
	expect(await failing('https://127.0.0.1:1')).toEqual({
		kind: 'refused',
		message: 'nothing listens at https://127.0.0.1:1',
		nextStep: 'Check that etcd runs there, and the port.',
		endpoint: 'https://127.0.0.1:1',
	});
});

test('unknown host', async () => {
	expect(await failing('https://no-such-host.invalid:2379')).toMatchObject({
		kind: 'unknown-host',
		message: 'unknown host no-such-host.invalid',
		nextStep: expect.stringMatching(/\w/),
	});
});

test('plain HTTP to a port that speaks TLS', async () => {
	const endpoint = secure.endpoints[0]!.replace('https:', 'http:');
	expect(await failing(endpoint)).toMatchObject({
		kind: 'tls',
		message: 'it speaks TLS, and was asked in plain text',
		nextStep: expect.stringContaining(secure.endpoints[0]!),
	});
});

test('TLS to a port that speaks plain HTTP', async () => {
	const endpoint = plain.endpoints[0]!.replace('http:', 'https:');
	expect(await failing(endpoint)).toMatchObject({
		kind: 'tls',
		message: 'it speaks plain HTTP, and was asked over TLS',
		nextStep: expect.stringContaining(plain.endpoints[0]!),
	});
});

test('a port for peers, where etcd answers everything without TLS and only HTTP with it', async () => {
	for (const {members} of [secure, plain]) {
		const {peerUrl, clientUrl} = members[0]!;
		expect(await failing(peerUrl)).toEqual({
			kind: 'not-etcd',
			message: 'a port for peers, where the members of etcd speak to each other',
			nextStep: `Give the member's client URL: ${clientUrl}.`,
			endpoint: peerUrl,
		});
	}
});

test('a port for peers beside one for clients does no harm', async () => {
	const {peerUrl, clientUrl} = plain.members[0]!;
	const transport = transportForTest({...optionsFor(plain), endpoints: [peerUrl, clientUrl]});
	const {members} = await transport.membership({timeoutMs: 3000});
	expect(members).toMatchObject([{endpoint: clientUrl}]);
});

test('a web server', async () => {
	const address = await listening(createHttpServer((_, response) => response.end('hello')));
	for (const scheme of ['http', 'https']) {
		expect(await failing(`${scheme}://${address}`)).toMatchObject({
			kind: 'not-etcd',
			message: expect.stringContaining('web server'),
		});
	}
});

test('a web server with TLS', async () => {
	const {authority, files} = await trustedAuthority();
	const pair = await authority.issue({commonName: 'web'});
	const server = createHttpsServer({cert: pair.certificate, key: pair.key}, (_, response) => response.end('hello'));
	expect(await failing(`https://${await listening(server)}`, files)).toMatchObject({
		kind: 'not-etcd',
		message: expect.stringContaining('web server'),
	});
});

test('a web server that speaks HTTP/2', async () => {
	const server = createHttp2Server();
	server.on('stream', (stream) => {
		stream.respond({':status': 404});
		stream.end();
	});
	expect(await failing(`http://${await listening(server as unknown as Server)}`)).toMatchObject({kind: 'not-etcd'});
});

test('a proxy that has no server behind it', async () => {
	const server = createHttp2Server();
	server.on('stream', (stream) => {
		stream.respond({':status': 503});
		stream.end();
	});
	expect(await failing(`http://${await listening(server as unknown as Server)}`)).toMatchObject({
		kind: 'unreachable',
		message: 'a proxy in between answered 503',
	});
});

test('an SSH server, whose greeting is made safe', async () => {
	const server = createTcpServer((socket) => {
		socket.on('error', () => {});
		socket.write('SSH-2.0-OpenSSH_9.2p1\x1b[2J\r\n');
	});
	const address = await listening(server);
	for (const scheme of ['http', 'https']) {
		expect(await failing(`${scheme}://${address}`)).toMatchObject({
			kind: 'not-etcd',
			message: expect.stringContaining('greets with "SSH-2.0-OpenSSH_9.2p1"'),
		});
	}
});

test('a port that accepts and says nothing', async () => {
	const address = await listening(createTcpServer((socket) => socket.on('error', () => {})));
	for (const scheme of ['http', 'https']) {
		const started = performance.now();
		expect(await failing(`${scheme}://${address}`, {dialTimeoutMs: 1000}, 3000)).toMatchObject({
			kind: 'timed-out',
			nextStep: expect.stringContaining('frozen'),
		});
		expect(performance.now() - started).toBeLessThan(10_000);
	}
});

test('a port that accepts and closes', async () => {
	const address = await listening(createTcpServer((socket) => socket.destroy()));
	for (const scheme of ['http', 'https']) {
		expect(await failing(`${scheme}://${address}`)).toMatchObject({kind: 'unreachable'});
	}
});

test('of several endpoints, the one that tells most is named', async () => {
	const transport = transportForTest({
		...optionsFor(secure),
		endpoints: ['https://127.0.0.1:1', 'https://no-such-host.invalid:1'],
	});
	expect(await failure(transport.membership({timeoutMs: 3000}))).toMatchObject({
		kind: 'unknown-host',
		message: 'unknown host no-such-host.invalid (and 1 more endpoint does not answer)',
	});
});

test('nobody is looked for in this network at an address that is reached through a tunnel', async () => {
	const endpoint = parseEndpoint(plain.members[0]!.peerUrl, false);
	const doorstep = {host: '127.0.0.1', port: 1};
	const tunnel = {open: () => Promise.reject(new Error('not asked')), doorstep};
	const route = {endpoint, tls: undefined, dialTimeoutMs: 1000};
	const {host, port} = endpoint;
	expect(await peerPortFailure({...route, address: {host, port}}, 1000)).toMatchObject({kind: 'not-etcd'});
	expect(await peerPortFailure({...route, address: {host, port, tunnel}}, 1000)).toBeUndefined();
});
