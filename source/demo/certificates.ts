/** Certificates made on the spot, without openssl: an authority, and what it signs for servers and clients. ECDSA P-256. */
import 'reflect-metadata'; // @peculiar/x509 registers its parts through it while loading, so it has to come first.
import {webcrypto} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {isIP} from 'node:net';
import {join} from 'node:path';
import * as x509 from '@peculiar/x509';

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'} as const;
const dayMs = 24 * 60 * 60 * 1000;

/** A certificate and its private key, both PEM. */
export type CertificatePair = {readonly certificate: string; readonly key: string};

export type CertificateRequest = {
	readonly commonName: string;
	/** DNS names and IP addresses that the certificate is good for. Default: this machine by its loopback names. */
	readonly names?: readonly string[];
	/** Default: an hour ago, so that clocks that differ a little agree on it. */
	readonly notBefore?: Date;
	/** Default: in 30 days. */
	readonly notAfter?: Date;
};

export interface Authority {
	/** PEM. */
	readonly certificate: string;
	issue(request: CertificateRequest): Promise<CertificatePair>;
}

/** Where the PEM files of a cluster are. */
export type CertificateFiles = {
	readonly cacert: string;
	readonly serverCert: string;
	readonly serverKey: string;
	/** The client's. */
	readonly cert: string;
	readonly key: string;
};

export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** A new certificate authority. */
export async function createAuthority(commonName = 'etcdtop demo authority'): Promise<Authority> {
	x509.cryptoProvider.set(webcrypto);
	const keys = await generateKeys();
	const {notBefore, notAfter} = validity({commonName});
	const root = await x509.X509CertificateGenerator.createSelfSigned({
		name: `CN=${commonName}`,
		keys,
		notBefore,
		notAfter,
		serialNumber: serialNumber(),
		signingAlgorithm: algorithm,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return {
		certificate: root.toString('pem'),
		issue: (request) => issue(root, keys.privateKey, request),
	};
}

async function issue(
	root: x509.X509Certificate,
	signingKey: webcrypto.CryptoKey,
	request: CertificateRequest,
): Promise<CertificatePair> {
	const keys = await generateKeys();
	const certificate = await x509.X509CertificateGenerator.create({
		subject: `CN=${request.commonName}`,
		issuer: root.subject,
		publicKey: keys.publicKey,
		signingKey,
		...validity(request),
		serialNumber: serialNumber(),
		signingAlgorithm: algorithm,
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
			// A server's too: etcd's own gateway and its peers dial with the server certificate.
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
			new x509.SubjectAlternativeNameExtension(
				(request.names ?? loopbackNames).map((name) => ({type: isIP(name) ? 'ip' : 'dns', value: name})),
			),
			await x509.AuthorityKeyIdentifierExtension.create(root),
		],
	});
	const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
	return {certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY')};
}

/** Writes an authority, a server's pair and a client's into `directory`; `server` and `client` default to fresh ones that work. */
export async function writeCertificates(
	directory: string,
	made: {readonly authority: Authority; readonly server?: CertificatePair; readonly client?: CertificatePair},
): Promise<CertificateFiles> {
	const server = made.server ?? (await made.authority.issue({commonName: 'etcd'}));
	const client = made.client ?? (await made.authority.issue({commonName: 'etcdtop'}));
	const files: CertificateFiles = {
		cacert: join(directory, 'ca.crt'),
		serverCert: join(directory, 'server.crt'),
		serverKey: join(directory, 'server.key'),
		cert: join(directory, 'client.crt'),
		key: join(directory, 'client.key'),
	};
	const write = (path: string, text: string): Promise<void> => writeFile(path, text, {mode: 0o600});
	await Promise.all([
		write(files.cacert, made.authority.certificate),
		write(files.serverCert, server.certificate),
		write(files.serverKey, server.key),
		write(files.cert, client.certificate),
		write(files.key, client.key),
	]);
	return files;
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function validity(request: CertificateRequest): {notBefore: Date; notAfter: Date} {
	return {
		notBefore: request.notBefore ?? new Date(Date.now() - dayMs / 24),
		notAfter: request.notAfter ?? new Date(Date.now() + 30 * dayMs),
	};
}

/** Random: two authorities of one name must not sign two certificates of one number. The first digit keeps it positive. */
function serialNumber(): string {
	return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}
