/** What the controllers of a cluster write: events, conditions, cordons. Their writes need etcd's as anybody's do. */
import {type KubeObject, type ObjectStore, timestamp} from './object-store.ts';
import type {Resource} from './resources.ts';
import {storageKey} from './rest.ts';
import {notFound} from './status.ts';
import type {Storage} from './storage.ts';

export type Condition = {
	readonly type: string;
	readonly status: 'True' | 'False' | 'Unknown';
	readonly reason?: string;
	readonly message?: string;
};

export type EventRecord = {
	readonly namespace: string;
	readonly reason: string;
	readonly message: string;
	/** Default `Normal`. */
	readonly type?: 'Normal' | 'Warning';
	/** Who reports it: the component, and what it is about. */
	readonly component: string;
	readonly involved: {readonly kind: string; readonly namespace?: string; readonly name: string};
	/** Default: now. */
	readonly at?: Date;
};

/** All of them throw `ApiError` while etcd takes no writes. */
export class Controllers {
	readonly #resources: readonly Resource[];
	readonly #store: ObjectStore;
	readonly #storage: Storage;
	#events = 0;

	constructor(resources: readonly Resource[], store: ObjectStore, storage: Storage) {
		this.#resources = resources;
		this.#store = store;
		this.#storage = storage;
	}

	/** Adds or replaces an object of any kind. */
	async write(plural: string, object: KubeObject): Promise<KubeObject> {
		const resource = this.#resource(plural);
		await this.#storage.write(storageKey(resource, object.metadata), object);
		return this.#store.put(resource, object);
	}

	async record({
		namespace,
		reason,
		message,
		type = 'Normal',
		component,
		involved,
		at = new Date(),
	}: EventRecord): Promise<KubeObject> {
		const name = `${involved.name}.${at.getTime().toString(16)}${(this.#events++).toString(16).padStart(4, '0')}`;
		const seenAt = timestamp(at);
		return this.write('events', {
			metadata: {name, namespace},
			involvedObject: involved,
			reason,
			message,
			type,
			count: 1,
			source: {component},
			reportingComponent: component,
			firstTimestamp: seenAt,
			lastTimestamp: seenAt,
			eventTime: null,
		});
	}

	/** As OpenShift's own controller reports its defragmentations. */
	async recordDefragmentation(outcome: 'Attempt' | 'Success' | 'Failed', message: string, at?: Date): Promise<KubeObject> {
		const namespace = 'openshift-etcd-operator';
		return this.record({
			namespace,
			reason: `DefragControllerDefragment${outcome}`,
			message,
			type: outcome === 'Failed' ? 'Warning' : 'Normal',
			component: 'openshift-cluster-etcd-operator-defrag-controller-defragcontroller',
			involved: {kind: 'Deployment', namespace, name: 'etcd-operator'},
			...(at && {at}),
		});
	}

	/** Of an object with conditions in its status: `clusteroperators` `etcd`, `nodes` `master-1`. */
	async setCondition(plural: string, name: string, condition: Condition): Promise<KubeObject> {
		const object = this.#existing(plural, name);
		const status = (object['status'] ?? {}) as {readonly conditions?: readonly Condition[]};
		const others = (status.conditions ?? []).filter(({type}) => type !== condition.type);
		const conditions = [...others, {...condition, lastTransitionTime: timestamp()}];
		return this.write(plural, {...object, status: {...status, conditions}});
	}

	async cordon(node: string, isCordoned = true): Promise<KubeObject> {
		const object = this.#existing('nodes', node);
		const {unschedulable: _, ...spec} = object['spec'] as {readonly unschedulable?: boolean};
		return this.write('nodes', {...object, spec: {...spec, ...(isCordoned && {unschedulable: true})}});
	}

	#existing(plural: string, name: string): KubeObject {
		const resource = this.#resource(plural);
		const object = this.#store.get(resource, undefined, name);
		if (object === undefined) {
			throw notFound(resource, name);
		}
		return object;
	}

	#resource(plural: string): Resource {
		const resource = this.#resources.find((each) => each.plural === plural);
		if (resource === undefined) {
			throw new Error(`this API has no ${plural}`);
		}
		return resource;
	}
}
