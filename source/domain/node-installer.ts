/** How far OpenShift has brought a static pod to its newest revision, as an operator's condition `NodeInstallerProgressing` tells. */

export type NodeInstaller = {
	/** `True` while a revision is being installed. */
	readonly status: string;
	/** Empty while it progresses. */
	readonly reason: string;
	readonly message: string;
};

export type Rollout =
	| {readonly kind: 'at latest revision'; readonly revision: number; readonly nodes: number}
	| {readonly kind: 'in progress'; readonly text: string}
	/** The condition says neither. */
	| {readonly kind: 'unclear'; readonly text: string};

const atRevision = /(\d+) nodes? (?:is|are) at revision (\d+)/g;

/** Several revisions in the message, or none of them achieved yet: in progress, whatever the reason says. */
export function rolloutOf({status, reason, message}: NodeInstaller): Rollout {
	const groups = [...message.matchAll(atRevision)].map(([, nodes, revision]) => ({
		nodes: Number(nodes),
		revision: Number(revision),
	}));
	const [only, ...more] = groups;
	if (only === undefined) {
		return {kind: 'unclear', text: message === '' ? 'the condition says nothing of revisions' : message};
	}
	const isSettled =
		reason === 'AllNodesAtLatestRevision' && status !== 'True' && more.length === 0 && !/achieved new revision/.test(message);
	return isSettled ? {kind: 'at latest revision', ...only} : {kind: 'in progress', text: message};
}

/** Operators whose static pods are rolled out anew after a restore, in the order in which that is done: one at a time. */
export const redeployed = ['etcd', 'kubeapiserver', 'kubecontrollermanager', 'kubescheduler'] as const;
export type Redeployed = (typeof redeployed)[number];

/** Unique, or the operator would see nothing new in it; of another instant than any before. */
export function redeploymentReason(wallClock: string, known: readonly string[]): string {
	const reason = `recovery-${wallClock}`;
	return known.includes(reason) ? redeploymentReason(`${wallClock}+`, known) : reason;
}
