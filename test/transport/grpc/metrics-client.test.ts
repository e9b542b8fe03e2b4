/** Pages that never end, end early, or aren't pages. */
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import {transportForTest} from '../connect.ts';
import {failure} from '../failure.ts';

/** A member whose client URL is this web server. */
async function memberServedBy(listener: RequestListener): Promise<Member> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {id: 'a', name: 'etcd-1', isLearner: false, clientUrls: [endpoint], peerUrls: [], endpoint};
}

function metricsOf(member: Member, timeoutMs = 2000) {
	const options = {endpoints: [member.endpoint!], insecureSkipTlsVerify: false, dialTimeoutMs: 1000, commandTimeoutMs: 1000};
	return transportForTest(options).metrics(member, {timeoutMs});
}

test('a page with garbage gives what it has', async () => {
	const member = await memberServedBy((_, response) => response.end('}{\n\0\x1b[2J\netcd_disk_defrag_inflight 1\nnonsense'));
	expect(await metricsOf(member)).toMatchObject({sampleCount: 1, defragInflight: 1});
});

test('an answer without a date has no clock', async () => {
	const member = await memberServedBy((_, response) => {
		response.sendDate = false;
		response.end('a 1\n');
	});
	expect(await metricsOf(member)).toEqual({sampleCount: 1});
});

test('a page of another member', async () => {
	const member = await memberServedBy((_, response) => response.end('etcd_server_id{server_id="b"} 1\n'));
	expect(await failure(metricsOf(member))).toMatchObject({
		kind: 'wrong-identity',
		message: expect.stringContaining('member b instead of a'),
	});
});

test.each([
	[404, 'unsupported'],
	[401, 'not-etcd'],
	[500, 'not-etcd'],
])('status %i', async (status, kind) => {
	const member = await memberServedBy((_, response) => response.writeHead(status).end('no'));
	expect(await failure(metricsOf(member))).toMatchObject({
		kind,
		message: `/metrics answers ${status}`,
		member: 'etcd-1',
		endpoint: member.endpoint,
	});
});

test('a page that is cut off by the connection', async () => {
	const member = await memberServedBy((_, response) => {
		response.writeHead(200, {'content-length': '1000'});
		response.write('etcd_mvcc_db_total_size_in_bytes 204');
		setTimeout(() => response.destroy(), 20);
	});
	expect(await failure(metricsOf(member))).toMatchObject({kind: 'unreachable'});
});

test('a page that stops in the middle', async () => {
	const member = await memberServedBy((_, response) => response.write('a 1\n'));
	const started = performance.now();
	expect(await failure(metricsOf(member, 200))).toMatchObject({kind: 'timed-out'});
	expect(performance.now() - started).toBeLessThan(8000);
});

test('a page without end', async () => {
	let written = 0;
	const member = await memberServedBy((request, response) => {
		const more = () => {
			while (!request.destroyed && !response.destroyed && response.write('a 1\n'.repeat(100_000))) {
				written += 400_000;
			}
		};
		response.on('drain', more);
		more();
	});
	expect(await failure(metricsOf(member, 20_000))).toMatchObject({kind: 'not-etcd', message: '/metrics is longer than 16 MiB'});
	expect(written).toBeLessThan(64 * 1024 * 1024);
});

test('a kept connection that the server closed is made anew', async () => {
	let requests = 0;
	const member = await memberServedBy((request, response) => {
		requests++;
		// Closes a kept connection when it is used again.
		if (requests === 2) {
			request.socket.destroy();
			return;
		}
		response.end('a 1\n');
	});
	const options = {endpoints: [member.endpoint!], insecureSkipTlsVerify: false, dialTimeoutMs: 1000, commandTimeoutMs: 1000};
	const transport = transportForTest(options);
	await transport.metrics(member, {timeoutMs: 2000});
	expect(await transport.metrics(member, {timeoutMs: 2000})).toMatchObject({sampleCount: 1});
	expect(requests).toBe(3);
});
