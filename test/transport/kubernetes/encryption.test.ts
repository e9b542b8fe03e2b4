/** Encryption as an API before real etcd tells of it, followed step by step while its controllers carry it out. */
import {beforeAll, beforeEach, expect, it} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import {encryptionStatus} from '../../../source/domain/encryption-status.ts';
import type {KubernetesCluster} from '../../../source/transport/kubernetes/connect.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import type {EncryptionPort} from '../../../source/transport/platform.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {linesOf, startTestEngine} from '../../helpers/engine.ts';
import {failure} from '../failure.ts';
import {apiForTest, connected} from './open-kubernetes.ts';

const day = 24 * 60 * 60 * 1000;

let cluster: Cluster;
let api: KubernetesApi;
let kubernetes: KubernetesCluster;
let port: EncryptionPort;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1, metricsUrls: true});
}, 60_000);

beforeEach(async () => {
	api = await apiForTest(cluster, 'openshift');
	kubernetes = await connected(cluster, api.kubeconfig());
	port = platformOf(kubernetes, 10_000).encryption!;
});

async function version(): Promise<string> {
	const {config} = await port.look();
	return config.kind === 'told' ? config.value.version : '';
}

/** What is said of the Kubernetes API server after each step, until nothing changes any more. */
async function phases(): Promise<readonly string[]> {
	const seen: string[] = [];
	for (let steps = 0; steps < 20; steps++) {
		const status = encryptionStatus(await port.look());
		const {phase, migrated, stale = ''} = status.servers.find(({id}) => id === 'kubernetes')!;
		const text = `${phase} ${migrated.length} ${stale.split(':')[0]}`.trim();
		if (seen.at(-1) !== text) {
			seen.push(text);
		}
		await api.encryption.step();
	}
	return seen;
}

it('enabled, followed over conditions that are old, and disabled again', async () => {
	expect(encryptionStatus(await port.look())).toMatchObject({type: 'identity', verdict: 'not encrypted', total: 0});
	expect(await port.set('aescbc', await version())).toEqual({kind: 'written'});
	expect(await phases()).toEqual([
		'waiting 0 aescbc is configured and has not been taken up yet',
		'encrypting 0 a new key was made since',
		'encrypting 0 revisions are converging',
		'encrypting 0 a new key was made since',
		'encrypting 0 revisions are converging',
		'encrypting 0 a new key was made since',
		'encrypting 0',
		'encrypting 1',
		'encrypted 2',
	]);
	const status = encryptionStatus(await port.look());
	expect(status).toMatchObject({type: 'aescbc', verdict: 'encrypted', done: 5, total: 5});
	expect(status.servers[1]!.message).toBe('All resources encrypted: configmaps, secrets');
	expect(status.servers[1]!.key).toMatchObject({id: 1, mode: 'aescbc', migratedAgeMs: expect.any(Number)});

	expect(await port.set('identity', await version())).toEqual({kind: 'written'});
	const seen = await phases();
	expect(seen[0]).toBe('waiting 0 identity is configured and has not been taken up yet');
	expect(seen).toContain('decrypting 1');
	expect(seen.at(-1)).toBe('decrypted 2');
}, 60_000);

it('asked for by one etcdtop that is left, and followed to its end by another that knows nothing of it', async () => {
	const open = () => startTestEngine(cluster, {platform: {encryption: port}});
	const first = open();
	first.engine.controls.watchEncryption(true);
	await first.until(({clusterId, encryption}) => clusterId !== undefined && encryption !== undefined);
	first.engine.controls.openEncryptionPlan();
	const plan = await first.until(({encryptionPlan}) => encryptionPlan);
	first.engine.controls.changeEncryption('aescbc', plan.aescbc.confirmation.word);
	await first.until(({encryptionChange}) => (encryptionChange?.phase.kind === 'done' ? true : undefined));
	expect(linesOf(first, 'answered')).toMatchObject([{what: 'encryption', encryptionType: 'aescbc', outcome: 'done'}]);
	await first.engine.stop();

	for (let steps = 0; steps < 2; steps++) {
		await api.encryption.step();
	}
	// What holds a defragmentation back meanwhile.
	const operator = api.objects.get({plural: 'clusteroperators'}, undefined, 'kube-apiserver');
	expect(operator?.['status']).toMatchObject({
		conditions: expect.arrayContaining([expect.objectContaining({type: 'Progressing', status: 'True'})]),
	});
	const second = open();
	second.engine.controls.watchEncryption(true);
	const begun = await second.until(({encryption}) => (encryption?.kind === 'seen' ? encryption : undefined));
	expect(begun.status).toMatchObject({verdict: 'encrypting', type: 'aescbc', done: 0, total: 5});
	await api.encryption.finish();
	await second.until(({events}) => events.find(({text}) => text.startsWith('everything is encrypted with aescbc after ')));
	await second.engine.stop();
});

it('a key that was everywhere for a week is followed by another, and all stays encrypted meanwhile', async () => {
	await port.set('aescbc', await version());
	await api.encryption.finish();
	const secret = api.objects.get({plural: 'secrets'}, 'openshift-config-managed', 'encryption-key-openshift-kube-apiserver-1')!;
	const annotations = {
		...(secret.metadata['annotations'] as object),
		'encryption.apiserver.operator.openshift.io/migrated-timestamp': new Date(Date.now() - 8 * day).toISOString(),
	};
	await api.controllers.write('secrets', {...secret, metadata: {...secret.metadata, annotations}});
	const own = async () => encryptionStatus(await port.look()).servers.find(({id}) => id === 'kubernetes')!;
	expect((await own()).key?.rotationInMs).toBeLessThan(-0.9 * day);
	await api.encryption.step();
	expect(await own()).toMatchObject({
		phase: 'rotating',
		reason: 'EncryptionCompleted',
		migrated: [],
		key: {id: 2, mode: 'aescbc'},
	});
	await api.encryption.finish();
	expect(await own()).toMatchObject({phase: 'encrypted', isSettled: true, key: {id: 2}});
});

it('is changed only where nobody was faster, and not by whom it is forbidden to', async () => {
	const before = await version();
	expect(await port.set('aescbc', before)).toEqual({kind: 'written'});
	expect(await port.set('aesgcm', before)).toEqual({kind: 'conflict'});
	api.admin.denied = ['patch apiservers'];
	expect(await port.set('aesgcm', await version())).toEqual({
		kind: 'refused',
		why: 'you may not patch apiservers.config.openshift.io cluster; ask for that permission',
	});
	expect(encryptionStatus(await port.look()).type).toBe('aescbc');
});

it('under NOSPACE etcd refuses the change, and that is what is said', async () => {
	const [member] = cluster.members;
	const {header} = (await member!.call('/v3/maintenance/status', {})) as {header: {member_id: string}};
	const alarm = (action: string) => member!.call('/v3/maintenance/alarm', {action, alarm: 'NOSPACE', memberID: header.member_id});
	const before = await version();
	await alarm('ACTIVATE');
	const refused = await port.set('aescbc', before);
	await expect(api.encryption.step()).resolves.toBeUndefined();
	await alarm('DEACTIVATE');
	expect(refused).toEqual({
		kind: 'refused',
		why: 'under NOSPACE the API refuses every write; get out of NOSPACE first',
	});
	expect(encryptionStatus(await port.look()).type).toBe('identity');
});

it('asks before whether it may be changed, and names what can not be seen', async () => {
	api.admin.denied = ['patch apiservers', 'list secrets', 'get authentications'];
	expect(await port.look()).toMatchObject({
		deniedPatch: 'patch apiservers.config.openshift.io cluster',
		keys: {kind: 'denied', permission: 'list secrets in openshift-config-managed'},
		servers: {
			openshift: {kind: 'told'},
			oauth: {kind: 'denied', permission: 'get authentications.operator.openshift.io cluster'},
		},
	});
});

it('an API that is silent tells nothing, and whether a change arrived is not known', async () => {
	const before = await version();
	const hurried = platformOf(kubernetes, 1500).encryption!;
	api.faults.freeze();
	const [sight, set] = await Promise.all([hurried.look(), failure(hurried.set('aescbc', before))]);
	expect(sight).toMatchObject({config: {kind: 'silent'}, keys: {kind: 'silent'}, servers: {oauth: {kind: 'silent'}}});
	expect(set).toMatchObject({kind: 'timed-out'});
	api.faults.thaw();
});

it('of a key only what stands around it, and no text of a stranger as it was', async () => {
	await port.set('aesgcm', await version());
	await api.encryption.finish();
	await api.controllers.setCondition('kubeapiservers', 'cluster', {
		type: 'Encrypted',
		status: 'True',
		reason: 'EncryptionCompleted\x1b[2J',
		message: 'All resources encrypted: se\x1b[31mcrets, \u202econfigmaps\nof it',
	});
	await api.controllers.setCondition('kubeapiservers', 'cluster', {
		type: 'EncryptionKeyControllerDegraded',
		status: 'True',
		message: '\x1b]0;title\x07no key',
	});
	const sight = await port.look();
	const told = JSON.stringify(sight);
	const material = api.objects
		.list({plural: 'secrets'}, 'openshift-config-managed')
		.map(({data}) => Object.values(data as Record<string, string>)[0]!);
	expect(material).toHaveLength(3);
	expect(material.some((text) => told.includes(text))).toBe(false);
	expect(told).not.toMatch(/\\u001b|\\u202e|\\n/);
	expect(sight.servers.kubernetes).toMatchObject({value: {failing: ['EncryptionKeyController: no key']}});
});
