/**
 * Makes the one connection of a gRPC channel. gRPC lets credentials do this, and ours do it themselves because its own keep the cause of
 * a failed handshake to themselves, have no deadline, leave sockets open behind a closed channel and warn about IP addresses.
 */
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {type TLSSocket, connect as tlsConnect} from 'node:tls';
import {CallCredentials, ChannelCredentials, type experimental} from '@grpc/grpc-js';
import {TransportError} from '../transport-error.ts';
import {afterRead} from './after-read.ts';
import type {Address} from './dial.ts';
import {type TlsSettings, tlsOptions} from './tls-session.ts';

/** A peer that vanished without a word is noticed this long after its last one, plus the kernel's ten probes. */
const keepAliveAfterMs = 15_000;

export class ChannelDialer extends ChannelCredentials {
	/** Whether a TCP connection was made. */
	reached = false;
	/** Whether the connection ever stood, TLS included. */
	connected = false;
	/** gRPC wanted a second connection. It gets none: behind the same address another member may answer. */
	usedUp = false;
	/** What ended the connection, or kept it from being made, as Node says it. */
	lastError: NodeJS.ErrnoException | undefined;
	/** The server chose another protocol than HTTP/2. */
	refusedHttp2 = false;
	readonly #address: Address;
	/** Undefined for plain TCP. */
	readonly #tls: TlsSettings | undefined;
	readonly #sockets = new Set<Duplex>();
	#closed = false;

	constructor(address: Address, tls: TlsSettings | undefined) {
		super();
		this.#address = address;
		this.#tls = tls;
	}

	/** Cuts every connection in a moment, also one that is being made. */
	close(): void {
		this.#closed = true;
		afterRead(() => {
			for (const socket of this.#sockets) {
				socket.destroy();
			}
		});
	}

	override _isSecure(): boolean {
		return this.#tls !== undefined;
	}

	/** Never shared with another channel: closing one must not cut the other's calls. */
	override _equals(other: ChannelCredentials): boolean {
		return this === other;
	}

	override _createSecureConnector(): experimental.SecureConnector {
		return {
			connect: (socket) => this.#secure(socket),
			waitForReady: async () => {},
			getCallCredentials: () => CallCredentials.createEmpty(),
			destroy: () => {},
		};
	}

	async #secure(tcp: Socket): Promise<experimental.SecureConnectResult> {
		this.#track(tcp);
		if (this.connected) {
			tcp.destroy();
			this.usedUp = true;
			throw new Error('the connection was lost');
		}
		const connection = await this.#throughTunnel(tcp);
		this.reached = true;
		this.lastError = undefined;
		tcp.setKeepAlive(true, keepAliveAfterMs);
		if (this.#tls === undefined) {
			this.connected = true;
			return {socket: connection as Socket, secure: false};
		}
		const socket = await this.#handshake(connection, this.#tls);
		this.connected = true;
		if (socket.alpnProtocol !== 'h2') {
			this.refusedHttp2 = true;
			socket.destroy();
			throw new Error('the server does not speak HTTP/2');
		}
		return {socket, secure: true};
	}

	/** The tunnel's stream instead of the connection that gRPC made, where there is a tunnel. */
	async #throughTunnel(tcp: Socket): Promise<Duplex> {
		const {tunnel} = this.#address;
		if (tunnel === undefined) {
			return tcp;
		}
		try {
			const stream = await tunnel.open();
			this.#track(stream);
			return stream;
		} catch (error) {
			this.lastError = error as Error;
			throw error;
		} finally {
			tcp.destroy();
		}
	}

	#handshake(connection: Duplex, tls: TlsSettings): Promise<TLSSocket> {
		const {promise, resolve, reject} = Promise.withResolvers<TLSSocket>();
		const socket = tlsConnect({...tlsOptions(tls, this.#address), socket: connection, ALPNProtocols: ['h2']});
		this.#track(socket);
		// TLS over a stream that is no socket does not notice its end by itself.
		connection.once('close', () => socket.destroy());
		socket.once('secureConnect', () => resolve(socket));
		socket.once('error', reject);
		socket.once('close', () => reject(new Error('closed during the TLS handshake')));
		return promise;
	}

	#track(socket: Duplex): void {
		if (this.#closed) {
			socket.destroy();
		}
		this.#sockets.add(socket);
		// Stays for the socket's life: TLS 1.3 refuses a client's certificate after the handshake.
		socket.on('error', (error) => {
			// A tunnel's end comes after what ended it.
			if (this.lastError === undefined || !(error instanceof TransportError)) {
				this.lastError = error;
			}
		});
		socket.once('close', () => this.#sockets.delete(socket));
	}
}
