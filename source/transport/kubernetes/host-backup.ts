/** Backups on OpenShift's control-plane hosts: what is asked before, and the debug pod that they are made in. */
import type {HostBackupPort} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {KubernetesCluster} from './connect.ts';
import {findLeftovers, removeLeftover} from './debug-leftovers.ts';
import {startDebugPod} from './debug-pod.ts';
import {DebugPodShell} from './host-shell.ts';
import {encryptionPermissions, proxyPermission, readEncryption, readProxy, readVersion, versionPermission} from './host-signs.ts';
import {nodesPermission, operatorsPermission, readControlPlaneNodes, readOperators} from './openshift-signs.ts';
import {askPermissions, type Permission} from './permissions.ts';
import {told} from './told.ts';

/** Without one of these there is no debug pod. */
export function hostBackupPermissions(namespace: string): readonly Permission[] {
	const pods = {resource: 'pods', namespace} as const;
	return [
		...(['create', 'get', 'list', 'delete'] as const).map((verb): Permission => ({...pods, verb})),
		...(['get', 'create'] as const).map((verb): Permission => ({verb, resource: 'pods/exec', namespace})),
		{verb: 'use', group: 'security.openshift.io', resource: 'securitycontextconstraints', name: 'privileged', namespace},
	];
}

type ClusterParts = Pick<KubernetesCluster, 'client' | 'namespace' | 'seenPods'>;

/** `call` bounds each request. */
export function createHostBackup({client, namespace, seenPods}: ClusterParts, call: CallOptions): HostBackupPort {
	const wanted = hostBackupPermissions(namespace);
	return {
		async missing() {
			return (await askPermissions(client, wanted, call)).missing(wanted);
		},
		async circumstances() {
			const [operators, nodes, encryption, proxy, openshiftVersion] = await Promise.all([
				told(operatorsPermission, readOperators(client, call)),
				told(nodesPermission, readControlPlaneNodes(client, call)),
				told(encryptionPermissions[0], readEncryption(client, call), ...encryptionPermissions.slice(1)),
				told(proxyPermission, readProxy(client, call)),
				told(versionPermission, readVersion(client, call)),
			]);
			return {operators, nodes, encryption, proxy, openshiftVersion};
		},
		leftovers: () => findLeftovers(client, namespace, call),
		remove: (leftover) => removeLeftover(client, leftover, call),
		async open({node, operator, variables, onNews}, options) {
			const image = seenPods().find((pod) => pod.node === node)?.image;
			if (image === undefined) {
				throw new TransportError({
					kind: 'unsupported',
					message: safeText(`there is no etcd pod on ${node}, whose image the debug pod would run`),
					nextStep: 'Choose another host with --host.',
					notSent: true,
				});
			}
			const wish = {namespace, node, image, operator, variables, ...(onNews && {onNews})};
			return new DebugPodShell(client, await startDebugPod(client, wish, call, options), node, call);
		},
	};
}
