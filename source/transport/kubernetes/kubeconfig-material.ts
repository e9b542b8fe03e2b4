/** The certificates and keys that a kubeconfig names: looked at once, so that what is wrong is said by its file. */
import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {KubeContext} from './kube-context.ts';

/** Throws `TransportError` for files that are of no use, or a client certificate that has expired. */
export function checkFiles({cluster, user}: KubeContext): void {
	const authority = pem('certificate-authority', cluster.caFile, cluster.caData);
	const certificate = pem('client-certificate', user.certFile, user.certData);
	pem('client-key', user.keyFile, user.keyData);
	if (authority !== undefined) {
		parseCertificate('certificate-authority', authority);
	}
	if (certificate === undefined) {
		return;
	}
	const {validToDate} = parseCertificate('client-certificate', certificate);
	if (validToDate.getTime() < Date.now()) {
		throw new TransportError({
			kind: 'unauthenticated',
			message: `the client certificate of user ${safeText(user.name)} expired on ${validToDate.toISOString().slice(0, 10)}`,
			nextStep: 'Get a new kubeconfig (kubeadm certs renew admin.conf, or log in again).',
		});
	}
}

function pem(field: string, file: string | undefined, data: string | undefined): Buffer | undefined {
	if (file === undefined) {
		return data === undefined ? undefined : Buffer.from(data, 'base64');
	}
	try {
		return readFileSync(file);
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		const reason = {ENOENT: 'there is no such file', EACCES: 'you may not read it'}[code] ?? code;
		throw unusable(`${field} ${file}: ${reason}`, error);
	}
}

function parseCertificate(field: string, bytes: Buffer): X509Certificate {
	try {
		return new X509Certificate(bytes);
	} catch (error) {
		throw unusable(`${field} of the kubeconfig holds no certificate in PEM form`, error);
	}
}

function unusable(message: string, cause: unknown): TransportError {
	return new TransportError({kind: 'tls', message: safeText(message), nextStep: 'Mend the kubeconfig, or log in again.'}, cause);
}
