import {AuthorizationV1Api, CoordinationV1Api, CoreV1Api, CustomObjectsApi, VersionApi} from '@kubernetes/client-node';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {apiForTest, configFor, refusal} from './api-for-test.ts';

const namespace = 'openshift-etcd';

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite();
}, 60_000);

describe('what is there', () => {
	test('pods of etcd by their labels, with a guard beside each', async () => {
		const core = configFor(await apiForTest(cluster)).makeApiClient(CoreV1Api);
		const names = async (labelSelector: string) =>
			(await core.listNamespacedPod({namespace, labelSelector})).items.map(({metadata}) => metadata?.name);
		expect(await names('app=etcd')).toEqual(['etcd-etcd-1', 'etcd-etcd-2', 'etcd-etcd-3']);
		expect(await names('app in (guard, other),!revision')).toEqual([
			'etcd-guard-etcd-1',
			'etcd-guard-etcd-2',
			'etcd-guard-etcd-3',
		]);
		const [pod] = (await core.listNamespacedPod({namespace, fieldSelector: 'metadata.name=etcd-etcd-2'})).items;
		expect(pod?.spec?.nodeName).toBe('etcd-2');
		expect(pod?.spec?.containers.map(({name}) => name)).toEqual(['etcdctl', 'etcd', 'etcd-metrics', 'etcd-readyz', 'etcd-rev']);
	});

	test('kubeadm has its own pods, and nothing of OpenShift', async () => {
		const config = configFor(await apiForTest(cluster, 'kubeadm'));
		const {items} = await config
			.makeApiClient(CoreV1Api)
			.listNamespacedPod({namespace: 'kube-system', labelSelector: 'component=etcd'});
		expect(items.map(({spec}) => spec?.containers.map(({name}) => name))).toEqual([['etcd'], ['etcd'], ['etcd']]);
		const operators = config
			.makeApiClient(CustomObjectsApi)
			.listClusterCustomObject({group: 'config.openshift.io', version: 'v1', plural: 'clusteroperators'});
		await expect(operators).rejects.toMatchObject({code: 404, body: '404 page not found\n'});
	});

	test('operators, whose conditions their controllers change', async () => {
		const api = await apiForTest(cluster);
		const custom = configFor(api).makeApiClient(CustomObjectsApi);
		const operator = {group: 'config.openshift.io', version: 'v1', plural: 'clusteroperators', name: 'etcd'};
		const conditions = async () => {
			const object = (await custom.getClusterCustomObject(operator)) as {status: {conditions: {type: string; status: string}[]}};
			return Object.fromEntries(object.status.conditions.map(({type, status}) => [type, status]));
		};
		expect(await conditions()).toMatchObject({Available: 'True', Degraded: 'False', Progressing: 'False'});
		await api.controllers.setCondition('clusteroperators', 'etcd', {
			type: 'Degraded',
			status: 'True',
			reason: 'DefragController_Error',
		});
		expect(await conditions()).toMatchObject({Available: 'True', Degraded: 'True'});
	});

	test('nodes can be cordoned, and defragmentations of others are events', async () => {
		const api = await apiForTest(cluster);
		const core = configFor(api).makeApiClient(CoreV1Api);
		await api.controllers.cordon('etcd-2');
		expect((await core.listNode()).items.map(({spec}) => spec?.unschedulable)).toEqual([undefined, true, undefined]);
		await api.controllers.recordDefragmentation('Success', 'etcd member has been defragmented: etcd-1');
		const {items} = await core.listNamespacedEvent({
			namespace: 'openshift-etcd-operator',
			fieldSelector: 'reason=DefragControllerDefragmentSuccess',
		});
		expect(items.map(({message}) => message)).toEqual(['etcd member has been defragmented: etcd-1']);
	});

	test('lists come in chunks, until the API has forgotten where it was', async () => {
		const api = await apiForTest(cluster);
		const core = configFor(api).makeApiClient(CoreV1Api);
		const first = await core.listNamespacedPod({namespace, limit: 4});
		expect(first.items).toHaveLength(4);
		expect(first.metadata?.remainingItemCount).toBe(2);
		const more = {namespace, limit: 4, _continue: first.metadata!._continue!};
		const second = await core.listNamespacedPod(more);
		expect([...first.items, ...second.items].map(({metadata}) => metadata?.name)).toEqual(
			(await core.listNamespacedPod({namespace})).items.map(({metadata}) => metadata?.name),
		);
		expect(second.metadata?._continue).toBeUndefined();
		api.objects.forgetChanges();
		expect(await refusal(core.listNamespacedPod(more))).toMatchObject({code: 410, reason: 'Expired'});
	});
});

describe('Leases', () => {
	const lease = (holderIdentity: string, resourceVersion?: string) => ({
		metadata: {name: 'run', namespace, ...(resourceVersion !== undefined && {resourceVersion})},
		spec: {holderIdentity},
	});

	test('are created once', async () => {
		const leases = configFor(await apiForTest(cluster)).makeApiClient(CoordinationV1Api);
		const attempts = await Promise.allSettled(
			['ana', 'bo', 'cy'].map((holder) => leases.createNamespacedLease({namespace, body: lease(holder)})),
		);
		expect(attempts.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		expect(await refusal(leases.createNamespacedLease({namespace, body: lease('dee')}))).toEqual({
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message: 'leases.coordination.k8s.io "run" already exists',
			reason: 'AlreadyExists',
			details: {name: 'run', group: 'coordination.k8s.io', kind: 'leases'},
			code: 409,
		});
	});

	test('are changed by one of those who saw the same version', async () => {
		const leases = configFor(await apiForTest(cluster)).makeApiClient(CoordinationV1Api);
		const {metadata} = await leases.createNamespacedLease({namespace, body: lease('ana')});
		const seen = metadata!.resourceVersion!;
		const take = (holder: string) => leases.replaceNamespacedLease({namespace, name: 'run', body: lease(holder, seen)});
		const attempts = await Promise.allSettled(['bo', 'cy', 'dee'].map(take));
		const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
		expect(winners).toHaveLength(1);
		expect(await refusal(take('eve'))).toMatchObject({
			code: 409,
			reason: 'Conflict',
			message:
				'Operation cannot be fulfilled on leases.coordination.k8s.io "run": the object has been modified; ' +
				'please apply your changes to the latest version and try again',
		});
		const now = await leases.readNamespacedLease({namespace, name: 'run'});
		expect(now.spec?.holderIdentity).toBe(winners[0]!.value.spec?.holderIdentity);
		expect(now.metadata?.uid).toBe(metadata?.uid);
	});

	test('are deleted only as they were seen, and are gone then', async () => {
		const leases = configFor(await apiForTest(cluster)).makeApiClient(CoordinationV1Api);
		const {metadata} = await leases.createNamespacedLease({namespace, body: lease('ana')});
		const remove = (resourceVersion: string) =>
			leases.deleteNamespacedLease({namespace, name: 'run', body: {preconditions: {resourceVersion}}});
		expect(await refusal(remove('1'))).toMatchObject({code: 409});
		await remove(metadata!.resourceVersion!);
		expect(await refusal(leases.readNamespacedLease({namespace, name: 'run'}))).toMatchObject({
			code: 404,
			message: 'leases.coordination.k8s.io "run" not found',
		});
	});

	test('are patched as JSON Patch by default', async () => {
		const leases = configFor(await apiForTest(cluster)).makeApiClient(CoordinationV1Api);
		await leases.createNamespacedLease({namespace, body: lease('ana')});
		const patch = (holder: string, then: string) => [
			{op: 'test', path: '/spec/holderIdentity', value: holder},
			{op: 'replace', path: '/spec/holderIdentity', value: then},
			{op: 'add', path: '/metadata/annotations', value: {'etcd.io/step': 'defragmenting'}},
		];
		const {metadata, spec} = await leases.patchNamespacedLease({namespace, name: 'run', body: patch('ana', 'bo')});
		expect([spec?.holderIdentity, metadata?.annotations]).toEqual(['bo', {'etcd.io/step': 'defragmenting'}]);
		expect(await refusal(leases.patchNamespacedLease({namespace, name: 'run', body: patch('ana', 'cy')}))).toMatchObject({
			code: 422,
		});
	});
});

describe('who may', () => {
	const may = async (config: ReturnType<typeof configFor>, resourceAttributes: object) => {
		const body = {spec: {resourceAttributes}};
		return (await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({body})).status?.allowed;
	};

	test('rules of a role are what its user can do, and what a review says', async () => {
		const api = await apiForTest(cluster);
		const watcher = api.users.add('watcher', [
			{apiGroups: [''], resources: ['pods', 'pods/exec'], verbs: ['get', 'list'], namespace},
			{apiGroups: [''], resources: ['secrets'], resourceNames: ['etcd-client'], verbs: ['get'], namespace},
		]);
		const config = configFor(api, {token: watcher.token});
		const core = config.makeApiClient(CoreV1Api);
		expect(await may(config, {verb: 'list', resource: 'pods', namespace})).toBe(true);
		expect(await may(config, {verb: 'list', resource: 'pods', namespace: 'kube-system'})).toBe(false);
		expect(await may(config, {verb: 'get', resource: 'pods', subresource: 'exec', namespace})).toBe(true);
		expect(await may(config, {verb: 'create', resource: 'pods', subresource: 'exec', namespace})).toBe(false);
		await core.readNamespacedSecret({namespace, name: 'etcd-client'});
		expect(await refusal(core.readNamespacedSecret({namespace, name: 'etcd-all-certs'}))).toEqual({
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message:
				'secrets "etcd-all-certs" is forbidden: User "watcher" cannot get resource "secrets" ' +
				'in API group "" in the namespace "openshift-etcd"',
			reason: 'Forbidden',
			details: {name: 'etcd-all-certs', kind: 'secrets'},
			code: 403,
		});
		expect((await refusal(core.listNode())).message).toBe(
			'nodes is forbidden: User "watcher" cannot list resource "nodes" in API group "" at the cluster scope',
		);
	});

	test('a client certificate proves its name; another authority’s does not', async () => {
		const [api, other] = await Promise.all([apiForTest(cluster), apiForTest(cluster)]);
		api.users.add('ana');
		const list = async (user: object) => configFor(api, user).makeApiClient(CoreV1Api).listNamespacedPod({namespace});
		expect((await list(await api.certificateUser('ana'))).items).not.toEqual([]);
		await expect(list(await api.certificateUser('nobody'))).rejects.toMatchObject({code: 401});
		await expect(list(await other.certificateUser('ana'))).rejects.toMatchObject({code: 401});
	});

	test('a token is good until it expires, and everybody sees the version', async () => {
		const api = await apiForTest(cluster);
		const config = configFor(api);
		const core = config.makeApiClient(CoreV1Api);
		await core.listNamespacedPod({namespace});
		api.faults.expireToken(api.admin);
		await expect(core.listNamespacedPod({namespace})).rejects.toMatchObject({code: 401});
		expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toMatch(/^v1\./);
	});

	test('who acts as another has to be let, and can do what that one can', async () => {
		const api = await apiForTest(cluster);
		api.users.add('reader', [{apiGroups: [''], resources: ['nodes'], verbs: ['list']}]);
		const as = (impersonateUser: string) => {
			const config = configFor(api);
			config.users = config.users.map((user) => ({...user, impersonateUser}));
			return config.makeApiClient(CoreV1Api);
		};
		expect((await as('reader').listNode()).items).toHaveLength(3);
		expect((await refusal(as('reader').listNamespacedPod({namespace}))).message).toContain('User "reader" cannot list');
		api.admin.denied = ['impersonate users'];
		expect((await refusal(as('reader').listNode())).message).toContain('cannot impersonate resource "users"');
	});
});
