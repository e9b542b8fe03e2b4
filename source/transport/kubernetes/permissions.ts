/** What the API lets us do: asked before it is tried, so that what is missing has a name. */
import {AuthorizationV1Api} from '@kubernetes/client-node';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';

export type Permission = {
	readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'use';
	/** `pods`, `pods/exec`. */
	readonly resource: string;
	/** Empty for the core group. */
	readonly group?: string;
	/** None for what belongs to no namespace. */
	readonly namespace?: string;
	/** One object only. */
	readonly name?: string;
};

/** `unknown`: the API would not say. Then it is tried. */
export type Verdict = 'allowed' | 'denied' | 'unknown';

export interface Permissions {
	verdict(permission: Permission): Verdict;
	/** Those of `wanted` that are denied, in words: `create pods/exec in openshift-etcd`. */
	missing(wanted: readonly Permission[]): string[];
}

/** Asks for all of them side by side. Throws `TransportError` only when the API does not answer at all. */
export async function askPermissions(
	client: KubernetesClient,
	wanted: readonly Permission[],
	options: CallOptions,
): Promise<Permissions> {
	const answers = await Promise.allSettled(wanted.map((permission) => ask(client, permission, options)));
	const [first] = answers;
	if (first?.status === 'rejected' && answers.every(({status}) => status === 'rejected')) {
		// Who may not even ask that gets to know by trying.
		if (failureOf(first.reason).kind !== 'permission-denied') {
			throw first.reason;
		}
	}
	const verdicts = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'unknown'));
	return permissionsFrom(wanted.map((permission, index) => [permission, verdicts[index]!]));
}

export function permissionsFrom(verdicts: Iterable<readonly [Permission, Verdict]>): Permissions {
	const byText = new Map([...verdicts].map(([permission, verdict]) => [permissionText(permission), verdict]));
	const verdict = (permission: Permission): Verdict => byText.get(permissionText(permission)) ?? 'unknown';
	return {
		verdict,
		missing: (wanted) => wanted.filter((permission) => verdict(permission) === 'denied').map(permissionText),
	};
}

/** As somebody who grants it would say it. */
export function permissionText({verb, resource, group, namespace, name}: Permission): string {
	const what = `${resource}${group === undefined || group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
	return safeText(`${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`);
}

async function ask(client: KubernetesClient, permission: Permission, options: CallOptions): Promise<Verdict> {
	const {verb, resource: path, group = '', namespace, name} = permission;
	const [resource = '', subresource] = path.split('/');
	const {status} = await client.request(
		`whether you may ${permissionText(permission)}`,
		AuthorizationV1Api,
		(api, configuration) =>
			api.createSelfSubjectAccessReview(
				{
					body: {
						apiVersion: 'authorization.k8s.io/v1',
						kind: 'SelfSubjectAccessReview',
						spec: {
							resourceAttributes: {
								verb,
								group,
								resource,
								...(subresource !== undefined && {subresource}),
								...(namespace !== undefined && {namespace}),
								...(name !== undefined && {name}),
							},
						},
					},
				},
				configuration,
			),
		options,
	);
	return status === undefined ? 'unknown' : status.allowed ? 'allowed' : 'denied';
}
