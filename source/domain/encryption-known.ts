/** What is known of the encryption of etcd's values, look after look, and a change of it that was asked for here. Times are uptime ms. */
import type {EncryptionSight, EncryptionType} from './encryption.ts';
import {type EncryptionStatus, encryptionStatus} from './encryption-status.ts';

export type EncryptionKnown =
	/** Nobody can tell of it here. */
	{readonly kind: 'none'; readonly why: string} | EncryptionSeen;

export type EncryptionSeen = {
	readonly kind: 'seen';
	readonly at: number;
	readonly sight: EncryptionSight;
	readonly status: EncryptionStatus;
	/** When what is under way began, as far as its keys tell; before there is one, when it was seen first. */
	readonly since?: number;
	/** The last look that the API answered, while it does not. */
	readonly old?: {readonly at: number; readonly status: EncryptionStatus};
};

export type EncryptionChange = {
	readonly operator: string;
	readonly type: EncryptionType;
	readonly startedAt: number;
	readonly phase:
		| {readonly kind: 'asking'}
		/** It is configured; what follows is seen in the cluster. */
		| {readonly kind: 'done'; readonly at: number}
		| {readonly kind: 'refused'; readonly at: number; readonly reason: string}
		/** Nobody knows whether it arrived. */
		| {readonly kind: 'unknown'; readonly at: number; readonly reason: string};
};

export function afterLook(before: EncryptionKnown | undefined, at: number, sight: EncryptionSight): EncryptionSeen {
	const status = encryptionStatus(sight);
	const previous = before?.kind === 'seen' ? before : undefined;
	const since = sinceWhen(previous, at, status);
	const old = isSilent(sight) ? lastAnswered(previous) : undefined;
	return {kind: 'seen', at, sight, status, ...(since !== undefined && {since}), ...(old !== undefined && {old})};
}

/** Every question went unanswered, or the one that the rest is judged by. */
export function isSilent({config, servers}: EncryptionSight): boolean {
	return config.kind === 'silent' || Object.values(servers).some(({kind}) => kind === 'silent');
}

function lastAnswered(previous: EncryptionSeen | undefined): EncryptionSeen['old'] {
	return previous === undefined ? undefined : (previous.old ?? (isSilent(previous.sight) ? undefined : previous));
}

/** A silence of the API ends nothing. */
function sinceWhen(
	previous: EncryptionSeen | undefined,
	at: number,
	{verdict, underWayMs}: EncryptionStatus,
): number | undefined {
	if (verdict === 'unknown') {
		return previous?.since;
	}
	if (!isUnderWay(verdict)) {
		return undefined;
	}
	return Math.min(previous?.since ?? at, at - (underWayMs ?? 0));
}

export function isUnderWay(verdict: EncryptionStatus['verdict']): boolean {
	return verdict === 'encrypting' || verdict === 'decrypting' || verdict === 'rotating' || verdict === 'waiting';
}

/** What is waited for: every API server has what is configured, and none of its conditions may be old. */
export function isCompleted({type, servers}: EncryptionStatus, wanted: EncryptionType): boolean {
	return type === wanted && servers.every(({isSettled}) => isSettled);
}

/** What a backup taken now holds, as far as that is known: its keys are needed with it, and a part of it may be plain text. */
export function encryptionOfBackup(
	known: EncryptionKnown | undefined,
): {readonly type: string; readonly isPartial: boolean} | undefined {
	if (known?.kind !== 'seen') {
		return undefined;
	}
	const {type, verdict} = known.old?.status ?? known.status;
	// While keys are renewed all of it is encrypted, with the one or the other.
	return type === undefined ? undefined : {type, isPartial: isUnderWay(verdict) && verdict !== 'rotating'};
}
