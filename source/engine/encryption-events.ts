/** Events of encryption: an API server that is in another phase, and what came of all of them. */
import {type EncryptionKnown, isUnderWay} from '../domain/encryption-known.ts';
import {type EncryptionPhase, type EncryptionStatus, migrationText} from '../domain/encryption-status.ts';
import {durationText} from '../domain/text.ts';
import type {Change} from './cluster-changes.ts';

/** What an API that is silent meanwhile, or a first look, has no part in. */
export function encryptionChanges(before: EncryptionKnown | undefined, after: EncryptionKnown): Change[] {
	if (after.kind !== 'seen' || after.old !== undefined) {
		return [];
	}
	const previous = before?.kind === 'seen' ? (before.old?.status ?? before.status) : undefined;
	if (previous === undefined) {
		const going = isUnderWay(after.status.verdict) ? migrationText(after.status) : undefined;
		return going === undefined ? [] : [{subject: 'cluster', kind: 'note', text: `encryption: ${going} since before the start`}];
	}
	const since = before?.kind === 'seen' ? before.since : undefined;
	return [
		...serverChanges(previous, after.status),
		...endOf(previous, after.status, since === undefined ? undefined : after.at - since),
	];
}

function serverChanges(before: EncryptionStatus, {servers}: EncryptionStatus): Change[] {
	return servers.flatMap(({id, name, phase, failing}): Change[] => {
		const was = before.servers.find((server) => server.id === id);
		const subject = 'cluster';
		const trouble = failing.find((text) => was?.failing.includes(text) !== true);
		return [
			...(was?.phase === phase || was?.phase === 'unknown' || phase === 'unknown'
				? []
				: [{subject, kind: kindOf(phase), text: `${name} API server: ${phase}, was ${was?.phase}`}]),
			...(trouble === undefined ? [] : [{subject, kind: 'bad', text: `${name} API server: ${trouble}`} as const]),
		];
	});
}

function kindOf(phase: EncryptionPhase): Change['kind'] {
	return phase === 'encrypted' || phase === 'decrypted' ? 'good' : 'note';
}

function endOf(before: EncryptionStatus, after: EncryptionStatus, tookMs: number | undefined): Change[] {
	if (!isUnderWay(before.verdict) || isUnderWay(after.verdict) || after.verdict === 'unknown') {
		return [];
	}
	const took = tookMs === undefined ? '' : ` after ${durationText(tookMs)}`;
	const what =
		after.verdict === 'encrypted' ? `everything is encrypted with ${after.type}` : 'everything is plain text, no encryption';
	return [{subject: 'cluster', kind: 'good', text: `${what}${took}`}];
}
