/** A member's stream when somebody on the way is slow, silent or gone. */
import {readdirSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {beforeAll, describe, expect, test, vi} from 'vitest';
import type {Member, Membership} from '../../source/domain/member.ts';
import type {SnapshotChunk, Transport} from '../../source/transport/transport.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';
import {type FaultProxy, faultProxyForTest} from '../helpers/fault-proxy.ts';
import {put} from '../helpers/fill.ts';
import {optionsFor, transportForTest} from './connect.ts';
import {failure} from './failure.ts';
import {apiForTest, connected} from './kubernetes/open-kubernetes.ts';

const options = {timeoutMs: 10_000};
const MiB = 1024 * 1024;

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite({members: 1});
	for (let index = 0; index < 9; index++) {
		await put(cluster, `key-${index}`, Buffer.alloc(MiB, index));
	}
}, 60_000);

type Way = {readonly transport: Transport; readonly proxy: FaultProxy};

const ways: Readonly<Record<string, () => Promise<Way>>> = {
	async direct() {
		const proxy = await faultProxyForTest(cluster.members[0]!.clientUrl);
		const transport = transportForTest({...optionsFor(cluster), endpoints: [proxy.url()]});
		return {transport, proxy};
	},
	async tunnel() {
		const api = await apiForTest(cluster);
		const proxy = await faultProxyForTest(api.url);
		const {transport} = await connected(cluster, api.kubeconfig(undefined, proxy.url()), {via: 'tunnel'});
		return {transport, proxy};
	},
};

/** As far as the first chunk, through the proxy. */
async function begun({transport, proxy}: Way, silenceMs = 20_000, signal?: AbortSignal) {
	const membership: Membership = await transport.membership(options);
	const [member] = membership.members as [Member];
	const meant = transport.connection.kind === 'direct' ? {...member, endpoint: proxy.url()} : member;
	const stream = transport.snapshot(meant, membership, {silenceMs, ...(signal && {signal})})[Symbol.asyncIterator]();
	expect((await stream.next()).value?.remainingBytes).toBeGreaterThan(8 * MiB);
	return stream;
}

async function rest(stream: AsyncIterator<SnapshotChunk>): Promise<number> {
	let bytes = 0;
	for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
		bytes += next.value.bytes.length;
	}
	return bytes;
}

describe.each(Object.keys(ways))('%s', (name) => {
	test('a reader that is slow holds the member back', {timeout: 60_000}, async () => {
		const way = await ways[name]!();
		const stream = await begun(way);
		for (let [before, quiet] = [-1, 0]; quiet < 5; quiet = before === way.proxy.passed ? quiet + 1 : 0) {
			before = way.proxy.passed;
			await sleep(50);
		}
		expect(way.proxy.passed).toBeLessThan(3 * MiB);
		expect(await rest(stream)).toBeGreaterThan(8 * MiB);
	});

	test('a stream that falls silent is given up', {timeout: 60_000}, async () => {
		const way = await ways[name]!();
		const stream = await begun(way, 500);
		way.proxy.stall();
		expect(await failure(rest(stream))).toMatchObject({kind: 'timed-out', message: expect.stringMatching(/no answer within/)});
		way.proxy.resume();
	});

	test('a connection that is cut ends it, and so does whoever stops it', {timeout: 60_000}, async () => {
		const way = await ways[name]!();
		const cut = await begun(way);
		way.proxy.cut();
		expect((await failure(rest(cut))).kind).toBe('unreachable');
		const stop = new AbortController();
		const stopped = await begun(await ways[name]!(), 20_000, stop.signal);
		stop.abort();
		expect((await failure(rest(stopped))).kind).toBe('cancelled');
	});
});

describe('etcdctl in the pod', () => {
	async function exec(kind: 'openshift' | 'kubeadm') {
		const api = await apiForTest(cluster, kind);
		const {transport} = await connected(cluster, api.kubeconfig(), {via: 'exec'});
		const membership = await transport.membership(options);
		const take = async () => {
			for await (const _ of transport.snapshot(membership.members[0]!, membership, {silenceMs: 20_000})) {
				// Only that it comes.
			}
		};
		return {api, take};
	}

	test('an image without a shell: unsupported, with the way that is left', {timeout: 60_000}, async () => {
		const {take} = await exec('kubeadm');
		expect(await failure(take())).toMatchObject({
			kind: 'unsupported',
			message: expect.stringContaining('has no shell'),
			nextStep: expect.stringMatching(/tunnels.*control-plane host/),
			notSent: true,
		});
	});

	test('a connection that is lost: it fails, and the file in the pod goes', {timeout: 60_000}, async () => {
		const {api, take} = await exec('openshift');
		api.faults.cutOnExec('snapshot');
		expect((await failure(take())).kind).toBe('unreachable');
		const left = () => readdirSync('/tmp').filter((one) => one.startsWith('etcdtop-snapshot-'));
		await vi.waitFor(() => expect(left()).toEqual([]), {timeout: 20_000, interval: 100});
	});
});
