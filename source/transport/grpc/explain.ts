/** Why a call failed: from the server's words, else from the connection, else from a look at who is there. */
import type {Failure} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {GrpcError} from './grpc-error.ts';
import {type Peer, probePeerPort, probePlain, probeTls, speaksTls} from './probe.ts';
import type {Route} from './route.ts';
import {serverFailure} from './server-failure.ts';
import {tlsFailure} from './tls-failure.ts';

const frozen = 'It may be frozen, overloaded, or behind a firewall that drops packets.';

/** Behind it etcd may trust other certificates than for clients. */
const usualPeerPort = 2380;

/** What is known of the time that the call took. */
export type Timing = {readonly waitedMs: number; readonly timeoutMs: number};

/** A look at who is there may take this long even when the call's time is up. */
const shortestLookMs = 300;

/** The failure behind a gRPC call's error. */
export async function explain(error: GrpcError, route: Route, {waitedMs, timeoutMs}: Timing): Promise<Failure> {
	if (error.ended === 'stopped') {
		return {kind: 'cancelled', message: 'stopped waiting', nextStep: ''};
	}
	if (error.ended !== undefined) {
		const what = error.connection.reached ? 'answer' : 'connection';
		return {kind: 'timed-out', message: `no ${what} within ${waitText(waitedMs)}`, nextStep: frozen};
	}
	if (error.connection.usedUp) {
		return {
			kind: 'unreachable',
			message: 'the connection was lost',
			nextStep: 'Look whether the member still runs.',
			notSent: true,
		};
	}
	return (
		serverFailure(error.code, error.details) ??
		connectionFailure(error.details, error.connection.lastError, route) ??
		wrongServer(error) ??
		(error.connection.connected && !/No connection established/.test(error.details)
			? {
					kind: 'unreachable',
					message: `connection lost: ${safeText(error.details)}`,
					nextStep: 'Look whether the member still runs.',
				}
			: await strangerFailure(error, route, Math.max(shortestLookMs, Math.min(route.dialTimeoutMs, timeoutMs - waitedMs))))
	);
}

function waitText(ms: number): string {
	return ms < 100 ? `${Math.ceil(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A connection that wasn't made, or broke, for a reason that the system gave. Also for the metrics' connections. */
export function connectionFailure(
	words: string,
	error: NodeJS.ErrnoException | undefined,
	{endpoint, address, tls}: Route,
): Failure | undefined {
	if (error instanceof TransportError) {
		return error.failure;
	}
	const tlsReason = error !== undefined && tls !== undefined ? tlsFailure(error, tls, address) : undefined;
	if (tlsReason !== undefined) {
		const hint = address.port === usualPeerPort ? ` Port ${usualPeerPort} is usually for peers; clients use 2379.` : '';
		return {...tlsReason, nextStep: tlsReason.nextStep + hint};
	}
	const text = `${words} ${error?.code ?? ''}`;
	if (/ECONNREFUSED/.test(text)) {
		return {
			kind: 'refused',
			message: `nothing listens at ${endpoint.url}`,
			nextStep: 'Check that etcd runs there, and the port.',
		};
	}
	if (/Name resolution failed|ENOTFOUND|EAI_AGAIN/.test(text)) {
		return {kind: 'unknown-host', message: `unknown host ${address.host}`, nextStep: 'Check the name, or give the address.'};
	}
	if (/EHOSTUNREACH|ENETUNREACH|ENETDOWN/.test(text)) {
		return {kind: 'unreachable', message: `no route to ${address.host}`, nextStep: 'Check the network between here and there.'};
	}
	if (/ETIMEDOUT/.test(text)) {
		return {kind: 'timed-out', message: `${address.host} stopped answering`, nextStep: frozen};
	}
	return undefined;
}

/** Something answered HTTP/2, but in another language than gRPC, or not as etcd does. */
function wrongServer({details, connection}: GrpcError): Failure | undefined {
	const httpStatus = Number(/Received HTTP status code (\d+)/.exec(details)?.[1]);
	if (httpStatus >= 500) {
		return {
			kind: 'unreachable',
			message: `a proxy in between answered ${httpStatus}`,
			nextStep: 'Reach the member without that proxy.',
		};
	}
	if (httpStatus > 0 || connection.refusedHttp2 || details.startsWith('Response message')) {
		return notEtcd('a web server, but no etcd');
	}
	return undefined;
}

/** The connection was made or nearly so, and broke without a reason: looks who is there. */
async function strangerFailure(error: GrpcError, route: Route, patienceMs: number): Promise<Failure> {
	const {address, tls, endpoint} = route;
	if (address.tunnel !== undefined) {
		return unexplained(error);
	}
	const plain = await probePlain(address, patienceMs);
	const isTls = plain.speaks === 'tls' || (plain.speaks === 'nothing' && (await speaksTls(address, patienceMs)));
	if (isTls && tls === undefined) {
		return {
			kind: 'tls',
			message: 'it speaks TLS, and was asked in plain text',
			nextStep: `Use ${endpoint.url.replace(/^http:/, 'https:')}, with --cacert, --cert and --key.`,
		};
	}
	if (plain.speaks === 'http' && plain.isEtcd && tls !== undefined) {
		return {
			kind: 'tls',
			message: 'it speaks plain HTTP, and was asked over TLS',
			nextStep: `Use ${endpoint.url.replace(/^https:/, 'http:')}.`,
		};
	}
	const found = isTls && tls !== undefined ? await probeTls(address, tls, patienceMs) : plain;
	if (found.speaks === 'http' && found.isEtcd) {
		const peerPort = await peerPortFailure(route, patienceMs);
		if (peerPort !== undefined) {
			return peerPort;
		}
	}
	return strangersFailure(found, route) ?? unexplained(error);
}

/** The failure of an endpoint that is where members speak to each other; undefined where it is not. */
export async function peerPortFailure({address, tls}: Route, patienceMs: number): Promise<Failure | undefined> {
	// Behind a tunnel that address is of another network: in this one a stranger may have it.
	const clientUrls = address.tunnel === undefined ? await probePeerPort(address, tls, patienceMs) : undefined;
	if (clientUrls === undefined) {
		return undefined;
	}
	const [url] = clientUrls;
	return {
		kind: 'not-etcd',
		message: 'a port for peers, where the members of etcd speak to each other',
		nextStep: `Give the member's client URL${url === undefined ? ', usually at port 2379' : `: ${safeText(url)}`}.`,
	};
}

function strangersFailure(peer: Peer, route: Route): Failure | undefined {
	switch (peer.speaks) {
		case 'http':
			return peer.isEtcd
				? {
						kind: 'not-etcd',
						message: 'etcd answers HTTP there, but not gRPC',
						nextStep: 'Give the client URL that serves gRPC; its port is usually 2379.',
					}
				: notEtcd('a web server, but no etcd');
		case 'other':
			return notEtcd(`something that greets with "${safeText(peer.greeting)}"`);
		case 'nothing':
			return peer.error && connectionFailure(peer.error.message, peer.error, route);
		default:
			return undefined;
	}
}

function unexplained({details, connection}: GrpcError): Failure {
	const reason = connection.lastError?.message ?? details.replace(/^.*Last error: /s, '').replace(/ \(20.*$/s, '');
	return {kind: 'unreachable', message: `no connection: ${safeText(reason)}`, nextStep: 'Check what listens there, and its log.'};
}

function notEtcd(what: string): Failure {
	return {kind: 'not-etcd', message: `${what} answers there`, nextStep: 'Check the port: clients of etcd usually use 2379.'};
}
