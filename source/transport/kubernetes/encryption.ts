/** Encryption of etcd's values on OpenShift: one object that says what is wanted, three operators that carry it out, and their keys. */
import {CoreV1Api, CustomObjectsApi, PatchStrategy, setHeaderOptions} from '@kubernetes/client-node';
import {apiServers, type EncryptionConfig, type EncryptionSight} from '../../domain/encryption.ts';
import {patchText} from '../../domain/encryption-plan.ts';
import {mayHaveHappened} from '../../domain/failure.ts';
import type {EncryptionPort} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import {conditionsOf, keyOf, type OperatorObject} from './encryption-objects.ts';
import {askPermissions, type Permission, permissionText} from './permissions.ts';
import {told} from './told.ts';

const config = {group: 'config.openshift.io', version: 'v1', plural: 'apiservers', name: 'cluster'} as const;
const operatorGroup = 'operator.openshift.io';
const keysNamespace = 'openshift-config-managed';
/** On every Secret of a key. */
const keysLabel = 'encryption.apiserver.operator.openshift.io/component';

/** Lists come without what is in the objects: no key leaves the API server for it. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const configPermission: Permission = {verb: 'get', resource: config.plural, group: config.group, name: config.name};
const patchPermission: Permission = {...configPermission, verb: 'patch'};
const keysPermission: Permission = {verb: 'list', resource: 'secrets', namespace: keysNamespace};
const operatorPermission = (plural: string): Permission => ({
	verb: 'get',
	resource: plural,
	group: operatorGroup,
	name: 'cluster',
});

/** Roles change seldom: asked again after that, in ms. */
const permissionFreshMs = 60_000;

export function createEncryptionPort(client: KubernetesClient, call: CallOptions): EncryptionPort {
	let asked: {readonly at: number; readonly denied: Promise<string | undefined>} | undefined;

	async function deniedPatch(): Promise<string | undefined> {
		const now = performance.now();
		if (asked === undefined || now - asked.at > permissionFreshMs) {
			// Who gets no answer gets to know by trying.
			const denied = askPermissions(client, [patchPermission], call).then(
				(permissions) => permissions.missing([patchPermission])[0],
				() => {
					asked = undefined;
					return undefined;
				},
			);
			asked = {at: now, denied};
		}
		return asked.denied;
	}

	return {
		async look(signal) {
			const options = {...call, ...(signal && {signal})};
			const [denied, at, keys, ...servers] = await Promise.all([
				deniedPatch(),
				told(configPermission, readConfig(client, options)),
				told(keysPermission, readKeys(client, options)),
				...apiServers.map(({operator}) => told(operatorPermission(operator), readConditions(client, operator, options))),
			]);
			return {
				...(at.kind === 'told' && at.value.serverNowMs !== undefined && {serverNowMs: at.value.serverNowMs}),
				config: at.kind === 'told' ? {kind: 'told', value: at.value.config} : at,
				servers: Object.fromEntries(apiServers.map(({id}, index) => [id, servers[index]!])) as EncryptionSight['servers'],
				keys,
				...(denied !== undefined && {deniedPatch: denied}),
			};
		},
		async set(type, version) {
			try {
				await client.request(
					'APIServer cluster',
					CustomObjectsApi,
					(api, configuration) =>
						api.patchClusterCustomObject(
							{...config, body: JSON.parse(patchText(type, version)), fieldManager: 'etcdtop'},
							setHeaderOptions('Content-Type', PatchStrategy.MergePatch, configuration),
						),
					call,
				);
				return {kind: 'written'};
			} catch (error) {
				return refusal(error);
			}
		},
	};
}

/** Throws what leaves it open whether the change arrived. */
function refusal(error: unknown): {readonly kind: 'conflict'} | {readonly kind: 'refused'; readonly why: string} {
	const failure = failureOf(error);
	if (statusCodeOf(error) === 409) {
		return {kind: 'conflict'};
	}
	if (/database space exceeded/.test(failure.message)) {
		return {kind: 'refused', why: 'under NOSPACE the API refuses every write; get out of NOSPACE first'};
	}
	if (failure.kind === 'permission-denied') {
		return {kind: 'refused', why: `you may not ${permissionText(patchPermission)}; ask for that permission`};
	}
	if (!mayHaveHappened(failure) || statusCodeOf(error) === 404) {
		return {kind: 'refused', why: failure.message};
	}
	throw error instanceof TransportError ? error : new TransportError(failure, error);
}

type Read = {readonly config: EncryptionConfig; readonly serverNowMs?: number};

async function readConfig(client: KubernetesClient, options: CallOptions): Promise<Read> {
	const {data, headers} = await client.request(
		'APIServer cluster',
		CustomObjectsApi,
		(api, configuration) => api.getClusterCustomObjectWithHttpInfo(config, configuration),
		options,
	);
	const {metadata, spec} = data as {
		readonly metadata?: {readonly resourceVersion?: unknown};
		readonly spec?: {readonly encryption?: {readonly type?: unknown}};
	};
	const serverNowMs = Date.parse(headers['date'] ?? '');
	return {
		config: {type: text(spec?.encryption?.type), version: text(metadata?.resourceVersion)},
		...(!Number.isNaN(serverNowMs) && {serverNowMs}),
	};
}

async function readConditions(client: KubernetesClient, plural: string, options: CallOptions) {
	const object = await client.request(
		`${plural} cluster`,
		CustomObjectsApi,
		(api, configuration) =>
			api.getClusterCustomObject({group: operatorGroup, version: 'v1', plural, name: 'cluster'}, configuration),
		options,
	);
	return conditionsOf(object as OperatorObject);
}

async function readKeys(client: KubernetesClient, options: CallOptions) {
	const {items} = await client.request(
		`encryption keys in ${keysNamespace}`,
		CoreV1Api,
		(api, configuration) =>
			api.listNamespacedSecret(
				{namespace: keysNamespace, labelSelector: keysLabel},
				setHeaderOptions('Accept', metadataOnly, configuration),
			),
		options,
	);
	// Only what stands around a key; a server that knows no such lists sends more, and nothing looks at that.
	return items.flatMap(({metadata}) => keyOf(metadata) ?? []);
}

function text(value: unknown): string {
	return typeof value === 'string' ? safeText(value) : '';
}
