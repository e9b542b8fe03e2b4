/** One context of a kubeconfig: which API server, as whom, in which namespace. */
import {nearest} from '../../domain/nearest.ts';
import {type SafeText, safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {Entry, Kubeconfig} from './kubeconfig-files.ts';
import {proxyFor} from './proxy.ts';

/** A program that gets credentials, as client-go runs it. */
export type CredentialPlugin = {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly apiVersion: string;
	/** Wants to know which cluster it is for. */
	readonly provideClusterInfo: boolean;
	/** It asks questions, for which there is no terminal here. */
	readonly alwaysAsks: boolean;
	readonly installHint?: string;
};

export type KubeContext = {
	readonly name: string;
	readonly namespace?: string;
	readonly cluster: {
		readonly name: string;
		/** Without a slash at the end. */
		readonly server: string;
		/** Base64 of PEM. */
		readonly caData?: string;
		readonly caFile?: string;
		readonly tlsServerName?: string;
		readonly skipTlsVerify: boolean;
		readonly proxyUrl?: string;
	};
	readonly user: {
		readonly name: string;
		readonly certData?: string;
		readonly certFile?: string;
		readonly keyData?: string;
		readonly keyFile?: string;
		readonly token?: string;
		readonly tokenFile?: string;
		readonly username?: string;
		readonly password?: string;
		readonly plugin?: CredentialPlugin;
		/** The client library's own business: OIDC. */
		readonly authProvider?: object;
		readonly impersonate?: string;
	};
};

export type ContextChoice = {
	/** `--context`; else the current one. */
	readonly context?: string;
	/** `--namespace`. */
	readonly namespace?: string;
	/** `--as`. */
	readonly as?: string;
	readonly environment: NodeJS.ProcessEnv;
};

/** Throws `TransportError` for a context that isn't there, with the nearest that is, or one that is incomplete. */
export function chooseContext(config: Kubeconfig, choice: ContextChoice): KubeContext {
	const name = choice.context ?? config.currentContext;
	if (name === undefined) {
		throw refused(`no current context in ${config.source}`, `Choose one with --context: ${names(config.contexts)}.`);
	}
	const context = config.contexts.find((entry) => entry.name === name) ?? unknownContext(name, config);
	const cluster = referred('cluster', context, config.clusters);
	const user = referred('user', context, config.users);
	const server = text(cluster.fields, 'server')?.replace(/\/+$/, '');
	if (server === undefined || !/^https?:\/\//.test(server) || !URL.canParse(server)) {
		throw refused(
			`cluster ${cluster.name} has no server's URL`,
			`Mend it in ${config.source}, or choose another with --context.`,
		);
	}
	const namespace = choice.namespace ?? text(context.fields, 'namespace');
	const proxyUrl = text(cluster.fields, 'proxy-url') ?? proxyFor(server, choice.environment);
	return {
		name,
		...(namespace !== undefined && {namespace}),
		cluster: {
			name: cluster.name,
			server,
			skipTlsVerify: cluster.fields['insecure-skip-tls-verify'] === true,
			...texts(cluster.fields, {
				caData: 'certificate-authority-data',
				caFile: 'certificate-authority',
				tlsServerName: 'tls-server-name',
			}),
			...(proxyUrl !== undefined && {proxyUrl}),
		},
		user: {name: user.name, ...credentials(user.fields, choice.as)},
	};
}

/** The names of all contexts; the current one first. */
export function contextNames({contexts, currentContext}: Kubeconfig): string[] {
	return contexts.map(({name}) => name).sort((one, other) => Number(other === currentContext) - Number(one === currentContext));
}

export type ContextEntry = {
	readonly name: string;
	readonly isCurrent: boolean;
	readonly cluster: string;
	/** Absent where the cluster is not there. */
	readonly server?: string;
	readonly user: string;
	readonly namespace?: string;
};

/** What kubectl lists of each context, without control characters; by name. */
export function listContexts({contexts, clusters, currentContext}: Kubeconfig): ContextEntry[] {
	return contexts
		.map(({name, fields}) => {
			const cluster = text(fields, 'cluster') ?? '';
			const server = text(clusters.find((entry) => entry.name === cluster)?.fields ?? {}, 'server');
			const namespace = text(fields, 'namespace');
			return {
				name: shownName(name),
				isCurrent: name === currentContext,
				cluster: safeText(cluster),
				...(server !== undefined && {server: safeText(server)}),
				user: safeText(text(fields, 'user') ?? ''),
				...(namespace !== undefined && {namespace: safeText(namespace)}),
			};
		})
		.sort((one, other) => one.name.localeCompare(other.name, 'en', {numeric: true}));
}

/** What is shown must not pass for another context: a name with characters that can't be seen says so. */
export function shownName(name: string): SafeText {
	const safe = safeText(name);
	return safe === name ? safe : safeText(`${safe} (with hidden characters)`);
}

/** Names that can be told apart and typed; by name. */
export function plainNames(config: Kubeconfig): readonly string[] {
	const plain = config.contexts.filter(({name}) => safeText(name) === name);
	return listContexts({...config, contexts: plain}).map(({name}) => name);
}

function credentials(fields: Entry['fields'], as: string | undefined): Omit<KubeContext['user'], 'name'> {
	const exec = fields.exec as Entry['fields'] | undefined | null;
	const authProvider = fields['auth-provider'] as object | undefined | null;
	const impersonate = as ?? text(fields, 'as');
	return {
		...texts(fields, {
			certData: 'client-certificate-data',
			certFile: 'client-certificate',
			keyData: 'client-key-data',
			keyFile: 'client-key',
			token: 'token',
			username: 'username',
			password: 'password',
		}),
		...texts(fields, {tokenFile: fields.tokenFile === undefined ? 'token-file' : 'tokenFile'}),
		...(exec && {plugin: plugin(exec)}),
		...(authProvider && {authProvider}),
		...(impersonate !== undefined && {impersonate}),
	};
}

function plugin(exec: Entry['fields']): CredentialPlugin {
	const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
	const installHint = text(exec, 'installHint');
	return {
		command: text(exec, 'command') ?? '',
		args: list(exec.args).map(String),
		env: Object.fromEntries(
			list(exec.env).map((variable) => [(variable as {name: string}).name, String((variable as {value: string}).value)]),
		),
		apiVersion: text(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
		provideClusterInfo: exec.provideClusterInfo === true,
		alwaysAsks: exec.interactiveMode === 'Always',
		...(installHint !== undefined && {installHint}),
	};
}

function text(fields: Entry['fields'], key: string): string | undefined {
	const value = fields[key];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Those of the fields that are there, under our names for them. */
function texts<K extends string>(fields: Entry['fields'], keys: Readonly<Record<K, string>>): {[key in K]?: string} {
	const found = Object.entries<string>(keys).map(([name, key]) => [name, text(fields, key)]);
	return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as {[key in K]?: string};
}

function referred(kind: 'cluster' | 'user', context: Entry, entries: readonly Entry[]): Entry {
	const name = text(context.fields, kind);
	const entry = entries.find((candidate) => candidate.name === name);
	if (entry === undefined && kind === 'user' && name === undefined) {
		return {name: 'nobody', fields: {}};
	}
	if (entry === undefined) {
		throw refused(
			`context ${context.name} names ${kind} ${name ?? '(none)'}, which is not there`,
			'Choose another with --context.',
		);
	}
	return entry;
}

function unknownContext(name: string, {contexts, source}: Kubeconfig): never {
	const near = nearest(
		name,
		contexts.map((entry) => entry.name),
	);
	const hint = near === undefined ? `There are ${names(contexts)}.` : `Did you mean ${near}? There are ${names(contexts)}.`;
	throw refused(`no context ${name} in ${source}`, contexts.length === 0 ? 'It holds no context at all.' : hint);
}

/** More than these are no help in one line. */
const maximumNamed = 8;

function names(entries: readonly Entry[]): string {
	const more = entries.length > maximumNamed ? ` and ${entries.length - maximumNamed} more` : '';
	return `${entries
		.slice(0, maximumNamed)
		.map(({name}) => name)
		.join(', ')}${more}`;
}

function refused(message: string, nextStep: string): TransportError {
	return new TransportError({kind: 'unsupported', message: safeText(message), nextStep: safeText(nextStep)});
}
