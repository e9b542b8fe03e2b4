import {describe, expect, it, onTestFinished} from 'vitest';
import type {EngineMessage} from '../../source/engine/messages.ts';
import {observeNow} from '../../source/engine/observe-now.ts';
import {createPoller} from '../../source/engine/poller.ts';
import {failure} from '../domain/observations.ts';
import {createFakeTransport, type MemberScript} from '../helpers/fake-transport.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const three: readonly MemberScript[] = [{name: 'etcd-0'}, {name: 'etcd-1'}, {name: 'etcd-2'}];

function startPoller(scripts: readonly MemberScript[] = three, intervalMs = () => 2000, commandTimeoutMs = 5000) {
	const clock = createManualClock({uptimeMs: 0});
	const transport = createFakeTransport(clock, scripts);
	const messages: EngineMessage[] = [];
	const poller = createPoller({transport, clock, dispatch: (message) => messages.push(message), commandTimeoutMs, intervalMs});
	poller.start();
	onTestFinished(() => poller.stop());
	return {clock, transport, messages, poller};
}

/** `2: etcd-0 answered/answered, etcd-1 pending/failed`: when it was told, and what came of Status and metrics. */
function told(messages: readonly EngineMessage[]): string[] {
	return messages.map((message) =>
		message.type === 'observed'
			? `${message.now}: ${message.observation.members
					.map(({member, status, metrics}) => `${member.name} ${status.kind}/${metrics.kind}`)
					.join(', ')}`
			: message.type,
	);
}

const allAnswered = 'etcd-0 answered/answered, etcd-1 answered/answered, etcd-2 answered/answered';

describe('a round', () => {
	it('is told as soon as all have answered, once every interval', async () => {
		const {clock, messages, transport} = startPoller();
		await clock.advance(4500);
		expect(told(messages)).toEqual([`2: ${allAnswered}`, `2001: ${allAnswered}`, `4001: ${allAnswered}`]);
		expect(
			transport.calls.filter(({at, method}) => method === 'status' && at < 2000).map(({at, member}) => `${at} ${member}`),
		).toEqual(['1 etcd-0', '1 etcd-1', '1 etcd-2']);
	});

	it('does not wait for a slow member: it is pending after 100 ms, and told when it answers', async () => {
		const {clock, messages} = startPoller([{name: 'etcd-0'}, {name: 'etcd-1', statusMs: 612}]);
		await clock.advance(1000);
		expect(told(messages)).toEqual([
			'101: etcd-0 answered/answered, etcd-1 pending/answered',
			'613: etcd-0 answered/answered, etcd-1 answered/answered',
		]);
		expect(messages[1]).toMatchObject({observation: {members: [{}, {status: {at: 613, latencyMs: 612}}]}});
	});

	it('keeps the answer of a healthy member while it is asked again', async () => {
		const {clock, messages} = startPoller([
			{name: 'etcd-0', statusMs: 50},
			{name: 'etcd-1', statusMs: 1980},
		]);
		await clock.advance(2030);
		expect(told(messages)).toEqual([
			'101: etcd-0 answered/answered, etcd-1 pending/answered',
			'1981: etcd-0 answered/answered, etcd-1 answered/answered',
		]);
	});
});

describe('a member that does not answer', () => {
	it('is not asked again before its call ended, and delays nobody', async () => {
		const {clock, messages, transport} = startPoller([{name: 'etcd-0'}, {name: 'etcd-1', status: 'pending', metrics: 'pending'}]);
		await clock.advance(10_500);
		const asked = transport.calls.filter(({method, member}) => method === 'status' && member === 'etcd-1').map(({at}) => at);
		expect(asked).toEqual([1, 6000]);
		const others = transport.calls.filter(({method, member}) => method === 'status' && member === 'etcd-0').map(({at}) => at);
		expect(others).toEqual([1, 2000, 4000, 6000, 8000, 10_000]);
		expect(told(messages).slice(0, 5)).toEqual([
			'101: etcd-0 answered/answered, etcd-1 pending/pending',
			'2001: etcd-0 answered/answered, etcd-1 pending/pending',
			'4001: etcd-0 answered/answered, etcd-1 pending/pending',
			'5001: etcd-0 answered/answered, etcd-1 failed/pending',
			'5001: etcd-0 answered/answered, etcd-1 failed/failed',
		]);
	});

	it('stays failed while it is asked again, until it answers', async () => {
		const {clock, messages, transport} = startPoller([{name: 'etcd-0'}, {name: 'etcd-1', status: 'refused', metrics: 'refused'}]);
		await clock.advance(3000);
		transport.script('etcd-1', {status: {}, metrics: {}, statusMs: 300});
		await clock.advance(1500);
		expect(told(messages)).toEqual([
			'2: etcd-0 answered/answered, etcd-1 failed/failed',
			'2001: etcd-0 answered/answered, etcd-1 failed/failed',
			'4100: etcd-0 answered/answered, etcd-1 failed/answered',
			'4300: etcd-0 answered/answered, etcd-1 answered/answered',
		]);
	});

	it('whose metrics are silent still shows its Status', async () => {
		const {clock, messages} = startPoller([{name: 'etcd-0', metrics: 'pending'}]);
		await clock.advance(200);
		expect(told(messages)).toEqual(['101: etcd-0 answered/pending']);
	});
});

describe('the member list', () => {
	it('is asked for every fifth round while all is well', async () => {
		const {clock, transport} = startPoller();
		await clock.advance(21_000);
		expect(transport.calls.filter(({method}) => method === 'membership').map(({at}) => at)).toEqual([0, 10_000, 20_000]);
	});

	it('is asked for at once when a member fails, but not again for the same failure', async () => {
		const {clock, transport} = startPoller();
		await clock.advance(2500);
		transport.script('etcd-1', {status: 'refused', metrics: 'refused'});
		await clock.advance(7000);
		expect(transport.calls.filter(({method}) => method === 'membership').map(({at}) => at)).toEqual([0, 6000]);
	});

	it('is asked for when a leader is named that it does not have, and the new member appears', async () => {
		const {clock, messages, transport} = startPoller();
		await clock.advance(2500);
		transport.setMembers([...three, {name: 'etcd-3'}].map((one) => ({...one, status: {leaderId: 'a3'}})));
		await clock.advance(6000);
		expect(told(messages).at(-1)).toContain('etcd-3 answered/answered');
		expect(transport.count('membership')).toBe(2);
	});

	it('that cannot be had at first is told with its reason, and asked for again', async () => {
		const {clock, messages, transport} = startPoller();
		transport.failMembership(failure('refused'));
		await clock.advance(4500);
		expect(messages.map(({type}) => type)).toEqual(['membershipFailed', 'membershipFailed', 'membershipFailed']);
		transport.failMembership(undefined);
		await clock.advance(2000);
		expect(told(messages).at(-1)).toContain(allAnswered);
	});

	it('that hangs holds no round back, and is asked for once at a time', async () => {
		const {clock, messages, transport} = startPoller();
		await clock.advance(9000);
		transport.failMembership('pending');
		await clock.advance(6000);
		expect(transport.calls.filter(({method}) => method === 'membership').map(({at}) => at)).toEqual([0, 10_000]);
		await clock.advance(2500);
		const last = messages.at(-1);
		expect(last).toMatchObject({type: 'observed', observation: {membershipFailure: {kind: 'timed-out'}}});
		expect(told(messages).at(-1)).toContain(allAnswered);
	});
});

it.each([
	[5000, 5000],
	[20_000, 20_000],
	// Impatience would hide what only a late page of metrics tells.
	[100, 5000],
])('with --command-timeout %i ms a question waits %i ms', async (commandTimeoutMs, waits) => {
	const {clock, transport} = startPoller(three, () => 2000, commandTimeoutMs);
	await clock.advance(100);
	expect([...new Set(transport.calls.map(({timeoutMs}) => timeoutMs))]).toEqual([waits]);
});

describe('the pace', () => {
	it('follows the interval, and pollNow does not wait for it', async () => {
		let intervalMs = 60_000;
		const {clock, transport, poller} = startPoller(three, () => intervalMs);
		await clock.advance(5000);
		expect(transport.count('status', 'etcd-0')).toBe(1);
		intervalMs = 1000;
		poller.pollNow();
		await clock.advance(2500);
		expect(transport.count('status', 'etcd-0')).toBe(4);
	});

	it('is not changed by a wall clock that steps', async () => {
		const {clock, transport} = startPoller();
		await clock.advance(3000);
		clock.stepWall(-3_600_000);
		await clock.advance(3000);
		clock.stepWall(7_200_000);
		await clock.advance(2500);
		expect(transport.calls.filter(({method, member}) => method === 'status' && member === 'etcd-0').map(({at}) => at)).toEqual([
			1, 2000, 4000, 6000, 8000,
		]);
	});

	it('ends with stop: nothing is asked or told after it', async () => {
		const {clock, transport, messages, poller} = startPoller([{name: 'etcd-0', status: 'pending'}]);
		await clock.advance(1000);
		poller.stop();
		const before = [messages.length, transport.calls.length];
		await clock.advance(20_000);
		expect([messages.length, transport.calls.length]).toEqual(before);
	});
});

describe('observeNow', () => {
	it('asks everyone anew and waits for the silent until their deadline', async () => {
		const clock = createManualClock({uptimeMs: 0});
		const transport = createFakeTransport(clock, [{name: 'etcd-0'}, {name: 'etcd-1', status: 'pending'}]);
		const membership = await Promise.all([transport.membership({timeoutMs: 1000}), clock.advance(10)]).then(([list]) => list);
		const [observation] = await Promise.all([observeNow(transport, membership, clock, {timeoutMs: 3000}), clock.advance(3000)]);
		expect(observation.at).toBe(3010);
		expect(observation.members.map(({status, metrics}) => [status.kind, metrics.kind])).toEqual([
			['answered', 'answered'],
			['failed', 'answered'],
		]);
		expect(transport.calls.filter(({method}) => method !== 'membership').every(({timeoutMs}) => timeoutMs === 3000)).toBe(true);
	});
});
