/** What a restore asks of OpenShift's API: releases, hosts, proxy, revisions of static pods; and what it has it do. */
import {CoreV1Api, CustomObjectsApi, Observable, type ObservableMiddleware} from '@kubernetes/client-node';
import type {NodeInstaller, Redeployed} from '../../domain/node-installer.ts';
import type {ClusterProxy} from '../../domain/restore-inputs.ts';
import type {RunbookHost} from '../../domain/runbook.ts';
import type {EtcdPodSeen, RolloutsPort} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient, RequestConfiguration} from './client.ts';

const config = {group: 'config.openshift.io', version: 'v1'} as const;
const operators = {group: 'operator.openshift.io', version: 'v1', name: 'cluster'} as const;
const etcdNamespace = 'openshift-etcd';
const unsafe = 'useUnsupportedUnsafeNonHANonProductionUnstableEtcd';

const plurals: Readonly<Record<Redeployed, string>> = {
	etcd: 'etcds',
	kubeapiserver: 'kubeapiservers',
	kubecontrollermanager: 'kubecontrollermanagers',
	kubescheduler: 'kubeschedulers',
};

type Fields = Readonly<Record<string, unknown>>;

export function createRolloutsPort(client: KubernetesClient, call: CallOptions): RolloutsPort {
	const read = (
		what: string,
		place: {readonly group: string; readonly version: string; readonly plural: string; readonly name: string},
	) => client.request(what, CustomObjectsApi, (api, configuration) => api.getClusterCustomObject(place, configuration), call);
	const patch = (what: string, plural: string, body: object) =>
		client.request(
			what,
			CustomObjectsApi,
			(api, configuration) => api.patchClusterCustomObject({...operators, plural, body}, asMergePatch(configuration)),
			call,
		);
	return {
		async cluster() {
			const [version, proxy, nodes] = await Promise.all([
				read('ClusterVersion', {...config, plural: 'clusterversions', name: 'version'}),
				read('Proxy', {...config, plural: 'proxies', name: 'cluster'}).catch(absent),
				client.request('nodes', CoreV1Api, (api, configuration) => api.listNode({}, configuration), call),
			]);
			return {
				release: textAt(version, 'status', 'desired', 'version'),
				proxy: proxyOf(proxy),
				hosts: nodes.items.flatMap(hostOf),
			};
		},
		async operator(name) {
			const object = await read(`operator ${name}`, {...operators, plural: plurals[name]});
			return {installer: installerOf(object), forcedReason: textAt(object, 'spec', 'forceRedeploymentReason')};
		},
		async redeploy(name, reason) {
			await patch(`redeployment of ${name}`, plurals[name], {spec: {forceRedeploymentReason: reason}});
		},
		async quorumGuardIsOff() {
			const object = await read('operator etcd', {...operators, plural: plurals.etcd});
			return fieldAt(object, 'spec', 'unsupportedConfigOverrides', unsafe) === true;
		},
		async turnQuorumGuard(off) {
			const unsupportedConfigOverrides = off ? {[unsafe]: true} : null;
			await patch('quorum guard of etcd', plurals.etcd, {spec: {unsupportedConfigOverrides}});
		},
		async etcdPods() {
			const {items} = await client.request(
				`pods in ${etcdNamespace}`,
				CoreV1Api,
				(api, configuration) => api.listNamespacedPod({namespace: etcdNamespace, labelSelector: 'app=etcd'}, configuration),
				call,
			);
			return items.map(
				({metadata, spec, status}): EtcdPodSeen => ({
					name: safeText(metadata?.name ?? ''),
					node: safeText(spec?.nodeName ?? ''),
					phase: safeText(status?.phase ?? ''),
					readyContainers: (status?.containerStatuses ?? []).filter(({ready}) => ready).length,
					containers: spec?.containers.length ?? 0,
				}),
			);
		},
	};
}

/** Clusters without that object have no such thing. */
function absent(error: unknown): undefined {
	if (statusCodeOf(error) === 404) {
		return undefined;
	}
	throw error;
}

/** The client library's own is a JSON Patch. */
function asMergePatch(configuration: RequestConfiguration): RequestConfiguration {
	const middleware: ObservableMiddleware = {
		pre(context) {
			context.setHeaderParam('Content-Type', 'application/merge-patch+json');
			return new Observable(Promise.resolve(context));
		},
		post: (context) => new Observable(Promise.resolve(context)),
	};
	return {
		...configuration,
		middleware: [...((configuration.middleware ?? []) as ObservableMiddleware[]), middleware],
	} as RequestConfiguration;
}

function fieldAt(object: unknown, ...path: readonly string[]): unknown {
	return path.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? (at as Fields)[name] : undefined), object);
}

function textAt(object: unknown, ...path: readonly string[]): string {
	const value = fieldAt(object, ...path);
	return typeof value === 'string' ? safeText(value) : '';
}

/** Each of a list by itself: a proxy's exceptions may be longer than what is kept of a stranger's text. */
function listAt(object: unknown, ...path: readonly string[]): string {
	const value = fieldAt(object, ...path);
	return typeof value === 'string' ? value.split(',').map(safeText).join(',') : '';
}

/** As the documentation tells whether it is on: by the values that its status has. */
function proxyOf(object: unknown): ClusterProxy {
	const [httpProxy, httpsProxy, noProxy] = ['httpProxy', 'httpsProxy', 'noProxy'].map(
		(name) => listAt(object, 'status', name) || listAt(object, 'spec', name),
	) as [string, string, string];
	if (httpProxy === '' && httpsProxy === '') {
		return {kind: 'off'};
	}
	return {kind: 'on', httpProxy, httpsProxy, noProxy};
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

type NodeObject = {
	readonly metadata?: {readonly name?: string; readonly labels?: Readonly<Record<string, string>>};
	readonly status?: {readonly addresses?: readonly {readonly type: string; readonly address: string}[]};
};

function hostOf({metadata, status}: NodeObject): readonly RunbookHost[] {
	if (!controlPlaneLabels.some((label) => metadata?.labels?.[label] !== undefined)) {
		return [];
	}
	const name = safeText(metadata?.name ?? '');
	const address = status?.addresses?.find(({type}) => type === 'InternalIP')?.address;
	return [{name, address: safeText(address ?? name)}];
}

/** Throws where the operator has no such condition: nothing follows from that. */
function installerOf(object: unknown): NodeInstaller {
	const conditions = fieldAt(object, 'status', 'conditions');
	const found = (Array.isArray(conditions) ? conditions : []).find((one) => textAt(one, 'type') === 'NodeInstallerProgressing');
	if (found === undefined) {
		throw new TransportError({
			kind: 'unsupported',
			message: 'the operator has no condition NodeInstallerProgressing',
			nextStep: 'Wait a few minutes and look again.',
		});
	}
	return {status: textAt(found, 'status'), reason: textAt(found, 'reason'), message: textAt(found, 'message')};
}
