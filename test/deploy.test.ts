/** What is in `deploy/`, held against the program: its roles on an API before real etcd, its command line by the parser. */
import {readFileSync} from 'node:fs';
import {loadAll} from 'js-yaml';
import {beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesApi} from '../source/demo/kubernetes/kubernetes-api.ts';
import type {PolicyRule} from '../source/demo/kubernetes/users.ts';
import {parseOptions} from '../source/options.ts';
import type {KubernetesCluster} from '../source/transport/kubernetes/connect.ts';
import {platformOf} from '../source/transport/kubernetes/platform.ts';
import {type Cluster, clusterForSuite} from './helpers/cluster.ts';
import {apiForTest, connected} from './transport/kubernetes/open-kubernetes.ts';

type Manifest = {
	readonly kind: string;
	readonly metadata: {readonly name: string; readonly namespace?: string};
	readonly rules?: readonly Omit<PolicyRule, 'namespace'>[];
	readonly roleRef?: {readonly kind: string; readonly name: string};
	readonly spec?: unknown;
};

const read = (file: string) => loadAll(readFileSync(new URL(`../deploy/${file}`, import.meta.url), 'utf8')) as Manifest[];
const manifests = read('rbac.yaml');

/** The rules of the roles of this name, outside of `without`, each in its namespace. */
function rulesOf(names: readonly string[], namespaces: readonly (string | undefined)[]): readonly PolicyRule[] {
	return manifests
		.filter(
			({kind, metadata}) =>
				/^(Cluster)?Role$/.test(kind) && names.includes(metadata.name) && namespaces.includes(metadata.namespace),
		)
		.flatMap(({rules = [], metadata: {namespace}}) =>
			rules.map((rule) => ({...rule, ...(namespace !== undefined && {namespace})})),
		);
}

const openshiftNamespaces = ['openshift-etcd', 'openshift-etcd-operator', undefined];

let cluster: Cluster;
let api: KubernetesApi;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
}, 60_000);

async function openAs(kind: 'openshift' | 'kubeadm', rules: readonly PolicyRule[]): Promise<KubernetesCluster> {
	api = await apiForTest(cluster, kind);
	const user = api.users.add('system:serviceaccount:etcdtop:etcdtop', rules);
	return connected(cluster, api.kubeconfig({token: user.token}));
}

async function lookAround(kubernetes: KubernetesCluster) {
	const platform = platformOf(kubernetes, 5000);
	const {members} = await kubernetes.transport.membership({timeoutMs: 10_000});
	const {pods, openshift} = await platform.surroundings!(members);
	const status = await kubernetes.transport.status(members[0]!, {timeoutMs: 10_000});
	return {status, lease: await platform.lease!.whyNot(), told: [pods, ...Object.values(openshift ?? {})].map(({kind}) => kind)};
}

describe('the roles', () => {
	it('to watch on OpenShift: tunnels to etcd, and nothing around it', async () => {
		const kubernetes = await openAs('openshift', rulesOf(['etcdtop-watch'], openshiftNamespaces));
		expect(kubernetes.transport.connection).toMatchObject({kind: 'tunnel', security: 'mTLS'});
		const {told, lease} = await lookAround(kubernetes);
		expect(told).toEqual(['told', 'denied', 'denied', 'denied']);
		expect(lease).toMatch(/^you may not get leases.* etcdtop in openshift-etcd, create leases.*, update leases/);
	});

	it('to watch and maintain on OpenShift: all of it', async () => {
		const kubernetes = await openAs('openshift', rulesOf(['etcdtop-watch', 'etcdtop-maintain'], openshiftNamespaces));
		const {told, lease} = await lookAround(kubernetes);
		expect(told).toEqual(['told', 'told', 'told', 'told']);
		expect(lease).toBeUndefined();
		const port = platformOf(kubernetes, 5000).lease!;
		const written = await port.write({holder: 'ana'}, undefined);
		expect(written.kind).toBe('written');
		expect(await port.write({holder: ''}, (await port.read())?.version)).toMatchObject({kind: 'written'});
	});

	it('on kubeadm: etcdctl in the pods, with metrics, and the Lease', async () => {
		const kubernetes = await openAs('kubeadm', rulesOf(['etcdtop-maintain'], ['kube-system']));
		expect(kubernetes.transport.connection.kind).toBe('exec');
		const {told, lease, status} = await lookAround(kubernetes);
		expect(told).toEqual(['told']);
		expect(lease).toBeUndefined();
		expect(status.dbSizeBytes).toBeGreaterThan(0);
	});

	it.each(
		rulesOf(['etcdtop-watch', 'etcdtop-maintain'], openshiftNamespaces).map(
			(rule, index) => [index, JSON.stringify(rule)] as const,
		),
	)('rule %i is needed: %s', async (index) => {
		const all = rulesOf(['etcdtop-watch', 'etcdtop-maintain'], openshiftNamespaces);
		const withoutIt = all.filter((_, other) => other !== index);
		const lacking = await openAs('openshift', withoutIt).then(
			async (kubernetes) => {
				const {told, lease} = await lookAround(kubernetes);
				return kubernetes.transport.connection.kind !== 'tunnel' || lease !== undefined || told.includes('denied');
			},
			() => true,
		);
		expect(lacking).toBe(true);
	});

	it('to back up on OpenShift: a debug pod, made and used and removed, and all that is asked before', async () => {
		const kubernetes = await openAs(
			'openshift',
			rulesOf(['etcdtop-watch', 'etcdtop-maintain', 'etcdtop-backup'], openshiftNamespaces),
		);
		const backup = platformOf(kubernetes, 5000).hostBackup!;
		expect(await backup.missing()).toEqual([]);
		expect(Object.values(await backup.circumstances()).map(({kind}) => kind)).toEqual(['told', 'told', 'told', 'told', 'told']);
		const node = cluster.members[0]!.name;
		const shell = await backup.open({node, operator: 'ana', variables: {}}, {timeoutMs: 15_000});
		expect(await shell.files('/home/core', {timeoutMs: 10_000})).toEqual([]);
		expect(await backup.leftovers()).toHaveLength(1);
		await shell.close();
		expect(await backup.leftovers()).toEqual([]);
	});

	it('to change the encryption on OpenShift: all of it, and without its keys by the conditions alone', async () => {
		const roles = ['etcdtop-watch', 'etcdtop-encryption'];
		const lookWith = async (namespaces: readonly (string | undefined)[]) => {
			const kubernetes = await openAs('openshift', rulesOf(roles, namespaces));
			const port = platformOf(kubernetes, 5000).encryption!;
			const {config, servers, keys, deniedPatch} = await port.look();
			const kinds = [config, ...Object.values(servers), keys].map(({kind}) => kind);
			const version = config.kind === 'told' ? config.value.version : '';
			return {kinds, deniedPatch, written: await port.set('aescbc', version)};
		};
		const told = {deniedPatch: undefined, written: {kind: 'written'}};
		expect(await lookWith(['openshift-config-managed', ...openshiftNamespaces])).toEqual({
			...told,
			kinds: ['told', 'told', 'told', 'told', 'told'],
		});
		expect(await lookWith(openshiftNamespaces)).toEqual({...told, kinds: ['told', 'told', 'told', 'told', 'denied']});
	});

	it('to back up holds no rule too many', async () => {
		const all = rulesOf(['etcdtop-backup'], openshiftNamespaces);
		const others = rulesOf(['etcdtop-watch', 'etcdtop-maintain'], openshiftNamespaces).filter(
			({resources}) => !resources.includes('pods'),
		);
		api = await apiForTest(cluster, 'openshift');
		const user = api.users.add('system:serviceaccount:etcdtop:etcdtop', [...all, ...others]);
		const backup = platformOf(await connected(cluster, api.kubeconfig({token: user.token})), 5000).hostBackup!;
		for (const rule of all) {
			user.rules = [...all.filter((one) => one !== rule), ...others];
			const told = Object.values(await backup.circumstances()).map(({kind}) => kind);
			const missing = await backup.missing();
			expect(missing.length > 0 || told.includes('denied'), JSON.stringify(rule)).toBe(true);
		}
	});

	it('every binding names a role that is there', () => {
		for (const {kind, metadata, roleRef} of manifests.filter(({roleRef: ref}) => ref !== undefined)) {
			const role = manifests.find(
				(one) =>
					one.kind === roleRef?.kind && one.metadata.name === roleRef.name && one.metadata.namespace === metadata.namespace,
			);
			expect(role, `${kind} ${metadata.name}`).toBeDefined();
		}
	});
});

describe('the CronJob', () => {
	const [job] = read('cronjob.yaml');
	const spec = job?.spec as {
		readonly schedule: string;
		readonly concurrencyPolicy: string;
		readonly jobTemplate: {
			readonly spec: {
				readonly backoffLimit: number;
				readonly activeDeadlineSeconds?: number;
				readonly template: {
					readonly spec: {
						readonly restartPolicy: string;
						readonly serviceAccountName: string;
						readonly terminationGracePeriodSeconds: number;
						readonly containers: readonly {readonly args: readonly string[]}[];
					};
				};
			};
		};
	};
	const {backoffLimit, activeDeadlineSeconds, template} = spec.jobTemplate.spec;

	it('asks nothing a second time', () => {
		expect({
			backoffLimit,
			activeDeadlineSeconds,
			restartPolicy: template.spec.restartPolicy,
			concurrency: spec.concurrencyPolicy,
		}).toEqual({
			backoffLimit: 0,
			activeDeadlineSeconds: undefined,
			restartPolicy: 'Never',
			concurrency: 'Forbid',
		});
	});

	it('runs what the program takes, twice a month, and is given the time to await the member at work', () => {
		const options = parseOptions(template.spec.containers[0]!.args, {});
		expect(options).toMatchObject({
			command: 'defrag',
			all: true,
			yes: true,
			operands: [],
			ifFragmented: {ratio: 0.45, dbSizeBytes: 100 * 1024 * 1024},
			connection: {reach: 'either'},
		});
		expect(spec.schedule).toBe('17 3 1,15 * *');
		expect(template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(options.defragTimeoutMs);
		expect(
			manifests.some(({kind, metadata}) => kind === 'ServiceAccount' && metadata.name === template.spec.serviceAccountName),
		).toBe(true);
	});
});
