/** A defragmentation is sent once, whatever happens to it, and what is known of its outcome is never more than is true. */
import {status} from '@grpc/grpc-js';
import {expect, test} from 'vitest';
import type {Failure} from '../../../source/domain/failure.ts';
import type {Transport} from '../../../source/transport/transport.ts';
import {type FakeEtcd, type FakeEtcdOptions, fakeEtcdForTest, fakeIds} from '../../helpers/fake-etcd.ts';
import {transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

async function connected(
	options: FakeEtcdOptions,
	commandTimeoutMs = 1000,
): Promise<{fake: FakeEtcd; transport: Transport; defragment: (timeoutMs?: number) => Promise<void>}> {
	const fake = await fakeEtcdForTest(options);
	const transport = transportForTest({
		endpoints: [fake.url],
		insecureSkipTlsVerify: false,
		dialTimeoutMs: 1000,
		commandTimeoutMs,
	});
	const {members} = await transport.membership({timeoutMs: 10_000});
	return {
		fake,
		transport,
		defragment: (timeoutMs = 5000) => transport.defragment(members[0]!, {clusterId: fakeIds.clusterId}, {timeoutMs}),
	};
}

function isKnownNotSent({kind, notSent}: Failure) {
	return {kind, notSent: notSent ?? false};
}

test('Status right before it, then the call', async () => {
	const {fake, defragment} = await connected({});
	fake.calls.length = 0;
	await defragment();
	expect(fake.calls).toEqual(['Status', 'Defragment']);
});

test('a member that takes long to say who it is is not asked, however long a command may take', {timeout: 20_000}, async () => {
	let statusMs = 0;
	const {fake, defragment} = await connected({statusMs: () => statusMs}, 60_000);
	statusMs = 5500;
	expect(isKnownNotSent(await failure(defragment(60_000)))).toEqual({kind: 'timed-out', notSent: true});
	expect(fake.calls).not.toContain('Defragment');
});

test('no answer: the outcome is open', async () => {
	const {fake, defragment} = await connected({defragment: () => {}});
	expect(isKnownNotSent(await failure(defragment(300)))).toEqual({kind: 'timed-out', notSent: false});
	expect(fake.calls.filter((method) => method === 'Defragment')).toHaveLength(1);
});

test('other calls that time out meanwhile do not end it', async () => {
	const {promise: begun, resolve: begin} = Promise.withResolvers<() => void>();
	const {transport, defragment} = await connected({defragment: (respond) => begin(() => respond(new Uint8Array()))});
	const done = defragment();
	const finish = await begun;
	const {members} = await transport.membership({timeoutMs: 1000});
	expect((await failure(transport.linearizableRead(members[0]!, {timeoutMs: 200}))).kind).toBe('unsupported');
	expect((await failure(transport.status(members[0]!, {timeoutMs: 1}))).kind).toBe('timed-out');
	finish();
	await done;
});

test('the connection breaks: the outcome is open, and nothing is sent again', async () => {
	const {fake, defragment} = await connected({defragment: () => fake.cut()});
	expect(isKnownNotSent(await failure(defragment()))).toEqual({kind: 'unreachable', notSent: false});
	expect(fake.calls.filter((method) => method === 'Defragment')).toHaveLength(1);
});

test.each([
	['the disk is full', {code: status.UNKNOWN, details: 'write db.tmp: no space left on device'}, 'rejected'],
	['no permission', {code: status.PERMISSION_DENIED, details: 'etcdserver: permission denied'}, 'permission-denied'],
	['a proxy in between gives up', {code: status.UNAVAILABLE, details: 'upstream connect error'}, 'unreachable'],
	['something internal', {code: status.INTERNAL, details: 'stream terminated'}, 'unreachable'],
])('%s', async (_, error, kind) => {
	const {fake, defragment} = await connected({defragment: (_respond, fail) => fail(error)});
	expect(isKnownNotSent(await failure(defragment()))).toEqual({kind, notSent: false});
	expect(fake.calls.filter((method) => method === 'Defragment')).toHaveLength(1);
});

test('stopping the wait leaves the outcome open', async () => {
	const stop = new AbortController();
	const {fake, transport} = await connected({defragment: () => stop.abort()});
	const {members} = await transport.membership({timeoutMs: 1000});
	const outcome = failure(
		transport.defragment(members[0]!, {clusterId: fakeIds.clusterId}, {timeoutMs: 5000, signal: stop.signal}),
	);
	expect(isKnownNotSent(await outcome)).toEqual({kind: 'cancelled', notSent: false});
	expect(fake.calls.filter((method) => method === 'Defragment')).toHaveLength(1);
});

test.each([
	['3.3.27', 'unsupported', 'etcd 3.3.27 is older than 3.4'],
	['2.3.8', 'unsupported', 'etcd 2.3.8 is older than 3.4'],
	['', 'not-etcd', 'it answers without a version of etcd'],
])('version %j is not dealt with', async (version, kind, message) => {
	const {transport} = await connected({version});
	const {members} = await transport.membership({timeoutMs: 1000});
	expect(await failure(transport.status(members[0]!, {timeoutMs: 1000}))).toMatchObject({
		kind,
		message,
		endpoint: expect.any(String),
	});
});
