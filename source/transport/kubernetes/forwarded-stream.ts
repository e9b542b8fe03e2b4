/** One forwarded connection to a port of a pod, as a stream. */
import {Duplex} from 'node:stream';
import type WebSocket from 'ws';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';

const dataChannel = 0;
const errorChannel = 1;

/** Each channel begins with its port, in two bytes. */
const prefixBytes = 2;

/** A silent network is asked this often, and given up after this many questions without an answer. */
const pingEveryMs = 5000;
const maximumUnanswered = 2;

/** A socket that ends without a word: the network's doing, or the API server's. Where etcd ends, it ends in good order. */
const brokenOff = 1006;

export type Far = {
	readonly podName: string;
	readonly port: number;
	/** Whether a refusal there means that etcd does not run. */
	readonly isEtcdPort: boolean;
};

export class ForwardedStream extends Duplex {
	readonly #socket: WebSocket;
	readonly #far: Far;
	readonly #unread = new Map([
		[dataChannel, prefixBytes],
		[errorChannel, prefixBytes],
	]);
	readonly #heartbeat: NodeJS.Timeout;
	#unanswered = 0;
	/** Not everything in between answers pings; what never did is not judged by it. */
	#answersPings = false;
	#complaint = '';

	constructor(socket: WebSocket, far: Far) {
		super();
		this.#socket = socket;
		this.#far = far;
		socket.on('message', (data: Buffer) => this.#received(data));
		socket.once('close', (code: number) => this.#closed(code));
		socket.on('pong', () => {
			this.#answersPings = true;
			this.#unanswered = 0;
		});
		this.#heartbeat = setInterval(() => this.#ping(), pingEveryMs).unref();
		socket.ping();
	}

	/** Whether it can be used, as far as is known. */
	get isOpen(): boolean {
		return !this.destroyed && this.#socket.readyState === this.#socket.OPEN;
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
		const frame = Buffer.allocUnsafe(chunk.length + 1);
		frame[0] = dataChannel;
		chunk.copy(frame, 1);
		this.#socket.send(frame, (error) => callback(error == null ? null : this.#lost('can take no more', false)));
	}

	override _final(callback: (error?: Error | null) => void): void {
		// The protocol has no half-closed connections: its end is the socket's.
		this.#socket.close(1000);
		callback();
	}

	override _read(): void {
		this.#socket.resume();
	}

	override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
		clearInterval(this.#heartbeat);
		this.#socket.terminate();
		callback(error);
	}

	#received(data: Buffer): void {
		const [channel = -1] = data;
		const skip = this.#unread.get(channel);
		if (skip === undefined) {
			return;
		}
		const payload = data.subarray(1);
		const rest = payload.subarray(skip);
		this.#unread.set(channel, Math.max(0, skip - payload.length));
		if (rest.length === 0 || this.destroyed) {
			return;
		}
		if (channel === errorChannel) {
			this.#complaint += rest.toString();
			this.destroy(this.#complained());
		} else if (!this.push(rest)) {
			this.#socket.pause();
		}
	}

	#complained(): TransportError {
		const {podName, port, isEtcdPort} = this.#far;
		return new TransportError(
			isEtcdPort && isRefusal(this.#complaint, port)
				? {kind: 'refused', message: `nothing listens at port ${port} in pod ${podName}`, nextStep: 'Check that etcd runs there.'}
				: {
						kind: 'unreachable',
						message: `no tunnel to port ${port} of pod ${podName}: ${safeText(this.#complaint)}`,
						nextStep: 'Look at the pod and at the kubelet of its node.',
					},
		);
	}

	#closed(code: number): void {
		this.destroy(this.#lost(`was closed (${code})`, code === brokenOff));
	}

	#lost(how: string, isOnTheWay: boolean): TransportError {
		const {podName, port} = this.#far;
		return new TransportError({
			kind: 'unreachable',
			message: `the tunnel to port ${port} of pod ${podName} ${how}`,
			nextStep: 'It is opened again by itself.',
			...(isOnTheWay && {beforeEtcd: true as const}),
		});
	}

	#ping(): void {
		if (this.#answersPings && this.#unanswered >= maximumUnanswered) {
			this.destroy(this.#lost('does not answer any more', true));
			return;
		}
		this.#unanswered++;
		this.#socket.ping();
	}

	// HTTP's agent takes every stream for a socket.
	setKeepAlive(): this {
		return this;
	}

	setNoDelay(): this {
		return this;
	}

	setTimeout(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

/** Only where that very port refused, by every address that was tried: something else on the way may refuse or be silent too. */
function isRefusal(complaint: string, port: number): boolean {
	const refused = new RegExp(`:${port}\\b[^:]*(: connect)?: connection refused`, 'i');
	return refused.test(complaint) && !/time(d )?-?out|deadline/i.test(complaint);
}
