/** The monitor with an engine that lives a day in less than a minute: started by `memory-figures.ts`, in a terminal of its own. */
import {setImmediate as breathe, setTimeout as delay} from 'node:timers/promises';
import {initialState} from '../../source/engine/initial-state.ts';
import {createStore} from '../../source/engine/store.ts';
import {createSystemClock} from '../../source/engine/system-clock.ts';
import {runMonitor} from '../../source/monitor.tsx';
import {parseOptions} from '../../source/options.ts';
import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {directPlatform} from '../../source/transport/platform.ts';
import {MiB, observationOf} from '../domain/observations.ts';

const intervalMs = 2000;
const dayMs = 24 * 60 * 60 * 1000;
const pollsAtOnce = 200;
const restMs = 3000;

const clock = createSystemClock();
const store = createStore(initialState({clock, clusterName: 'a day', readOnly: false, intervalMs, journalDirectory: 'nowhere'}));

/** Files that grow, shrink and never rest, and a leader that changes every hour: history and events are as full as they get. */
function observe(at: number): void {
	const poll = Math.floor(at / intervalMs);
	const members = [0, 1, 2].map((index) => ({
		name: `etcd-${index}`,
		status: {
			dbSizeBytes: (500 + ((poll * 7 + index * 100) % 400)) * MiB,
			dbSizeInUseBytes: (200 + ((poll * 3) % 200)) * MiB,
			revision: poll,
			raftIndex: poll,
			raftAppliedIndex: poll,
			leaderId: `a${Math.floor(at / 3_600_000) % 3}`,
			raftTerm: 7 + Math.floor(at / 3_600_000),
		},
	}));
	store.dispatch({type: 'observed', now: at, wallMs: clock.wallMs(), observation: observationOf(members, at)});
}

async function liveADay(): Promise<void> {
	const begin = clock.uptimeMs();
	for (let poll = 0; poll * intervalMs < dayMs; poll++) {
		observe(begin + poll * intervalMs);
		if (poll % pollsAtOnce === 0) {
			await breathe();
		}
	}
	// Real days leave V8 the time to collect what this one threw away at once.
	globalThis.gc?.();
	await delay(restMs);
	globalThis.gc?.();
	store.dispatch({type: 'messageChanged', message: {kind: 'good', text: 'a day has passed'}});
}

const transport = createDirectTransport({
	endpoints: ['http://127.0.0.1:1'],
	insecureSkipTlsVerify: false,
	dialTimeoutMs: 1000,
	commandTimeoutMs: 1000,
});
process.exitCode = await runMonitor({
	options: parseOptions([], {}),
	store,
	clock,
	begin: () => store.getState(),
	reach: async () => ({transport, platform: directPlatform, clusterName: 'a day', contexts: []}),
	createEngine: () => ({
		controls: new Proxy({} as never, {get: () => () => undefined}),
		start: () => void liveADay(),
		stop: async () => transport.close(),
		close: () => transport.close(),
	}),
});
