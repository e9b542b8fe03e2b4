/** Why a TLS handshake failed, in the words of someone who has to mend it. */
import type {Failure} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';
import type {Address} from './dial.ts';
import type {TlsSettings} from './tls-session.ts';

const unknownAuthority = new Set([
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'CERT_SIGNATURE_FAILURE',
	'CERT_UNTRUSTED',
	'INVALID_CA',
]);

/** Alerts by which a server refuses a client's certificate, or the lack of one (RFC 8446, 6.2). */
const alerts = {handshakeFailure: 40, badCertificate: 42, certificateExpired: 45, certificateUnknown: 46, unknownAuthority: 48};
const certificateAlerts: ReadonlySet<number> = new Set([...Object.values(alerts), 41, 43, 44, 49, 51, 116]);

/** The failure that `error` of a TLS connection stands for; undefined where it says nothing about certificates. */
export function tlsFailure(error: NodeJS.ErrnoException, {material}: TlsSettings, address: Address): Failure | undefined {
	const {code = '', message} = error;
	if (unknownAuthority.has(code)) {
		return tls(
			'the certificate of the server is signed by an unknown authority',
			'Give the certificate of the authority that signed it with --cacert.',
		);
	}
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		const names = namesOf(error) ?? /altnames: (?:Host|IP).*cert's (?:altnames|list): (.*)$/.exec(message)?.[1] ?? 'other names';
		return tls(
			`the certificate of the server is not for ${address.tlsName ?? address.host} but for ${safeText(names)}`,
			'Use an endpoint by a name or address that the certificate holds.',
		);
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
		return code === 'CERT_HAS_EXPIRED'
			? tls('the certificate of the server has expired', 'Renew the certificate of this member, or set the clocks right.')
			: tls('the certificate of the server is not valid yet', 'Set the clocks of this machine and of the member right.');
	}
	const alert = Number(/alert number (\d+)/.exec(message)?.[1]);
	return certificateAlerts.has(alert) ? clientCertificateFailure(alert, material.clientCertificate) : undefined;
}

/** Every name and address in the certificate: Node's message lists those of one kind only. */
function namesOf(error: NodeJS.ErrnoException & {readonly cert?: {readonly subjectaltname?: string}}): string | undefined {
	return error.cert?.subjectaltname?.replace(/\b(DNS|IP Address|URI|email):/g, '');
}

function clientCertificateFailure(alert: number, ours: TlsSettings['material']['clientCertificate']): Failure {
	if (ours === undefined) {
		return tls('the server wants a client certificate', 'Give one with --cert and --key.');
	}
	// First: Go's servers send the alert for an expired certificate in this case too.
	if (ours.validFromDate.getTime() > Date.now()) {
		return tls(
			`the client certificate is not valid before ${ours.validFromDate.toISOString().slice(0, 10)}`,
			'Set the clocks right, or renew the files given by --cert and --key.',
		);
	}
	if (alert === alerts.certificateExpired || ours.validToDate.getTime() < Date.now()) {
		return tls(
			`the client certificate expired on ${ours.validToDate.toISOString().slice(0, 10)}`,
			'Renew the files given by --cert and --key; they are read again by themselves.',
		);
	}
	return tls(
		alert === alerts.unknownAuthority
			? 'the server does not know the authority that signed the client certificate'
			: 'the server refuses the client certificate',
		'Give with --cert and --key a pair signed by the authority that the server trusts for clients.',
	);
}

function tls(message: string, nextStep: string): Failure {
	return {kind: 'tls', message, nextStep};
}
