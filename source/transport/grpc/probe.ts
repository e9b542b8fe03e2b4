/** A look at who is there, once, after a connection failed in a way that explains nothing. */
import {connect, type Socket} from 'node:net';
import {type TLSSocket, connect as tlsConnect} from 'node:tls';
import type {Address} from './dial.ts';
import {type TlsSettings, tlsOptions} from './tls-session.ts';

/** What answered, by its first bytes. `error`: it ended before it said anything. */
export type Peer =
	| {readonly speaks: 'tls'}
	| {readonly speaks: 'http'; readonly isEtcd: boolean}
	| {readonly speaks: 'other'; readonly greeting: string}
	| {readonly speaks: 'nothing'; readonly error?: NodeJS.ErrnoException};

const enoughBytes = 8192;

/** Some servers speak first, and TLS 1.3 refuses a client only after it thinks it is connected. */
const listenFirstMs = 200;

const question = (path: string, host: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

/** Asks for etcd's version in plain HTTP. Never rejects. */
export async function probePlain(address: Address, timeoutMs: number): Promise<Peer> {
	const {heard, error} = await conversation('/version', address, undefined, timeoutMs);
	return recognise(heard, error);
}

/** The same inside TLS. Never rejects. */
export async function probeTls(address: Address, tls: TlsSettings, timeoutMs: number): Promise<Peer> {
	const {heard, error} = await conversation('/version', address, tls, timeoutMs);
	return recognise(heard, error);
}

/**
 * The client URLs of the member whose port for peers this is; undefined where it is none. Only such a port tells the members in
 * HTTP, and etcd without TLS serves its whole API there too. Never rejects.
 */
export async function probePeerPort(
	address: Address,
	tls: TlsSettings | undefined,
	timeoutMs: number,
): Promise<readonly string[] | undefined> {
	const {heard} = await conversation('/members', address, tls, timeoutMs);
	const members = [...heard.toString('utf8').matchAll(/"peerURLs":\[([^\]]*)\][^}]*?"clientURLs":\[([^\]]*)\]/g)];
	const own = members.find(([, peerUrls]) => peerUrls?.includes(`:${address.port}"`));
	return members.length === 0 ? undefined : [...(own?.[2] ?? '').matchAll(/"([^"]*)"/g)].map(([, url]) => url ?? '');
}

/** Whether a TLS handshake gets anywhere, whatever the certificates. Never rejects. */
export function speaksTls(address: Address, timeoutMs: number): Promise<boolean> {
	const {promise, resolve} = Promise.withResolvers<boolean>();
	const socket = tlsConnect({host: address.host, port: address.port, rejectUnauthorized: false});
	const deadline = setTimeout(() => socket.destroy(), timeoutMs);
	socket.once('secureConnect', () => {
		resolve(true);
		socket.destroy();
	});
	socket.on('error', ({message}) => resolve(/alert number/.test(message)));
	socket.once('close', () => {
		clearTimeout(deadline);
		resolve(false);
	});
	return promise;
}

type Heard = {readonly heard: Buffer; readonly error?: NodeJS.ErrnoException | undefined};

function conversation(path: string, address: Address, tls: TlsSettings | undefined, timeoutMs: number): Promise<Heard> {
	const {promise, resolve} = Promise.withResolvers<Heard>();
	const place = {host: address.host, port: address.port};
	const socket: Socket | TLSSocket = tls === undefined ? connect(place) : tlsConnect({...tlsOptions(tls, address), ...place});
	let heard = Buffer.alloc(0);
	let error: NodeJS.ErrnoException | undefined;
	const deadline = setTimeout(() => socket.destroy(), timeoutMs);
	let patience: NodeJS.Timeout | undefined;
	socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
		patience = setTimeout(() => socket.write(question(path, address.host)), listenFirstMs);
	});
	socket.on('data', (bytes: Buffer) => {
		heard = Buffer.concat([heard, bytes]);
		if (heard.length >= enoughBytes || isWhole(heard.toString('latin1'))) {
			socket.destroy();
		}
	});
	socket.on('error', (cause: NodeJS.ErrnoException) => {
		error ??= cause;
	});
	socket.once('close', () => {
		clearTimeout(deadline);
		clearTimeout(patience);
		resolve({heard, error});
	});
	return promise;
}

/** Whether an answer in HTTP has all the bytes that it announces, or is no HTTP: not every server hangs up by itself. */
function isWhole(text: string): boolean {
	const body = text.indexOf('\r\n\r\n') + 4;
	const length = /\r\nContent-Length: (\d+)\r\n/i.exec(text)?.[1];
	return (
		!text.startsWith('HTTP'.slice(0, text.length)) || (body >= 4 && length !== undefined && text.length >= body + Number(length))
	);
}

function recognise(heard: Buffer, error: NodeJS.ErrnoException | undefined): Peer {
	const text = heard.toString('latin1');
	// A TLS alert, or Go's answer to plain text on a TLS port.
	if (/^[\x15\x16]\x03/.test(text) || text.includes('HTTP request to an HTTPS server')) {
		return {speaks: 'tls'};
	}
	if (text.startsWith('HTTP/')) {
		return {speaks: 'http', isEtcd: text.includes('"etcdserver"')};
	}
	return text === '' ? {speaks: 'nothing', ...(error && {error})} : {speaks: 'other', greeting: text.slice(0, 60)};
}
