/** What the Kubernetes API tells of a restore, read. */
import {type NodeInstaller, rolloutOf} from './node-installer.ts';
import type {CheckAnswer} from './runbook.ts';
import {listText} from './text.ts';

export type PodSeen = {
	readonly name: string;
	readonly node: string;
	readonly phase: string;
	readonly readyContainers: number;
	readonly containers: number;
};

const isUp = ({phase, readyContainers, containers}: PodSeen) =>
	phase === 'Running' && containers > 0 && readyContainers === containers;
const seen = ({phase, readyContainers, containers}: PodSeen) => `${readyContainers}/${containers} ${phase}`;

/** After the script one pod alone is to run: more than one are leftovers of the old cluster that the API still believes in. */
export function onePodAnswer(pods: readonly PodSeen[], node: string): CheckAnswer {
	const own = pods.find((pod) => pod.node === node);
	const others = pods.filter((pod) => pod.node !== node && pod.phase === 'Running');
	if (own === undefined) {
		return {kind: 'not yet', text: `no etcd pod of ${node} is there yet`};
	}
	if (!isUp(own)) {
		return {kind: 'not yet', text: `${own.name} is ${seen(own)}`};
	}
	return others.length === 0
		? {kind: 'yes', text: `${own.name} is ${seen(own)}`}
		: {kind: 'not yet', text: `more than one etcd pod runs: ${listText([own, ...others].map(({name}) => name))}`};
}

export function everyPodAnswer(pods: readonly PodSeen[], nodes: readonly string[]): CheckAnswer {
	for (const node of nodes) {
		const pod = pods.find((one) => one.node === node);
		if (pod === undefined || !isUp(pod)) {
			return {kind: 'not yet', text: pod === undefined ? `no etcd pod of ${node} is there yet` : `${pod.name} is ${seen(pod)}`};
		}
	}
	return {
		kind: 'yes',
		text: `${nodes.length === 1 ? 'the etcd pod is' : `all ${nodes.length} etcd pods are`} Running with all containers ready`,
	};
}

/** Every operator at one revision on every node. */
export function settledAnswer(
	operators: readonly {readonly name: string; readonly installer: NodeInstaller}[],
	nodes: number,
): CheckAnswer {
	for (const {name, installer} of operators) {
		const rollout = rolloutOf(installer);
		if (rollout.kind !== 'at latest revision') {
			return {kind: 'not yet', text: `${name}: ${rollout.text}`};
		}
		if (rollout.nodes < nodes) {
			return {kind: 'not yet', text: `${name}: ${rollout.nodes} of ${nodes} nodes are at revision ${rollout.revision}`};
		}
	}
	return {kind: 'yes', text: `${listText(operators.map(({name}) => name))} are each at one revision on every node`};
}

export function membersAnswer(answering: readonly string[], known: number, wanted: readonly string[]): CheckAnswer {
	if (known < wanted.length) {
		return {kind: 'not yet', text: `etcd has ${known} of ${wanted.length} members`};
	}
	return answering.length >= wanted.length
		? {kind: 'yes', text: `all ${wanted.length} members answer`}
		: {kind: 'not yet', text: `${answering.length} of ${wanted.length} members answer`};
}
