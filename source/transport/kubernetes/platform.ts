/** What Kubernetes tells around etcd, asked anew before every step, and the permissions that every change takes. */
import {gateTimeoutMs} from '../../domain/defrag-policy.ts';
import type {Pod, PodMatch} from '../../domain/pod.ts';
import type {Surroundings} from '../../domain/surroundings.ts';
import type {Platform} from '../platform.ts';
import type {CallOptions} from '../transport.ts';
import {execPermissions, forwardPermissions} from './choose-way.ts';
import type {KubernetesCluster} from './connect.ts';
import {defragControllerTold} from './defrag-controller.ts';
import {createEncryptionPort} from './encryption.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {createHostBackup} from './host-backup.ts';
import {createLeasePort} from './lease.ts';
import type {Match} from './match-pods.ts';
import {nodesPermission, operatorsPermission, readControlPlaneNodes, readOperators} from './openshift-signs.ts';
import {PermissionWatch} from './permission-watch.ts';
import {createRolloutsPort} from './rollouts.ts';
import {told} from './told.ts';

/** A gate's question is not asked more often than this, in ms: a run looks every second, and the API has others to serve. */
const freshMs = 2000;

/** `timeoutMs`: `--request-timeout`. */
export function platformOf(cluster: KubernetesCluster, timeoutMs: number): Platform {
	const {client, namespace, permissions, transport, distribution} = cluster;
	// What a decision rests on is no older than that: a longer wait for the API would hold the run back for ever.
	const call: CallOptions = {timeoutMs: Math.min(timeoutMs, gateTimeoutMs)};
	const wanted = transport.connection.kind === 'tunnel' ? forwardPermissions(namespace) : execPermissions(namespace);
	const watch = new PermissionWatch(client, wanted, permissions, {timeoutMs});
	const openshift = atMostEvery(freshMs, async () => {
		const [operators, nodes, controller] = await Promise.all([
			told(operatorsPermission, readOperators(client, call)),
			told(nodesPermission, readControlPlaneNodes(client, call)),
			defragControllerTold(client, call),
		]);
		return {operators, nodes, controller};
	});
	const pods = atMostEvery(freshMs, () => cluster.readPods());
	return {
		async surroundings(members) {
			const [seen, ofOpenShift] = await Promise.all([
				told({verb: 'list', resource: 'pods', namespace}, pods()),
				distribution === 'OpenShift' ? openshift() : undefined,
			]);
			const matches = cluster.pods(members).map(matchSeen);
			const surroundings: Surroundings = {
				...(seen.kind === 'told' ? {pods: {kind: 'told', value: matches}} : {pods: seen, seenPods: matches}),
				...(ofOpenShift !== undefined && {openshift: ofOpenShift}),
			};
			return surroundings;
		},
		lease: createLeasePort(client, namespace, call),
		...(distribution === 'OpenShift' && {encryption: createEncryptionPort(client, call)}),
		...(distribution === 'OpenShift' && {hostBackup: createHostBackup(cluster, {timeoutMs})}),
		pods: (members) => ({ageMs: cluster.podsAgeMs(), matches: cluster.pods(members).map(matchSeen)}),
		denied: () => watch.denied,
		...(distribution === 'OpenShift' && {rollouts: createRolloutsPort(client, {timeoutMs})}),
	};
}

/** The answer under way, or one that is younger than that, serves everybody. */
function atMostEvery<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
	let last: {readonly at: number; readonly answer: Promise<T>} | undefined;
	return () => {
		const now = performance.now();
		if (last === undefined || now - last.at > ms) {
			last = {at: now, answer: ask()};
		}
		return last.answer;
	};
}

function matchSeen({member, pod}: Match): PodMatch {
	return {
		...(member !== undefined && {memberId: member.id}),
		...(pod !== undefined && {pod: podSeen(pod)}),
	};
}

/** What there is to see of it. */
function podSeen({name, node, phase, isReady, restarts, createdWallMs, livenessProbe, staticPodRevision}: EtcdPod): Pod {
	return {
		name,
		...(node !== undefined && {node}),
		phase,
		isReady,
		restarts,
		...(createdWallMs !== undefined && {createdWallMs}),
		...(livenessProbe !== undefined && {livenessMs: livenessProbe.failureThreshold * livenessProbe.periodSeconds * 1000}),
		...(staticPodRevision !== undefined && {staticPodRevision}),
	};
}
