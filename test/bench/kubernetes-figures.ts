/** What it costs to go through a Kubernetes API: in one run, at no and at 50 ms of added round trip. */
import {setTimeout as delay} from 'node:timers/promises';
import {type KubernetesDemo, startKubernetesDemo} from '../../source/demo/kubernetes/kubernetes-demo.ts';
import {observeNow} from '../../source/engine/observe-now.ts';
import {createSystemClock} from '../../source/engine/system-clock.ts';
import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {connectKubernetes} from '../../source/transport/kubernetes/connect.ts';
import type {Transport} from '../../source/transport/transport.ts';
import type {Figure} from './index.ts';
import {residentMegabytes} from './process-figures.ts';
import {startMonitor, startTimes} from './screen-figures.ts';
import {stateForBench} from './state.ts';
import {median} from './statistics.ts';

const rounds = 30;
const warmUpRounds = 5;
const roundTripMs = 50;
const memoryAfterMs = 60_000;
const timeout = {timeoutMs: 10_000};
const timeouts = {dialTimeoutMs: 5000, commandTimeoutMs: 5000};

export async function kubernetesFigures(): Promise<readonly Figure[]> {
	const demo = await startKubernetesDemo({kind: 'openshift'});
	try {
		return [...(await starts(demo)), ...(await polls(demo)), ...(await memory(demo))];
	} finally {
		await demo.stop();
	}
}

const environment = () => ({...process.env, XDG_STATE_HOME: stateForBench()});

async function starts({api, connectionFlags}: KubernetesDemo): Promise<readonly Figure[]> {
	const {frames, data} = await startTimes(connectionFlags);
	api.faults.slow(roundTripMs);
	const far = await startTimes(connectionFlags);
	api.faults.slow(0);
	return [
		{name: 'with a kubeconfig: first frame, median of 5', value: median(frames), unit: 'ms', toReach: 200},
		{name: 'with a kubeconfig: first data over tunnels', value: median(data), unit: 'ms'},
		{name: `the same, ${roundTripMs} ms of round trip added`, value: median(far.data), unit: 'ms'},
	];
}

async function polls({api, cluster, kubeconfig}: KubernetesDemo): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	const direct = createDirectTransport({
		...cluster.certificates!,
		endpoints: cluster.members.map(({clientUrl}) => clientUrl),
		insecureSkipTlsVerify: false,
		...timeouts,
	});
	const straight = await medianPoll(direct);
	direct.close();
	figures.push({name: 'one poll of 3 members with TLS, direct', value: straight, unit: 'ms'});
	for (const added of [0, roundTripMs]) {
		api.faults.slow(added);
		for (const via of ['tunnel', 'exec'] as const) {
			const {transport} = await connectKubernetes({kubeconfig, environment: environment(), via, ...timeouts});
			const value = await medianPoll(transport);
			const name = `the same by ${via}${added === 0 ? '' : `, ${added} ms of round trip added`}`;
			figures.push({name, value, unit: 'ms', ...(via === 'tunnel' && {toReach: Math.ceil(straight) + added + 3})});
			if (via === 'tunnel' && added === 0) {
				figures.push({name: 'tunnels cut: until all answer again', value: await reconnected(transport, api.faults), unit: 'ms'});
			}
			transport.close();
		}
	}
	api.faults.slow(0);
	return figures;
}

async function medianPoll(transport: Transport): Promise<number> {
	const clock = createSystemClock();
	const membership = await transport.membership(timeout);
	const times: number[] = [];
	for (let round = 0; round < warmUpRounds + rounds; round++) {
		const began = performance.now();
		await observeNow(transport, membership, clock, timeout);
		if (round >= warmUpRounds) {
			times.push(performance.now() - began);
		}
		await delay(20);
	}
	return median(times);
}

async function reconnected(transport: Transport, faults: {cut(): void}): Promise<number> {
	const {members} = await transport.membership(timeout);
	faults.cut();
	const began = performance.now();
	await Promise.all(
		members.map(async (member) => {
			while ((await transport.status(member, {timeoutMs: 2000}).catch(() => undefined)) === undefined) {
				await delay(10);
			}
		}),
	);
	return performance.now() - began;
}

async function memory({connectionFlags}: KubernetesDemo): Promise<readonly Figure[]> {
	const program = startMonitor(connectionFlags);
	await program.waitFor(/● HEALTHY/, 20_000);
	await delay(memoryAfterMs);
	const value = residentMegabytes(program.pid);
	program.kill();
	await program.exit;
	return [{name: 'resident memory after a minute, through tunnels', value, unit: 'MB', toReach: 190}];
}
