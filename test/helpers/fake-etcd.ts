/** A gRPC server that answers as a test wants it to: an etcd of another version, or one that fails in the middle. */
import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';
import {Server, ServerCredentials, type ServiceError, type sendUnaryData} from '@grpc/grpc-js';
import {onTestFinished} from 'vitest';
import {message, number, text} from './protobuf.ts';

export const fakeIds = {clusterId: 'c0ffee', memberId: 'a11ce'};

type Answer = (respond: (bytes: Uint8Array) => void, fail: (error: Partial<ServiceError>) => void) => void;

export type FakeEtcdOptions = {
	readonly version?: string;
	/** How long Status takes. */
	readonly statusMs?: () => number;
	/** What Defragment does; by default it succeeds. */
	readonly defragment?: Answer;
};

export class FakeEtcd {
	/** As an endpoint. */
	url = '';
	/** Methods in the order in which they were called. */
	readonly calls: string[] = [];
	readonly #server = new Server();
	readonly #sockets = new Set<Socket>();

	constructor({version = '3.5.99', statusMs = () => 0, defragment = (respond) => respond(new Uint8Array())}: FakeEtcdOptions) {
		const header = text(1, message([number(1, id(fakeIds.clusterId)), number(2, id(fakeIds.memberId)), number(3, 1n)]));
		const status = message([header, text(2, version), number(3, 20_480n), number(4, id(fakeIds.memberId))]);
		this.#serve('Maintenance', {Status: (respond) => void setTimeout(() => respond(status), statusMs()), Defragment: defragment});
		this.#serve('Cluster', {
			MemberList: (respond) =>
				respond(message([header, text(2, message([number(1, id(fakeIds.memberId)), text(2, 'fake'), text(4, this.url)]))])),
		});
	}

	/** Listens, behind a plain TCP hop so that connections can be cut. */
	async start(): Promise<void> {
		const port = await new Promise<number>((resolve, reject) =>
			this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
				error ? reject(error) : resolve(bound),
			),
		);
		const hop = createServer((client) => {
			const upstream = connect(port, '127.0.0.1');
			this.#sockets.add(client);
			client.pipe(upstream).pipe(client);
			client.on('error', () => upstream.destroy());
			upstream.on('error', () => client.destroy());
			client.once('close', () => upstream.destroy());
		});
		hop.listen(0, '127.0.0.1');
		await once(hop, 'listening');
		this.url = `http://127.0.0.1:${(hop.address() as {port: number}).port}`;
		onTestFinished(() => {
			hop.close();
			this.cut();
			this.#server.forceShutdown();
		});
	}

	cut(): void {
		for (const socket of this.#sockets) {
			socket.resetAndDestroy();
		}
	}

	#serve(service: string, methods: Readonly<Record<string, Answer>>): void {
		const definitions = Object.keys(methods).map((method) => [
			method,
			{
				path: `/etcdserverpb.${service}/${method}`,
				requestStream: false,
				responseStream: false,
				requestDeserialize: (bytes: Buffer) => bytes,
				requestSerialize: (bytes: Buffer) => bytes,
				responseDeserialize: (bytes: Buffer) => bytes,
				responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
			},
		]);
		const handlers = Object.entries(methods).map(([method, answer]) => [
			method,
			(_: unknown, reply: sendUnaryData<Uint8Array>) => {
				this.calls.push(method);
				answer(
					(bytes) => reply(null, bytes),
					(error) => reply(error),
				);
			},
		]);
		this.#server.addService(Object.fromEntries(definitions), Object.fromEntries(handlers));
	}
}

function id(hex: string): bigint {
	return BigInt(`0x${hex}`);
}

/** Call it inside `test`. */
export async function fakeEtcdForTest(options: FakeEtcdOptions = {}): Promise<FakeEtcd> {
	const fake = new FakeEtcd(options);
	await fake.start();
	return fake;
}
