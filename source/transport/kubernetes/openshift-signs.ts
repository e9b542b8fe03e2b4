/** What OpenShift shows of itself, read into plain data: its operators, and the nodes of its control plane. */
import {CoreV1Api, CustomObjectsApi} from '@kubernetes/client-node';
import type {ClusterOperator, ControlPlaneNode} from '../../domain/surroundings.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import type {KubernetesClient} from './client.ts';
import type {Permission} from './permissions.ts';

const operatorGroup = 'config.openshift.io';

export const operatorsPermission: Permission = {verb: 'list', resource: 'clusteroperators', group: operatorGroup};
export const nodesPermission: Permission = {verb: 'list', resource: 'nodes'};

type Condition = {readonly type?: unknown; readonly status?: unknown; readonly reason?: unknown};

export async function readOperators(client: KubernetesClient, options: CallOptions): Promise<readonly ClusterOperator[]> {
	const list = await client.request(
		'ClusterOperators',
		CustomObjectsApi,
		(api, configuration) =>
			api.listClusterCustomObject({group: operatorGroup, version: 'v1', plural: 'clusteroperators'}, configuration),
		options,
	);
	const {items} = list as {readonly items?: unknown};
	return (Array.isArray(items) ? items : []).map((item) => operatorOf(item as OperatorObject));
}

type OperatorObject = {
	readonly metadata?: {readonly name?: string};
	readonly status?: {readonly conditions?: readonly Condition[]};
};

/** A condition that is not there, or Unknown, is not what it should be. */
export function operatorOf({metadata, status}: OperatorObject): ClusterOperator {
	const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
	const find = (type: string) => conditions.find((condition) => condition.type === type);
	const degraded = find('Degraded');
	const reason = typeof degraded?.reason === 'string' ? degraded.reason : '';
	return {
		name: safeText(metadata?.name ?? ''),
		isAvailable: find('Available')?.status === 'True',
		isDegraded: degraded?.status !== 'False',
		isProgressing: find('Progressing')?.status !== 'False',
		degradedBy: degraded?.status === 'False' ? [] : controllersIn(reason),
	};
}

/** `DefragController_Error::EtcdMembers_UnhealthyMembers`: each part begins with its controller. */
function controllersIn(reason: string): readonly string[] {
	const names = reason.split('::').map((part) => safeText(part.split('_')[0] ?? ''));
	return [...new Set(names.filter((name) => name !== ''))];
}

/** Old clusters call them masters. */
const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export async function readControlPlaneNodes(
	client: KubernetesClient,
	options: CallOptions,
): Promise<readonly ControlPlaneNode[]> {
	const {items} = await client.request('nodes', CoreV1Api, (api, configuration) => api.listNode({}, configuration), options);
	return items
		.filter(({metadata}) => controlPlaneLabels.some((label) => metadata?.labels?.[label] !== undefined))
		.map(({metadata, spec, status}) => ({
			name: safeText(metadata?.name ?? ''),
			isReady: status?.conditions?.some(({type, status: value}) => type === 'Ready' && value === 'True') ?? false,
			isCordoned: spec?.unschedulable === true,
		}));
}
