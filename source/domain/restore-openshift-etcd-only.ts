/** The steps from 4.18: etcd alone is disabled and restored, and its operator brings it back on the other nodes. */
import type {OpenShiftInputs} from './restore-inputs.ts';
import {manifests, podsStep, redeployStep, scriptStep} from './restore-openshift-steps.ts';
import {directoryThere, hostWord} from './restore-steps.ts';
import type {RunbookHost, RunbookStep} from './runbook.ts';

const override = 'useUnsupportedUnsafeNonHANonProductionUnstableEtcd';

export function etcdOnlySteps(
	{hosts, user, backup, proxy}: OpenShiftInputs,
	recovery: RunbookHost,
	single: boolean,
): readonly RunbookStep[] {
	const others = hosts.filter((host) => host !== recovery);
	const disable = single ? [] : [...others, recovery].map((host) => disableStep(host, hosts));
	const seen = 'It ends with `starting restore-etcd static pod`. From 4.18 it restores etcd alone; the other static pods stay.';
	return [
		...disable,
		scriptStep({recovery, directory: directoryThere(user, backup), proxy, seen}),
		{
			id: 'api',
			phase: 'restore',
			title: 'Wait until the Kubernetes API answers',
			why: 'Everything after this goes by the API.',
			commands: [],
			look: ['oc get nodes'],
			seen: 'The nodes are listed.',
			wait: 'It takes minutes. `Unable to connect to the server: EOF` at the login: wait a few moments, and try again.',
			changes: false,
			check: {kind: 'API answers'},
			word: 'answers',
		},
		...(single ? [] : [guardStep(true)]),
		{
			id: 'settled',
			phase: 'after',
			title: 'Wait until the control plane has settled',
			why: single
				? 'The operators look at the restored state and may roll out revisions.'
				: 'The operator brings etcd back on the other nodes.',
			commands: [],
			look: ['oc adm wait-for-stable-cluster'],
			seen: 'All clusteroperators are stable; etcd, kubeapiserver, kubecontrollermanager and kubescheduler are each at one revision on every node.',
			wait: 'It can take up to 15 minutes. Where etcd makes no progress, see the redeployment below.',
			changes: false,
			check: {kind: 'rollouts settled', nodes: hosts.length},
			word: 'settled',
		},
		{...redeployStep('etcd', hosts.length), title: 'Only where etcd is not rolled out: force it', optional: true},
		podsStep(hosts),
		...(single ? [] : [guardStep(false)]),
	];
}

function disableStep(host: RunbookHost, hosts: readonly RunbookHost[]): RunbookStep {
	return {
		id: `disable-etcd@${host.name}`,
		phase: 'stop',
		title: `Disable etcd on ${host.name}`,
		host: host.name,
		why: 'On every control-plane host. One on which the old etcd goes on is a second cluster.',
		commands: ['sudo -E /usr/local/bin/disable-etcd.sh'],
		look: ['sudo crictl ps | grep etcd | grep -v operator'],
		seen: 'It prints nothing.',
		wait: 'If it prints something, wait a few minutes and look again.',
		changes: true,
		check: {kind: 'stopped', manifests: [`${manifests}/etcd-pod.yaml`], containers: ['etcd']},
		word: hostWord(host, hosts),
	};
}

function guardStep(off: boolean): RunbookStep {
	const value = off ? `{"${override}": true}` : 'null';
	return {
		id: off ? 'quorum-guard-off' : 'quorum-guard-on',
		phase: 'after',
		title: `Turn the quorum guard of etcd's operator ${off ? 'off' : 'on again'}`,
		why: off
			? 'With one member of three it would wait for a quorum that is only made by its own rollout. Not on a cluster of two nodes with fencing.'
			: 'Without it the next fault, or the next drain, may cost the quorum.',
		commands: [`oc patch etcd/cluster --type=merge -p '{"spec": {"unsupportedConfigOverrides": ${value}}}'`],
		look: ['oc get etcd cluster -o jsonpath=\'{.spec.unsupportedConfigOverrides}{"\\n"}\''],
		seen: off ? 'The override is printed.' : 'Nothing is printed.',
		changes: true,
		check: {kind: 'quorum guard', off},
		word: off ? 'off' : 'on',
	};
}
