/** What Kubernetes tells of the cluster that etcd is a part of, beside what etcd says of itself. */
import type {PodMatch} from './pod.ts';

export type Surroundings = {
	/** The members' pods; one without the other is in it too. */
	readonly pods: Told<readonly PodMatch[]>;
	/** As they were seen last, where they are not told now: of what hardly changes, their probes. */
	readonly seenPods?: readonly PodMatch[];
	/** What only OpenShift has. */
	readonly openshift?: {
		/** Those that a defragmentation depends on. */
		readonly operators: Told<readonly ClusterOperator[]>;
		readonly nodes: Told<readonly ControlPlaneNode[]>;
		readonly controller: Told<DefragController>;
	};
};

export type Told<T> =
	| {readonly kind: 'told'; readonly value: T}
	/** The permission that is missing, in words: `list nodes`. */
	| {readonly kind: 'denied'; readonly permission: string}
	/** The API did not answer. */
	| {readonly kind: 'silent'; readonly why: string};

export type ClusterOperator = {
	readonly name: string;
	readonly isAvailable: boolean;
	readonly isDegraded: boolean;
	readonly isProgressing: boolean;
	/** The controllers behind `isDegraded`, as its reason names them: `DefragController`, `EtcdMembers`. */
	readonly degradedBy: readonly string[];
};

export type ControlPlaneNode = {readonly name: string; readonly isReady: boolean; readonly isCordoned: boolean};

/** OpenShift's own, which defragments by itself. */
export type DefragController = {
	readonly isSwitchedOff: boolean;
	/** Its newest event. */
	readonly last?: DefragControllerEvent;
};

export type DefragControllerEvent = {
	/** The same for as long as it is the same event. */
	readonly id: string;
	readonly what: 'Attempt' | 'Success' | 'Failed';
	/** By the API server's own clock, which another machine's wrote the event's time by. */
	readonly ageMs: number;
};
