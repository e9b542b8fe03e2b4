/** What every transport to a cluster has to do, against real etcd processes. */
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {type KeyFound, type KeyPage, writeProbeKey} from '../../source/domain/key-page.ts';
import type {Member, Membership} from '../../source/domain/member.ts';
import type {CallOptions, Transport} from '../../source/transport/transport.ts';
import {type Cluster, clusterForSuite} from '../helpers/cluster.ts';
import {optionsFor, transportForTest} from './connect.ts';
import {failure} from './failure.ts';

const options = {timeoutMs: 10_000};
export type TransportFactory = {
	readonly name: string;
	/** Called for each test; closed by the suite. */
	readonly connect: (cluster: Cluster) => Promise<Transport>;
	/** For waits that are themselves tested: what a member that is well needs to answer. */
	readonly shortMs?: number;
};

/** Far more than a wait that ends may take, and less than any of the deadlines that must not count. */
const soonMs = 8000;

/** A signal is on its way for a moment, in which the process may yet answer. */
async function untilStopped(pid: number): Promise<void> {
	const stat = `/proc/${pid}/task`;
	for (let tries = 0; tries < 200 && existsSync(stat); tries++) {
		const states = readdirSync(stat).map((task) => /\) (\w)/.exec(readFileSync(`${stat}/${task}/stat`, 'utf8'))?.[1]);
		if (states.every((state) => state === 'T')) {
			return;
		}
		await sleep(5);
	}
}

/** Runs the contract over three members with mutual TLS. */
export function describeTransport({name, connect, shortMs = 400}: TransportFactory): void {
	describe(name, {timeout: 60_000}, () => {
		let cluster: Cluster;
		const open: Transport[] = [];

		beforeAll(async () => {
			cluster = await clusterForSuite({members: 3, quotaBytes: 256 * 1024 * 1024});
		}, 60_000);

		afterEach(() => {
			for (const transport of open.splice(0)) {
				transport.close();
			}
		});

		async function connected(): Promise<{transport: Transport; membership: Membership}> {
			const transport = await connect(cluster);
			open.push(transport);
			return {transport, membership: await transport.membership(options)};
		}

		async function leaderAndFollower(transport: Transport, {members}: Membership): Promise<{leader: Member; follower: Member}> {
			const statuses = await Promise.all(members.map((member) => transport.status(member, options)));
			const leader = members.find(({id}) => id === statuses[0]!.leaderId)!;
			return {leader, follower: members.find((member) => member !== leader)!};
		}

		const processOf = (member: Member) => cluster.members.find(({name}) => name === member.name)!;

		/** Freezes the member's process for as long as `during` takes. */
		async function frozen(member: Member, during: () => Promise<void>): Promise<void> {
			const process = processOf(member);
			process.freeze();
			await untilStopped(process.pid);
			try {
				await during();
			} finally {
				processOf(member).thaw();
			}
		}

		test('lists every member with its way', async () => {
			const {membership} = await connected();
			expect(membership.clusterId).toMatch(/^[0-9a-f]+$/);
			expect(membership.members.map((member) => member.name).sort()).toEqual(['etcd-1', 'etcd-2', 'etcd-3']);
			for (const member of membership.members) {
				expect(member.id).toMatch(/^[0-9a-f]+$/);
				expect(member).toMatchObject({isLearner: false, clientUrls: [processOf(member).clientUrl], endpoint: expect.any(String)});
				expect(member).not.toHaveProperty('watchOnly');
			}
		});

		test('asks each member for its own status, on which all agree', async () => {
			const {transport, membership} = await connected();
			const statuses = await Promise.all(membership.members.map((member) => transport.status(member, options)));
			expect(statuses.map(({memberId}) => memberId)).toEqual(membership.members.map(({id}) => id));
			expect(new Set(statuses.map(({clusterId}) => clusterId))).toEqual(new Set([membership.clusterId]));
			expect(new Set(statuses.map(({leaderId}) => leaderId)).size).toBe(1);
			for (const status of statuses) {
				expect(status.version).toMatch(/^3\.\d+\.\d+/);
				expect(status.dbSizeBytes).toBeGreaterThan(0);
				expect(status.dbSizeInUseBytes).toBeGreaterThan(0);
				expect(status).toMatchObject({isLearner: false, errors: []});
			}
		});

		test('reads the metrics of each member', async () => {
			const {transport, membership} = await connected();
			for (const member of membership.members) {
				const metrics = await transport.metrics(member, options);
				expect(metrics).toMatchObject({quotaBackendBytes: 256 * 1024 * 1024, defragInflight: 0, snapshotStreams: 0});
				expect(Math.abs(metrics.memberClockSeconds! - Date.now() / 1000)).toBeLessThan(15);
			}
		});

		test('reads linearizably at each member', async () => {
			const {transport, membership} = await connected();
			await Promise.all(membership.members.map((member) => transport.linearizableRead(member, options)));
		});

		test('a way that leads to another member, or to another cluster, is noticed', async () => {
			const {transport, membership} = await connected();
			const [one, other] = membership.members as [Member, Member];
			const mistaken = {...one, endpoint: other.endpoint!};
			for (const call of [
				() => transport.status(mistaken, options),
				() => transport.metrics(mistaken, options),
				() => transport.linearizableRead(mistaken, options),
				() => transport.defragment(mistaken, membership, options),
			]) {
				expect((await failure(call())).kind).toBe('wrong-identity');
			}
			const inOtherCluster = transport.defragment(one, {clusterId: 'abc'}, options);
			expect(await failure(inOtherCluster)).toMatchObject({kind: 'wrong-identity', notSent: true});
			const metrics = await Promise.all([one, other].map((member) => transport.metrics(member, options)));
			expect(metrics.map(({defragCount}) => defragCount)).toEqual([0, 0]);
		});

		test('a frozen member is silent for as long as it is waited for, and holds up nobody else', async () => {
			const {transport, membership} = await connected();
			const {follower} = await leaderAndFollower(transport, membership);
			await frozen(follower, async () => {
				const ask = (waiting: CallOptions) =>
					Promise.all(
						[
							transport.status(follower, waiting),
							transport.metrics(follower, waiting),
							transport.linearizableRead(follower, waiting),
						].map(failure),
					);
				const enough = new AbortController();
				const silent = ask({timeoutMs: 10 * options.timeoutMs, signal: enough.signal});
				const others = membership.members.filter((member) => member !== follower);
				const prompt = Promise.all([...others.map((member) => transport.status(member, options)), transport.membership(options)]);
				expect(await Promise.race([prompt.then(() => 'the others'), silent.then(() => 'the silent one')])).toBe('the others');
				enough.abort();
				await silent;
				const started = performance.now();
				expect((await ask({timeoutMs: shortMs})).map(({kind}) => kind)).toEqual(['timed-out', 'timed-out', 'timed-out']);
				expect(performance.now() - started).toBeLessThan(shortMs + soonMs);
				const onNewConnection = await failure(transport.status(follower, {timeoutMs: shortMs}));
				expect(onNewConnection).toMatchObject({kind: 'timed-out', member: follower.name, endpoint: follower.endpoint});
				const defragmentation = await failure(transport.defragment(follower, membership, {timeoutMs: shortMs}));
				expect(defragmentation).toMatchObject({kind: 'timed-out', notSent: true});
			});
			expect((await transport.status(follower, options)).memberId).toBe(follower.id);
		});

		test('a killed member refuses, and answers when it is back', async () => {
			const {transport, membership} = await connected();
			const {follower} = await leaderAndFollower(transport, membership);
			await transport.metrics(follower, options);
			await processOf(follower).kill();
			try {
				// etcdctl tries again until a second before its end; on a busy machine that second is not enough each time.
				const told = {timeoutMs: 4000};
				await expect.poll(async () => (await failure(transport.status(follower, told))).kind).toBe('refused');
				await expect.poll(async () => (await failure(transport.metrics(follower, told))).kind).toBe('refused');
				expect((await transport.membership(options)).members).toHaveLength(3);
			} finally {
				await processOf(follower).restart();
			}
			expect((await transport.status(follower, options)).memberId).toBe(follower.id);
			await transport.metrics(follower, options);
		});

		test('defragments one member, once', async () => {
			const {transport, membership} = await connected();
			const {follower} = await leaderAndFollower(transport, membership);
			const counts = () =>
				Promise.all(membership.members.map(async (member) => (await transport.metrics(member, options)).defragCount!));
			const before = await counts();
			await transport.defragment(follower, membership, options);
			const after = await counts();
			expect(after.map((count, index) => count - before[index]!)).toEqual(
				membership.members.map((member) => (member === follower ? 1 : 0)),
			);
		});

		test('a member that freezes while it defragments leaves the outcome open, and did it once', async () => {
			const {transport, membership} = await connected();
			const {follower} = await leaderAndFollower(transport, membership);
			const etcd = processOf(follower);
			for (let key = 0; key < 40; key++) {
				await etcd.call('/v3/kv/put', {
					key: Buffer.from(`fill-${key}`).toString('base64'),
					value: Buffer.alloc(1_000_000, key).toString('base64'),
				});
			}
			const before = (await transport.metrics(follower, options)).defragCount!;
			const outcome = failure(transport.defragment(follower, membership, {timeoutMs: 2000}));
			// Looked at directly: a way that takes its time would come too late.
			const direct = transportForTest(optionsFor(cluster));
			while ((await direct.metrics(follower, options)).defragInflight === 0) {
				await sleep(1);
			}
			await frozen(follower, async () => {
				const {kind, notSent} = await outcome;
				expect({kind, notSent}).toEqual({kind: 'timed-out', notSent: undefined});
			});
			await transport.status(follower, options);
			const {defragCount, defragInflight} = await transport.metrics(follower, options);
			expect({defragCount, defragInflight}).toEqual({defragCount: before + 1, defragInflight: 0});
		});

		test('streams the database of a member with its checksum, at the pace of the reader', async () => {
			const {transport, membership} = await connected();
			const {follower} = await leaderAndFollower(transport, membership);
			const chunks: Uint8Array[] = [];
			let remaining: number | undefined;
			for await (const {bytes, remainingBytes} of transport.snapshot(follower, membership, {silenceMs: 10_000})) {
				chunks.push(bytes);
				remaining = remainingBytes ?? remaining;
			}
			const all = Buffer.concat(chunks);
			const checksum = createHash('sha256').update(all.subarray(0, -32)).digest();
			expect(checksum.equals(all.subarray(-32))).toBe(true);
			expect({remaining, rest: all.length % 512}).toEqual({remaining: 0, rest: 32});
			await vi.waitFor(async () => expect((await transport.metrics(follower, options)).snapshotStreams).toBe(0), 10_000);
		});

		test('takes no snapshot from another member, and ends one that nobody reads on', async () => {
			const {transport, membership} = await connected();
			const [one, other] = membership.members as [Member, Member];
			const read = async (member: Member, clusterId: string, signal?: AbortSignal) => {
				for await (const _ of transport.snapshot(member, {clusterId}, {silenceMs: 10_000, ...(signal && {signal})})) {
					break;
				}
			};
			const mistaken = {...one, endpoint: other.endpoint!};
			expect((await failure(read(mistaken, membership.clusterId))).kind).toBe('wrong-identity');
			expect((await failure(read(one, 'abc'))).kind).toBe('wrong-identity');
			expect((await failure(read(one, membership.clusterId, AbortSignal.abort()))).kind).toBe('cancelled');
			await read(one, membership.clusterId);
			await vi.waitFor(async () => expect((await transport.metrics(one, options)).snapshotStreams).toBe(0), 10_000);
		});

		test('moves leadership, but not to whom etcd refuses it', async () => {
			const {transport, membership} = await connected();
			const {leader, follower} = await leaderAndFollower(transport, membership);
			expect(await failure(transport.moveLeader(leader, 'abcdef', options))).toMatchObject({
				kind: 'rejected',
				message: expect.stringContaining('bad leader transferee'),
			});
			expect((await failure(transport.moveLeader(follower, leader.id, options))).kind).toBe('rejected');
			await transport.moveLeader(leader, follower.id, options);
			expect((await transport.status(follower, options)).leaderId).toBe(follower.id);
		});

		test('compacts, but not into the future', async () => {
			const {transport, membership} = await connected();
			const {revision} = await transport.status(membership.members[0]!, options);
			await processOf(membership.members[0]!).call('/v3/kv/put', {key: 'YQ==', value: 'Yg=='});
			await transport.compact(revision, options);
			expect((await failure(transport.compact(revision, options))).kind).toBe('rejected');
			expect((await failure(transport.compact(revision + 1_000_000, options))).kind).toBe('rejected');
		});

		test('reads keys in pages, of each member, and how large a value is', async () => {
			const {transport, membership} = await connected();
			const [first] = membership.members as [Member];
			const names = ['/pages/a', '/pages/b\u001b[31mred', '/pages/c', '/pages/--d'].sort();
			for (const [index, name] of names.entries()) {
				const value = Buffer.alloc(100 * index, 'x').toString('base64');
				await processOf(first).call('/v3/kv/put', {key: Buffer.from(name).toString('base64'), value});
			}
			for (const member of membership.members) {
				await transport.linearizableRead(member, options);
				const found: KeyFound[] = [];
				for (let after: string | undefined = Buffer.from('/pages').toString('base64'); after !== undefined; ) {
					const page: KeyPage = await transport.keyPage(member, {after, limit: 3}, options);
					expect(page.keys.length).toBeLessThanOrEqual(3);
					// The keys of other tests follow.
					found.push(...page.keys.filter(({name}) => name.startsWith('/pages/')));
					after = page.last;
				}
				expect(found.map(({name}) => name)).toEqual(['/pages/--d', '/pages/a', '/pages/bred', '/pages/c']);
				const sizes = await Promise.all(found.map(({id}) => transport.valueBytes(member, id, options)));
				expect(sizes).toEqual([0, 100, 200, 300]);
				expect(found[2]?.bytes).toBe(16);
			}
			const whole = await transport.keyPage(first, {limit: 1000}, options);
			expect(whole.keys.map(({name}) => name)).toContain('/pages/a');
			expect(whole).not.toHaveProperty('last');
			expect(await transport.valueBytes(first, Buffer.from('/pages/none').toString('base64'), options)).toBeUndefined();
		});

		test('tries a write with a key of its own, and leaves nothing', async () => {
			const {transport, membership} = await connected();
			const [first] = membership.members as [Member];
			const before = (await transport.status(first, options)).revision;
			expect(await transport.writeProbe(options)).toEqual({});
			await transport.linearizableRead(first, options);
			expect((await transport.status(first, options)).revision).toBe(before + 2);
			const after = Buffer.from('etcdtop').toString('base64');
			const {keys} = await transport.keyPage(first, {after, limit: 10}, options);
			expect(keys.map(({name}) => name)).not.toContain(writeProbeKey);
		});

		test('lists no alarms where there are none, and disarming none is done', async () => {
			const {transport, membership} = await connected();
			await transport.disarmNoSpace(membership.members[0]!.id, options);
			expect(await transport.alarms(options)).toEqual([]);
		});

		test('stops waiting when told to', async () => {
			const {transport, membership} = await connected();
			const [member] = membership.members as [Member];
			const stop = new AbortController();
			await frozen(member, async () => {
				const started = performance.now();
				const calls = [
					transport.status(member, {...options, signal: stop.signal}),
					transport.metrics(member, {...options, signal: stop.signal}),
					transport.defragment(member, membership, {...options, signal: stop.signal}),
				].map(failure);
				await sleep(50);
				stop.abort();
				expect((await Promise.all(calls)).map(({kind}) => kind)).toEqual(['cancelled', 'cancelled', 'cancelled']);
				expect(performance.now() - started).toBeLessThan(soonMs);
				expect((await failure(transport.status(member, {...options, signal: AbortSignal.abort()}))).kind).toBe('cancelled');
			});
		});

		test('after closing, calls are cancelled', async () => {
			const {transport, membership} = await connected();
			const [member] = membership.members as [Member];
			await frozen(member, async () => {
				const calls = [transport.status(member, options), transport.metrics(member, options)].map(failure);
				await sleep(50);
				transport.close();
				calls.push(failure(transport.status(member, options)), failure(transport.membership(options)));
				expect((await Promise.all(calls)).map(({kind}) => kind)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
			});
		});
	});
}
