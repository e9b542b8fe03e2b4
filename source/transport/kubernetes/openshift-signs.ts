/** What OpenShift shows of itself, read into plain data: operators, nodes of the control plane, and its own defragmentations. */
import {CoreV1Api, type CoreV1Event, CustomObjectsApi} from '@kubernetes/client-node';
import type {ClusterOperator, ControlPlaneNode, DefragController, DefragControllerEvent} from '../../domain/surroundings.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import type {Permission} from './permissions.ts';

export const operatorNamespace = 'openshift-etcd-operator';
const operatorGroup = 'config.openshift.io';
/** It stands there where the controller is switched off. */
const switchName = 'etcd-disable-defrag';

export const operatorsPermission: Permission = {verb: 'list', resource: 'clusteroperators', group: operatorGroup};
export const nodesPermission: Permission = {verb: 'list', resource: 'nodes'};
export const eventsPermission: Permission = {verb: 'list', resource: 'events', namespace: operatorNamespace};
export const switchPermission: Permission = {verb: 'get', resource: 'configmaps', namespace: operatorNamespace, name: switchName};

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

export async function readDefragController(client: KubernetesClient, options: CallOptions): Promise<DefragController> {
	const [isSwitchedOff, last] = await Promise.all([switchStands(client, options), newestEvent(client, options)]);
	return {isSwitchedOff, ...(last !== undefined && {last})};
}

async function switchStands(client: KubernetesClient, options: CallOptions): Promise<boolean> {
	try {
		await client.request(
			`ConfigMap ${switchName}`,
			CoreV1Api,
			(api, configuration) => api.readNamespacedConfigMap({name: switchName, namespace: operatorNamespace}, configuration),
			options,
		);
		return true;
	} catch (error) {
		if (statusCodeOf(error) === 404) {
			return false;
		}
		throw error;
	}
}

const reasonPattern = /^DefragControllerDefragment(Attempt|Success|Failed)$/;

/** Events lie in the order of their names, so that the newest one may be on any page. */
const eventsOfPage = 500;

/** What has more than this many pages is a flood, in which nobody finds anything. */
const maximumPages = 20;

async function allEvents(client: KubernetesClient, options: CallOptions) {
	const items: CoreV1Event[] = [];
	let date: string | undefined;
	let next: string | undefined;
	for (let page = 0; page < maximumPages; page++) {
		const from = next === undefined ? {} : {_continue: next};
		const {data, headers} = await client.request(
			`events in ${operatorNamespace}`,
			CoreV1Api,
			(api, configuration) =>
				api.listNamespacedEventWithHttpInfo({namespace: operatorNamespace, limit: eventsOfPage, ...from}, configuration),
			options,
		);
		items.push(...data.items);
		date ??= headers['date'];
		next = data.metadata?._continue;
		if (next === undefined || next === '') {
			return {items, date};
		}
	}
	const message = `there are more than ${maximumPages * eventsOfPage} events in ${operatorNamespace}`;
	throw new TransportError({kind: 'unsupported', message, nextStep: 'Look what writes so many.'});
}

async function newestEvent(client: KubernetesClient, options: CallOptions): Promise<DefragControllerEvent | undefined> {
	const {items, date} = await allEvents(client, options);
	const serverNow = Date.parse(date ?? '');
	const events = items.flatMap(({metadata, reason = '', lastTimestamp, eventTime, series}) => {
		const what = reasonPattern.exec(reason)?.[1] as DefragControllerEvent['what'] | undefined;
		const at = new Date(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? Number.NaN).getTime();
		return what === undefined ? [] : [{what, at, id: `${metadata.name ?? ''} ${Number.isNaN(at) ? '' : at}`}];
	});
	const newest = events.reduce<(typeof events)[number] | undefined>(
		// One whose time can't be read may be the newest.
		(best, event) => (best === undefined || Number.isNaN(event.at) || event.at >= best.at ? event : best),
		undefined,
	);
	if (newest === undefined) {
		return undefined;
	}
	const ageMs = serverNow - newest.at;
	return {id: newest.id, what: newest.what, ageMs: Number.isNaN(ageMs) ? 0 : Math.max(0, ageMs)};
}
