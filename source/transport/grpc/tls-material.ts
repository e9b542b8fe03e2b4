/** Certificates, from the files that `--cacert`, `--cert` and `--key` name or from elsewhere: read, checked, and read again when they rotate. */
import {createPrivateKey, X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createSecureContext, getCACertificates, type SecureContext} from 'node:tls';
import {TransportError} from '../transport-error.ts';

export type TlsFiles = {
	/** Paths of PEM files. */
	readonly cacert?: string;
	readonly cert?: string;
	readonly key?: string;
};

/** What one reading of the files gave. */
export type TlsMaterial = {
	/** Made when it is first used: the machine's own authorities take a while to read, and plain HTTP needs none. */
	readonly secureContext: SecureContext;
	/** Ours, where there is one: its dates explain why a server refuses it. */
	readonly clientCertificate?: X509Certificate;
	/** Equal contents have equal fingerprints. */
	readonly fingerprint: string;
};

type Flag = keyof TlsFiles;

/** A PEM text, what to call it when it is of no use, and what to do then. */
export type Pem = {readonly bytes: Buffer; readonly name: string; readonly mend: string};

export type TlsPems = {readonly [flag in Flag]?: Pem};

/** Reads and checks the files. Throws `TransportError` `tls` that names the flag and the file. */
export function readTlsMaterial(files: TlsFiles): TlsMaterial {
	if ((files.cert === undefined) !== (files.key === undefined)) {
		const [given, missing] = files.key === undefined ? ['--cert', '--key'] : ['--key', '--cert'];
		throw tlsError(
			`${given} without ${missing}`,
			`Give both: a client certificate is of no use without its key. Add ${missing}.`,
		);
	}
	const [cacert, cert, key] = (['cacert', 'cert', 'key'] as const).map((flag) => readPem(flag, files[flag]));
	return tlsMaterial({...(cacert && {cacert}), ...(cert && {cert}), ...(key && {key})});
}

/** Checks what is given. Throws `TransportError` `tls`. */
export function tlsMaterial({cacert, cert, key}: TlsPems): TlsMaterial {
	if (cacert !== undefined) {
		parse('cacert', cacert, (pem) => new X509Certificate(pem));
	}
	const clientCertificate = cert && parse('cert', cert, (pem) => new X509Certificate(pem));
	const privateKey = key && parse('key', key, createPrivateKey);
	if (clientCertificate !== undefined && privateKey !== undefined && !clientCertificate.checkPrivateKey(privateKey)) {
		throw tlsError(`${key!.name} does not belong to ${cert!.name}`, 'Give the key that the certificate was made with.');
	}
	let secureContext: SecureContext | undefined;
	return {
		get secureContext() {
			secureContext ??= createSecureContext({
				ca: cacert?.bytes ?? trustedByDefault(),
				...(cert && key && {cert: cert.bytes, key: key.bytes}),
			});
			return secureContext;
		},
		...(clientCertificate && {clientCertificate}),
		fingerprint: [cacert, cert, key].map((pem) => pem?.bytes.toString('base64') ?? '').join(' '),
	};
}

/** As etcdctl does without `--cacert`: what the machine trusts, and what Node brings. */
function trustedByDefault(): string[] {
	return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function readPem(flag: Flag, path: string | undefined): Pem | undefined {
	if (path === undefined) {
		return undefined;
	}
	try {
		return {bytes: readFileSync(path), name: `--${flag} ${path}`, mend: `Give --${flag} a PEM file.`};
	} catch (error) {
		const reasons: Readonly<Record<string, string>> = {
			ENOENT: 'there is no such file',
			EACCES: 'you may not read it',
			EISDIR: 'it is a directory',
		};
		const code = (error as NodeJS.ErrnoException).code ?? '';
		throw tlsError(`--${flag} ${path}: ${reasons[code] ?? code}`, `Give --${flag} a PEM file that you may read.`, error);
	}
}

const contents: Readonly<Record<Flag, string>> = {
	cacert: 'certificate',
	cert: 'certificate',
	key: 'private key',
};

function parse<T>(flag: Flag, {bytes, name, mend}: Pem, read: (pem: Buffer) => T): T {
	try {
		return read(bytes);
	} catch (error) {
		throw isEncrypted(bytes)
			? tlsError(`${name} is encrypted`, 'Give a key without a passphrase, as etcdctl wants it too.', error)
			: tlsError(`${name} holds no ${contents[flag]} in PEM form`, mend, error);
	}
}

/** PKCS 8, and OpenSSL's older form. */
function isEncrypted(pem: Buffer): boolean {
	return /-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem.toString('latin1'));
}

function tlsError(message: string, nextStep: string, cause?: unknown): TransportError {
	return new TransportError({kind: 'tls', message, nextStep}, cause);
}
