/** What servers that a test makes up need: a port, and certificates that our side trusts. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import type {AddressInfo, Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {createAuthority} from '../../../source/demo/certificates.ts';

/** Listens until the test ends; `127.0.0.1:port`. */
export async function listening(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A new authority, and the flags of a client that trusts it and has a certificate of it. The files go when the test ends. */
export async function trustedAuthority() {
	const directory = await mkdtemp(join(tmpdir(), 'etcdtop-authority-'));
	onTestFinished(() => rm(directory, {recursive: true}));
	const authority = await createAuthority('tests');
	const pair = await authority.issue({commonName: 'us'});
	const files = {cacert: join(directory, 'ca.crt'), cert: join(directory, 'us.crt'), key: join(directory, 'us.key')};
	await Promise.all([
		writeFile(files.cacert, authority.certificate),
		writeFile(files.cert, pair.certificate),
		writeFile(files.key, pair.key),
	]);
	return {authority, files};
}
