/** Whether encryption may be changed now, what exactly would be written, and what that means. */
import {type Backup, isBackupOver} from './backup.ts';
import type {Confirmation} from './defrag-plan.ts';
import {isOver, type Run} from './defrag-run.ts';
import {configuredType, type EncryptionSight, type EncryptionType, encryptionTypes} from './encryption.ts';
import {type EncryptionStatus, encryptionStatus, hiddenText, migrationText} from './encryption-status.ts';
import {type HostBackup, isHostBackupOver} from './host-backup-run.ts';
import {listText} from './text.ts';

/** The object that says what is wanted. */
export const encryptionObject = 'APIServer config.openshift.io/cluster';

export const encryptWord = 'encrypt';
export const decryptWord = 'decrypt';

export type EncryptionPlan = {
	readonly type: EncryptionType;
	/** The body of the merge patch, to the letter. */
	readonly patch: string;
	/** Of the object, when the plan was made: where it has another one, nothing is written. */
	readonly version: string;
	/** Why it can't be done now, in one line. */
	readonly refusal?: string;
	readonly confirmation: Confirmation;
};

/** What surrounds the change, beside what the Kubernetes API tells. */
export type EncryptionCircumstances = {
	/** By what etcd itself says, not by what the API shows. */
	readonly alarms: readonly {readonly alarm: string}[];
	/** One that defragments. */
	readonly run?: Run;
	/** Of one member, and on a host. */
	readonly backup?: Backup;
	readonly hostBackup?: HostBackup;
};

export function planEncryption(
	sight: EncryptionSight,
	type: EncryptionType,
	circumstances: EncryptionCircumstances,
): EncryptionPlan {
	const version = sight.config.kind === 'told' ? sight.config.value.version : '';
	const refusal = whyNotChange(sight, type, circumstances);
	return {
		type,
		version,
		patch: patchText(type, version),
		...(refusal !== undefined && {refusal}),
		confirmation: {
			word: type === 'identity' ? decryptWord : encryptWord,
			consequences: type === 'identity' ? decrypting() : encrypting(sight, type),
			acknowledges: [],
			outage: false,
			terminalOnly: false,
		},
	};
}

/** A merge patch; the version in it makes the API refuse it where somebody else was faster. */
export function patchText(type: EncryptionType, version: string): string {
	return `{"metadata": {"resourceVersion": ${JSON.stringify(version)}}, "spec": {"encryption": {"type": ${JSON.stringify(type)}}}}`;
}

/** Undefined where it may be changed. First what nobody can change from here, then what time mends. */
export function whyNotChange(
	sight: EncryptionSight,
	type: EncryptionType,
	circumstances: EncryptionCircumstances,
): string | undefined {
	const {config, keys, deniedPatch} = sight;
	const has = (wanted: string) => circumstances.alarms.some(({alarm}) => alarm === wanted);
	if (has('CORRUPT')) {
		return 'a CORRUPT alarm stands: nothing is written anew on a corrupt cluster';
	}
	if (has('NOSPACE')) {
		return 'under NOSPACE the API refuses every write, and what it shows is frozen; get out of NOSPACE first';
	}
	if (config.kind !== 'told') {
		return `what is configured can not be seen: ${hiddenText(config)}`;
	}
	if (deniedPatch !== undefined) {
		return `you may not ${deniedPatch}; ask for that permission`;
	}
	const configured = configuredType(config.value);
	if (!encryptionTypes.some((known) => known === configured)) {
		return `${configured} is configured, which takes more than a type: change it with oc edit apiserver`;
	}
	const status = encryptionStatus(sight);
	const held = whyUnsettled(status);
	if (configured === type) {
		return type === 'identity' ? 'identity is configured already: no encryption' : `${type} is configured already`;
	}
	if (held !== undefined) {
		return held;
	}
	if (configured !== 'identity' && type !== 'identity' && keys.kind !== 'told') {
		// The conditions say "completed" before and after: nobody could tell when it is.
		return `from ${configured} to ${type} can only be followed by the keys, and these can not be seen: ${hiddenText(keys)}`;
	}
	const {run, backup, hostBackup} = circumstances;
	if (run !== undefined && !isOver(run)) {
		return 'a run is going on; a migration writes to every member';
	}
	const isBackingUp =
		(backup !== undefined && !isBackupOver(backup)) || (hostBackup !== undefined && !isHostBackupOver(hostBackup));
	return isBackingUp ? 'a backup is under way, and would be partially encrypted; wait for its end' : undefined;
}

/** One migration at a time, and none that nobody can follow or whose controllers fail. */
function whyUnsettled(status: EncryptionStatus): string | undefined {
	const hidden = status.servers.find(({phase}) => phase === 'unknown');
	if (hidden !== undefined) {
		return `whether a migration is under way can not be seen: ${hidden.name}: ${hidden.message}`;
	}
	const failing = status.servers.find((server) => server.failing.length > 0);
	if (failing !== undefined) {
		return `${failing.name} can not carry it out: ${failing.failing[0]}`;
	}
	const going = migrationText(status);
	return going === undefined ? undefined : `${going}; wait for its end`;
}

const duration = 'It takes 20 minutes or longer: each API server rolls out new revisions, then writes everything anew.';
const noWayBack = 'It goes on in the cluster by itself; what is under way has to end before it can be turned round.';
const meanwhile =
	'Until then no backup (it would be partially encrypted), and no defragmentation: every value is written anew, so files grow.';

function encrypting(sight: EncryptionSight, type: EncryptionType): readonly string[] {
	const status = encryptionStatus(sight);
	const kinds = listText(status.servers.flatMap(({resources}) => resources.map(shortName)));
	return [
		'Keys are made, and new ones every week. A backup can not be restored without them: they are in static_kuberesources, which belongs somewhere else than the snapshot.',
		duration,
		meanwhile,
		noWayBack,
		`Encrypted are the values of ${kinds}, with ${type}. Names, namespaces and types stay readable.`,
	];
}

function decrypting(): readonly string[] {
	return [
		'Secrets and tokens are plain text again, in the files of every member and in every backup from then on.',
		duration,
		meanwhile,
		noWayBack,
		'Backups from before still take their keys: keep their static_kuberesources.',
	];
}

/** `routes` of `routes.route.openshift.io`. */
export function shortName(resource: string): string {
	return resource.split('.')[0] ?? resource;
}
