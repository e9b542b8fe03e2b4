/** WebSockets to pods: exec and port-forward, as the API server and the kubelet behind it admit them. */
import {type IncomingMessage, STATUS_CODES} from 'node:http';
import type {Duplex} from 'node:stream';
import {type WebSocket, WebSocketServer} from 'ws';
import type {DebugPods} from './debug-pods.ts';
import {endWithoutContainer, execProtocols, Processes} from './exec.ts';
import type {Kubelet} from './kubelet.ts';
import type {KubeObject, ObjectStore} from './object-store.ts';
import {portForward, portForwardProtocols} from './port-forward.ts';
import {isSet, type RequestInfo, requestInfo} from './request-info.ts';
import {ApiError, badRequest, forbidden, internalError, notFound} from './status.ts';
import type {ApiUser, ApiUsers} from './users.ts';

const pods = {group: '', plural: 'pods'} as const;

const protocolsOf: Readonly<Record<string, readonly string[]>> = {exec: execProtocols, portforward: portForwardProtocols};

/** How long a command works before a fault cuts its connection. */
const cutAfterMs = 30;

export type PodSocketsOptions = {
	readonly store: ObjectStore;
	readonly users: ApiUsers;
	readonly kubelet: Kubelet;
	readonly debugPods: DebugPods;
	/** Where etcdctl is. */
	readonly programFolder?: string | undefined;
};

/** What goes wrong on purpose. */
type SocketFaults = {
	refuseUpgrades: boolean;
	/** By the names of their nodes. */
	readonly frozenKubelets: Set<string>;
	/** A word of a command. */
	cutOnExec: string | undefined;
	/** The next command with this word loses its connection once it has printed more than so many bytes. */
	cutAfter: {readonly word: string; readonly bytes: number} | undefined;
};

export class PodSockets {
	readonly faults: SocketFaults = {refuseUpgrades: false, frozenKubelets: new Set(), cutOnExec: undefined, cutAfter: undefined};
	/** Every command that was run. */
	readonly execs: string[][] = [];
	/** How many port-forwards were made. */
	forwards = 0;
	readonly #options: PodSocketsOptions;
	readonly #processes = new Processes();
	readonly #sockets = new Set<WebSocket>();
	readonly #server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		handleProtocols: (offered, {url}) => offeredProtocol(offered, new URL(url!, 'https://api').pathname) ?? false,
	});

	constructor(options: PodSocketsOptions) {
		this.#options = options;
	}

	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on('error', () => {}); // Its close follows.
		try {
			this.#admit(request, socket, head);
		} catch (error) {
			refuse(socket, error instanceof ApiError ? error : internalError(String(error)));
		}
	}

	/** Ends every WebSocket in good order, as an API server that stops. */
	close(code: number): void {
		for (const webSocket of this.#sockets) {
			webSocket.close(code);
		}
	}

	stop(): void {
		this.#processes.stop();
	}

	#admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		const url = new URL(request.url!, 'https://api');
		const info = requestInfo('GET', url);
		const user = this.#options.users.authenticate(request);
		const protocols = protocolsOf[info?.subresource ?? ''];
		if (info?.resource !== 'pods' || info.name === undefined || protocols === undefined) {
			throw badRequest('there is nothing to upgrade to');
		}
		const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
		if (!offered.some((name) => protocols.includes(name))) {
			throw badRequest(
				`unable to upgrade: unable to negotiate protocol: client supports ${offered}, server supports ${protocols}`,
			);
		}
		demandBoth(user, info);
		if (this.faults.refuseUpgrades) {
			throw forbidden(user.name, {...info, verb: 'create'});
		}
		const pod = this.#options.store.get(pods, info.namespace, info.name);
		if (pod === undefined) {
			throw notFound(pods, info.name);
		}
		if (this.faults.frozenKubelets.has(nodeOf(pod))) {
			return;
		}
		const serve = info.subresource === 'exec' ? this.#exec(info, pod, socket) : this.#forward(info);
		this.#server.handleUpgrade(request, socket, head, (webSocket) => {
			this.#sockets.add(webSocket);
			webSocket.once('close', () => this.#sockets.delete(webSocket));
			serve(webSocket);
		});
	}

	#exec({namespace, name, query}: RequestInfo, pod: KubeObject, socket: Duplex): (webSocket: WebSocket) => void {
		const containers = (pod['spec'] as {containers: {name: string}[]}).containers.map((container) => container.name);
		const wanted = query.get('container');
		const [only, ...others] = containers;
		if (wanted === null && others.length > 0) {
			throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
		}
		const containerName = wanted ?? only ?? '';
		if (!containers.includes(containerName)) {
			throw badRequest(`container ${containerName} is not valid for pod ${name}`);
		}
		const command = query.getAll('command');
		if (command.length === 0) {
			throw badRequest('you must specify at least one command for the container');
		}
		const {kubelet, debugPods} = this.#options;
		const container = debugPods.container(namespace, name!, containerName) ?? kubelet.container(namespace, name!, containerName);
		return (webSocket) => {
			if (container === undefined || !container.isRunning) {
				endWithoutContainer(webSocket, containerName);
				return;
			}
			this.execs.push(command);
			const {programFolder} = this.#options;
			const hasStdin = isSet(query, 'stdin');
			const {cutAfter} = this.faults;
			const isMeant = cutAfter !== undefined && command.includes(cutAfter.word);
			const cut = () => {
				this.faults.cutAfter = undefined;
				socket.destroy();
			};
			const afterBytes = isMeant ? {bytes: cutAfter.bytes, call: cut} : undefined;
			this.#processes.run(webSocket, {command, hasStdin, container: container.inside, programFolder, afterBytes});
			if (this.faults.cutOnExec !== undefined && command.includes(this.faults.cutOnExec)) {
				setTimeout(() => socket.destroy(), cutAfterMs);
			}
		};
	}

	#forward({namespace, name, query}: RequestInfo): (webSocket: WebSocket) => void {
		const ports = query.getAll('ports').flatMap((text) => text.split(',').map(Number));
		if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
			throw badRequest('query parameter "ports" is required, and has to hold ports');
		}
		return (webSocket) => {
			this.forwards++;
			portForward(webSocket, ports, (port) => this.#options.kubelet.portOutside(namespace, name!, port));
		};
	}
}

/** `get` for the WebSocket, `create` for what it does. */
function demandBoth(user: ApiUser, info: RequestInfo): void {
	for (const verb of ['get', 'create']) {
		user.demand({...info, verb});
	}
}

function nodeOf(pod: KubeObject): string {
	return (pod['spec'] as {nodeName?: string} | undefined)?.nodeName ?? '';
}

function offeredProtocol(offered: ReadonlySet<string>, path: string): string | undefined {
	return protocolsOf[path.split('/').at(-1) ?? '']?.find((name) => offered.has(name));
}

function refuse(socket: Duplex, {code, status}: ApiError): void {
	const body = JSON.stringify(status);
	const head = [
		`HTTP/1.1 ${code} ${STATUS_CODES[code]}`,
		'Content-Type: application/json',
		`Content-Length: ${Buffer.byteLength(body)}`,
		'Connection: close',
	];
	socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
