/**
 * A snapshot by etcdctl in the member's pod. etcdctl writes to a file alone, so it takes a container with a shell and room beside
 * etcd's own disk: saved to a folder of its own there, printed, and removed by the same command however that ends.
 */
import {podRoomFactor, podSaveTimeoutMs, snapshotChecksumBytes} from '../../domain/backup-policy.ts';
import {type Member, memberLabel} from '../../domain/member.ts';
import {sizeText} from '../../domain/text.ts';
import {expectIdentity, memberTarget} from '../grpc/expect-identity.ts';
import type {SnapshotChunk, SnapshotOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {etcdctlCommand, ownEndpoint} from './etcdctl.ts';
import {readStatuses} from './etcdctl-json.ts';
import type {EtcdctlRunner} from './etcdctl-runner.ts';
import {streamFromPod} from './pod-stream.ts';
import type {PodsKeeper} from './pods-keeper.ts';

const noRoomCode = 91;
const noToolCode = 92;

/** `$1`: KiB that have to be free. The rest is the call of etcdctl, which wants the file's name last. */
const script = `umask 077
need=$1; shift
for tool in mktemp df wc cat rm; do command -v $tool >/dev/null || { echo "no $tool" >&2; exit ${noToolCode}; }; done
d=$(mktemp -d /tmp/etcdtop-snapshot-XXXXXX) || exit ${noToolCode}
trap 'rm -rf "$d"' EXIT
trap 'exit 143' HUP INT PIPE TERM
df -Pk "$d" | { read -r _; read -r _ _ _ free _; [ "$free" -ge "$need" ] || { echo "$free" >&2; exit 1; }; } || exit ${noRoomCode}
"$@" "$d/snapshot.db" >/dev/null || exit
echo "etcdtop-bytes $(wc -c <"$d/snapshot.db")" >&2
cat "$d/snapshot.db"`;

export type ExecSnapshotOptions = {
	readonly client: KubernetesClient;
	readonly pods: PodsKeeper;
	readonly etcdctl: EtcdctlRunner;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
};

export async function* execSnapshot(
	{client, pods, etcdctl, dialTimeoutMs, commandTimeoutMs}: ExecSnapshotOptions,
	member: Member,
	clusterId: string,
	{silenceMs, signal}: SnapshotOptions,
): AsyncGenerator<SnapshotChunk> {
	const target = memberTarget(member);
	const stoppable = signal === undefined ? {} : {signal};
	try {
		const pod = pods.at(target.endpoint.url);
		if (pod === undefined || !pod.isRunning || !pod.hasShell) {
			throw unsupported(pod);
		}
		const way = {pod, endpoints: [ownEndpoint(pod)]};
		const [entry] = readStatuses(await etcdctl.run(way, ['endpoint', 'status'], {timeoutMs: commandTimeoutMs, ...stoppable}));
		expectIdentity(entry?.status ?? {}, {clusterId, memberId: member.id}, target);
		const needed = (entry?.status.dbSizeBytes ?? 0) * podRoomFactor;
		const save = etcdctlCommand(pod, way.endpoints, podSaveTimeoutMs, ['snapshot', 'save']);
		const command = ['sh', '-c', script, 'sh', String(Math.ceil(needed / 1024)), ...save];
		let words = '';
		let total: number | undefined;
		let sent = 0;
		const said = (text: string) => {
			words = (words + text).slice(-1000);
			total = Number(/etcdtop-bytes +(\d+)/.exec(words)?.[1] ?? Number.NaN);
		};
		const what = `etcdctl snapshot save in pod ${pod.name}`;
		const run = {pod, container: pod.etcdctlContainer, command, what};
		const options = {silenceMs, firstByteMs: podSaveTimeoutMs, dialTimeoutMs, said, ...stoppable};
		for await (const bytes of streamFromPod(client, run, options, (code, text) => failed(code, text, what, needed))) {
			sent += bytes.length;
			const remaining = (total ?? Number.NaN) - snapshotChecksumBytes - sent;
			yield {bytes, ...(Number.isNaN(remaining) ? {} : {remainingBytes: Math.max(0, remaining)})};
		}
	} catch (error) {
		throw new TransportError({...failureOf(error), endpoint: target.endpoint.url, member: memberLabel(member)}, error);
	}
}

const otherWay =
	"Reach etcd through tunnels (they take etcd's certificates: --cacert, --cert and --key), or from a control-plane host (--local, --via ssh).";

function unsupported(pod: EtcdPod | undefined): TransportError {
	const message =
		pod?.isRunning === true
			? `the image of pod ${pod.name} has no shell, and etcdctl alone can't hand a snapshot out of it`
			: "a snapshot by etcdctl takes the member's own pod, and it has none that runs";
	return new TransportError({kind: 'unsupported', message, nextStep: otherWay, notSent: true});
}

function failed(code: number, said: string, what: string, needed: number): TransportError {
	if (code === noRoomCode) {
		const free = Number(/\d+/.exec(said)?.[0] ?? 0) * 1024;
		return new TransportError({
			kind: 'unsupported',
			message: `${what}: ${sizeText(free)} are free in /tmp there, and ${sizeText(needed)} are needed`,
			nextStep: otherWay,
		});
	}
	if (code === noToolCode) {
		return new TransportError({
			kind: 'unsupported',
			message: `${what}: the container lacks what it takes: ${said}`,
			nextStep: otherWay,
		});
	}
	return new TransportError({kind: 'rejected', message: `${what} failed: ${said}`, nextStep: 'Look at the member and its log.'});
}
