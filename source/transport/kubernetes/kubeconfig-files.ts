/** The kubeconfig as kubectl reads it: which files count, how several become one, and the service account of a pod. */
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, dirname, isAbsolute, join, resolve} from 'node:path';
import {load} from 'js-yaml';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';

/** Fields by their names in the file. */
type Fields = Readonly<Record<string, unknown>>;

export type Entry = {readonly name: string; readonly fields: Fields};

export type Kubeconfig = {
	readonly contexts: readonly Entry[];
	readonly clusters: readonly Entry[];
	readonly users: readonly Entry[];
	readonly currentContext?: string;
	/** Where it comes from, for messages. */
	readonly source: string;
};

export type KubeconfigPlace = {
	/** `--kubeconfig`. */
	readonly kubeconfig?: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Where a pod finds its service account. */
	readonly serviceAccountFolder?: string;
};

const defaultServiceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws `TransportError` that names the file and what is wrong with it, or where one was looked for. */
export function readKubeconfig(place: KubeconfigPlace): Kubeconfig {
	return findKubeconfig(place) ?? nothing(kubeconfigPaths(place));
}

/** Undefined where there is none; throws `TransportError` for one that was named and isn't there, or that can't be read. */
export function findKubeconfig(place: KubeconfigPlace): Kubeconfig | undefined {
	const {kubeconfig, environment, serviceAccountFolder = defaultServiceAccountFolder} = place;
	if (kubeconfig !== undefined) {
		return merge([readFile(kubeconfig) ?? missing(kubeconfig)], kubeconfig);
	}
	const paths = kubeconfigPaths(place);
	// As kubectl does: of several files those that aren't there are passed over.
	const files = paths.map(readFile).filter((file) => file !== undefined);
	const merged = merge(files, paths.join(delimiter));
	return merged.contexts.length > 0 || merged.clusters.length > 0 ? merged : inCluster(environment, serviceAccountFolder);
}

/** Where a kubeconfig is looked for. */
export function kubeconfigPaths({kubeconfig, environment}: KubeconfigPlace): string[] {
	if (kubeconfig !== undefined) {
		return [kubeconfig];
	}
	const listed = [...new Set((environment.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== ''))];
	return listed.length > 0 ? listed : [join(environment.HOME ?? homedir(), '.kube', 'config')];
}

/** The document, its paths made absolute; undefined where there is no such file. */
function readFile(path: string): Fields | undefined {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			return undefined;
		}
		const reason = {EACCES: 'you may not read it', EISDIR: 'it is a directory'}[code] ?? code;
		throw unusable(path, reason, 'Give a kubeconfig that you may read with --kubeconfig or KUBECONFIG.', error);
	}
	const document = parse(path, text);
	return absolutePaths(document, dirname(resolve(path)));
}

function parse(path: string, text: string): Fields {
	let document: unknown;
	try {
		document = load(text);
	} catch (error) {
		const {reason, mark} = error as {reason?: string; mark?: {line: number}};
		const where = mark === undefined ? '' : ` in line ${mark.line + 1}`;
		throw unusable(
			path,
			`not YAML${where}: ${reason ?? (error as Error).message}`,
			'Mend the file, or give another with --kubeconfig.',
			error,
		);
	}
	if (document === undefined || document === null) {
		return {};
	}
	if (typeof document !== 'object' || Array.isArray(document)) {
		throw unusable(path, 'it holds no kubeconfig', 'Give a kubeconfig with --kubeconfig or KUBECONFIG.');
	}
	return document as Fields;
}

const lists = ['clusters', 'users', 'contexts'] as const;
const kinds = {clusters: 'cluster', users: 'user', contexts: 'context'} as const;
const pathFields: ReadonlySet<string> = new Set([
	'certificate-authority',
	'client-certificate',
	'client-key',
	'tokenFile',
	'token-file',
]);

function absolutePaths(document: Fields, folder: string): Fields {
	const absolute = (path: string) => (path === '' || isAbsolute(path) ? path : join(folder, path));
	const mended = lists.map((list): [string, Entry[]] => {
		const entries = entriesOf(document, list).map(({name, fields}) => {
			const own = Object.entries(fields).map(([key, value]): [string, unknown] => {
				if (key === 'exec' && isFields(value) && typeof value.command === 'string' && value.command.includes('/')) {
					return [key, {...value, command: absolute(value.command)}];
				}
				return [key, pathFields.has(key) && typeof value === 'string' ? absolute(value) : value];
			});
			return {name, fields: Object.fromEntries(own)};
		});
		return [list, entries];
	});
	return {...Object.fromEntries(mended), 'current-context': document['current-context']};
}

function entriesOf(document: Fields, list: (typeof lists)[number]): Entry[] {
	const entries = document[list];
	return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown) => {
		if (!isFields(entry) || typeof entry.name !== 'string') {
			return [];
		}
		const fields = entry[kinds[list]];
		return [{name: entry.name, fields: isFields(fields) ? fields : {}}];
	});
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of two entries with one name, and of two current contexts, the first counts. */
function merge(documents: readonly Fields[], source: string): Kubeconfig {
	const all = (list: (typeof lists)[number]): Entry[] => {
		const byName = new Map<string, Entry>();
		for (const document of documents) {
			for (const entry of document[list] as readonly Entry[]) {
				if (!byName.has(entry.name)) {
					byName.set(entry.name, entry);
				}
			}
		}
		return [...byName.values()];
	};
	const currentContext = documents
		.map((document) => document['current-context'])
		.find((name): name is string => typeof name === 'string' && name !== '');
	return {
		contexts: all('contexts'),
		clusters: all('clusters'),
		users: all('users'),
		...(currentContext !== undefined && {currentContext}),
		source,
	};
}

/** The service account of the pod that we run in, if we do. */
function inCluster(
	{KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port}: NodeJS.ProcessEnv,
	folder: string,
): Kubeconfig | undefined {
	const tokenFile = join(folder, 'token');
	if (!host || !port || !existsSync(tokenFile)) {
		return undefined;
	}
	const name = 'in-cluster';
	const namespace = existsSync(join(folder, 'namespace')) ? readFileSync(join(folder, 'namespace'), 'utf8').trim() : undefined;
	const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
	return {
		contexts: [{name, fields: {cluster: name, user: name, ...(namespace !== undefined && {namespace})}}],
		clusters: [{name, fields: {server, 'certificate-authority': join(folder, 'ca.crt')}}],
		users: [{name, fields: {tokenFile}}],
		currentContext: name,
		source: "this pod's service account",
	};
}

function missing(path: string): never {
	throw unusable(path, 'there is no such file', 'Give a kubeconfig with --kubeconfig or KUBECONFIG.');
}

function nothing(paths: readonly string[]): never {
	throw new TransportError({
		kind: 'unsupported',
		message: `no kubeconfig: ${safeText(paths.join(', '))} ${paths.length === 1 ? 'is' : 'are'} not there or empty`,
		nextStep: "Log in (oc login, or your cluster's way), give --kubeconfig, or reach etcd directly with --endpoints.",
	});
}

function unusable(path: string, reason: string, nextStep: string, cause?: unknown): TransportError {
	return new TransportError({kind: 'unsupported', message: safeText(`${path}: ${reason}`), nextStep}, cause);
}
