/**
 * The phase of one API server. The condition can be old: it is not written while revisions converge, and says that all is encrypted with a
 * key that is not the newest. What is configured and the newest key say what is on its way.
 */
import type {ApiServerConditions, EncryptionKey} from './encryption.ts';

export type EncryptionPhase =
	/** It was never on. */
	| 'not encrypted'
	| 'encrypted'
	| 'encrypting'
	/** All is encrypted, and is being written anew with a new key. */
	| 'rotating'
	| 'decrypting'
	| 'decrypted'
	/** What is configured has not been taken up. */
	| 'waiting'
	| 'unknown';

/** Of one API server: the reason of its condition, what is configured, and whether its controller writes anew. */
export type Seen = {readonly reason: string; readonly type: string; readonly isRewriting: boolean};

/** The newest key and what was written with it are never old. */
export function phaseByKeys(seen: Seen, [newest, ...older]: readonly EncryptionKey[], isAll: boolean): EncryptionPhase {
	const {reason, type} = seen;
	if (type === 'identity') {
		if (newest === undefined) {
			return phaseByCondition(seen);
		}
		if (newest.mode !== 'identity') {
			return 'waiting';
		}
		return isAll && reason === 'DecryptionCompleted' ? 'decrypted' : 'decrypting';
	}
	if (newest?.mode !== type) {
		return 'waiting';
	}
	if (isAll && reason === 'EncryptionCompleted') {
		return 'encrypted';
	}
	return reason === 'EncryptionCompleted' && older[0]?.mode === type ? 'rotating' : 'encrypting';
}

export function phaseByCondition({reason, type, isRewriting}: Seen): EncryptionPhase {
	switch (reason) {
		case 'EncryptionDisabled':
			return type === 'identity' ? 'not encrypted' : 'waiting';
		case 'DecryptionCompleted':
			return type === 'identity' ? 'decrypted' : 'waiting';
		case 'DecryptionInProgress':
			return type === 'identity' ? 'decrypting' : 'waiting';
		case 'EncryptionInProgress':
			return type === 'identity' ? 'waiting' : 'encrypting';
		case 'EncryptionCompleted':
			return type === 'identity' ? 'waiting' : isRewriting ? 'rotating' : 'encrypted';
		default:
			return 'unknown';
	}
}

/** Rotating is nothing that the condition could tell. */
export function staleBecause(
	{converging}: ApiServerConditions,
	phase: EncryptionPhase,
	{reason, type}: Seen,
): string | undefined {
	if (converging !== undefined) {
		return `revisions are converging: ${converging}`;
	}
	switch (phase) {
		case 'waiting':
			return `${type} is configured and has not been taken up yet`;
		case 'encrypting':
			return reason === 'EncryptionInProgress' ? undefined : 'a new key was made since';
		case 'decrypting':
			return reason === 'DecryptionInProgress' ? undefined : 'decrypting has begun since';
		default:
			return undefined;
	}
}
