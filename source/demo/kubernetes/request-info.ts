/** What a request asks for, read from its method and its URL as a Kubernetes API server reads them. */
import {badRequest} from './status.ts';

export type RequestInfo = {
	/** As RBAC calls it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
	readonly verb: string;
	readonly group: string;
	readonly version: string;
	readonly resource: string;
	readonly subresource?: string;
	readonly namespace?: string;
	readonly name?: string;
	readonly query: URLSearchParams;
};

const verbs: Readonly<Record<string, string>> = {POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete'};

/** Undefined for what is no path of a resource: discovery, health. Throws `ApiError`. */
export function requestInfo(method: string, url: URL): RequestInfo | undefined {
	const [root, ...parts] = url.pathname.split('/').filter(Boolean).map(decoded);
	const inCore = root === 'api';
	if (!inCore && root !== 'apis') {
		return undefined;
	}
	const group = inCore ? '' : (parts.shift() ?? '');
	const version = parts.shift();
	const isInNamespace = parts[0] === 'namespaces' && parts.length > 2;
	const namespace = isInNamespace ? parts[1] : undefined;
	const [resource, name, ...rest] = isInNamespace ? parts.slice(2) : parts;
	if (version === undefined || resource === undefined) {
		return undefined;
	}
	return {
		verb: verbOf(method, name, url.searchParams),
		group,
		version,
		resource,
		...(rest.length > 0 && {subresource: rest.join('/')}),
		...(namespace !== undefined && {namespace}),
		...(name !== undefined && {name}),
		query: url.searchParams,
	};
}

export function isSet(query: URLSearchParams, name: string): boolean {
	return /^(1|t|true)$/i.test(query.get(name) ?? '');
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
	const verb = verbs[method];
	if (verb === undefined) {
		return isSet(query, 'watch') ? 'watch' : name === undefined ? 'list' : 'get';
	}
	return verb === 'delete' && name === undefined ? 'deletecollection' : verb;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw badRequest(`invalid URL escape in ${part}`);
	}
}
