/**
 * A restore as a runbook: plain data, every command filled in with this cluster's own names, so that it can be printed, kept beside the
 * backup, saved after every tick, and gone on with when nothing answers.
 */
import type {Redeployed} from './node-installer.ts';

export type Runbook = {
	readonly version: 1;
	readonly kind: 'openshift' | 'etcd';
	/** `OpenShift up to 4.17`. */
	readonly variant: string;
	readonly clusterName: string;
	/** Of the cluster: OpenShift's, or etcd's own. */
	readonly release: string;
	/** Neither the cluster nor a person has said so: it is the backup's. */
	readonly isReleaseAssumed?: true;
	readonly backup: RunbookBackup;
	readonly hosts: readonly RunbookHost[];
	/** The host that the backup is restored on; of plain etcd every host is one. */
	readonly recovery?: string;
	/** What a person has to know before the first step. */
	readonly warnings: readonly string[];
	readonly steps: readonly RunbookStep[];
	/** What may be slow or odd afterwards and is no failure. */
	readonly afterwards: readonly string[];
};

export type RunbookHost = {
	/** The node, or the member of plain etcd. */
	readonly name: string;
	/** Where SSH leads. */
	readonly address: string;
};

export type RunbookBackup = {
	/** Here. */
	readonly directory: string;
	readonly files: readonly RunbookFile[];
	readonly createdAt?: string;
	/** Where it is said what it was taken from; absent without a manifest. */
	readonly release?: string;
	/** It was taken while a migration of the encryption was under way. */
	readonly isPartiallyEncrypted?: true;
};

export type RunbookFile = {
	readonly name: string;
	/** Absolute, here. */
	readonly path: string;
	readonly bytes?: number;
	readonly sha256?: string;
};

export const phases = ['before', 'stop', 'restore', 'after'] as const;
export type Phase = (typeof phases)[number];
export const phaseTitles: Readonly<Record<Phase, string>> = {
	before: 'Before: while the cluster still answers',
	stop: 'Stop: nothing of the old cluster may go on',
	restore: 'Restore',
	after: 'After: the whole control plane again',
};

export type RunbookStep = {
	/** `stop-etcd@master-2`: the step and its host. */
	readonly id: string;
	readonly phase: Phase;
	readonly title: string;
	/** The name of a host; absent: here, where the runbook is read. */
	readonly host?: string;
	readonly why: string;
	/** What is done, in this order; empty where there is only something to see. */
	readonly commands: readonly string[];
	/** They are given here, and not on the host. */
	readonly fromHere?: true;
	/** By what it is seen. They change nothing. */
	readonly look: readonly string[];
	/** How a person sees that it worked. */
	readonly seen: string;
	/** What to do, and how long, where it has not worked yet. */
	readonly wait?: string;
	/** Changes that host, or the cluster. */
	readonly changes: boolean;
	/** What the program looks at by itself where it can. */
	readonly check?: RunbookCheck;
	/** What a person types to tick it off where the program can't. */
	readonly word: string;
	/** What is asked for where the word itself is the answer: then it is not shown. */
	readonly asks?: string;
	/** Only a person can know, or only a person may say so. */
	readonly personOnly?: true;
	/** For trouble only: nothing waits for it. */
	readonly optional?: true;
};

export type RunbookCheck =
	| {readonly kind: 'backup files'}
	| {readonly kind: 'same release'}
	| {readonly kind: 'login'}
	| {readonly kind: 'files there'; readonly directory: string}
	/** Manifests gone and no container of that name left. */
	| {readonly kind: 'stopped'; readonly manifests: readonly string[]; readonly containers: readonly string[]}
	| {readonly kind: 'unit stopped'; readonly unit: string; readonly dataDirectory: string}
	/** `program`: is needed there too. */
	| {readonly kind: 'directory there'; readonly path: string; readonly program: string}
	| {readonly kind: 'directory gone'; readonly path: string}
	| {readonly kind: 'restored directory'; readonly path: string}
	| {readonly kind: 'unit active'; readonly unit: string}
	| {readonly kind: 'kubelet restarted'}
	| {readonly kind: 'etcd container'}
	| {readonly kind: 'API answers'}
	| {readonly kind: 'etcd pod'; readonly node: string}
	| {readonly kind: 'etcd pods'; readonly nodes: readonly string[]}
	| {readonly kind: 'rollout'; readonly operator: Redeployed}
	| {readonly kind: 'rollouts settled'; readonly nodes: number}
	| {readonly kind: 'quorum guard'; readonly off: boolean}
	| {readonly kind: 'members answer'; readonly members: readonly string[]};

/** What a check found. `unknown`: nobody told, which is no "not yet". */
export type CheckAnswer = {readonly kind: 'yes' | 'not yet' | 'unknown'; readonly text: string};
