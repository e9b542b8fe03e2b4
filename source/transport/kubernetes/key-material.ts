/** The client certificate that OpenShift keeps in a Secret, and the authorities in a ConfigMap. In memory only. */
import {CoreV1Api} from '@kubernetes/client-node';
import {type TlsMaterial, tlsMaterial} from '../grpc/tls-material.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import type {Permission} from './permissions.ts';

const namespace = 'openshift-etcd';
const secretName = 'etcd-client';
const configMapName = 'etcd-ca-bundle';

/** A certificate that was replaced is refused some time later: this much is soon enough. */
const renewAfterMs = 60_000;

export const materialPermissions: readonly Permission[] = [
	{verb: 'get', resource: 'secrets', namespace, name: secretName},
	{verb: 'get', resource: 'configmaps', namespace, name: configMapName},
];

/** Throws `TransportError` when they can't be read or are of no use. */
export async function readMaterial(client: KubernetesClient, options: CallOptions): Promise<TlsMaterial> {
	const [secret, configMap] = await Promise.all([
		client.request(
			`Secret ${namespace}/${secretName}`,
			CoreV1Api,
			(api, configuration) => api.readNamespacedSecret({namespace, name: secretName}, configuration),
			options,
		),
		client.request(
			`ConfigMap ${namespace}/${configMapName}`,
			CoreV1Api,
			(api, configuration) => api.readNamespacedConfigMap({namespace, name: configMapName}, configuration),
			options,
		),
	]);
	const pem = (kind: string, name: string, field: string, bytes: Buffer | undefined) => {
		const place = `${field} of ${kind} ${namespace}/${name}`;
		if (bytes === undefined) {
			throw new TransportError({kind: 'tls', message: `there is no ${place}`, nextStep: 'Give --cacert, --cert and --key.'});
		}
		return {bytes, name: place, mend: 'Give --cacert, --cert and --key.'};
	};
	const fromSecret = (field: string) => {
		const data = secret.data?.[field];
		return pem('Secret', secretName, field, data === undefined ? undefined : Buffer.from(data, 'base64'));
	};
	const bundle = configMap.data?.['ca-bundle.crt'];
	return tlsMaterial({
		cacert: pem('ConfigMap', configMapName, 'ca-bundle.crt', bundle === undefined ? undefined : Buffer.from(bundle)),
		cert: fromSecret('tls.crt'),
		key: fromSecret('tls.key'),
	});
}

/** Gives the newest material that there is, and looks for newer in the background. */
export function keepMaterial(
	client: KubernetesClient,
	first: TlsMaterial,
	options: CallOptions,
	now: () => number = () => performance.now(),
): () => TlsMaterial {
	let newest = first;
	let readAt = now();
	return () => {
		if (now() - readAt > renewAfterMs) {
			readAt = now();
			readMaterial(client, options).then(
				(material) => {
					newest = material;
				},
				// While the API is away the old one goes on.
				(error: unknown) => void failureOf(error),
			);
		}
		return newest;
	};
}
