/** What one poll, one page of metrics and a day of history cost. */
import {startCluster} from '../../source/demo/cluster.ts';
import {emptyHistory, historyBytes, record} from '../../source/domain/history.ts';
import {observeNow} from '../../source/engine/observe-now.ts';
import {createSystemClock} from '../../source/engine/system-clock.ts';
import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {readMetrics} from '../../source/transport/grpc/metrics.ts';
import type {Figure} from './index.ts';
import {median} from './statistics.ts';

const rounds = 30;
const timeout = {timeoutMs: 5000};
const dayMs = 24 * 60 * 60 * 1000;

export async function workFigures(): Promise<readonly Figure[]> {
	const figures: Figure[] = [dayOfHistory()];
	for (const members of [3, 5, 7]) {
		const cluster = await startCluster({members, tls: 'none'});
		const transport = createDirectTransport({
			endpoints: cluster.endpoints,
			insecureSkipTlsVerify: false,
			dialTimeoutMs: 2000,
			commandTimeoutMs: 5000,
		});
		try {
			const clock = createSystemClock();
			const membership = await transport.membership(timeout);
			const times: number[] = [];
			for (let round = 0; round < rounds; round++) {
				const began = performance.now();
				await observeNow(transport, membership, clock, timeout);
				times.push(performance.now() - began);
			}
			figures.push({name: `one poll of ${members} members, Status and metrics`, value: median(times), unit: 'ms'});
			if (members === 3) {
				figures.push(await parsing(`${cluster.endpoints[0] ?? ''}/metrics`));
			}
		} finally {
			transport.close();
			await cluster.stop();
		}
	}
	return figures;
}

async function parsing(url: string): Promise<Figure> {
	const page = await (await fetch(url)).text();
	const times: number[] = [];
	for (let round = 0; round < rounds * 3; round++) {
		const began = performance.now();
		readMetrics(page);
		times.push(performance.now() - began);
	}
	return {name: `parsing a page of /metrics, ${Math.round(page.length / 1000)} kB`, value: median(times), unit: 'ms'};
}

/** Seven members, a poll every 2 s, for a day and an hour. */
function dayOfHistory(): Figure {
	let history = emptyHistory;
	for (let at = 0; at < dayMs + 3_600_000; at += 2000) {
		history = record(history, at, {dbSizeBytes: at, inUseBytes: at / 2, quotaBytes: 2 ** 31, latencyMs: 1});
	}
	return {name: '24 h of history of 7 members', value: (historyBytes(history) * 7) / 1_000_000, unit: 'MB', toReach: 10};
}
