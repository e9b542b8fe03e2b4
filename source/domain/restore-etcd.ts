/** The restore of an etcd of one's own: every member from the same snapshot, as one new cluster. */
import type {EtcdInputs, EtcdMemberInputs} from './restore-inputs.ts';
import {beginStep, copyStep, directoryThere, doubts, filesStep, hostWord, loginSteps} from './restore-steps.ts';
import type {Runbook, RunbookStep} from './runbook.ts';
import {shellWord} from './shell-word.ts';

export const etcdUnit = 'etcd.service';
const manifests = '/etc/kubernetes/manifests';
/** Out of the kubelet's sight, and not gone after a reboot. */
const manifestsAway = '/etc/kubernetes/stopped-for-restore';
const apiServer = 'kube-apiserver.yaml';

/** Checked already: see `whyNoRunbook`. */
export function etcdRunbook(inputs: EtcdInputs): Runbook {
	const {clusterName, release, members, backup, user} = inputs;
	const stamp = stampOf(inputs);
	const isPod = inputs.runs === 'static pod';
	return {
		version: 1,
		kind: 'etcd',
		variant: isPod ? 'etcd in static pods' : 'etcd of its own',
		clusterName,
		release,
		backup,
		hosts: members.map(({name, address}) => ({name, address})),
		warnings: [
			...doubts(backup, inputs.areHostsAssumed),
			'All members are stopped before the first is restored, and every one is restored from the same snapshot: a member of the old cluster that goes on, or comes back, is a second cluster.',
			'The members get new ids and a new cluster id; the old data directories are kept beside the new ones.',
			...(members.some(({isAssumed}) => isAssumed)
				? ['The data directories marked “usual” are not known: look at --data-dir of etcd on the host before they are believed.']
				: []),
			...(isPod
				? [
						'For static pods as kubeadm makes them. OpenShift is restored from a backup with its static_kuberesources alone, and RKE2 by its own `rke2 server --cluster-reset`.',

						'Controllers and kubelets that watched the old cluster have to be restarted afterwards: they know revisions that are gone.',
					]
				: []),
		],
		steps: [
			filesStep(backup),
			...loginSteps(members, user),
			...members.map((member) => directoryStep(member, inputs)),
			...members.map((member) => copyStep(backup, member, members, user)),
			beginStep(clusterName, 'All reads and writes stop until every member is restored and started.'),
			...members.map((member) => stopStep(member, inputs)),
			...members.map((member) => restoreStep(member, inputs, stamp)),
			...members.map((member) => startStep(member, inputs)),
			membersStep(inputs),
		],
		afterwards: [
			'Clients that kept a watch or a revision of the old cluster may have to be restarted: the restored one begins with the revision of the backup.',
			`When everything is well, remove the old data: ${members.map((member) => `${asideOf(member, stamp)} on ${member.name}`).join(', ')}.`,
		],
	};
}

/** Of the backup, so that the same runbook gives the same names whenever it is made. */
function stampOf({backup: {files}}: EtcdInputs): string {
	const name = files
		.find((file) => file.name.endsWith('.db'))!
		.name.replace(/^snapshot_/, '')
		.replace(/\.db$/, '');
	return name.replaceAll(/[^\w.-]/g, '_');
}

const asideOf = ({dataDirectory}: EtcdMemberInputs, stamp: string) => `${dataDirectory.replace(/\/+$/, '')}.before-${stamp}`;

/** etcdutl came with 3.5; 3.4's etcdctl does it. */
function toolOf(release: string): 'etcdctl' | 'etcdutl' {
	return /^3\.[0-4](\.|$)/.test(release) ? 'etcdctl' : 'etcdutl';
}

function directoryStep(member: EtcdMemberInputs, {members, release}: EtcdInputs): RunbookStep {
	const program = toolOf(release);
	const {dataDirectory, isAssumed, name} = member;
	return {
		id: `data-directory@${name}`,
		phase: 'before',
		title: `Make sure of the data directory of ${name}`,
		host: name,
		why: isAssumed
			? `${dataDirectory} is what is usual, and nobody said so: look at --data-dir, and at --wal-dir, of etcd on this host.`
			: "What is moved away has to be etcd's data, and what is restored has to be where etcd looks for it.",
		commands: [],
		look: [`sudo ls -d ${shellWord(`${dataDirectory}/member`)}`, 'ps -ww -C etcd -o args=', `sudo ${program} version`],
		seen: `${dataDirectory}/member is there, etcd runs with that --data-dir and without --wal-dir, and ${program} is there.`,
		changes: false,
		...(isAssumed ? {personOnly: true} : {check: {kind: 'directory there', path: `${dataDirectory}/member`, program}}),
		word: hostWord(member, members),
	};
}

function stopStep(member: EtcdMemberInputs, {members, runs}: EtcdInputs): RunbookStep {
	const common = {
		id: `stop@${member.name}`,
		phase: 'stop',
		host: member.name,
		changes: true,
		word: hostWord(member, members),
		wait: 'If it still runs, wait a minute and look again.',
	} as const;
	return runs === 'unit'
		? {
				...common,
				title: `Stop etcd on ${member.name}`,
				why: 'All of them, before the first one is restored.',
				commands: [`sudo systemctl stop ${etcdUnit}`],
				look: [`systemctl is-active ${etcdUnit}`],
				seen: '`inactive`.',
				check: {kind: 'unit stopped', unit: etcdUnit, dataDirectory: member.dataDirectory},
			}
		: {
				...common,
				title: `Stop etcd and the API server on ${member.name}`,
				why: 'All of them, before the first one is restored; an API server would go on serving the old state.',
				commands: [
					`sudo mkdir -p ${manifestsAway}`,
					`sudo mv ${manifests}/${apiServer} ${manifests}/etcd.yaml ${manifestsAway}/`,
				],
				look: ["sudo crictl ps | grep -E 'etcd|kube-apiserver'"],
				seen: 'It prints nothing.',
				check: {
					kind: 'stopped',
					manifests: [`${manifests}/etcd.yaml`, `${manifests}/${apiServer}`],
					containers: ['etcd', 'kube-apiserver'],
				},
			};
}

function restoreStep(member: EtcdMemberInputs, inputs: EtcdInputs, stamp: string): RunbookStep {
	const {backup, user, members, release} = inputs;
	const file = backup.files.find(({name}) => name.endsWith('.db'))!;
	const {dataDirectory, name, peerUrls} = member;
	const aside = asideOf(member, stamp);
	const initial = members.map((one) => one.peerUrls.map((url) => `${one.name}=${url}`).join(',')).join(',');
	const program = toolOf(release);
	const tool = program === 'etcdctl' ? 'sudo ETCDCTL_API=3 etcdctl' : `sudo ${program}`;
	return {
		id: `restore@${name}`,
		phase: 'restore',
		title: `Restore ${name}`,
		host: name,
		why: `The old data stays in ${aside}.`,
		commands: [
			`sudo mv -T ${shellWord(dataDirectory)} ${shellWord(aside)}`,
			[
				`${tool} snapshot restore ${shellWord(`${directoryThere(user, backup)}/${file.name}`)}`,
				`--name ${shellWord(name)}`,
				`--initial-cluster ${shellWord(initial)}`,
				`--initial-cluster-token ${shellWord(`restored-${stamp}`)}`,
				`--initial-advertise-peer-urls ${shellWord(peerUrls.join(','))}`,
				`--data-dir ${shellWord(dataDirectory)}`,
			].join(' \\\n  '),
			`sudo chown -R --reference=${shellWord(aside)} ${shellWord(dataDirectory)}`,
			`sudo chmod --reference=${shellWord(aside)} ${shellWord(dataDirectory)}`,
		],
		look: [`sudo ls -d ${shellWord(`${dataDirectory}/member/snap/db`)}`],
		seen: `${dataDirectory}/member/snap/db is there again, and no command failed.`,
		changes: true,
		check: {kind: 'restored directory', path: dataDirectory},
		word: hostWord(member, members),
	};
}

function startStep(member: EtcdMemberInputs, {members, runs}: EtcdInputs): RunbookStep {
	const common = {
		id: `start@${member.name}`,
		phase: 'after',
		host: member.name,
		changes: true,
		word: hostWord(member, members),
	} as const;
	return runs === 'unit'
		? {
				...common,
				title: `Start etcd on ${member.name}`,
				why: 'Without waiting for it: it is ready only when a quorum of the members is started.',
				commands: [`sudo systemctl start --no-block ${etcdUnit}`],
				look: [`systemctl is-active ${etcdUnit}`],
				seen: '`activating` for the first of them, `active` once a quorum is there.',
				check: {kind: 'unit active', unit: etcdUnit},
			}
		: {
				...common,
				title: `Start etcd and the API server on ${member.name}`,
				why: 'The kubelet starts both as soon as their manifests are back.',
				commands: [`sudo mv ${manifestsAway}/etcd.yaml ${manifestsAway}/${apiServer} ${manifests}/`],
				look: ['sudo crictl ps | grep etcd'],
				seen: '`Running  etcd`, a minute old at most.',
				wait: 'If it is not there yet, wait a minute and look again.',
				check: {kind: 'etcd container'},
			};
}

function membersStep({members}: EtcdInputs): RunbookStep {
	const endpoints = members.flatMap(({clientUrls}) => clientUrls.slice(0, 1)).join(',');
	return {
		id: 'members',
		phase: 'after',
		title: members.length === 1 ? 'See the member answer' : 'See every member answer and agree on a leader',
		why: 'The restore is over when etcd has its quorum again.',
		commands: [],
		look: [
			`etcdctl --endpoints ${shellWord(endpoints)} endpoint status -w table`,
			`etcdctl --endpoints ${shellWord(endpoints)} endpoint health`,
		],
		seen: `${members.length === 1 ? 'It is' : `All ${members.length} are`} healthy, with one leader. With TLS add --cacert, --cert and --key.`,
		wait: 'If one does not answer yet, wait a minute and look again.',
		changes: false,
		check: {kind: 'members answer', members: members.map(({name}) => name)},
		word: 'healthy',
	};
}
