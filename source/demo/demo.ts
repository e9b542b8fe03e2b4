/** `etcdtop demo`: a real cluster that is there for as long as somebody looks at it. */
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {type Cluster, startCluster} from './cluster.ts';
import type {ClusterMember} from './cluster-member.ts';
import {EtcdNotFoundError, findEtcd} from './etcd-binary.ts';
import {type BehindApi, clusterOptionsFor, putBehindApi} from './kubernetes/kubernetes-demo.ts';
import type {ClusterKind} from './kubernetes/resources.ts';
import type {ReaperCommand} from './reaper.ts';
import {demoQuotaBytes, type Scenario, type ScenarioId, scenarios} from './scenarios.ts';
import {Writer} from './writer.ts';

export type DemoOptions = {
	readonly scenario: ScenarioId;
	/** Behind a Kubernetes API of this kind, in pods. */
	readonly kubernetes?: ClusterKind;
	/** Open the monitor on it; else keep it up until a signal and print how to reach it. */
	readonly monitor: boolean;
	/** Opens the monitor with these flags, as on the command line; resolves to its exit code once it is left. */
	readonly openMonitor: (flags: readonly string[]) => Promise<number>;
	/** Of the journal. Default: one of the demo's own, which goes with it. */
	readonly stateDirectory?: string;
	/** Our own program by its hidden subcommand; it gets the directory as a further argument. */
	readonly reaper: ReaperCommand;
	/** Sentences about what is going on, before the monitor opens and after it closed. */
	readonly say: (sentence: string) => void;
	/** The command to paste into a second terminal. */
	readonly print: (command: string) => void;
	readonly environment?: NodeJS.ProcessEnv;
};

/** A log of 5,000 entries of 8 KiB is kept in memory anyway; etcd's default would keep 100,000, and as many on disk. */
const thriftyFlags = ['--snapshot-count=1000', '--max-wals=1', '--max-snapshots=1'];

/** OpenShift takes 20 minutes and more to encrypt; this is twelve steps in little more than a minute, each long enough to be seen. */
const encryptionStepMs = 6000;

/** OpenShift takes minutes for each node. */
const installerStepMs = 5000;

/** Starts the cluster, shows it, stops and removes it. Resolves to the exit code: the monitor's, 0 after a signal, 1 without etcd. */
export async function runDemo(options: DemoOptions): Promise<number> {
	const scenario = scenarios[options.scenario];
	const leaving = untilSignal();
	try {
		const kind = options.kubernetes;
		const {etcd, etcdctl} = await findEtcd({
			say: options.say,
			// It runs in the pods.
			etcdctl: kind !== undefined,
			signal: leaving.signal,
			...(options.environment && {environment: options.environment}),
		});
		const where = kind === undefined ? '' : `, behind a Kubernetes API as on ${kind}`;
		options.say(`Starting a real etcd cluster: ${scenario.title}${where} …`);
		const cluster = await startCluster({
			binary: etcd,
			members: scenario.members,
			quotaBytes: demoQuotaBytes,
			extraFlags: thriftyFlags,
			reaper: options.reaper,
			...(kind !== undefined && (await clusterOptionsFor(kind))),
		});
		let behind: BehindApi | undefined;
		try {
			behind =
				kind && (await putBehindApi(cluster, {kind, contextName: `demo-${kind}`, ...(etcdctl !== undefined && {etcdctl})}));
			if (kind === 'openshift') {
				behind?.api.encryption.start(encryptionStepMs);
				behind?.api.installers.start(installerStepMs);
			}
			return await show(cluster, behind?.connectionFlags ?? cluster.connectionFlags, scenario, options, leaving);
		} finally {
			behind?.api.stop();
			await cluster.stop();
			options.say('The demo cluster is stopped and removed.');
		}
	} catch (error) {
		if (leaving.signal.aborted) {
			return 0;
		}
		if (error instanceof EtcdNotFoundError) {
			options.say(error.message);
			return 1;
		}
		throw error;
	} finally {
		leaving.forget();
	}
}

async function show(
	cluster: Cluster,
	connectionFlags: readonly string[],
	scenario: Scenario,
	options: DemoOptions,
	leaving: Leaving,
): Promise<number> {
	const sick = await scenario.sick?.(cluster);
	const writer = await openWriter(
		cluster,
		cluster.members.filter((member) => member !== sick),
		leaving.signal,
	);
	let recover: (() => void) | undefined;
	try {
		recover = await scenario.prepare?.({cluster, writer, sick, signal: leaving.signal});
		if (leaving.signal.aborted) {
			return 0;
		}
		writer.start();
		const flags = [...connectionFlags, '--state-dir', resolve(options.stateDirectory ?? join(cluster.directory, 'state'))];
		if (options.monitor) {
			// From here on the signals are the monitor's: it has a terminal to restore.
			leaving.forget();
			return await options.openMonitor(flags);
		}
		options.say(
			`Reach it from another terminal (${options.kubernetes === undefined ? 'etcdctl' : 'kubectl'} takes these flags too, but for --state-dir). Ctrl-C stops it and removes ${cluster.directory}.`,
		);
		options.print(`etcdtop ${flags.join(' ')}`);
		await once(leaving.signal, 'abort');
		return 0;
	} finally {
		recover?.();
		await writer.stop();
	}
}

async function openWriter(cluster: Cluster, members: readonly ClusterMember[], signal: AbortSignal): Promise<Writer> {
	const {certificates} = cluster;
	const endpoints = members.map((member) => member.clientUrl);
	return new Writer({
		endpoints,
		signal,
		...(certificates && {
			tls: {
				rootCertificate: await readFile(certificates.cacert),
				certChain: await readFile(certificates.cert),
				privateKey: await readFile(certificates.key),
			},
		}),
	});
}

type Leaving = {
	/** Aborts at the first signal that asks us to end. */
	readonly signal: AbortSignal;
	/** Leaves signals to others again. */
	forget(): void;
};

function untilSignal(): Leaving {
	const controller = new AbortController();
	const listener = (): void => controller.abort();
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	for (const signal of signals) {
		process.on(signal, listener);
	}
	return {
		signal: controller.signal,
		forget() {
			for (const signal of signals) {
				process.off(signal, listener);
			}
		},
	};
}
