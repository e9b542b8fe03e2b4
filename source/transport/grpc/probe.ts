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

const enoughBytes = 2048;

/** Some servers speak first, and TLS 1.3 refuses a client only after it thinks it is connected. */
const listenFirstMs = 200;

const question = (host: string): string => `GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

/** Asks for etcd's version in plain HTTP. Never rejects. */
export function probePlain(address: Address, timeoutMs: number): Promise<Peer> {
	return conversation(connect({host: address.host, port: address.port}), 'connect', address, timeoutMs);
}

/** The same inside TLS. Never rejects. */
export function probeTls(address: Address, tls: TlsSettings, timeoutMs: number): Promise<Peer> {
	const socket = tlsConnect({...tlsOptions(tls, address), host: address.host, port: address.port});
	return conversation(socket, 'secureConnect', address, timeoutMs);
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

function conversation(socket: Socket | TLSSocket, ready: string, {host}: Address, timeoutMs: number): Promise<Peer> {
	const {promise, resolve} = Promise.withResolvers<Peer>();
	let heard = Buffer.alloc(0);
	let error: NodeJS.ErrnoException | undefined;
	const deadline = setTimeout(() => socket.destroy(), timeoutMs);
	let patience: NodeJS.Timeout | undefined;
	socket.once(ready, () => {
		patience = setTimeout(() => socket.write(question(host)), listenFirstMs);
	});
	socket.on('data', (bytes: Buffer) => {
		heard = Buffer.concat([heard, bytes]);
		const complete = heard.length >= enoughBytes || !heard.subarray(0, 4).equals(Buffer.from('HTTP'));
		if (complete) {
			socket.destroy();
		}
	});
	socket.on('error', (cause: NodeJS.ErrnoException) => {
		error ??= cause;
	});
	socket.once('close', () => {
		clearTimeout(deadline);
		clearTimeout(patience);
		resolve(recognise(heard, error));
	});
	return promise;
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
