/** What is looked at before a backup on a control-plane host is begun, as gates that tick off. */
import type {Alarm} from './alarm.ts';
import type {ClusterHealth} from './cluster-health.ts';
import type {Gate} from './gate.ts';
import type {HostChoice} from './host-choice.ts';
import {encryptionText, type HostCircumstances, mayBeEncrypted, migrationSigns, proxyVariables} from './host-circumstances.ts';
import {listText} from './text.ts';

/** Those whose rollouts make a backup worthless: the script refuses for each of them. */
export const backupOperators = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** To be typed where a migration is under way. */
export const partialWord = 'partial';

export type HostGateInput = {
	readonly circumstances: HostCircumstances;
	readonly choice: HostChoice;
	readonly health: ClusterHealth['kind'];
	readonly alarms: readonly Alarm[];
	/** Of members that are being defragmented, by whomever. */
	readonly defragmenting: readonly string[];
	/** Pods in which another backup may be under way: `pod etcdtop-backup-4f2a91 of ana@bastion-1`. */
	readonly others: readonly string[];
	/** Permissions that we lack, in words. */
	readonly missing: readonly string[];
};

export function hostBackupGates(input: HostGateInput): readonly Gate[] {
	return [
		permissionGate(input.missing),
		writesGate(input),
		idleGate(input.defragmenting),
		aloneGate(input.others),
		hostGate(input.choice),
		...backupOperators.map((name) => operatorGate(name, input.circumstances)),
		encryptionGate(input.circumstances),
		proxyGate(input.circumstances),
	];
}

/** The word that has to be typed, where a gate asks for one. */
export function hostBackupWord(gates: readonly Gate[]): string | undefined {
	return gates.some(({state}) => state === 'acknowledge') ? partialWord : undefined;
}

function permissionGate(missing: readonly string[]): Gate {
	const start = {id: 'permissions', title: 'a debug pod may be made and used'} as const;
	return missing.length === 0
		? {...start, state: 'passed', detail: 'allowed'}
		: {
				...start,
				state: 'failed',
				detail: `you may not ${listText(missing)}; a snapshot alone takes none of it (etcdtop backup DIR --rpc)`,
			};
}

/** A debug pod is an object that the API writes into this very etcd. */
function writesGate({health, alarms}: HostGateInput): Gate {
	const start = {id: 'writes', title: 'etcd takes writes: a debug pod is one'} as const;
	if (alarms.some(({alarm}) => alarm === 'NOSPACE')) {
		return {
			...start,
			state: 'failed',
			detail: 'NOSPACE: no pod can be made; a snapshot over the Snapshot RPC writes nothing (etcdtop backup DIR --rpc)',
		};
	}
	if (alarms.some(({alarm}) => alarm === 'CORRUPT')) {
		return {...start, state: 'failed', detail: 'CORRUPT: nobody knows which member holds the right data; mend that first'};
	}
	return health === 'healthy' || health === 'degraded'
		? {...start, state: 'passed', detail: 'no alarms'}
		: {...start, state: 'failed', detail: `the cluster has ${health === 'connecting' ? 'not answered yet' : health}`};
}

/** An open snapshot freezes a member that is being defragmented, for as long as it stays open. */
function idleGate(defragmenting: readonly string[]): Gate {
	const start = {id: 'idle', title: 'nothing is being defragmented'} as const;
	return defragmenting.length === 0
		? {...start, state: 'passed', detail: 'nothing in flight'}
		: {...start, state: 'failed', detail: `${listText(defragmenting)}: wait for its end`, opensByItself: true};
}

/** "Only save a backup from a single host." A pod that a crash left is to be removed by whoever knows that it was one. */
function aloneGate(others: readonly string[]): Gate {
	const start = {id: 'alone', title: 'no other backup is under way'} as const;
	return others.length === 0
		? {...start, state: 'passed', detail: 'no debug pod of one'}
		: {...start, state: 'failed', detail: `${listText(others)} runs; remove it where nothing is under way in it`};
}

function hostGate(choice: HostChoice): Gate {
	const start = {id: 'host', title: 'one host: healthy, Ready, not leading'} as const;
	if (choice.kind === 'none') {
		return {...start, state: 'failed', detail: choice.why};
	}
	return choice.warning === undefined
		? {...start, state: 'passed', detail: choice.node}
		: {...start, state: 'unchecked', detail: `${choice.node} ${choice.warning}`};
}

function operatorGate(name: string, {operators}: HostCircumstances): Gate {
	const start = {id: `operator ${name}`, title: `no rollout of ${name}`} as const;
	if (operators.kind === 'denied') {
		return {...start, state: 'unchecked', detail: `you may not ${operators.permission}; the script asks too`};
	}
	if (operators.kind === 'silent') {
		return {...start, state: 'failed', detail: `the API does not answer: ${operators.why}`, opensByItself: true};
	}
	const operator = operators.value.find((one) => one.name === name);
	if (operator === undefined) {
		return {...start, state: 'failed', detail: 'there is no such ClusterOperator'};
	}
	return operator.isProgressing
		? {...start, state: 'failed', detail: 'Progressing: a backup of a rollout half done is worth nothing', opensByItself: true}
		: {...start, state: 'passed', detail: 'not Progressing'};
}

function encryptionGate({encryption}: HostCircumstances): Gate {
	const start = {id: 'encryption', title: 'no encryption migration under way'} as const;
	if (encryption.kind !== 'told') {
		const why =
			encryption.kind === 'denied' ? `you may not ${encryption.permission}` : `the API does not answer: ${encryption.why}`;
		return {...start, state: 'acknowledge', detail: `can't be seen: ${why}`};
	}
	const signs = encryption.value;
	if (migrationSigns(signs).length > 0) {
		return {...start, state: 'acknowledge', detail: `${listText(migrationSigns(signs))}: the backup will be partially encrypted`};
	}
	const keys = mayBeEncrypted(signs) ? '; the archive will hold the keys' : '';
	return {...start, state: 'passed', detail: `${encryptionText(signs)}, at rest${keys}`};
}

function proxyGate({proxy}: HostCircumstances): Gate {
	const start = {id: 'proxy', title: 'cluster-wide proxy'} as const;
	if (proxy.kind !== 'told') {
		const why = proxy.kind === 'denied' ? `you may not ${proxy.permission}` : `the API does not answer: ${proxy.why}`;
		return {...start, state: 'unchecked', detail: `can't be seen: ${why}`};
	}
	const names = Object.keys(proxyVariables(proxy.value));
	return {...start, state: 'passed', detail: names.length === 0 ? 'none' : `exported: ${listText(names)}`};
}
