/** Links that are slow, break, and come back. */
import {expect, test} from 'vitest';
import {clusterForTest} from '../../helpers/cluster.ts';
import {type FaultProxy, faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {optionsFor, transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 5000};

test('one member behind a link that is delayed, cut, refused and stalled', {timeout: 60_000}, async () => {
	let proxy: FaultProxy | undefined;
	const cluster = await clusterForTest({
		members: 1,
		advertiseClientUrl: async (clientUrl) => {
			proxy = await faultProxyForTest(clientUrl);
			return proxy.url();
		},
	});
	const link = proxy!;
	const transport = transportForTest(optionsFor(cluster));
	const {members} = await transport.membership(options);
	const member = members[0]!;
	const ask = (timeoutMs = 5000) => Promise.all([transport.status(member, {timeoutMs}), transport.metrics(member, {timeoutMs})]);
	await ask();

	link.delayMs = 100;
	const started = performance.now();
	await ask();
	expect(performance.now() - started).toBeGreaterThan(190);
	link.delayMs = 0;

	link.cut();
	await ask();

	await link.refuse();
	link.cut();
	expect((await failure(transport.status(member, options))).kind).toBe('refused');
	expect((await failure(transport.metrics(member, options))).kind).toBe('refused');
	await link.accept();
	await ask();

	link.stall();
	expect((await failure(transport.status(member, {timeoutMs: 200}))).kind).toBe('timed-out');
	expect((await failure(transport.metrics(member, {timeoutMs: 200}))).kind).toBe('timed-out');
	link.resume();
	await ask();
});
