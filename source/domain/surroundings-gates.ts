/**
 * Gates of Kubernetes before each defragmentation. Under NOSPACE what the API shows is frozen, for nothing can write it: then they
 * are warnings, and etcd's own gates decide. The id of a closed gate names what closes it, so that a typed word for one trouble is
 * none for another that comes up later.
 */
import type {Gate} from './gate.ts';
import type {PodMatch} from './pod.ts';
import type {ClusterOperator, ControlPlaneNode, DefragController, Surroundings, Told} from './surroundings.ts';
import {listText} from './text.ts';

export type SurroundingsGateInput = {
	readonly surroundings: Surroundings;
	/** By what etcd itself says, not by what the API shows. */
	readonly isOutOfSpace: boolean;
	/** The label of a member. */
	readonly nameOf: (memberId: string) => string;
};

const wantedOperators = ['etcd', 'kube-apiserver'];

export function surroundingsGates(input: SurroundingsGateInput): readonly Gate[] {
	const {pods, openshift} = input.surroundings;
	const frozen = input.isOutOfSpace;
	const podsGate = gateOf(
		'pods',
		openshift === undefined ? 'the pods are ready' : 'members and pods are in step',
		pods,
		frozen,
		(matches) => podTroubles(matches, input.nameOf, openshift !== undefined),
	);
	if (openshift === undefined) {
		return [podsGate];
	}
	return [
		...wantedOperators.map((name) => operatorGate(name, openshift.operators, frozen)),
		gateOf('nodes', 'control-plane nodes Ready, none cordoned', openshift.nodes, frozen, nodeTroubles),
		podsGate,
		controllerGate(openshift.controller),
	];
}

type Troubles = {
	/** Empty where all is well. */
	readonly found: readonly string[];
	readonly wellText: string;
};

function gateOf<T>(id: string, title: string, told: Told<T>, isFrozen: boolean, look: (value: T) => Troubles): Gate {
	switch (told.kind) {
		case 'denied':
			// A person may know better than a role tells; a word has to be typed for it.
			return {id: `${id} denied`, title, state: 'acknowledge', detail: `can't be seen: you may not ${told.permission}`};
		case 'silent': {
			// It has other words for that each time, and may answer again, under NOSPACE too.
			const text = `the API does not answer: ${told.why}`;
			return {...closed(id, title, [text], isFrozen), id: `${id} silent`, opensByItself: true};
		}
		case 'told': {
			const {found, wellText} = look(told.value);
			return found.length === 0 ? {id, title, state: 'passed', detail: wellText} : closed(id, title, found, isFrozen);
		}
	}
}

/** Rollouts and restarts end by themselves: a run waits for that before it gives up. */
function closed(
	id: string,
	title: string,
	found: readonly string[],
	isFrozen: boolean,
	why = 'under NOSPACE nothing writes it',
): Gate {
	const text = found.join(', ');
	return isFrozen
		? {id: `${id}: ${text}`, title, state: 'acknowledge', detail: `stale, ${why}: ${text}`}
		: {id: `${id}: ${text}`, title, state: 'failed', detail: text, opensByItself: true};
}

function operatorGate(name: string, told: Told<readonly ClusterOperator[]>, isFrozen: boolean): Gate {
	const id = `operator ${name}`;
	const title = `operator ${name} is settled`;
	const gate = gateOf(id, title, told, isFrozen, (operators) => operatorTroubles(operators.find((one) => one.name === name)));
	const operator = told.kind === 'told' ? told.value.find((one) => one.name === name) : undefined;
	if (gate.state !== 'failed' || operator === undefined || !isDegradedByDefragsAlone(operator)) {
		return gate;
	}
	// It degrades etcd after attempts that failed, and stays so: waiting for it would keep the way out shut.
	return closed(id, title, operatorTroubles(operator).found, true, 'by failed defragmentations of its own alone');
}

function isDegradedByDefragsAlone({isAvailable, isProgressing, isDegraded, degradedBy}: ClusterOperator): boolean {
	return (
		isAvailable && !isProgressing && isDegraded && degradedBy.length > 0 && degradedBy.every((one) => one === 'DefragController')
	);
}

function operatorTroubles(operator: ClusterOperator | undefined): Troubles {
	if (operator === undefined) {
		return {found: ['there is no such ClusterOperator'], wellText: ''};
	}
	const {isAvailable, isDegraded, isProgressing, degradedBy} = operator;
	return {
		found: [
			...(isAvailable ? [] : ['not Available']),
			...(isDegraded ? [`Degraded${degradedBy.length === 0 ? '' : ` by ${listText(degradedBy)}`}`] : []),
			...(isProgressing ? ['Progressing'] : []),
		],
		wellText: 'Available, not Degraded or Progressing',
	};
}

function nodeTroubles(nodes: readonly ControlPlaneNode[]): Troubles {
	return {
		found: [
			...(nodes.length === 0 ? ['no control-plane node is shown'] : []),
			...nodes.filter(({isReady}) => !isReady).map(({name}) => `${name} is NotReady`),
			...nodes.filter(({isCordoned}) => isCordoned).map(({name}) => `${name} is cordoned`),
		],
		wellText: listText(nodes.map(({name}) => name)),
	};
}

function podTroubles(matches: readonly PodMatch[], nameOf: (memberId: string) => string, isOpenShift: boolean): Troubles {
	const pods = matches.flatMap(({pod}) => (pod === undefined ? [] : [pod]));
	const revisions = [...new Set(pods.flatMap(({staticPodRevision: revision}) => (revision === undefined ? [] : [revision])))];
	return {
		found: [
			...pods.filter(({isReady}) => !isReady).map(({name}) => `${name} is not ready`),
			...matches.flatMap(({memberId, pod}) =>
				pod === undefined && memberId !== undefined ? [`${nameOf(memberId)} has no pod`] : [],
			),
			...matches.flatMap(({memberId, pod}) => (memberId === undefined && pod !== undefined ? [`${pod.name} has no member`] : [])),
			...(isOpenShift && revisions.length > 1 ? [`pods are at the revisions ${listText(revisions.toSorted())}`] : []),
		],
		wellText: `${pods.length} ready`,
	};
}

/** Said, and holding nothing: what it does is counted in the cooldown. */
function controllerGate(told: Told<DefragController>): Gate {
	const start = {id: 'defrag-controller', title: "OpenShift's own defragmentation"} as const;
	if (told.kind === 'denied') {
		return {...start, state: 'unchecked', detail: `can't be seen: you may not ${told.permission}`};
	}
	if (told.kind === 'silent') {
		return {...start, state: 'unchecked', detail: `the API does not answer: ${told.why}`};
	}
	return told.value.isSwitchedOff
		? {...start, state: 'passed', detail: 'switched off'}
		: {...start, state: 'unchecked', detail: 'active; counted in the cooldown'};
}
