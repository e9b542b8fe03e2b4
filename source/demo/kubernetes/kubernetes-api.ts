/** A Kubernetes API server before a real etcd cluster: what this program and `kubectl` need of it to look after that etcd. */
import {once} from 'node:events';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {dirname} from 'node:path';
import {type Authority, createAuthority} from '../certificates.ts';
import type {Cluster} from '../cluster.ts';
import {Admission} from './admission.ts';
import {Controllers} from './controllers.ts';
import {DebugPods} from './debug-pods.ts';
import {EncryptionController} from './encryption-controller.ts';
import {EtcdPods} from './etcd-pods.ts';
import {Faults} from './faults.ts';
import {FrontDoor} from './front-door.ts';
import {certificateUser, kubeconfigText} from './kubeconfig.ts';
import {Kubelet} from './kubelet.ts';
import {NodeInstallers} from './node-installers.ts';
import {ObjectStore} from './object-store.ts';
import {addObjects} from './objects.ts';
import {PodNetwork} from './pod-network.ts';
import {PodSockets} from './pod-sockets.ts';
import {type ClusterKind, type Resource, resourcesOf} from './resources.ts';
import {answerRequest} from './serve.ts';
import {Storage} from './storage.ts';
import {type ApiUser, ApiUsers} from './users.ts';

export type KubernetesApiOptions = {
	readonly kind: ClusterKind;
	/** The program that runs in the pods. Default: `etcdctl` in PATH. */
	readonly etcdctl?: string;
	/** Of the kubeconfigs. Default `demo`. */
	readonly contextName?: string;
};

export interface KubernetesApi {
	readonly url: string;
	readonly users: ApiUsers;
	/** May do everything, and is the one of the kubeconfigs where none is named. */
	readonly admin: ApiUser;
	readonly objects: ObjectStore;
	readonly sockets: PodSockets;
	readonly faults: Faults;
	/** What the controllers of the cluster write. */
	readonly controllers: Controllers;
	readonly kubelet: Kubelet;
	/** OpenShift's: it does nothing until it is stepped or started. */
	readonly encryption: EncryptionController;
	/** What its policies let somebody make. */
	readonly admission: Admission;
	/** The pods that somebody made. */
	readonly debugPods: DebugPods;
	/** OpenShift's operators of static pods: they do nothing until they are stepped or started. */
	readonly installers: NodeInstallers;
	resource(plural: string): Resource;
	/** A kubeconfig with a user's fields, for this API at `url`. */
	kubeconfig(user?: object, url?: string): string;
	/** Fields of the user of this name, with a client certificate. */
	certificateUser(name: string, validity?: {readonly notBefore?: Date; readonly notAfter?: Date}): Promise<object>;
	stop(): void;
}

/** The cluster needs TLS. What is read and written is kept in memory; writes go to its etcd too. */
export async function startKubernetesApi(cluster: Cluster, options: KubernetesApiOptions): Promise<KubernetesApi> {
	const {kind, etcdctl, contextName = 'demo'} = options;
	const resources = resourcesOf(kind);
	const authority = await createAuthority();
	const storage = new Storage(cluster);
	const objects = new ObjectStore();
	const users = new ApiUsers();
	const admin = users.add('kubernetes-admin');
	const network = new PodNetwork(cluster, kind);
	addObjects(objects, resources, {cluster, kind, network});
	const kubelet = new Kubelet(cluster, new EtcdPods(cluster, kind, network), objects, storage);
	kubelet.start();
	const programFolder = etcdctl === undefined ? undefined : dirname(etcdctl);
	const pods = resources.find(({plural}) => plural === 'pods')!;
	const debugPods = new DebugPods({cluster, store: objects, pods, programFolder});
	const sockets = new PodSockets({store: objects, users, kubelet, debugPods, programFolder});
	const admission = new Admission(objects);
	const serving = {resources, users, store: objects, storage, admission};
	const server = await listening(authority, sockets, (request, response) => answerRequest(request, response, serving));
	const door = new FrontDoor((server.address() as AddressInfo).port);
	await door.open();
	const faults = new Faults({cluster, door, sockets, kubelet});
	const controllers = new Controllers(resources, objects, storage);
	const encryption = new EncryptionController(objects, controllers);
	const installers = new NodeInstallers(objects, controllers);
	const url = `https://127.0.0.1:${door.port}`;
	return {
		url,
		users,
		admin,
		objects,
		sockets,
		faults,
		kubelet,
		controllers,
		encryption,
		admission,
		debugPods,
		installers,
		resource: (plural) => resources.find((resource) => resource.plural === plural)!,
		kubeconfig: (user = {token: admin.token}, server = url) =>
			kubeconfigText({contextName, server, authority: authority.certificate, user}),
		certificateUser: async (name, validity) => certificateUser(await authority.issue({commonName: name, ...validity})),
		stop() {
			encryption.stop();
			installers.stop();
			kubelet.stop();
			door.close();
			sockets.stop();
			debugPods.stop();
			server.close();
			server.closeAllConnections();
		},
	};
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(authority: Authority, sockets: PodSockets, handle: Handler) {
	const {certificate, key} = await authority.issue({commonName: 'kube-apiserver'});
	const tls = {cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false};
	const server = createServer({...tls, ALPNProtocols: ['http/1.1']}, handle);
	server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
	server.on('tlsClientError', () => {}); // Whoever does not trust it says so itself.
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}
