/** The restore of an OpenShift cluster, as its documentation has it: up to 4.17, from 4.18, and on a single node. */
import {parseRelease, restoresEtcdOnly} from './openshift-release.ts';
import type {OpenShiftInputs} from './restore-inputs.ts';
import {etcdOnlySteps} from './restore-openshift-etcd-only.ts';
import {everythingSteps} from './restore-openshift-everything.ts';
import {manifests} from './restore-openshift-steps.ts';
import {beginStep, copyStep, doubts, filesStep, loginSteps} from './restore-steps.ts';
import type {Runbook, RunbookStep} from './runbook.ts';

/** Checked already: see `whyNoRunbook`. */
export function openshiftRunbook(inputs: OpenShiftInputs): Runbook {
	const {clusterName, release, isReleaseAssumed, areHostsAssumed, hosts, recovery: recoveryName, user, backup, proxy} = inputs;
	const etcdOnly = restoresEtcdOnly(parseRelease(release)!);
	const recovery = hosts.find(({name}) => name === recoveryName)!;
	const single = hosts.length === 1;
	const head = [
		filesStep(backup),
		releaseStep(inputs),
		...loginSteps([recovery, ...hosts.filter((host) => host !== recovery)], user),
		copyStep(backup, recovery, hosts, user),
		...(proxy.kind === 'unknown' ? [proxyStep] : []),
		beginStep(clusterName, 'The Kubernetes API goes away with the next step, and with it every login by it.'),
	];
	const body = etcdOnly ? etcdOnlySteps(inputs, recovery, single) : everythingSteps(inputs, recovery);
	return {
		version: 1,
		kind: 'openshift',
		variant: `OpenShift ${etcdOnly ? 'from 4.18' : 'up to 4.17'}${single ? ', a single node' : ''}`,
		clusterName,
		release,
		...(isReleaseAssumed && {isReleaseAssumed: true}),
		backup,
		hosts,
		recovery: recovery.name,
		warnings: [
			...doubts(backup, areHostsAssumed),
			`Only a backup that was taken from ${release} itself may be restored: the same z-stream.`,
			'One host alone is restored. A host on which the old etcd goes on is a second cluster: no step on the others may be left out.',
			...(etcdOnly
				? []
				: [
						`What is moved to /tmp is gone after a reboot of that host. ${manifests} must hold no copy of a moved file under another name.`,
					]),
		],
		steps: [...head, ...body],
		afterwards: [
			'`Unable to connect to the server: EOF` at `oc login`: wait a few moments, the authentication controllers are starting.',
			"It may take several minutes until all services are back; `oc login` may not work until the OAuth server's pods have been restarted.",
		],
	};
}

function releaseStep({release, isReleaseAssumed, backup}: OpenShiftInputs): RunbookStep {
	const of =
		backup.release === undefined ? "the backup's is not known: look where it was taken" : `the backup's is ${backup.release}`;
	return {
		id: 'release',
		phase: 'before',
		title: 'Compare the releases: the same z-stream',
		why: isReleaseAssumed
			? `The backup was taken from ${release}; the cluster does not tell what it is: look into your records.`
			: `The cluster is ${release}; ${of}.`,
		commands: [],
		look: [`oc get clusterversion version -o jsonpath='{.status.desired.version}{"\\n"}'`],
		seen: `Both are ${release}.`,
		changes: false,
		check: {kind: 'same release'},
		word: release,
		asks: isReleaseAssumed ? 'the release of the cluster' : 'the release that the backup was taken from',
	};
}

const proxyStep: RunbookStep = {
	id: 'proxy',
	phase: 'before',
	title: 'Find out whether the cluster-wide proxy is on',
	why: 'With a proxy the script needs NO_PROXY, HTTP_PROXY and HTTPS_PROXY; without the API nobody can look them up any more.',
	commands: [],
	look: ['oc get proxy cluster -o yaml'],
	seen: 'It is on when httpProxy, httpsProxy and noProxy have values: note them down for the step that runs the script.',
	changes: false,
	word: 'looked',
	personOnly: true,
};
