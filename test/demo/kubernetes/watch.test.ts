import {once} from 'node:events';
import {Watch} from '@kubernetes/client-node';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import type {KubernetesApi} from '../../../source/demo/kubernetes/kubernetes-api.ts';
import type {KubeObject} from '../../../source/demo/kubernetes/object-store.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {apiForTest, configFor} from './api-for-test.ts';

const namespace = 'openshift-etcd';
const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1});
}, 60_000);

type Seen = {readonly events: [string, KubeObject & {code?: number}][]; readonly ended: Promise<unknown>};

async function watching(api: KubernetesApi, query: Record<string, string | number | boolean>, where = path): Promise<Seen> {
	const events: Seen['events'] = [];
	const {promise: ended, resolve} = Promise.withResolvers<unknown>();
	const controller = await new Watch(configFor(api)).watch(where, query, (type, object) => events.push([type, object]), resolve);
	onTestFinished(() => controller.abort());
	return {events, ended};
}

const put = (api: KubernetesApi, name: string, holderIdentity: string, labels: Record<string, string> = {}) =>
	api.controllers.write('leases', {metadata: {name, namespace, labels}, spec: {holderIdentity}});
const texts = ({events}: Seen) =>
	events.map(([type, {metadata, spec}]) => `${type} ${metadata.name} ${(spec as {holderIdentity: string}).holderIdentity}`);

test('tells what is there and then every change', async () => {
	const api = await apiForTest(cluster);
	await put(api, 'one', 'ana');
	const seen = await watching(api, {});
	await expect.poll(() => texts(seen)).toEqual(['ADDED one ana']);
	await put(api, 'one', 'bo');
	await put(api, 'two', 'cy');
	api.objects.remove(api.resource('leases'), namespace, 'one');
	await expect.poll(() => texts(seen).slice(1)).toEqual(['MODIFIED one bo', 'ADDED two cy', 'DELETED one bo']);
	expect(seen.events[0]![1]).toMatchObject({kind: 'Lease', apiVersion: 'coordination.k8s.io/v1'});
});

test('goes on from a resource version, and shows who enters and leaves its selection', async () => {
	const api = await apiForTest(cluster);
	await put(api, 'one', 'ana', {of: 'us'});
	const resourceVersion = api.objects.resourceVersion;
	await put(api, 'one', 'bo', {of: 'us'});
	await put(api, 'two', 'cy');
	const seen = await watching(api, {resourceVersion, labelSelector: 'of=us'});
	await expect.poll(() => texts(seen)).toEqual(['MODIFIED one bo']);
	await put(api, 'one', 'bo', {of: 'them'});
	await put(api, 'two', 'cy', {of: 'us'});
	await expect.poll(() => texts(seen).slice(1)).toEqual(['DELETED one bo', 'ADDED two cy']);
});

test('a version that is forgotten is told as 410, and the watch ends', async () => {
	const api = await apiForTest(cluster);
	const {resourceVersion} = api.objects;
	await put(api, 'one', 'ana');
	api.objects.forgetChanges();
	const seen = await watching(api, {resourceVersion});
	await seen.ended;
	expect(seen.events.map(([type, {code}]) => [type, code])).toEqual([['ERROR', 410]]);
});

test('ends by itself when it was asked for no longer, with a bookmark of where it was', async () => {
	const api = await apiForTest(cluster);
	const seen = await watching(api, {timeoutSeconds: 1, allowWatchBookmarks: true});
	await seen.ended;
	expect(seen.events.map(([type, {metadata}]) => [type, metadata.resourceVersion])).toEqual([
		['BOOKMARK', String(api.objects.resourceVersion)],
	]);
});

test('shows a pod that restarts: not ready, then ready with another container', async () => {
	const api = await apiForTest(cluster);
	const seen = await watching(api, {labelSelector: 'app=etcd'}, `/api/v1/namespaces/${namespace}/pods`);
	const [member] = cluster.members;
	const ended = once(member!.process, 'exit');
	const states = () =>
		seen.events.map(([, {status}]) => {
			const {containerStatuses} = status as {containerStatuses: {name: string; ready: boolean; restartCount: number}[]};
			const {ready, restartCount} = containerStatuses.find(({name}) => name === 'etcd')!;
			return {ready, restartCount};
		});
	await expect.poll(() => states()).toEqual([{ready: true, restartCount: 0}]);
	await api.faults.restartPod('etcd-etcd-1');
	await ended;
	await expect.poll(() => states().at(-1)).toEqual({ready: true, restartCount: 1});
});
