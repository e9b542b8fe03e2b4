/** Steps that a restore of OpenShift has in every release. */
import type {Redeployed} from './node-installer.ts';
import type {ClusterProxy} from './restore-inputs.ts';
import type {RunbookHost, RunbookStep} from './runbook.ts';
import {shellWord} from './shell-word.ts';

export const manifests = '/etc/kubernetes/manifests';

export const readAgain = 'If it is not so yet, wait a few minutes and look again.';

type Script = {
	readonly recovery: RunbookHost;
	readonly directory: string;
	readonly proxy: ClusterProxy;
	readonly seen: string;
};

export function scriptStep({recovery, directory, proxy, seen}: Script): RunbookStep {
	return {
		id: `cluster-restore@${recovery.name}`,
		phase: 'restore',
		title: `Restore on ${recovery.name}, the recovery host`,
		host: recovery.name,
		why:
			proxy.kind === 'unknown'
				? 'Where the cluster-wide proxy is on, export HTTP_PROXY, HTTPS_PROXY and NO_PROXY with its values first: sudo -E hands them on.'
				: proxy.kind === 'on'
					? 'The cluster-wide proxy is on: sudo -E hands its variables on to the script.'
					: 'This is the restore itself. The cluster-wide proxy is off, so nothing is exported.',
		commands: [...exportsOf(proxy), `sudo -E /usr/local/bin/cluster-restore.sh ${shellWord(directory)}`],
		look: [],
		seen,
		changes: true,
		word: 'restored',
		personOnly: true,
	};
}

function exportsOf(proxy: ClusterProxy): readonly string[] {
	return proxy.kind === 'on'
		? [
				`export HTTP_PROXY=${shellWord(proxy.httpProxy)}`,
				`export HTTPS_PROXY=${shellWord(proxy.httpsProxy)}`,
				`export NO_PROXY=${shellWord(proxy.noProxy)}`,
			]
		: [];
}

function patchCommand(operator: Redeployed): string {
	return `oc patch ${operator} cluster -p='{"spec": {"forceRedeploymentReason": "recovery-'"$( date --rfc-3339=ns )"'"}}' --type=merge`;
}

function conditionCommand(operator: Redeployed): string {
	return `oc get ${operator} -o=jsonpath='{range .items[0].status.conditions[?(@.type=="NodeInstallerProgressing")]}{.reason}{"\\n"}{.message}{"\\n"}'`;
}

export function redeployStep(operator: Redeployed, nodes: number): RunbookStep {
	return {
		id: `redeploy-${operator}`,
		phase: 'after',
		title: `Roll out ${operator} anew, and wait until every node has it`,
		why:
			operator === 'etcd'
				? 'The operator starts etcd on the other nodes again, as at the first scale up. The reason must be unique: that is what the timestamp is for.'
				: 'One at a time: the next one begins when every node has this one.',
		commands: [patchCommand(operator)],
		look: [conditionCommand(operator)],
		seen: `AllNodesAtLatestRevision, and one revision in the message: ${nodes === 1 ? '1 node is' : `${nodes} nodes are`} at revision N.`,
		wait: 'Several revisions in the message mean that it is in progress: wait a few minutes and look again.',
		changes: true,
		check: {kind: 'rollout', operator},
		word: operator,
	};
}

export function podsStep(hosts: readonly RunbookHost[]): RunbookStep {
	return {
		id: 'etcd-pods',
		phase: 'after',
		title: hosts.length === 1 ? 'See etcd run' : 'See every member of etcd run and joined',
		why: 'The restore is over when etcd has its quorum again.',
		commands: [],
		look: [
			'oc get pods -n openshift-etcd | grep etcd',
			`oc rsh -n openshift-etcd -c etcdctl ${shellWord(`etcd-${hosts[0]!.name}`)} etcdctl endpoint health --cluster`,
		],
		seen: `${hosts.length === 1 ? 'The pod of the node is' : `The pods of all ${hosts.length} hosts are`} Running with all containers ready, and every endpoint is healthy.`,
		wait: readAgain,
		changes: false,
		check: {kind: 'etcd pods', nodes: hosts.map(({name}) => name)},
		word: 'joined',
	};
}
