/** Certificates from files: wrong ones are named before anything is dialled, rotated ones are picked up. */
import {createPrivateKey} from 'node:crypto';
import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Authority, type CertificatePair, createAuthority} from '../../../source/demo/certificates.ts';
import {createDirectTransport, type DirectOptions} from '../../../source/transport/grpc/direct-transport.ts';
import {clusterForTest} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 5000};

let directory: string;
let authority: Authority;
let pair: CertificatePair;
let files: {cacert: string; cert: string; key: string};

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'etcdtop-certificates-'));
	authority = await createAuthority();
	pair = await authority.issue({commonName: 'us'});
	files = {
		cacert: await written('ca.crt', authority.certificate),
		cert: await written('us.crt', pair.certificate),
		key: await written('us.key', pair.key),
	};
});

afterAll(() => rm(directory, {recursive: true}));

async function written(name: string, text: string): Promise<string> {
	const path = join(directory, name);
	await writeFile(path, text);
	return path;
}

/** Replaces a file at once, as those who rotate certificates do. */
async function replace(path: string, text: string): Promise<void> {
	await writeFile(`${path}.new`, text);
	await rename(`${path}.new`, path);
}

function refusal(changes: Partial<DirectOptions>): unknown {
	try {
		createDirectTransport({
			endpoints: ['https://127.0.0.1:1'],
			insecureSkipTlsVerify: false,
			dialTimeoutMs: 1000,
			commandTimeoutMs: 1000,
			...changes,
		}).close();
	} catch (error) {
		return (error as {failure: unknown}).failure;
	}
	return undefined;
}

test('what works is taken', () => {
	expect(refusal(files)).toBeUndefined();
	expect(refusal({cacert: files.cacert})).toBeUndefined();
	expect(refusal({user: 'root:word'})).toBeUndefined();
	expect(refusal({user: 'root', password: 'wo:rd'})).toBeUndefined();
});

test('half a pair', () => {
	expect(refusal({cert: files.cert})).toMatchObject({
		kind: 'tls',
		message: '--cert without --key',
		nextStep: expect.stringContaining('--key'),
	});
	expect(refusal({key: files.key})).toMatchObject({
		kind: 'tls',
		message: '--key without --cert',
		nextStep: expect.stringContaining('--cert'),
	});
	expect(refusal({password: 'word'})).toMatchObject({kind: 'unauthenticated', nextStep: expect.stringContaining('--user')});
	expect(refusal({user: 'root'})).toMatchObject({kind: 'unauthenticated', message: 'no password for user root'});
	expect(refusal({user: 'root:'})).toMatchObject({kind: 'unauthenticated'});
});

test('files that are not there, no files, or no PEM', async () => {
	const missing = join(directory, 'missing.pem');
	const garbage = await written('garbage.pem', 'not a certificate');
	expect(refusal({cacert: missing})).toMatchObject({kind: 'tls', message: `--cacert ${missing}: there is no such file`});
	expect(refusal({cacert: directory})).toMatchObject({message: `--cacert ${directory}: it is a directory`});
	expect(refusal({cacert: garbage})).toMatchObject({
		kind: 'tls',
		message: `--cacert ${garbage} holds no certificate in PEM form`,
	});
	expect(refusal({...files, cert: garbage})).toMatchObject({message: `--cert ${garbage} holds no certificate in PEM form`});
	expect(refusal({...files, key: garbage})).toMatchObject({message: `--key ${garbage} holds no private key in PEM form`});
});

test.each([
	[
		'PKCS 8',
		(key: string) => createPrivateKey(key).export({type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x'}),
	],
	['EC', (key: string) => createPrivateKey(key).export({type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x'})],
])('a key with a passphrase, as %s', async (form, encrypt) => {
	const encrypted = await written(`encrypted ${form}.key`, String(encrypt(pair.key)));
	expect(refusal({...files, key: encrypted})).toMatchObject({
		kind: 'tls',
		message: `--key ${encrypted} is encrypted`,
		nextStep: expect.stringContaining('without a passphrase'),
	});
});

test('a key of another certificate', async () => {
	const other = await written('other.key', (await authority.issue({commonName: 'other'})).key);
	expect(refusal({...files, key: other})).toMatchObject({kind: 'tls', message: expect.stringContaining('does not belong to')});
});

test('endpoints that are none', () => {
	expect(refusal({endpoints: []})).toMatchObject({kind: 'unsupported', nextStep: expect.stringContaining('--endpoints')});
	expect(refusal({endpoints: ['unix:///run/etcd']})).toMatchObject({
		kind: 'unsupported',
		message: expect.stringContaining('Unix sockets'),
	});
});

test.each([
	[{}, 'http://127.0.0.1:1', 'no TLS'],
	[{insecureTransport: false}, 'https://127.0.0.1:1', 'TLS'],
	[{insecureSkipTlsVerify: true}, 'https://127.0.0.1:1', 'TLS unverified'],
])('an endpoint without a scheme, with %o', (changes, url, security) => {
	const transport = transportForTest({
		endpoints: ['127.0.0.1:1'],
		insecureSkipTlsVerify: false,
		dialTimeoutMs: 1000,
		commandTimeoutMs: 1000,
		...changes,
	});
	expect(transport.connection).toEqual({kind: 'direct', security, endpoints: [url]});
});

test('an expired client certificate is told, and its renewal picked up', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1, authority});
	const expired = await authority.issue({commonName: 'us', notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01')});
	const rotating = {cert: await written('rotating.crt', expired.certificate), key: await written('rotating.key', expired.key)};
	const transport = transportForTest({...optionsFor(cluster), ...rotating});
	expect(await failure(transport.membership(options))).toMatchObject({
		kind: 'tls',
		message: 'the client certificate expired on 2020-02-01',
		nextStep: expect.stringContaining('--cert'),
	});
	await replace(rotating.cert, pair.certificate);
	// Between the two files the pair doesn't fit; that is no reason to stop.
	expect((await failure(transport.membership(options))).kind).toBe('tls');
	await replace(rotating.key, pair.key);
	const {members} = await transport.membership(options);
	await transport.metrics(members[0]!, options);
});

test('certificates that rotate while all is well are used from then on', {timeout: 60_000}, async () => {
	let proxy: Awaited<ReturnType<typeof faultProxyForTest>> | undefined;
	const cluster = await clusterForTest({
		members: 1,
		authority,
		advertiseClientUrl: async (clientUrl) => {
			proxy = await faultProxyForTest(clientUrl);
			return proxy.url();
		},
	});
	const rotating = {cert: await written('well.crt', pair.certificate), key: await written('well.key', pair.key)};
	const transport = transportForTest({...optionsFor(cluster), ...rotating});
	const ask = async () => {
		const {members} = await transport.membership(options);
		await Promise.all([transport.status(members[0]!, options), transport.metrics(members[0]!, options)]);
		return proxy!.accepted;
	};
	const connections = await ask();
	expect(await ask()).toBe(connections);
	const renewed = await authority.issue({commonName: 'us'});
	await replace(rotating.cert, renewed.certificate);
	await replace(rotating.key, renewed.key);
	expect(await ask()).toBe(2 * connections);
});
