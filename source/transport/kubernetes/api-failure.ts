/** What the Kubernetes API, or the way to it, answers when it refuses: as a failure that says what to do. */
import {ApiException} from '@kubernetes/client-node';
import type {Failure} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';

export type Refusal = {
	/** HTTP's. */
	readonly code: number;
	/** A Status object's message, or whatever the body says. */
	readonly message: string;
};

export type Asked = {
	/** What for, for messages: `pods in openshift-etcd`. */
	readonly what: string;
	readonly server: string;
	readonly contextName: string;
	/** A token's own date of expiry, where it tells one. */
	readonly expiredAt?: Date;
};

/** An answer by HTTP, with a status that is no success. Whom the API lets nowhere, and one that is ill, gets to no member. */
export function refusalFailure(refusal: Refusal, asked: Asked): Failure {
	const {code} = refusal;
	const failure = refused(refusal, asked);
	return [401, 403, 429].includes(code) || code >= 500 ? {...failure, beforeEtcd: true} : failure;
}

function refused({code, message}: Refusal, asked: Asked): Failure {
	const words = safeText(message);
	switch (code) {
		case 401:
			return {kind: 'unauthenticated', message: unauthenticatedText(asked), nextStep: loginStep(asked)};
		case 403:
			return {
				kind: 'permission-denied',
				message: `${asked.what}: ${words === '' ? 'the Kubernetes API forbids it' : words}`,
				nextStep: 'Ask for a role that allows it, or choose another way with --via.',
			};
		case 404:
			return {
				kind: 'unreachable',
				message: `${asked.what}: ${words || 'not found'}`,
				nextStep: 'Look whether it is still there.',
			};
		case 409:
		case 422:
			return {kind: 'rejected', message: `${asked.what}: ${words}`, nextStep: ''};
		case 429:
			return {
				kind: 'unreachable',
				message: `the Kubernetes API is overloaded: ${words}`,
				nextStep: 'It is asked again by itself.',
			};
		default:
			return {
				kind: code >= 500 ? 'unreachable' : 'rejected',
				message: `${asked.what}: the Kubernetes API answers ${code}${words === '' ? '' : `: ${words}`}`,
				nextStep: 'Look at the API server and at the kubelet of that node; or reach etcd from a control-plane host.',
			};
	}
}

/** Anything thrown by a request that got no answer; undefined where it has nothing to do with the network. */
export function networkFailure(error: unknown, {server}: Asked): Failure | undefined {
	const cause = deepest(error);
	const {code = '', message} = cause as NodeJS.ErrnoException;
	// Never `refused`: that stands for a member's process that is known not to run.
	const unreachable = (why: string, nextStep: string): Failure => ({
		kind: 'unreachable',
		message: `the Kubernetes API at ${safeText(server)} ${why}`,
		nextStep,
		beforeEtcd: true,
	});
	if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL/.test(code) || /alert number|wrong version number/.test(message)) {
		return {
			kind: 'tls',
			message: `the Kubernetes API at ${safeText(server)}: ${safeText(message)}`,
			nextStep: 'Check the certificates in the kubeconfig, and that no proxy stands in between.',
			beforeEtcd: true,
		};
	}
	switch (code) {
		case 'ECONNREFUSED':
			return unreachable('refuses connections', 'Check that it runs, and your VPN.');
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return unreachable('has an unknown host name', 'Check the name in the kubeconfig, and your VPN.');
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'ENETDOWN':
			return unreachable('has no route to it', 'Check your network and VPN.');
		case 'ETIMEDOUT':
		case 'UND_ERR_CONNECT_TIMEOUT':
			return unreachable('does not answer', 'Check your network and VPN.');
		case 'ECONNRESET':
		case 'EPIPE':
		case 'UND_ERR_SOCKET':
			return unreachable('cut the connection', 'It is asked again by itself.');
		default:
			return /fetch failed|socket|proxy|connect/i.test(`${(error as Error).message} ${message}`)
				? unreachable(`can't be reached: ${safeText(message)}`, 'Check your network, VPN and proxy.')
				: undefined;
	}
}

/** The body of a refusal in a client library's exception; undefined for other errors. */
export function refusalIn(error: unknown): Refusal | undefined {
	return error instanceof ApiException ? {code: error.code, message: statusMessage(error.body)} : undefined;
}

/** A Status object's message, from its JSON or already read; else the text. */
export function statusMessage(body: unknown): string {
	if (typeof body === 'object' && body !== null) {
		return String((body as {message?: unknown}).message ?? '');
	}
	try {
		return statusMessage(JSON.parse(String(body)));
	} catch {
		return String(body ?? '');
	}
}

function unauthenticatedText({contextName, expiredAt}: Asked): string {
	return expiredAt === undefined
		? `the Kubernetes API does not accept the credentials of context ${safeText(contextName)}`
		: `the token of context ${safeText(contextName)} expired at ${expiredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function loginStep({server}: Asked): string {
	return `Log in again: oc login ${safeText(server)}, or your cluster's way.`;
}

function deepest(error: unknown): Error {
	const {cause, errors} = error as {cause?: unknown; errors?: readonly unknown[]};
	const next = cause ?? errors?.[0];
	return next instanceof Error ? deepest(next) : (error as Error);
}

/** The API's own status code behind a failure, where it answered at all. */
export function statusCodeOf(error: unknown): number | undefined {
	return error instanceof Error ? (refusalIn(error) ?? refusalIn(error.cause))?.code : undefined;
}
