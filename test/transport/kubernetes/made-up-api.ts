/** A small Kubernetes API before a real etcd cluster: pods, permissions, Secret and ConfigMap, port-forward and exec. */
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {WebSocketServer} from 'ws';
import {createAuthority} from '../../../source/demo/certificates.ts';
import type {Cluster} from '../../helpers/cluster.ts';
import {exec, type MadeUpOptions, pod, portForward} from './made-up-pods.ts';

/** What a test may change at any time, and look at. */
export type MadeUpApi = {
	readonly url: string;
	/** `create pods/exec`, …; a part that is denied is refused on its WebSocket too. */
	denied: readonly string[];
	/** The only one that is accepted. */
	token: string;
	/** In turn, for the pods of all namespaces together. */
	namespaces: readonly string[];
	/** Every command that was run in a pod. */
	readonly execs: string[][];
	/** How many port-forwards were made. */
	forwards: number;
	/** Cuts every connection shortly after a command with this word began. */
	cutOnExec: string;
	/** A kubeconfig for this API at `url`, with a user's fields. */
	kubeconfig(user?: object, url?: string): string;
	stop(): void;
};

export async function startApi(cluster: Cluster, options: MadeUpOptions): Promise<MadeUpApi> {
	const authority = await createAuthority();
	const {certificate, key} = await authority.issue({commonName: 'kube-apiserver'});
	const sockets = new Set<Duplex>();
	const cut = () => {
		for (const socket of sockets) {
			socket.destroy();
		}
	};
	const server = createServer(
		{cert: certificate, key},
		(request, response) => void answer(request, response, cluster, options, api),
	);
	const upgrades = new WebSocketServer({
		noServer: true,
		handleProtocols: (offered) => ['v5.channel.k8s.io', 'v4.channel.k8s.io'].find((name) => offered.has(name)) ?? false,
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => {});
	});
	server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
		const url = new URL(request.url!, 'https://x');
		const subresource = url.pathname.split('/').at(-1)!;
		const isKnown = request.headers.authorization === `Bearer ${api.token}`;
		if (!isKnown || api.denied.some((text) => text.endsWith(`pods/${subresource}`))) {
			const body = JSON.stringify({
				kind: 'Status',
				message: isKnown ? 'pods is forbidden: User "u" cannot create it' : 'Unauthorized',
			});
			const status = isKnown ? '403 Forbidden' : '401 Unauthorized';
			socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
			return;
		}
		upgrades.handleUpgrade(request, socket, head, (webSocket) => {
			if (subresource === 'exec') {
				const command = url.searchParams.getAll('command');
				api.execs.push(command);
				exec(webSocket, command, cluster, options);
				if (command.includes(api.cutOnExec)) {
					setTimeout(cut, 30);
				}
			} else {
				api.forwards++;
				portForward(webSocket, Number(url.searchParams.get('ports')));
			}
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const api: MadeUpApi = {
		url: `https://127.0.0.1:${port}`,
		denied: [],
		token: 'good-token',
		namespaces: [],
		execs: [],
		forwards: 0,
		cutOnExec: 'never',
		kubeconfig(user = {token: api.token}, url = api.url) {
			const ca = Buffer.from(authority.certificate).toString('base64');
			return JSON.stringify({
				'current-context': 'made-up',
				contexts: [{name: 'made-up', context: {cluster: 'c', user: 'u'}}],
				clusters: [{name: 'c', cluster: {server: url, 'certificate-authority-data': ca}}],
				users: [{name: 'u', user}],
			});
		},
		stop() {
			server.close();
			cut();
		},
	};
	return api;
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	cluster: Cluster,
	options: MadeUpOptions,
	state: MadeUpApi,
): Promise<void> {
	const send = (code: number, body: object) => {
		response.writeHead(code, {'Content-Type': 'application/json'});
		response.end(JSON.stringify(body));
	};
	const {pathname} = new URL(request.url!, 'https://x');
	if (request.headers.authorization !== `Bearer ${state.token}`) {
		send(401, {kind: 'Status', message: 'Unauthorized'});
	} else if (pathname.endsWith('/selfsubjectaccessreviews')) {
		let body = '';
		for await (const chunk of request) {
			body += String(chunk);
		}
		const {verb, resource, subresource} = (JSON.parse(body) as {spec: {resourceAttributes: Record<string, string>}}).spec
			.resourceAttributes;
		const text = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
		send(201, {kind: 'SelfSubjectAccessReview', spec: {}, status: {allowed: !state.denied.includes(text)}});
	} else if (state.denied.includes('list pods') && pathname.endsWith('/pods')) {
		send(403, {kind: 'Status', message: 'pods is forbidden: User "u" cannot list resource "pods"'});
	} else if (pathname === '/api/v1/pods') {
		const {namespaces} = state;
		const items = cluster.members.map((_, index) => pod(cluster, index, options, namespaces[index % namespaces.length]));
		send(200, {kind: 'PodList', metadata: {}, items});
	} else if (/^\/api\/v1\/namespaces\/[^/]+\/pods$/.test(pathname)) {
		const here = pathname.includes(options.kind === 'openshift' ? 'openshift-etcd' : 'kube-system');
		send(200, {
			kind: 'PodList',
			metadata: {},
			items: here ? cluster.members.map((_, index) => pod(cluster, index, options)) : [],
		});
	} else if (pathname.endsWith('/secrets/etcd-client') && !state.denied.includes('get secrets')) {
		const {cert, key} = cluster.certificates!;
		const data = {'tls.crt': readFileSync(cert).toString('base64'), 'tls.key': readFileSync(key).toString('base64')};
		send(200, {kind: 'Secret', metadata: {}, data});
	} else if (pathname.endsWith('/configmaps/etcd-ca-bundle')) {
		send(200, {kind: 'ConfigMap', metadata: {}, data: {'ca-bundle.crt': readFileSync(cluster.certificates!.cacert, 'utf8')}});
	} else {
		send(403, {kind: 'Status', message: `${pathname} is forbidden`});
	}
}
