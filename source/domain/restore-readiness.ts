/** What a restore needs, and whether it is there now: looked at while nothing is on fire. */
import type {KnownBackup} from './backup.ts';
import {backupAgeMs, newestBackup} from './backup.ts';
import {backupMaximumAgeMs} from './backup-policy.ts';
import {shellWord} from './shell-word.ts';
import {durationText, listText} from './text.ts';

/** Looked up beside the engine's own polls. */
export type RestoreFacts = {
	/** OpenShift's release and hosts; absent where there is none, or it does not tell. */
	readonly openshift?: {readonly release: string; readonly hosts: readonly string[]};
	/** Whether it is OpenShift, also while it does not tell. */
	readonly isOpenShift: boolean;
	/** What the newest backup's manifest says it was taken from, and whether its files are all here. */
	readonly backup?: {readonly path: string; readonly release?: string; readonly note?: string};
	/** Runbooks that are not at their end, the newest first. */
	readonly underWay: readonly RestoreUnderWay[];
};

export type RestoreUnderWay = {
	readonly clusterName: string;
	readonly directory: string;
	readonly startedWallMs: number;
	readonly done: number;
	readonly steps: number;
	readonly next: string;
};

export type Readiness = {
	readonly id: string;
	readonly title: string;
	readonly state: 'ready' | 'missing' | 'unknown';
	readonly text: string;
};

export type ReadinessInput = {
	readonly facts: RestoreFacts;
	readonly backups: readonly KnownBackup[] | undefined;
	/** Names and versions of the members. */
	readonly members: readonly string[];
	readonly versions: readonly string[];
	/** Not all of them can be asked. */
	readonly isKubernetes: boolean;
	readonly nowWallMs: number;
};

export function restoreReadiness(input: ReadinessInput): readonly Readiness[] {
	return [backupRow(input), filesRow(input), releaseRow(input), hostsRow(input), sshRow, apiRow(input)];
}

/** Only what OpenShift can be restored from counts on it. */
export function usableBackup({facts, backups = []}: Pick<ReadinessInput, 'facts' | 'backups'>): KnownBackup | undefined {
	return newestBackup(backups.filter(({kind}) => !facts.isOpenShift || kind === 'openshift backup'));
}

function backupRow(input: ReadinessInput): Readiness {
	const row = {id: 'backup', title: 'a backup'} as const;
	const newest = usableBackup(input);
	if (newest === undefined) {
		const only = input.facts.isOpenShift && newestBackup(input.backups ?? [])?.kind === 'etcd snapshot';
		const text = only
			? 'there are snapshots of etcd alone, from which OpenShift is not restored; b takes a backup'
			: 'none is known to this machine; b takes one';
		return {...row, state: input.backups === undefined ? 'unknown' : 'missing', text};
	}
	const ageMs = backupAgeMs(newest, input.nowWallMs);
	const age = Number.isFinite(ageMs) ? `${durationText(ageMs)} old` : 'of a time to come: a clock was set';
	return ageMs > backupMaximumAgeMs
		? {...row, state: 'missing', text: `the newest is ${age}; everything since would be lost`}
		: {...row, state: 'ready', text: `${age}, from ${newest.from}, by ${newest.operator}`};
}

function filesRow(input: ReadinessInput): Readiness {
	const row = {id: 'files', title: 'its files here'} as const;
	const newest = usableBackup(input);
	const [path] = newest?.files ?? [];
	if (newest === undefined || path === undefined) {
		return {...row, state: 'missing', text: 'there is no backup'};
	}
	if (newest.isThere === false) {
		return {...row, state: 'missing', text: `${path} is not there any more`};
	}
	if (!path.startsWith('/')) {
		return {...row, state: 'missing', text: `they are on ${path}: bring them to where the restore is done from`};
	}
	const {note} = input.facts.backup ?? {};
	return note === undefined ? {...row, state: 'ready', text: path} : {...row, state: 'unknown', text: note};
}

function releaseRow({facts, versions}: ReadinessInput): Readiness {
	const row = {id: 'release', title: facts.isOpenShift ? 'the same z-stream' : 'the same version'} as const;
	const own = facts.isOpenShift ? facts.openshift?.release : versions[0];
	const taken = facts.backup?.release;
	if (own === undefined || taken === undefined) {
		const silent = own === undefined ? 'the cluster does not tell its own' : 'the backup does not tell what it was taken from';
		return {...row, state: 'unknown', text: silent};
	}
	return own === taken
		? {...row, state: 'ready', text: own}
		: {
				...row,
				state: facts.isOpenShift ? 'missing' : 'unknown',
				text: `the backup is of ${taken}, the cluster is ${own}${facts.isOpenShift ? ': it can not be restored into it; b takes a new one' : ''}`,
			};
}

function hostsRow({facts, members}: ReadinessInput): Readiness {
	const names = facts.openshift?.hosts ?? members;
	return {
		id: 'hosts',
		title: 'the hosts',
		state: names.length === 0 ? 'unknown' : 'ready',
		text: names.length === 0 ? 'none is known' : `${names.length}: ${listText(names)}`,
	};
}

/** Nobody logs in anywhere for a look. */
const sshRow: Readiness = {
	id: 'ssh',
	title: 'SSH to each of them',
	state: 'unknown',
	text: 'not tried from here; the runbook tries it before anything is stopped',
};

function apiRow({isKubernetes, facts}: ReadinessInput): Readiness {
	return {
		id: 'api',
		title: 'the runbook',
		state: facts.backup === undefined ? 'missing' : 'ready',
		text:
			facts.backup === undefined
				? 'filled in from a backup and the cluster; b takes one, and writes it beside'
				: `filled in from ${isKubernetes ? 'the API' : 'the cluster'} while that answers, else from the manifest beside the backup`,
	};
}

/** What opens it, to the letter. */
export function restoreCommand({facts, backups}: Pick<ReadinessInput, 'facts' | 'backups'>, context: string | undefined): string {
	const path = usableBackup({facts, backups})?.files[0];
	const from = facts.backup !== undefined && path?.startsWith('/') ? shellWord(path) : 'DIRECTORY';
	const through = context === undefined ? '' : ` --context ${shellWord(context)}`;
	return `etcdtop restore --from ${from}${through} --ssh ${facts.isOpenShift ? 'core' : 'root'}@`;
}
