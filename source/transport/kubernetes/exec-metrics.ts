/** Metrics where gRPC goes through etcdctl: by a tunnel to a plain port of theirs, else by curl in the pod, else not at all. */

import type {Member} from '../../domain/member.ts';
import {Calls} from '../grpc/calls.ts';
import {memberTarget} from '../grpc/expect-identity.ts';
import type {MetricsPage} from '../grpc/metrics-client.ts';
import {Session} from '../grpc/session.ts';
import {TlsKeeper} from '../grpc/tls-keeper.ts';
import {tlsMaterial} from '../grpc/tls-material.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {metricsEndpoint} from './metrics-endpoint.ts';
import {runInPod} from './pod-exec.ts';
import type {PodsKeeper} from './pods-keeper.ts';
import type {Tunnels} from './tunnels.ts';

export type ExecMetricsOptions = {
	readonly client: KubernetesClient;
	readonly pods: PodsKeeper;
	/** Where port-forwards are allowed. */
	readonly tunnels?: Tunnels;
	readonly dialTimeoutMs: number;
};

/** curl's exit codes. */
const curlFailed = {refused: 7, timedOut: 28, tls: [35, 51, 53, 54, 56, 58, 60, 77]};

export class ExecMetrics {
	readonly #options: ExecMetricsOptions;
	readonly #calls: Calls | undefined;
	/** Starts of containers in which there is no curl: asking costs a process there. */
	readonly #withoutCurl = new Set<string>();

	constructor(options: ExecMetricsOptions) {
		this.#options = options;
		const {tunnels, pods, dialTimeoutMs} = options;
		this.#calls =
			tunnels &&
			new Calls({
				dial: tunnels.dial,
				tls: new TlsKeeper(() => tlsMaterial({}), false),
				session: new Session({}),
				dialTimeoutMs,
				metricsEndpoint: (endpoint) => metricsEndpoint(pods, endpoint),
			});
	}

	/** Throws `TransportError`; `unsupported` where this way has no metrics. */
	async page(member: Member, options: CallOptions): Promise<MetricsPage> {
		const target = memberTarget(member);
		const pod = this.#options.pods.at(target.endpoint.url);
		const plain = pod?.metrics?.secure === false || pod?.client.secure === false;
		if (this.#calls !== undefined && plain) {
			return this.#calls.metrics(target, options);
		}
		if (pod === undefined) {
			throw noMetrics('it has no pod');
		}
		return this.#curl(pod, options);
	}

	close(): void {
		this.#calls?.close();
	}

	async #curl(pod: EtcdPod, options: CallOptions): Promise<MetricsPage> {
		if (!pod.hasShell || this.#withoutCurl.has(pod.incarnation)) {
			throw noMetrics(`no curl in its container ${safeText(pod.etcdctlContainer)}`);
		}
		const what = `curl in pod ${pod.name}`;
		const command = curlCommand(pod, options.timeoutMs);
		const run = {pod, container: pod.etcdctlContainer, command, what};
		const output = await runInPod(this.#options.client, run, options).catch((error: unknown) => {
			if (error instanceof TransportError && error.kind === 'unsupported') {
				this.#withoutCurl.add(pod.incarnation);
				throw noMetrics(`no curl in its container ${safeText(pod.etcdctlContainer)}`);
			}
			throw error;
		});
		if (output.exitCode === 0) {
			return readResponse(output.stdout);
		}
		if (output.exitCode === 126 || output.exitCode === 127) {
			this.#withoutCurl.add(pod.incarnation);
			throw noMetrics(`no curl in its container ${safeText(pod.etcdctlContainer)}`);
		}
		throw curlFailure(output.exitCode, output.stderr, options.timeoutMs);
	}
}

function curlCommand({metrics, client, certificates, isOnLoopback, ips}: EtcdPod, timeoutMs: number): string[] {
	const {port, secure} = metrics ?? client;
	const host = isOnLoopback === false ? (ips[0] ?? 'localhost') : 'localhost';
	const {cacert, cert, key} = certificates ?? {};
	return [
		'curl',
		'--silent',
		'--show-error',
		'--include',
		'--noproxy',
		'*',
		'--max-time',
		(Math.max(100, timeoutMs * 0.9) / 1000).toFixed(2),
		...(secure && cacert && cert && key ? ['--cacert', cacert, '--cert', cert, '--key', key] : []),
		`${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`,
	];
}

function readResponse(text: string): MetricsPage {
	const [head = '', ...rest] = text.split(/\r?\n\r?\n/);
	const code = /^HTTP\/[\d.]+ (\d+)/.exec(head)?.[1];
	if (code !== '200') {
		throw new TransportError({
			kind: code === '404' ? 'unsupported' : 'not-etcd',
			message: `/metrics answers ${code ?? 'something else than HTTP'}`,
			nextStep: 'Look whether this etcd serves its metrics at another port (--listen-metrics-urls).',
		});
	}
	const clock = Date.parse(/^date: *(.*)$/im.exec(head)?.[1] ?? '');
	return {text: rest.join('\n\n'), ...(Number.isNaN(clock) ? {} : {serverClockSeconds: clock / 1000})};
}

function curlFailure(exitCode: number, stderr: string, timeoutMs: number): TransportError {
	const words = safeText(stderr.replace(/^curl: \(\d+\) /, ''));
	if (exitCode === curlFailed.refused) {
		return new TransportError({
			kind: 'refused',
			message: 'nothing listens at its metrics port',
			nextStep: 'Check that etcd runs there.',
		});
	}
	if (exitCode === curlFailed.timedOut) {
		const message = `no metrics within ${(timeoutMs / 1000).toFixed(1)} s`;
		return new TransportError({kind: 'timed-out', message, nextStep: 'The member may be frozen or overloaded.'});
	}
	const kind = curlFailed.tls.includes(exitCode) ? 'tls' : 'unreachable';
	return new TransportError({kind, message: `no metrics: ${words}`, nextStep: 'Look at the pod.'});
}

function noMetrics(why: string): TransportError {
	return new TransportError({
		kind: 'unsupported',
		// The reason first: a narrow screen shows no more.
		message: `${why}: no metrics through exec`,
		nextStep: 'Tunnels show them: they take get and create on pods/portforward.',
	});
}
