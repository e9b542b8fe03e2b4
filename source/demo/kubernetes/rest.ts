/** Reads and writes of objects, with optimistic concurrency. */
import {randomBytes} from 'node:crypto';
import {list} from './lists.ts';
import type {KubeObject, ObjectStore} from './object-store.ts';
import {patched} from './patch.ts';
import type {RequestInfo} from './request-info.ts';
import type {Resource} from './resources.ts';
import {ApiError, alreadyExists, badRequest, conflict, invalid, methodNotAllowed, notFound} from './status.ts';
import type {Storage} from './storage.ts';

export type Body = {readonly text: string; readonly contentType: string};
export type Answer = {readonly code: number; readonly body: object};

/** What becomes of an object before it is created; throws `ApiError` where it must not be. */
export type Admit = (resource: Resource, object: KubeObject) => KubeObject;

export class Rest {
	readonly #store: ObjectStore;
	readonly #storage: Storage;
	readonly #admit: Admit;

	constructor(store: ObjectStore, storage: Storage, admit: Admit) {
		this.#store = store;
		this.#storage = storage;
		this.#admit = admit;
	}

	/** Everything but watches. Throws `ApiError`. */
	async answer(resource: Resource, info: RequestInfo, body: Body): Promise<Answer> {
		const {verb, subresource} = info;
		if (subresource !== undefined && (subresource !== 'status' || !resource.subresources?.includes('status'))) {
			throw methodNotAllowed();
		}
		switch (verb) {
			case 'list':
				return {code: 200, body: list(this.#store, resource, info)};
			case 'get':
				return {code: 200, body: this.#existing(resource, info)};
			case 'create':
				return {code: 201, body: await this.#create(resource, info, readObject(body))};
			case 'update': {
				const object = readObject(body);
				return {code: 200, body: await this.#replace(resource, info, () => object)};
			}
			case 'patch': {
				const patch = readJson(body);
				const change = (old: KubeObject) => patched(old, patch, body.contentType);
				return {code: 200, body: await this.#replace(resource, info, change)};
			}
			case 'delete':
				return {code: 200, body: await this.#delete(resource, info, body)};
			default:
				throw methodNotAllowed();
		}
	}

	#existing(resource: Resource, {namespace, name}: RequestInfo): KubeObject {
		const object = this.#store.get(resource, namespace, name!);
		if (object === undefined) {
			throw notFound(resource, name!);
		}
		return object;
	}

	async #create(resource: Resource, {namespace}: RequestInfo, sent: KubeObject): Promise<KubeObject> {
		const {generateName, name = `${generateName}${randomBytes(3).toString('hex')}`} = sent.metadata;
		if (sent.metadata.name === undefined && generateName === undefined) {
			throw invalid(resource, '', 'metadata.name: Required value: name or generateName is required');
		}
		if (sent.metadata.resourceVersion !== undefined) {
			throw badRequest('resourceVersion should not be set on objects to be created');
		}
		checkNamespace(sent, namespace);
		const metadata = {...sent.metadata, name, ...(namespace !== undefined && {namespace})};
		const object = this.#admit(resource, {...sent, metadata});
		const refuseSecond = () => {
			if (this.#store.get(resource, namespace, name) !== undefined) {
				throw alreadyExists(resource, name);
			}
		};
		refuseSecond();
		await this.#storage.write(storageKey(resource, object.metadata), object);
		// Somebody may have been faster meanwhile.
		refuseSecond();
		return this.#store.put(resource, object);
	}

	async #replace(resource: Resource, info: RequestInfo, change: (old: KubeObject) => KubeObject): Promise<KubeObject> {
		const old = this.#existing(resource, info);
		const sent = change(old);
		const {name, uid, resourceVersion} = sent.metadata;
		checkNamespace(sent, info.namespace);
		if (name !== info.name) {
			throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
		}
		if (uid !== undefined && uid !== old.metadata.uid) {
			const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
			throw conflict(resource, name, why);
		}
		if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
			throw conflict(resource, name);
		}
		const object: KubeObject =
			info.subresource === 'status'
				? {...old, status: sent['status']}
				: {...sent, metadata: {...sent.metadata, ...(info.namespace !== undefined && {namespace: info.namespace})}};
		await this.#storage.write(storageKey(resource, object.metadata), object);
		// Somebody may have been faster meanwhile.
		if (this.#existing(resource, info) !== old) {
			throw conflict(resource, name);
		}
		return this.#store.put(resource, object);
	}

	async #delete(resource: Resource, info: RequestInfo, body: Body): Promise<object> {
		const {metadata} = this.#existing(resource, info);
		const {uid, name} = metadata;
		const options = body.text === '' ? {} : (readJson(body) as {readonly preconditions?: Record<string, string>});
		for (const [field, wanted] of Object.entries(options.preconditions ?? {})) {
			if (metadata[field] !== wanted) {
				const why = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${metadata[field]}`;
				throw conflict(resource, name, why);
			}
		}
		await this.#storage.delete(storageKey(resource, metadata));
		this.#store.remove(resource, info.namespace, name);
		const details = {name, ...(resource.group !== '' && {group: resource.group}), kind: resource.plural, uid};
		return {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details};
	}
}

/** Throws `ApiError`: for protobuf, which `kubectl auth` sends, too. */
export function readJson({text, contentType}: Body): unknown {
	if (!/json/.test(contentType)) {
		const message = 'the body of the request was in an unknown format - accepted media types include: application/json';
		throw new ApiError(415, 'UnsupportedMediaType', message);
	}
	try {
		return JSON.parse(text);
	} catch (error) {
		throw badRequest(`the object provided is unrecognized: ${(error as Error).message}`);
	}
}

/** Where a real API server keeps it. */
export function storageKey({group, plural}: Resource, {namespace, name}: KubeObject['metadata']): string {
	const parts = [group.endsWith('.openshift.io') ? group : '', plural, namespace ?? '', name];
	return `/registry/${parts.filter((part) => part !== '').join('/')}`;
}

function readObject(body: Body): KubeObject {
	const object = readJson(body);
	if (typeof object !== 'object' || object === null) {
		throw badRequest('the object provided is unrecognized');
	}
	return {...object, metadata: (object as Partial<KubeObject>).metadata ?? ({} as KubeObject['metadata'])};
}

function checkNamespace({metadata}: KubeObject, namespace: string | undefined): void {
	if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
		throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
	}
}
