/** The client library, told about one context, and kept from what it does badly in a program that runs for days. */
import type {AgentOptions, RequestOptions} from 'node:https';
import {type Cluster, KubeConfig} from '@kubernetes/client-node';
import type {Credentials} from './credentials.ts';
import type {KubeContext} from './kube-context.ts';

export type Library = {
	readonly config: KubeConfig;
	/** Cuts its connections. */
	readonly close: () => void;
};

/** The name of our own way to authenticate. */
const renewable = 'etcdtop';

export function openLibrary({name, cluster, user}: KubeContext, credentials: Credentials): Library {
	const {token, plugin: _plugin, tokenFile: _tokenFile, authProvider, impersonate, ...plain} = user;
	const config = new KubeConfig();
	config.loadFromOptions({
		// The library wants to be told that plain HTTP is meant.
		clusters: [{...cluster, skipTLSVerify: cluster.skipTlsVerify || cluster.server.startsWith('http:')}],
		users: [
			{
				...plain,
				impersonateUser: impersonate,
				...(credentials.renewable ? {authProvider: {name: renewable}} : {token, authProvider}),
			},
		],
		contexts: [{name, cluster: cluster.name, user: user.name}],
		currentContext: name,
	});
	const agents = config['agentCache'];
	let newestCertificate: string | undefined;
	// Its own way runs plugins without a deadline, lets them read the keyboard, and keeps tokens that were refused.
	config.addAuthenticator({
		isAuthProvider: ({authProvider: provider}) => provider?.name === renewable,
		async applyAuthentication(_user, options) {
			const {cert} = await credentials.apply(options as RequestOptions);
			if (newestCertificate !== undefined && newestCertificate !== cert) {
				// It would go on showing the first certificate that a plugin gave.
				agents.clear();
			}
			newestCertificate = cert;
		},
	});
	const dispatchers = keepDispatchers(config);
	return {
		config,
		close() {
			for (const dispatcher of dispatchers.values()) {
				void dispatcher.destroy();
			}
			for (const agent of agents.values()) {
				agent.destroy();
			}
		},
	};
}

type Dispatcher = {destroy(): Promise<void>};

/** By itself it connects anew for every request. */
function keepDispatchers(config: KubeConfig): ReadonlyMap<string, Dispatcher> {
	const kept = new Map<string, Dispatcher>();
	type Make = (cluster: Cluster | null, options: AgentOptions) => Dispatcher | undefined;
	const own = config as unknown as {createDispatcher: Make};
	const make = own.createDispatcher.bind(config);
	own.createDispatcher = (cluster, options) => {
		const key = JSON.stringify(options);
		const dispatcher = kept.get(key) ?? make(cluster, options);
		if (dispatcher !== undefined) {
			kept.set(key, dispatcher);
		}
		return dispatcher;
	};
	return kept;
}
