/** The objects of the API, each with its resource version, and the changes that made them. */
import {randomUUID} from 'node:crypto';
import {apiVersionOf, type Resource} from './resources.ts';

export type KubeObject = {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly metadata: ObjectMeta;
	readonly [field: string]: unknown;
};

export type ObjectMeta = {
	readonly name: string;
	readonly namespace?: string;
	readonly uid?: string;
	readonly resourceVersion?: string;
	readonly creationTimestamp?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly [field: string]: unknown;
};

export type Change = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly resourceVersion: number;
	readonly plural: string;
	readonly object: KubeObject;
};

/** Kinds are told apart by their plural: no two groups here share one. */
type Kind = Pick<Resource, 'plural'>;
type WholeKind = Pick<Resource, 'group' | 'version' | 'plural' | 'kind'>;

/** As many as a real server's watch cache holds, about. */
const keptChanges = 1000;

export class ObjectStore {
	/** By plural, then by namespace and name. */
	readonly #objects = new Map<string, Map<string, KubeObject>>();
	readonly #listeners = new Set<(change: Change) => void>();
	#changes: Change[] = [];
	#resourceVersion = 1;
	#forgottenUpTo = 0;

	get resourceVersion(): number {
		return this.#resourceVersion;
	}

	list({plural}: Kind, namespace?: string): KubeObject[] {
		return [...(this.#objects.get(plural)?.entries() ?? [])]
			.filter(([, {metadata}]) => namespace === undefined || metadata.namespace === namespace)
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([, object]) => object);
	}

	get({plural}: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
		return this.#objects.get(plural)?.get(keyOf({namespace, name}));
	}

	/** Adds or replaces. What makes up its identity is kept, or made. */
	put(resource: WholeKind, object: KubeObject): KubeObject {
		const {plural, kind} = resource;
		const objects = this.#objects.get(plural) ?? new Map<string, KubeObject>();
		this.#objects.set(plural, objects);
		const key = keyOf(object.metadata);
		const old = objects.get(key)?.metadata;
		const resourceVersion = ++this.#resourceVersion;
		const stored: KubeObject = {
			kind,
			apiVersion: apiVersionOf(resource),
			...object,
			metadata: {
				...object.metadata,
				uid: old?.uid ?? object.metadata.uid ?? randomUUID(),
				creationTimestamp: old?.creationTimestamp ?? object.metadata.creationTimestamp ?? timestamp(),
				resourceVersion: String(resourceVersion),
			},
		};
		objects.set(key, stored);
		this.#tell({type: old === undefined ? 'ADDED' : 'MODIFIED', resourceVersion, plural, object: stored});
		return stored;
	}

	remove({plural}: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
		const objects = this.#objects.get(plural);
		const object = objects?.get(keyOf({namespace, name}));
		if (object === undefined) {
			return undefined;
		}
		objects!.delete(keyOf({namespace, name}));
		const resourceVersion = ++this.#resourceVersion;
		const last = {...object, metadata: {...object.metadata, resourceVersion: String(resourceVersion)}};
		this.#tell({type: 'DELETED', resourceVersion, plural, object: last});
		return last;
	}

	/** Undefined where some of them are forgotten. */
	changesSince(resourceVersion: number): readonly Change[] | undefined {
		return resourceVersion < this.#forgottenUpTo
			? undefined
			: this.#changes.filter((change) => change.resourceVersion > resourceVersion);
	}

	/** Forgets all changes so far: whoever wants to go on from one of them has to start again. */
	forgetChanges(): void {
		// Nobody who saw the last change was left behind: a step further, so that they are.
		this.#forgottenUpTo = ++this.#resourceVersion;
		this.#changes = [];
	}

	/** Returns how to stop. */
	onChange(listener: (change: Change) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#tell(change: Change): void {
		this.#changes.push(change);
		if (this.#changes.length > keptChanges) {
			this.#forgottenUpTo = this.#changes.shift()!.resourceVersion;
		}
		for (const listener of this.#listeners) {
			listener(change);
		}
	}
}

/** Whole seconds, as the API has them. */
export function timestamp(date: Date = new Date()): string {
	return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function keyOf({namespace = '', name}: {readonly namespace?: string | undefined; readonly name: string}): string {
	return `${namespace}/${name}`;
}
