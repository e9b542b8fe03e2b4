/** An operator's conditions and a key's annotations as plain data. Both hold texts of anybody's hand. */
import type {V1ObjectMeta} from '@kubernetes/client-node';
import type {ApiServerConditions, EncryptionKey} from '../../domain/encryption.ts';
import {safeText} from '../safe-text.ts';

type Condition = {readonly type?: unknown; readonly status?: unknown; readonly reason?: unknown; readonly message?: unknown};

export type OperatorObject = {
	readonly status?: {
		readonly conditions?: readonly Condition[];
		readonly latestAvailableRevision?: unknown;
		readonly nodeStatuses?: readonly {readonly nodeName?: unknown; readonly currentRevision?: unknown}[];
	};
};

/** Static pods; the pods of a Deployment. */
const rollouts = ['NodeInstallerProgressing', 'APIServerDeploymentProgressing'];
const migration = 'EncryptionMigrationControllerProgressing';

/** More of anything than a cluster has is no use to anybody. */
const maximumCount = 50;

export function conditionsOf({status}: OperatorObject): ApiServerConditions {
	const conditions = (Array.isArray(status?.conditions) ? status.conditions : []) as readonly Condition[];
	const find = (type: string) => conditions.find((condition) => condition.type === type);
	const encrypted = find('Encrypted');
	const converging = rolloutText(rollouts.map(find)) ?? nodesText(status);
	const migrating = find(migration);
	return {
		...(encrypted !== undefined && {encrypted: {reason: text(encrypted.reason), message: text(encrypted.message)}}),
		migrating: migrating?.status === 'True' ? resourcesIn(text(migrating.message)) : [],
		...(converging !== undefined && {converging}),
		failing: conditions.filter(isFailing).slice(0, maximumCount).map(failureText),
	};
}

function rolloutText(conditions: readonly (Condition | undefined)[]): string | undefined {
	const going = conditions.find((condition) => condition?.status === 'True');
	return going === undefined ? undefined : text(going.message) || text(going.type);
}

/** A condition may not have been written yet where the nodes differ already. */
function nodesText(status: OperatorObject['status']): string | undefined {
	const latest = status?.latestAvailableRevision;
	const nodes = Array.isArray(status?.nodeStatuses) ? status.nodeStatuses : [];
	const behind = nodes.filter(({currentRevision}) => typeof latest === 'number' && (currentRevision ?? 0) !== latest);
	const names = behind.slice(0, maximumCount).map(({nodeName}) => text(nodeName));
	return names.length === 0 ? undefined : `not at revision ${latest} yet: ${names.join(', ')}`;
}

function isFailing({type, status}: Condition): boolean {
	return status === 'True' && /^Encryption\w*ControllerDegraded$/.test(String(type));
}

function failureText({type, reason, message}: Condition): string {
	return `${text(type).replace(/Degraded$/, '')}: ${text(message) || text(reason) || 'degraded'}`;
}

/** `migrating resources to a new write key: [core/configmaps route.openshift.io/routes]` */
function resourcesIn(message: string): readonly string[] {
	const [, list = ''] = /\[([^\]]*)\]/.exec(message) ?? [];
	return list
		.split(' ')
		.filter((word) => word !== '')
		.slice(0, maximumCount)
		.map((word) => {
			const [group = '', resource] = word.split('/');
			return resource === undefined ? group : resourceName(group === 'core' ? '' : group, resource);
		});
}

function resourceName(group: string, resource: string): string {
	return group === '' ? resource : `${resource}.${group}`;
}

const annotation = 'encryption.apiserver.operator.openshift.io/';

/** Undefined for a Secret whose name is no key's. */
export function keyOf(metadata: V1ObjectMeta | undefined): EncryptionKey | undefined {
	const {name = '', annotations = {}, labels = {}, creationTimestamp} = metadata ?? {};
	const id = Number(/^encryption-key-.+-(\d{1,15})$/.exec(name)?.[1]);
	if (Number.isNaN(id)) {
		return undefined;
	}
	const createdAtMs = creationTimestamp === undefined ? Number.NaN : new Date(creationTimestamp).getTime();
	const migratedAtMs = Date.parse(annotations[`${annotation}migrated-timestamp`] ?? '');
	return {
		component: text(labels[`${annotation}component`]),
		id,
		mode: text(annotations[`${annotation}mode`]),
		migrated: migratedIn(annotations[`${annotation}migrated-resources`]),
		...(!Number.isNaN(createdAtMs) && {createdAtMs}),
		...(!Number.isNaN(migratedAtMs) && {migratedAtMs}),
	};
}

/** `{"resources":[{"Group":"","Resource":"secrets"}]}`, as Go writes it; what can't be read is nothing. */
function migratedIn(annotationText: string | undefined): readonly string[] {
	let value: unknown;
	try {
		value = JSON.parse(annotationText ?? '');
	} catch {
		return [];
	}
	const {resources} = (value ?? {}) as {readonly resources?: unknown};
	return (Array.isArray(resources) ? resources : []).slice(0, maximumCount).flatMap((one: unknown) => {
		const {Group = '', Resource} = (one ?? {}) as {readonly Group?: unknown; readonly Resource?: unknown};
		const resource = text(Resource);
		return resource === '' ? [] : [resourceName(text(Group), resource)];
	});
}

function text(value: unknown): string {
	return typeof value === 'string' ? safeText(value) : '';
}
