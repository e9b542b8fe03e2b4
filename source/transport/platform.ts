/**
 * What surrounds etcd where it runs: permissions, extra gates, others' defragmentations, a lock that other machines see.
 * A cluster that is reached directly has none of it; a Kubernetes platform adds to it.
 */
import type {EncryptionSight, EncryptionType} from '../domain/encryption.ts';
import type {Member} from '../domain/member.ts';
import type {PodMatch} from '../domain/pod.ts';
import type {LeaseRecord} from '../domain/run-lease.ts';
import type {Surroundings} from '../domain/surroundings.ts';

export interface Platform {
	/** Asked with etcd's own gates before every step; absent where there is nothing around etcd to ask. Never rejects. */
	readonly surroundings?: (members: readonly Member[]) => Promise<Surroundings>;
	/** Absent where no other machine could see it. */
	readonly lease?: LeasePort;
	/** Encryption of etcd's values; absent where the cluster is no OpenShift. */
	readonly encryption?: EncryptionPort;
	/** The members' pods, and pods without a member, as they were seen `ageMs` ago. Absent where nobody knows of pods. */
	readonly pods?: (members: readonly Member[]) => {readonly ageMs: number; readonly matches: readonly PodMatch[]};
	/** What every change takes and is not allowed, in words: `create pods/exec in openshift-etcd`. */
	readonly denied?: () => readonly string[];
}

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
