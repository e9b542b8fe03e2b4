/** Encryption of etcd's values as OpenShift tells of it, read into plain data. Times are by the API server's own clock, in wall ms. */
import type {Told} from './surroundings.ts';

/** What can be asked for here; `identity` is no encryption. OpenShift has others (KMS), which take more than a type. */
export type EncryptionType = 'identity' | 'aescbc' | 'aesgcm';

export const encryptionTypes: readonly EncryptionType[] = ['aescbc', 'aesgcm', 'identity'];

/** OpenShift makes a new key this long after everything was written with the last one, in ms. */
export const keyRotationMs = 7 * 24 * 60 * 60 * 1000;

export type ApiServerId = 'openshift' | 'kubernetes' | 'oauth';

export type ApiServer = {
	readonly id: ApiServerId;
	/** As the operator's documents call it. */
	readonly name: string;
	/** The kind of its operator's object, `cluster` in each. */
	readonly operator: string;
	/** In the names of its keys' Secrets. */
	readonly component: string;
	/** What it encrypts, as far as it says nothing else. */
	readonly resources: readonly string[];
};

export const apiServers: readonly ApiServer[] = [
	{
		id: 'openshift',
		name: 'OpenShift',
		operator: 'openshiftapiservers',
		component: 'openshift-apiserver',
		resources: ['routes.route.openshift.io'],
	},
	{
		id: 'kubernetes',
		name: 'Kubernetes',
		operator: 'kubeapiservers',
		component: 'openshift-kube-apiserver',
		resources: ['configmaps', 'secrets'],
	},
	{
		id: 'oauth',
		name: 'OAuth',
		operator: 'authentications',
		component: 'openshift-oauth-apiserver',
		resources: ['oauthaccesstokens.oauth.openshift.io', 'oauthauthorizetokens.oauth.openshift.io'],
	},
];

/** What one look at the cluster told. */
export type EncryptionSight = {
	/** The API server's clock at that time; absent where it does not tell. */
	readonly serverNowMs?: number;
	readonly config: Told<EncryptionConfig>;
	readonly servers: Readonly<Record<ApiServerId, Told<ApiServerConditions>>>;
	/** Of all components. Never what is in them. */
	readonly keys: Told<readonly EncryptionKey[]>;
	/** Why it may not be changed from here: `patch apiservers.config.openshift.io cluster`. */
	readonly deniedPatch?: string;
};

export type EncryptionConfig = {
	/** As it is written there; empty is `identity`. */
	readonly type: string;
	/** The version of the object, which a change has to name. */
	readonly version: string;
};

export type ApiServerConditions = {
	/** The condition `Encrypted`: not written while the server's revisions converge. */
	readonly encrypted?: {readonly reason: string; readonly message: string};
	/** What is being written anew, by the controller that does it. */
	readonly migrating: readonly string[];
	/** Why its pods are not all at one revision, in the operator's words. */
	readonly converging?: string;
	/** Controllers of the encryption that fail, in their own words. */
	readonly failing: readonly string[];
};

export type EncryptionKey = {
	readonly component: string;
	readonly id: number;
	/** `aescbc`, `aesgcm`, `identity`, or what else there is. */
	readonly mode: string;
	readonly createdAtMs?: number;
	/** What was written anew with it, and when the last of that was. */
	readonly migrated: readonly string[];
	readonly migratedAtMs?: number;
};

/** `identity` for an empty one. */
export function configuredType({type}: EncryptionConfig): string {
	return type === '' ? 'identity' : type;
}
