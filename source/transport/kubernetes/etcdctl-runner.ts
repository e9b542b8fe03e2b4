/** Runs etcdctl in the pod of the member that is meant, or in another one where that pod can't run it. */
import {isIP} from 'node:net';
import {parseEndpoint} from '../grpc/endpoint.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {etcdctlCommand, ownEndpoint} from './etcdctl.ts';
import {etcdctlFailure} from './etcdctl-failure.ts';
import {type Output, runInPod} from './pod-exec.ts';
import type {PodsKeeper} from './pods-keeper.ts';

/** Where etcdctl runs, and whom it asks. */
export type ExecWay = {readonly pod: EtcdPod; readonly endpoints: readonly string[]};

export class EtcdctlRunner {
	readonly #client: KubernetesClient;
	readonly #pods: PodsKeeper;
	/** The pod that answered last. */
	#lastAnswered: string | undefined;

	constructor(client: KubernetesClient, pods: PodsKeeper) {
		this.#client = client;
		this.#pods = pods;
	}

	/** Pods that can run it: the one that answered last first. */
	get pods(): EtcdPod[] {
		const rank = (pod: EtcdPod) => Number(pod.name === this.#lastAnswered) * 2 + Number(pod.isReady);
		return this.#pods.current.filter(({isRunning}) => isRunning).sort((one, other) => rank(other) - rank(one));
	}

	/** The ways to the member at `url`, the best first. Throws `TransportError` when there is none. */
	waysTo(url: string): [ExecWay, ...ExecWay[]] {
		const own = this.#pods.at(url);
		const others = this.pods.filter((pod) => pod !== own).map((pod) => ({pod, endpoints: [url]}));
		const ways = [...(own?.isRunning ? [{pod: own, endpoints: [ownEndpoint(own)]}] : []), ...others];
		const [first, ...rest] = ways;
		if (first === undefined) {
			throw new TransportError({
				kind: 'unreachable',
				message: 'no pod of etcd runs that could ask it',
				nextStep: 'Look at the pods; reach etcd from a control-plane host.',
				notSent: true,
			});
		}
		return [first, ...rest];
	}

	/** What one call printed. Throws `TransportError`, also when etcdctl ends with an error. */
	async run({pod, endpoints}: ExecWay, words: readonly string[], options: CallOptions): Promise<string> {
		const output = await this.output({pod, endpoints}, words, options);
		if (output.exitCode !== 0) {
			const failure = etcdctlFailure(output, endpoints.join(','));
			const kind = failure.kind === 'refused' && !tellsOfProcess({pod, endpoints}) ? 'unreachable' : failure.kind;
			throw new TransportError({...failure, kind});
		}
		return output.stdout;
	}

	/** What one call printed, however it ended. */
	async output({pod, endpoints}: ExecWay, words: readonly string[], options: CallOptions): Promise<Output> {
		const command = etcdctlCommand(pod, endpoints, options.timeoutMs, words);
		const what = `etcdctl ${words.slice(0, 2).join(' ')} in pod ${pod.name}`;
		try {
			const output = await runInPod(this.#client, {pod, container: pod.etcdctlContainer, command, what}, options);
			if (output.exitCode === 0) {
				this.#lastAnswered = pod.name;
			}
			return output;
		} catch (error) {
			if (failureOf(error).kind !== 'cancelled') {
				void this.#pods.refresh();
			}
			throw error;
		}
	}

	/** A question that changes nothing, asked in the member's own pod, and where that can't run it in another one. */
	async ask(url: string, words: readonly string[], options: CallOptions): Promise<string> {
		const started = performance.now();
		const [own, ...others] = this.waysTo(url);
		try {
			return await this.run(own, words, options);
		} catch (error) {
			const {kind, notSent} = failureOf(error);
			const [other] = others;
			if (notSent !== true || kind !== 'unreachable' || other === undefined) {
				throw error;
			}
			return this.run(other, words, {...options, timeoutMs: Math.max(1, options.timeoutMs - (performance.now() - started))});
		}
	}
}

/**
 * Whether a refusal there means that no etcd runs: not where its port is only guessed, and not at a name, behind which there may be a
 * Service that refuses for a pod that is not ready.
 */
function tellsOfProcess({pod, endpoints}: ExecWay): boolean {
	return endpoints.every((url) =>
		url === ownEndpoint(pod) ? pod.isOnLoopback !== undefined : isIP(parseEndpoint(url, true).host) !== 0,
	);
}
