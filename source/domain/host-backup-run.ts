/** A backup on a control-plane host that is being taken, or was the last one asked for here; and what is shown before one. */
import type {Gate} from './gate.ts';
import type {HostFile} from './host-backup.ts';
import type {HostChoice} from './host-choice.ts';
import type {MemberId} from './member.ts';

/** What a person asks for. */
export type HostBackupRequest = {
	/** `--host`; chosen by itself without. */
	readonly host?: string;
	/** `--host-dir`. */
	readonly hostDirectory: string;
	/** Where it goes on this machine; absent with `--leave`. */
	readonly directory?: string;
	/** `--kuberesources-dir`: where the archive goes, when not beside the snapshot. */
	readonly resourcesDirectory?: string;
};

/** What a screen asks for, where nobody types directories: the usual ones, the archive beside the snapshot or in a directory of its own. */
export type UsualHostBackup = {readonly usual: 'together' | 'apart'};

/** What an earlier backup left in the cluster. */
export type LeftPod = {
	/** `pod etcdtop-backup-4f2a91 in openshift-etcd`. */
	readonly what: string;
	readonly node: string;
	readonly operator: string;
	/** By the cluster's clock. */
	readonly createdWallMs?: number;
	/** Whether it still runs, so that a backup may be under way in it. */
	readonly isRunning: boolean;
	/** To remove it by hand. */
	readonly command: string;
};

export type HostBackupPlan = {
	readonly request: HostBackupRequest;
	readonly gates: readonly Gate[];
	readonly choice: HostChoice;
	/** To be typed before it starts, where a gate asks for one. */
	readonly word?: string;
	/** Whether an encryption migration is known to be under way. */
	readonly isMigrating: boolean;
	/** Whether the archive will hold the keys of what is encrypted. */
	readonly holdsKeys: boolean;
	readonly leftovers: readonly LeftPod[];
	/** Why it can't be started; absent where it can. */
	readonly refusal?: string;
};

export type HostBackup = {
	readonly operator: string;
	readonly request: HostBackupRequest;
	readonly node: string;
	readonly from: {readonly memberId: MemberId; readonly name: string};
	/** Some resources are encrypted and some are not: a migration was under way. */
	readonly isPartial: boolean;
	readonly holdsKeys: boolean;
	/** Uptime ms. */
	readonly startedAt: number;
	/** What the script printed. */
	readonly lines: readonly string[];
	/** What did not go as it should, and does not make the backup worthless. */
	readonly warnings: readonly string[];
	readonly phase: HostBackupPhase;
};

export type HostBackupPhase =
	| {readonly kind: 'checking'}
	/** The debug pod starts. */
	| {readonly kind: 'opening'}
	| {readonly kind: 'running'; readonly since: number}
	/** Both files are read on the host, for their SHA-256. */
	| {readonly kind: 'summing'; readonly since: number; readonly files: readonly HostFile[]}
	| {
			readonly kind: 'bringing';
			readonly since: number;
			readonly name: string;
			readonly receivedBytes: number;
			readonly totalBytes: number;
			/** How often the connection was lost, and it went on. */
			readonly resumed: number;
	  }
	| {readonly kind: 'verifying'; readonly since: number; readonly share: number}
	| {
			readonly kind: 'done';
			readonly at: number;
			readonly files: readonly BroughtFile[];
			/** Of the snapshot, where it was brought here. */
			readonly snapshot?: {readonly revision: string; readonly totalKeys: number; readonly hash: string};
	  }
	| {
			readonly kind: 'failed' | 'cancelled';
			readonly at: number;
			readonly reason: string;
			readonly nextStep: string;
			/** What is left on the host, and whole: `master-2:/home/core/assets/backup/…`. */
			readonly left?: readonly string[];
	  };

export type BroughtFile = HostFile & {
	readonly role: 'snapshot' | 'static_kuberesources';
	readonly sha256: string;
	/** A path here, or `NODE:PATH` there. */
	readonly place: string;
};

export function isHostBackupOver({phase}: HostBackup): boolean {
	return phase.kind === 'done' || phase.kind === 'failed' || phase.kind === 'cancelled';
}

/** The script copies the whole database, and asks four operators before: minutes, on a slow disk many. */
export const scriptTimeoutMs = 60 * 60_000;

/** How long nobody may hear of the script while the API is away: rollouts of the API server itself take some minutes. */
export const scriptSilentMs = 5 * 60_000;

/** A debug pod runs an image that the node has: what takes longer has a reason that a person must see. */
export const podStartTimeoutMs = 2 * 60_000;

/** For reading a file of some GiB on the host, whose disk etcd uses meanwhile. */
export const sumTimeoutMs = 15 * 60_000;

/** Without a byte for so long a connection is given up, and another one goes on from there. */
export const readSilentMs = 30_000;

/** How often in a row a connection may bring nothing until it is refused: with the pauses between, three quarters of a minute. */
export const readAttempts = 6;

/** ms before the next try: it has failed `failures` times in a row. */
export function readPauseMs(failures: number): number {
	return Math.min(15_000, 1000 * 2 ** (failures - 1));
}
