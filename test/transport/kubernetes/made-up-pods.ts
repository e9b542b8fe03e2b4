/** The pods of a real etcd cluster as an API shows them, and what it does in them. */
import {spawn} from 'node:child_process';
import {connect} from 'node:net';
import type {WebSocket} from 'ws';
import type {Cluster} from '../../helpers/cluster.ts';

export type MadeUpOptions = {
	readonly kind: 'openshift' | 'kubeadm';
};

export function pod(cluster: Cluster, index: number, {kind}: MadeUpOptions, elsewhere?: string): object {
	const {name, clientUrl, metricsUrl} = cluster.members[index]!;
	const {cacert, serverCert, serverKey} = cluster.certificates!;
	const namespace = elsewhere ?? (kind === 'openshift' ? 'openshift-etcd' : 'kube-system');
	const etcd = {
		name: 'etcd',
		command: [
			'etcd',
			`--name=${name}`,
			`--advertise-client-urls=${clientUrl}`,
			`--listen-client-urls=${clientUrl}`,
			...(metricsUrl === undefined ? [] : [`--listen-metrics-urls=${metricsUrl}`]),
			`--cert-file=${serverCert}`,
			`--key-file=${serverKey}`,
			`--trusted-ca-file=${cacert}`,
		],
	};
	const containers = kind === 'openshift' ? [{name: 'etcdctl', command: ['/bin/sh'], env: environment(cluster)}, etcd] : [etcd];
	return {
		metadata: {name: `etcd-${name}`, namespace, uid: name, creationTimestamp: new Date().toISOString()},
		spec: {nodeName: name, containers},
		status: {
			phase: 'Running',
			podIP: '127.0.0.1',
			conditions: [{type: 'Ready', status: 'True'}],
			containerStatuses: containers.map((container) => ({name: container.name, restartCount: 0, state: {running: {}}})),
		},
	};
}

function environment(cluster: Cluster): {name: string; value: string}[] {
	const {cacert, cert, key} = cluster.certificates!;
	return [
		{name: 'ETCDCTL_ENDPOINTS', value: cluster.members.map(({clientUrl}) => clientUrl).join(',')},
		{name: 'ETCDCTL_CACERT', value: cacert},
		{name: 'ETCDCTL_CERT', value: cert},
		{name: 'ETCDCTL_KEY', value: key},
	];
}

export function portForward(webSocket: WebSocket, port: number): void {
	const frame = (channel: number, data: Buffer) => webSocket.send(Buffer.concat([Buffer.from([channel]), data]));
	const prefix = Buffer.alloc(2);
	prefix.writeUInt16LE(port);
	frame(0, prefix);
	frame(1, prefix);
	const socket = connect({host: '127.0.0.1', port});
	socket.on('data', (data) => frame(0, data));
	socket.on('error', (error) =>
		frame(
			1,
			Buffer.from(
				`error forwarding port ${port}: dial tcp4 127.0.0.1:${port}: connect: ${error.message.includes('REFUSED') ? 'connection refused' : error.message}`,
			),
		),
	);
	socket.on('close', () => webSocket.close(1000));
	webSocket.on('message', (data: Buffer) => void (data[0] === 0 && socket.write(data.subarray(1))));
	webSocket.on('close', () => socket.destroy());
}

export function exec(webSocket: WebSocket, command: readonly string[], cluster: Cluster, {kind}: MadeUpOptions): void {
	const frame = (channel: number, data: Buffer) => webSocket.send(Buffer.concat([Buffer.from([channel]), data]));
	const [program = '', ...words] = command;
	const variables = kind === 'openshift' ? Object.fromEntries(environment(cluster).map(({name, value}) => [name, value])) : {};
	const child = spawn(program, words, {env: {PATH: process.env.PATH, ...variables}, stdio: ['ignore', 'pipe', 'pipe']});
	child.stdout.on('data', (data: Buffer) => frame(1, data));
	child.stderr.on('data', (data: Buffer) => frame(2, data));
	child.on('error', (error) => {
		frame(
			3,
			Buffer.from(
				JSON.stringify({
					status: 'Failure',
					reason: 'InternalError',
					message: `exec: "${program}": executable file not found in $PATH: ${error.message}`,
				}),
			),
		);
		webSocket.close(1000);
	});
	child.on('close', (code) => {
		const failure = {
			status: 'Failure',
			reason: 'NonZeroExitCode',
			details: {causes: [{reason: 'ExitCode', message: String(code)}]},
		};
		frame(3, Buffer.from(JSON.stringify(code === 0 ? {status: 'Success'} : failure)));
		webSocket.close(1000);
	});
}
