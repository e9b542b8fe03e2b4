/** A debug pod on a host before real etcd: made, used, and removed whatever happens. */
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {newBackup, scriptFailure} from '../../../source/domain/host-backup.ts';
import {hostBackupPermissions} from '../../../source/transport/kubernetes/host-backup.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import type {HostBackupPort, HostShell} from '../../../source/transport/platform.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected, until} from './open-kubernetes.ts';

const call = {timeoutMs: 15_000};
const directory = '/home/core/assets/backup';
const run = {onLine: () => {}, timeoutMs: 60_000, silentMs: 15_000};

let cluster: Cluster;
let api: KubernetesApi;
let port: HostBackupPort;
let node: string;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
	node = cluster.members[0]!.name;
}, 60_000);

beforeEach(async () => {
	api = await apiForTest(cluster);
	port = platformOf(await connected(cluster, api.kubeconfig()), 5000).hostBackup!;
});

const open = (variables: Readonly<Record<string, string>> = {}) => port.open({node, operator: 'ana@bastion-1', variables}, call);
const pods = () => api.objects.list({plural: 'pods'}).filter(({metadata}) => metadata.labels?.['etcdtop/purpose'] === 'backup');
const namespaces = () => api.objects.list({plural: 'namespaces'}).map(({metadata}) => metadata.name);

/** What the file is here, as the host has it. */
async function whole(shell: HostShell, path: string, offset = 0): Promise<Buffer> {
	const pieces: Buffer[] = [];
	await shell.read(path, offset, async (bytes) => void pieces.push(Buffer.from(bytes)), {silentMs: 10_000});
	return Buffer.concat(pieces);
}

describe('a backup', () => {
	it('runs the script on the host, with the proxy, and its files are read as they are there', async () => {
		const shell = await open({HTTPS_PROXY: 'http://proxy:3128'});
		expect(pods()[0]).toMatchObject({
			metadata: {namespace: 'openshift-etcd', annotations: {'etcdtop/operator': 'ana@bastion-1'}},
			spec: {
				nodeName: node,
				hostPID: true,
				hostNetwork: true,
				tolerations: [{operator: 'Exists'}],
				containers: [{image: 'registry.invalid/etcd:demo', securityContext: {privileged: true}}],
			},
		});
		const {freeBytes, totalBytes} = await shell.prepare(directory, call);
		expect(freeBytes).toBeLessThan(totalBytes);
		const printed: string[] = [];
		const end = await shell.run(directory, {...run, onLine: (line) => printed.push(line)});
		expect(end).toMatchObject({exitCode: 0, lines: printed});
		expect(scriptFailure(end, directory)).toBeUndefined();
		expect(readFileSync(join(api.debugPods.hostRoot(node), 'run/proxy'), 'utf8')).toContain('HTTPS_PROXY=http://proxy:3128');

		const made = newBackup([], await shell.files(directory, call));
		if ('why' in made) {
			throw new Error(made.why);
		}
		const path = `${directory}/${made.snapshot.name}`;
		const here = await whole(shell, path);
		expect(here.length).toBe(made.snapshot.bytes);
		const sum = createHash('sha256').update(here).digest('hex');
		expect(await shell.sha256(path, call)).toBe(sum);
		expect(await shell.isSealed(path, call)).toBe(true);
		expect(await shell.isArchive(`${directory}/${made.resources.name}`, call)).toBe(true);
		expect(await shell.isArchive(path, call)).toBe(false);
		expect(createHash('sha256').update(here.subarray(0, -32)).digest()).toEqual(here.subarray(-32));

		// From where it was cut, after a piece of any size.
		api.faults.cutAfter('tail', Math.floor(here.length / 2));
		const pieces: Buffer[] = [];
		const lost = await failure(shell.read(path, 0, async (bytes) => void pieces.push(Buffer.from(bytes)), {silentMs: 10_000}));
		expect(lost).toMatchObject({kind: 'unreachable', message: expect.stringContaining('connection was lost')});
		const begun = Buffer.concat(pieces);
		expect(begun.length).toBeLessThan(here.length);
		expect(Buffer.concat([begun, await whole(shell, path, begun.length)]).equals(here)).toBe(true);

		await shell.clear(directory, [made.snapshot.name, made.resources.name], call);
		expect(existsSync(join(api.debugPods.hostRoot(node), directory))).toBe(false);
		await shell.close();
		expect(pods()).toEqual([]);
		expect(namespaces()).not.toContainEqual(expect.stringMatching(/^etcdtop-/));
	});

	it('goes on in the pod while the connection is lost, and is not begun a second time', async () => {
		const shell = await open();
		api.debugPods.faults.seconds = 1;
		const ended = shell.run('/home/core/again', run);
		await until(async () => expect(api.sockets.execs.length).toBeGreaterThan(1));
		api.faults.cut();
		await sleep(50);
		api.faults.cut();
		const end = await ended;
		expect(scriptFailure(end, '/home/core/again')).toBeUndefined();
		expect(await shell.files('/home/core/again', call)).toHaveLength(2);
		await shell.close();
	});

	it('is none while a rollout is under way, on a full disk, or without its last line: each says so', async () => {
		await api.controllers.setCondition('clusteroperators', 'kube-scheduler', {type: 'Progressing', status: 'True'});
		const attempt = async () => {
			const shell = await open();
			const end = await shell.run(directory, run);
			await shell.close();
			return scriptFailure(end, directory);
		};
		expect(await attempt()).toMatchObject({
			what: expect.stringContaining('kube-scheduler operator is progressing'),
			next: expect.stringContaining('rollout'),
		});
		await api.controllers.setCondition('clusteroperators', 'kube-scheduler', {type: 'Progressing', status: 'False'});
		api.debugPods.faults.script = 'disk full';
		expect(await attempt()).toMatchObject({what: expect.stringMatching(/exit code 1.*no space left on device/)});
		api.debugPods.faults.script = 'no last line';
		expect(await attempt()).toMatchObject({what: expect.stringContaining('without its last line')});
	});

	it('that is stopped ends its script, and the pod takes with it what still runs', async () => {
		const shell = await open();
		api.debugPods.faults.seconds = 30;
		const stopping = new AbortController();
		const ended = failure(shell.run('/home/core/stopped', {...run, signal: stopping.signal}));
		await until(async () => expect(await shell.files('/home/core/stopped', call)).toHaveLength(1));
		stopping.abort();
		expect((await ended).kind).toBe('cancelled');
		await shell.stopScript(call);
		await shell.close();
		expect(pods()).toEqual([]);
	});
});

describe('the pod', () => {
	it('gets a namespace of its own where a default node selector keeps it from its node, and takes it with it', async () => {
		const home = api.objects.get({plural: 'namespaces'}, undefined, 'openshift-etcd')!;
		const {annotations: _, ...metadata} = home.metadata;
		await api.controllers.write('namespaces', {...home, metadata: metadata as typeof home.metadata});
		api.admission.defaultNodeSelector = {'node-role.kubernetes.io/worker': ''};
		const news: string[] = [];
		const shell = await port.open({node, operator: 'ana', variables: {}, onNews: (text) => news.push(text)}, call);
		expect(news).toEqual([expect.stringContaining('NodeAffinity')]);
		const [pod, ...others] = pods();
		expect(others).toEqual([]);
		expect(pod!.metadata.namespace).toMatch(/^etcdtop-backup-/);
		expect(await shell.files('/nowhere', call)).toEqual([]);
		await shell.close();
		expect([pods(), namespaces().filter((name) => name.startsWith('etcdtop-'))]).toEqual([[], []]);
	});

	it('gets one too where pod security refuses it, and runs on a node with any taint', async () => {
		const home = api.objects.get({plural: 'namespaces'}, undefined, 'openshift-etcd')!;
		await api.controllers.write('namespaces', {...home, metadata: {...home.metadata, labels: {}}});
		const there = api.objects.get({plural: 'nodes'}, undefined, node)!;
		await api.controllers.write('nodes', {...there, spec: {taints: [{key: 'maintenance', effect: 'NoExecute'}]}});
		const shell = await open();
		expect(shell.where).toMatch(/in etcdtop-backup-/);
		// As if we were gone: the next start finds it.
		const [left, ...others] = await port.leftovers();
		expect(others).toEqual([]);
		expect(left).toMatchObject({
			node,
			operator: 'ana@bastion-1',
			isRunning: true,
			command: expect.stringMatching(/^oc delete namespace etcdtop-backup-/),
		});
		await port.remove(left!);
		expect([pods(), await port.leftovers()]).toEqual([[], []]);
		await shell.close();
	});

	it('that does not start is removed again, and the reason is said', async () => {
		api.debugPods.faults.waiting = 'ImagePullBackOff';
		expect(await failure(open())).toMatchObject({kind: 'unreachable', message: expect.stringContaining('ImagePullBackOff')});
		expect(pods()).toEqual([]);
	});

	it('is found after a crash, in the namespace of etcd', async () => {
		const shell = await open();
		const [left] = await port.leftovers();
		expect(left).toMatchObject({isRunning: true, what: shell.where.replace(` on ${node}`, ''), command: shell.removal});
		await port.remove(left!);
		expect(await readdir(join(cluster.directory, 'hosts/pods'))).toEqual([]);
		expect(pods()).toEqual([]);
	});
});

it('names each permission that is missing', async () => {
	for (const {verb, resource} of hostBackupPermissions('openshift-etcd')) {
		api.admin.denied = [`${verb} ${resource}`];
		expect(await port.missing()).toEqual([expect.stringContaining(`${verb} ${resource}`)]);
	}
});

it('tells of operators, encryption, proxy and version', async () => {
	await api.controllers.write('proxies', {
		metadata: {name: 'cluster'},
		spec: {httpsProxy: 'http://p:1'},
		status: {noProxy: '.svc'},
	});
	await api.controllers.setCondition('kubeapiservers', 'cluster', {
		type: 'Encrypted',
		status: 'True',
		reason: 'EncryptionInProgress',
	});
	const {operators, nodes, encryption, proxy, openshiftVersion} = await port.circumstances();
	expect([operators.kind, nodes.kind]).toEqual(['told', 'told']);
	expect(proxy).toEqual({kind: 'told', value: {httpProxy: '', httpsProxy: 'http://p:1', noProxy: '.svc'}});
	expect(openshiftVersion).toEqual({kind: 'told', value: '4.20.8'});
	expect(encryption).toMatchObject({kind: 'told', value: {type: '', servers: [{}, {reason: 'EncryptionInProgress'}, {}]}});
});
