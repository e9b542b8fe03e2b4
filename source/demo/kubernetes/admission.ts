/** What OpenShift's admission does with a pod: the default node selector, pod security, and who may use the privileged constraint. */
import type {KubeObject, ObjectStore} from './object-store.ts';
import type {Resource} from './resources.ts';
import {ApiError, notFound} from './status.ts';
import type {ApiUser} from './users.ts';

const namespaces = {group: '', plural: 'namespaces'} as const;

type PodSpec = {
	readonly nodeSelector?: Readonly<Record<string, string>>;
	readonly hostPID?: boolean;
	readonly hostNetwork?: boolean;
	readonly containers?: readonly {readonly name: string; readonly securityContext?: {readonly privileged?: boolean}}[];
	readonly volumes?: readonly {readonly name: string; readonly hostPath?: object}[];
};

export class Admission {
	/** `spec.defaultNodeSelector` of the cluster's scheduler: for pods in namespaces that say nothing of their own. */
	defaultNodeSelector: Readonly<Record<string, string>> = {};
	/** For namespaces without the label. */
	podSecurity: 'privileged' | 'restricted' = 'restricted';
	readonly #store: ObjectStore;

	constructor(store: ObjectStore) {
		this.#store = store;
	}

	/** The object as it is created. Throws `ApiError`. */
	admit(user: ApiUser, {plural}: Resource, object: KubeObject): KubeObject {
		if (plural === 'namespaces') {
			return {...object, spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}};
		}
		if (plural !== 'pods') {
			return object;
		}
		const {namespace = ''} = object.metadata;
		const home = this.#store.get(namespaces, undefined, namespace);
		if (home === undefined) {
			throw notFound(namespaces, namespace);
		}
		const spec = (object['spec'] ?? {}) as PodSpec;
		const enforced = home.metadata.labels?.['pod-security.kubernetes.io/enforce'] ?? this.podSecurity;
		const violations = violationsOf(spec);
		if (violations.length > 0) {
			this.#demandConstraint(user, object.metadata.name, namespace);
			if (enforced !== 'privileged') {
				throw refused(object.metadata.name, `violates PodSecurity "${enforced}:latest": ${violations.join(', ')}`);
			}
		}
		const annotations = home.metadata['annotations'] as Readonly<Record<string, string>> | undefined;
		const selector = annotations?.['openshift.io/node-selector'] === undefined ? this.defaultNodeSelector : {};
		return {...object, spec: {...spec, nodeSelector: {...spec.nodeSelector, ...selector}}, status: {phase: 'Pending'}};
	}

	#demandConstraint(user: ApiUser, name: string, namespace: string): void {
		const constraint = {verb: 'use', group: 'security.openshift.io', resource: 'securitycontextconstraints', name: 'privileged'};
		if (!user.may({...constraint, namespace})) {
			throw refused(
				name,
				'unable to validate against any security context constraint: provider "privileged": Forbidden: not usable by user or serviceaccount',
			);
		}
	}
}

function violationsOf({hostPID, hostNetwork, containers = [], volumes = []}: PodSpec): readonly string[] {
	const privileged = containers.filter(({securityContext}) => securityContext?.privileged).map(({name}) => `"${name}"`);
	const paths = volumes.filter(({hostPath}) => hostPath !== undefined).map(({name}) => `"${name}"`);
	const shared = [...(hostNetwork ? ['hostNetwork=true'] : []), ...(hostPID ? ['hostPID=true'] : [])];
	return [
		...(shared.length > 0 ? [`host namespaces (${shared.join(', ')})`] : []),
		...(privileged.length > 0
			? [`privileged (container ${privileged.join(', ')} must not set securityContext.privileged=true)`]
			: []),
		...(paths.length > 0 ? [`hostPath volumes (volume ${paths.join(', ')})`] : []),
	];
}

function refused(name: string, why: string): ApiError {
	return new ApiError(403, 'Forbidden', `pods "${name}" is forbidden: ${why}`, {name, kind: 'pods'});
}
