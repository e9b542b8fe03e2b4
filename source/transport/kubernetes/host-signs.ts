/** What a backup asks of OpenShift beside what a defragmentation does: its proxy, its encryption, its version. */
import {CustomObjectsApi} from '@kubernetes/client-node';
import type {ClusterProxy, EncryptionSigns} from '../../domain/host-circumstances.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import type {Permission} from './permissions.ts';

const configGroup = 'config.openshift.io';
const operatorGroup = 'operator.openshift.io';
const encryptingServers = ['openshiftapiservers', 'kubeapiservers', 'authentications'] as const;

export const proxyPermission: Permission = {verb: 'get', group: configGroup, resource: 'proxies', name: 'cluster'};
export const versionPermission: Permission = {verb: 'get', group: configGroup, resource: 'clusterversions', name: 'version'};
export const encryptionPermissions: readonly [Permission, ...Permission[]] = [
	{verb: 'get', group: configGroup, resource: 'apiservers', name: 'cluster'},
	...encryptingServers.map((resource): Permission => ({verb: 'get', group: operatorGroup, resource, name: 'cluster'})),
];

type Json = Readonly<Record<string, unknown>>;

/** `noProxy` stands in the status with what OpenShift itself adds; without it the script's own requests would leave the cluster. */
export async function readProxy(client: KubernetesClient, options: CallOptions): Promise<ClusterProxy> {
	const proxy = await readOne(client, configGroup, 'proxies', 'cluster', options);
	const text = (field: string) => textOf(recordOf(proxy?.['status'])[field]) || textOf(recordOf(proxy?.['spec'])[field]);
	return {httpProxy: text('httpProxy'), httpsProxy: text('httpsProxy'), noProxy: text('noProxy')};
}

export async function readVersion(client: KubernetesClient, options: CallOptions): Promise<string | undefined> {
	const version = await readOne(client, configGroup, 'clusterversions', 'version', options);
	const {desired, history} = recordOf(version?.['status']);
	const completed = (Array.isArray(history) ? history : []).map(recordOf).find(({state}) => state === 'Completed');
	// During an update the desired one is not yet what runs.
	const text = textOf(completed?.['version']) || textOf(recordOf(desired)['version']);
	return text === '' ? undefined : safeText(text);
}

export async function readEncryption(client: KubernetesClient, options: CallOptions): Promise<EncryptionSigns> {
	const [apiServer, ...servers] = await Promise.all([
		readOne(client, configGroup, 'apiservers', 'cluster', options),
		...encryptingServers.map((plural) => readOne(client, operatorGroup, plural, 'cluster', options)),
	]);
	const encryption = recordOf(recordOf(apiServer?.['spec'])['encryption']);
	return {
		type: safeText(textOf(encryption['type'])),
		servers: encryptingServers.map((name, index) => {
			const conditions = conditionsOf(servers[index]);
			const reason = textOf(conditions.find(({type}) => type === 'Encrypted')?.['reason']);
			const migration = conditions.find(({type}) => type === 'EncryptionMigrationControllerProgressing');
			return {name, isMigrating: migration?.['status'] === 'True', ...(reason !== '' && {reason: safeText(reason)})};
		}),
	};
}

/** Undefined where there is none. */
async function readOne(
	client: KubernetesClient,
	group: string,
	plural: string,
	name: string,
	options: CallOptions,
): Promise<Json | undefined> {
	try {
		const object: unknown = await client.request(
			`${plural}.${group} ${name}`,
			CustomObjectsApi,
			(api, configuration) => api.getClusterCustomObject({group, version: 'v1', plural, name}, configuration),
			options,
		);
		return recordOf(object);
	} catch (error) {
		if (statusCodeOf(error) === 404) {
			return undefined;
		}
		throw error;
	}
}

function conditionsOf(object: Json | undefined): readonly Json[] {
	const {conditions} = recordOf(object?.['status']);
	return Array.isArray(conditions) ? conditions.map(recordOf) : [];
}

function recordOf(value: unknown): Json {
	return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
