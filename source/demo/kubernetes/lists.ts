/** Lists of objects, in chunks where they are asked for. */
import type {KubeObject, ObjectStore} from './object-store.ts';
import type {RequestInfo} from './request-info.ts';
import {apiVersionOf, type Resource} from './resources.ts';
import {selection} from './selectors.ts';
import {badRequest, expired} from './status.ts';

type Continue = {readonly resourceVersion: number; readonly start: string};

/** Throws `ApiError`. */
export function list(store: ObjectStore, resource: Resource, {namespace, query}: RequestInfo): object {
	const limit = Number(query.get('limit') ?? 0);
	const from = readContinue(query.get('continue'));
	if (from !== undefined && store.changesSince(from.resourceVersion) === undefined) {
		throw expired(
			'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
				'continue parameter, or use the continue token in this response to retrieve the remainder of the results.',
		);
	}
	const isSelected = selection(query);
	const all = store
		.list(resource, namespace)
		.filter((object) => isSelected(object) && (from === undefined || place(object) > from.start));
	const items = limit > 0 ? all.slice(0, limit) : all;
	const resourceVersion = from?.resourceVersion ?? store.resourceVersion;
	const last = items.at(-1);
	const remaining = all.length - items.length;
	const more = last !== undefined &&
		remaining > 0 && {
			continue: writeContinue({resourceVersion, start: place(last)}),
			// As the API has it: what a selector leaves out can't be counted without reading it.
			...(!query.has('labelSelector') && !query.has('fieldSelector') && {remainingItemCount: remaining}),
		};
	return {
		kind: `${resource.kind}List`,
		apiVersion: apiVersionOf(resource),
		metadata: {resourceVersion: String(resourceVersion), ...more},
		items: items.map((object) => itemOf(object, resource)),
	};
}

/** The list without what is in its objects. */
export function metadataOf(whole: object): object {
	const {metadata, items} = whole as {readonly metadata: object; readonly items: readonly KubeObject[]};
	return {
		kind: 'PartialObjectMetadataList',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		items: items.map((item) => ({kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: item.metadata})),
	};
}

/** As the API has it: items of built-in kinds don't repeat what their list says. */
function itemOf(object: KubeObject, {group}: Resource): object {
	const {kind: _kind, apiVersion: _apiVersion, ...item} = object;
	return group.endsWith('.openshift.io') ? object : item;
}

function place({metadata: {namespace = '', name}}: KubeObject): string {
	return `${namespace}/${name}`;
}

function writeContinue(from: Continue): string {
	return Buffer.from(JSON.stringify(from)).toString('base64url');
}

function readContinue(token: string | null): Continue | undefined {
	if (token === null || token === '') {
		return undefined;
	}
	try {
		return JSON.parse(Buffer.from(token, 'base64url').toString()) as Continue;
	} catch {
		throw badRequest('continue key is not valid');
	}
}
