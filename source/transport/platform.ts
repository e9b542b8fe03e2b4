/**
 * What surrounds etcd where it runs: permissions, extra gates, others' defragmentations, a lock that other machines see.
 * A cluster that is reached directly has none of it; a Kubernetes platform adds to it.
 */
import type {EncryptionSight, EncryptionType} from '../domain/encryption.ts';
import type {Member} from '../domain/member.ts';
import type {NodeInstaller, Redeployed} from '../domain/node-installer.ts';
import type {PodMatch} from '../domain/pod.ts';
import type {ClusterProxy} from '../domain/restore-inputs.ts';
import type {LeaseRecord} from '../domain/run-lease.ts';
import type {RunbookHost} from '../domain/runbook.ts';
import type {Surroundings} from '../domain/surroundings.ts';
import type {HostBackupPort} from './host-backup-port.ts';

export type {HostBackupPort, HostShell, HostShellRequest, Leftover, ReadOptions, RunScriptOptions} from './host-backup-port.ts';

export interface Platform {
	/** Asked with etcd's own gates before every step; absent where there is nothing around etcd to ask. Never rejects. */
	readonly surroundings?: (members: readonly Member[]) => Promise<Surroundings>;
	/** Absent where no other machine could see it. */
	readonly lease?: LeasePort;
	/** Encryption of etcd's values; absent where the cluster is no OpenShift. */
	readonly encryption?: EncryptionPort;
	/** The members' pods, and pods without a member, as they were seen `ageMs` ago. Absent where nobody knows of pods. */
	readonly pods?: (members: readonly Member[]) => {readonly ageMs: number; readonly matches: readonly PodMatch[]};
	/** Backups by `cluster-backup.sh` on a control-plane host; absent where there is no OpenShift around. */
	readonly hostBackup?: HostBackupPort;
	/** What every change takes and is not allowed, in words: `create pods/exec in openshift-etcd`. */
	readonly denied?: () => readonly string[];
	/** What a restore asks of OpenShift and has it do; absent elsewhere. */
	readonly rollouts?: RolloutsPort;
}

/** A restore's part of OpenShift's API. Every method throws `TransportError`. */
export interface RolloutsPort {
	/** What a runbook is filled in with. */
	cluster(): Promise<OpenShiftFacts>;
	/** How far an operator has brought its static pods, and the reason of the last forced redeployment. */
	operator(name: Redeployed): Promise<{readonly installer: NodeInstaller; readonly forcedReason: string}>;
	/** Has the operator roll out its static pods anew; a reason that is not new does nothing. */
	redeploy(name: Redeployed, reason: string): Promise<void>;
	/** Whether the quorum guard of etcd's operator is off. */
	quorumGuardIsOff(): Promise<boolean>;
	turnQuorumGuard(off: boolean): Promise<void>;
	etcdPods(): Promise<readonly EtcdPodSeen[]>;
}

export type OpenShiftFacts = {
	readonly release: string;
	readonly hosts: readonly RunbookHost[];
	readonly proxy: ClusterProxy;
};

export type EtcdPodSeen = {
	readonly name: string;
	readonly node: string;
	readonly phase: string;
	readonly readyContainers: number;
	readonly containers: number;
};

/** Commands on control-plane hosts. */
export interface HostCommands {
	/** Throws `TransportError` where nobody can log in, or the command does not end in time. */
	run(host: RunbookHost, script: string, options: HostCommandOptions): Promise<HostCommandResult>;
	close(): void;
}

export type HostCommandOptions = {
	readonly timeoutMs: number;
	/** Told as it comes; stripped. */
	readonly onLine?: (line: string) => void;
};

export type HostCommandResult = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** What holds a run across machines. Every method throws `TransportError` where nobody answers, or the answer says nothing. */
export interface LeasePort {
	/** `Lease openshift-etcd/etcdtop`. */
	readonly where: string;
	/** Why we may not hold it: a permission that is missing; undefined where we may. */
	whyNot(): Promise<string | undefined>;
	/** Undefined where there is none. */
	read(): Promise<LeaseRecord | undefined>;
	/** `over`: the version that it replaces; absent to create it. */
	write(
		record: Omit<LeaseRecord, 'version'>,
		over: string | undefined,
	): Promise<
		| {readonly kind: 'written'; readonly record: LeaseRecord}
		/** Somebody else wrote meanwhile. */
		| {readonly kind: 'conflict'}
		/** Nobody can write it now, or we may not. */
		| {readonly kind: 'refused'; readonly why: string}
	>;
}

/** What OpenShift tells of the encryption of etcd's values, and the one field that changes it. */
export interface EncryptionPort {
	/** Asks anew. Never rejects: what can't be seen is told as such. */
	look(signal?: AbortSignal): Promise<EncryptionSight>;
	/** Asks for a type, where the object still has that version. Throws `TransportError` where nobody knows what came of it. */
	set(
		type: EncryptionType,
		version: string,
	): Promise<
		| {readonly kind: 'written'}
		/** Somebody else changed it meanwhile. */
		| {readonly kind: 'conflict'}
		/** Nothing was changed. */
		| {readonly kind: 'refused'; readonly why: string}
	>;
}

export const directPlatform: Platform = {};
