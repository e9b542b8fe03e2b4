/** The steps up to 4.17: everything is stopped on the other hosts, and the control plane is rolled out anew afterwards. */
import {redeployed} from './node-installer.ts';
import type {OpenShiftInputs} from './restore-inputs.ts';
import {manifests, podsStep, readAgain, redeployStep, scriptStep} from './restore-openshift-steps.ts';
import {directoryThere, hostWord} from './restore-steps.ts';
import type {RunbookHost, RunbookStep} from './runbook.ts';

const dataDirectory = '/var/lib/etcd';

export function everythingSteps(inputs: OpenShiftInputs, recovery: RunbookHost): readonly RunbookStep[] {
	const {hosts, user, backup, proxy} = inputs;
	const others = hosts.filter((host) => host !== recovery);
	return [
		...others.flatMap((host) => stopSteps(host, hosts)),
		scriptStep({
			recovery,
			directory: directoryThere(user, backup),
			proxy,
			seen: "It ends with `starting kube-scheduler-pod.yaml` and a line with that pod's path. It stops the pods of this host by itself and waits for them, which takes minutes.",
		}),
		...[recovery, ...others].map((host) => kubeletStep(host, hosts)),
		{
			id: `etcd-container@${recovery.name}`,
			phase: 'restore',
			title: `See the etcd container run on ${recovery.name}`,
			host: recovery.name,
			why: 'The control plane of one member has to be there before anything else is brought back.',
			commands: [],
			look: ['sudo crictl ps | grep etcd | grep -v operator'],
			seen: 'One line, `Running  etcd`, a few minutes old at most.',
			wait: readAgain,
			changes: false,
			check: {kind: 'etcd container'},
			word: hostWord(recovery, hosts),
		},
		{
			id: 'etcd-pod',
			phase: 'restore',
			title: 'See the etcd pod run, by the Kubernetes API',
			why: 'It is the first thing that the API, which is back, has to show.',
			commands: [],
			look: ['oc get pods -n openshift-etcd | grep etcd'],
			seen: `One pod alone, etcd-${recovery.name}, Running, all its containers ready (1/1).`,
			wait: 'Pending, or more than one running etcd pod: wait a few minutes and look again. `Unable to connect to the server: EOF` at the login: wait a few moments for the authentication controllers, and try again.',
			changes: false,
			check: {kind: 'etcd pod', node: recovery.name},
			word: 'running',
		},
		...redeployed.map((operator) => redeployStep(operator, hosts.length)),
		podsStep(hosts),
	];
}

function stopSteps(host: RunbookHost, hosts: readonly RunbookHost[]): readonly RunbookStep[] {
	const word = hostWord(host, hosts);
	const stop = (what: 'etcd' | 'kube-apiserver', why: string): RunbookStep => {
		const manifest = `${manifests}/${what}-pod.yaml`;
		return {
			id: `stop-${what}@${host.name}`,
			phase: 'stop',
			title: `Stop ${what} on ${host.name}`,
			host: host.name,
			why,
			commands: [`sudo mv ${manifest} /tmp`],
			look: [`sudo crictl ps | grep ${what} | grep -v operator`],
			seen: 'It prints nothing.',
			wait: 'If it prints something, wait a few minutes and look again.',
			changes: true,
			check: {kind: 'stopped', manifests: [manifest], containers: [what]},
			word,
		};
	};
	return [
		stop('etcd', 'A member of the old cluster that goes on is a second cluster beside the restored one.'),
		stop('kube-apiserver', 'It would go on serving, and writing, the old state.'),
		{
			id: `move-data@${host.name}`,
			phase: 'stop',
			title: `Move etcd's data away on ${host.name}`,
			host: host.name,
			why: "With the old data there this member would come back as the old cluster's.",
			commands: [`sudo mv ${dataDirectory}/ /tmp`],
			look: [`sudo ls -d ${dataDirectory}`],
			seen: 'It says that there is no such directory.',
			changes: true,
			check: {kind: 'directory gone', path: dataDirectory},
			word,
		},
	];
}

function kubeletStep(host: RunbookHost, hosts: readonly RunbookHost[]): RunbookStep {
	return {
		id: `kubelet@${host.name}`,
		phase: 'restore',
		title: `Restart the kubelet on ${host.name}`,
		host: host.name,
		why: 'Every kubelet has to find the restored API server; one that is forgotten stays with the old state.',
		commands: ['sudo systemctl restart kubelet.service'],
		look: ['systemctl is-active kubelet.service'],
		seen: '`active`.',
		changes: true,
		check: {kind: 'kubelet restarted'},
		word: hostWord(host, hosts),
	};
}
