/** Every way in which an endpoint can turn out wrong is told apart, with what to do next. */

import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer as createHttpServer} from 'node:http';
import {createServer as createHttp2Server} from 'node:http2';
import {createServer as createHttpsServer} from 'node:https';
import {type AddressInfo, createServer as createTcpServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {type Authority, createAuthority} from '../../../source/demo/certificates.ts';
import type {Failure} from '../../../source/domain/failure.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../contract.ts';

let secure: Cluster;
let plain: Cluster;
let stranger: Authority;
let directory: string;

beforeAll(async () => {
	[secure, plain, stranger, directory] = await Promise.all([
		clusterForSuite({members: 1}),
		clusterForSuite({members: 1, tls: 'none'}),
		createAuthority('a stranger'),
		mkdtemp(join(tmpdir(), 'etcdtop-explain-')),
	]);
}, 60_000);

afterAll(() => rm(directory, {recursive: true}));

/** How asking fails over these endpoints, with the secure cluster's certificates. */
function failing(endpoint: string, changes: object = {}): Promise<Failure> {
	const transport = transportForTest({...optionsFor(secure), endpoints: [endpoint], dialTimeoutMs: 1000, ...changes});
	return failure(transport.membership({timeoutMs: 3000}));
}

async function listening(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function written(name: string, text: string): Promise<string> {
	const path = join(directory, name);
	await writeFile(path, text);
	return path;
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

test('TLS by an unknown authority', async () => {
	const cacert = await written('stranger.crt', stranger.certificate);
	expect(await failing(secure.endpoints[0]!, {cacert})).toMatchObject({
		kind: 'tls',
		message: 'the certificate of the server is signed by an unknown authority',
		nextStep: expect.stringContaining('--cacert'),
	});
});

test('TLS by an authority that the machine does not know', async () => {
	const {cacert: _, ...withoutAuthority} = optionsFor(secure);
	expect(await failure(transportForTest(withoutAuthority).membership({timeoutMs: 3000}))).toMatchObject({
		kind: 'tls',
		message: expect.stringContaining('unknown authority'),
	});
});

test('an unknown authority does not matter when it is not to be verified', async () => {
	const {cacert: _, ...withoutAuthority} = optionsFor(secure);
	const transport = transportForTest({...withoutAuthority, insecureSkipTlsVerify: true});
	const {members} = await transport.membership({timeoutMs: 3000});
	await transport.metrics(members[0]!, {timeoutMs: 3000});
	expect(transport.connection.security).toBe('TLS unverified');
});

test('the wrong name in the certificate', async () => {
	expect(await failing(secure.endpoints[0]!, {serverName: 'db.example'})).toMatchObject({
		kind: 'tls',
		message: expect.stringMatching(/not for db\.example but for .*localhost/),
		nextStep: expect.stringMatching(/\w/),
	});
});

test('a name that the certificate holds stands in for the host', async () => {
	const transport = transportForTest({...optionsFor(secure), serverName: 'localhost'});
	expect((await transport.membership({timeoutMs: 3000})).members).toHaveLength(1);
});

test('a client certificate is required', async () => {
	const {cert: _, key: __, ...withoutCertificate} = optionsFor(secure);
	const transport = transportForTest(withoutCertificate);
	expect(await failure(transport.membership({timeoutMs: 3000}))).toMatchObject({
		kind: 'tls',
		message: 'the server wants a client certificate',
		nextStep: 'Give one with --cert and --key.',
	});
	const member = {id: '1', name: 'etcd-1', isLearner: false, clientUrls: [], peerUrls: [], endpoint: secure.endpoints[0]!};
	expect(await failure(transport.metrics(member, {timeoutMs: 3000}))).toMatchObject({
		kind: 'tls',
		message: 'the server wants a client certificate',
	});
});

test('a client certificate by an authority that the server does not know', async () => {
	const pair = await stranger.issue({commonName: 'us'});
	const files = {cert: await written('us.crt', pair.certificate), key: await written('us.key', pair.key)};
	expect(await failing(secure.endpoints[0]!, files)).toMatchObject({
		kind: 'tls',
		message: expect.stringMatching(/the server (refuses the client certificate|does not know the authority)/),
		nextStep: expect.stringContaining('--cert'),
	});
});

test('a server whose certificate has expired', async () => {
	const {authority, files} = await ownAuthority();
	const expired = await authority.issue({commonName: 'db', notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01')});
	const address = await listening(createHttpsServer({cert: expired.certificate, key: expired.key}));
	expect(await failing(`https://${address}`, files)).toMatchObject({
		kind: 'tls',
		message: 'the certificate of the server has expired',
		nextStep: expect.stringContaining('Renew'),
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
	const {authority, files} = await ownAuthority();
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
		expect(await failing(`${scheme}://${address}`)).toMatchObject({
			kind: 'timed-out',
			nextStep: expect.stringContaining('frozen'),
		});
		expect(performance.now() - started).toBeLessThan(4000);
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

/** An authority that our side trusts, for servers that tests make up. */
async function ownAuthority() {
	const authority = await createAuthority('tests');
	const pair = await authority.issue({commonName: 'us'});
	const files = {
		cacert: await written('own-ca.crt', authority.certificate),
		cert: await written('own.crt', pair.certificate),
		key: await written('own.key', pair.key),
	};
	return {authority, files};
}
