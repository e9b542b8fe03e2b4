/** Every way in which TLS can fail is told apart, against a real etcd. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer as createHttpsServer} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import {type Authority, createAuthority} from '../../../source/demo/certificates.ts';
import type {Failure} from '../../../source/domain/failure.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';
import {listening, trustedAuthority} from './made-up-servers.ts';

let authority: Authority;
let secure: Cluster;

beforeAll(async () => {
	authority = await createAuthority();
	secure = await clusterForSuite({members: 1, authority});
}, 60_000);

/** How asking fails over this endpoint, with the cluster's certificates except for `changes`. */
function failing(endpoint: string, changes: object = {}): Promise<Failure> {
	const transport = transportForTest({...optionsFor(secure), endpoints: [endpoint], ...changes});
	return failure(transport.membership({timeoutMs: 3000}));
}

test('TLS by an unknown authority', async () => {
	const {files} = await trustedAuthority();
	expect(await failing(secure.endpoints[0]!, {cacert: files.cacert})).toMatchObject({
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
		message: 'the certificate of the server is not for db.example but for localhost, 127.0.0.1, 0:0:0:0:0:0:0:1',
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
	const {files} = await trustedAuthority();
	expect(await failing(secure.endpoints[0]!, {cert: files.cert, key: files.key})).toMatchObject({
		kind: 'tls',
		message: expect.stringMatching(/the server (refuses the client certificate|does not know the authority)/),
		nextStep: expect.stringContaining('--cert'),
	});
});

test.each([
	[{notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01')}, 'the client certificate expired on 2020-02-01'],
	[
		{notBefore: new Date('2099-01-01'), notAfter: new Date('2099-02-01')},
		'the client certificate is not valid before 2099-01-01',
	],
])('a client certificate out of its time: %j', async (time, message) => {
	const directory = await mkdtemp(join(tmpdir(), 'etcdtop-tls-'));
	onTestFinished(() => rm(directory, {recursive: true}));
	const {certificate, key} = await authority.issue({commonName: 'us', ...time});
	const files = {cert: join(directory, 'us.crt'), key: join(directory, 'us.key')};
	await Promise.all([writeFile(files.cert, certificate), writeFile(files.key, key)]);
	expect(await failing(secure.endpoints[0]!, files)).toMatchObject({kind: 'tls', message});
});

test('a server whose certificate has expired', async () => {
	const {authority, files} = await trustedAuthority();
	const expired = await authority.issue({commonName: 'db', notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01')});
	const address = await listening(createHttpsServer({cert: expired.certificate, key: expired.key}));
	expect(await failing(`https://${address}`, files)).toMatchObject({
		kind: 'tls',
		message: 'the certificate of the server has expired',
		nextStep: expect.stringContaining('Renew'),
	});
});
