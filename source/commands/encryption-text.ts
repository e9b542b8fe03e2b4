/** How far encryption is, for terminals, logs and scripts. */
import {isUnderWay} from '../domain/encryption-known.ts';
import {shortName} from '../domain/encryption-plan.ts';
import type {ApiServerStatus, EncryptionStatus} from '../domain/encryption-status.ts';
import {listText} from '../domain/text.ts';
import type {State} from '../engine/state.ts';
import {durationText} from '../format.ts';
import {type Column, tableText} from './table.ts';

const none = '–';

export type Circumstances = {
	/** The API server's clock; absent where it was not told. */
	readonly serverNowMs?: number;
	/** A NOSPACE alarm stands. */
	readonly isFrozen: boolean;
};

export function statusText(
	status: EncryptionStatus,
	circumstances: Circumstances,
	writeOut: 'table' | 'json' | 'simple',
	width: number | undefined,
): string {
	return {
		json: () => JSON.stringify(statusRecord(status, circumstances)),
		simple: () => status.servers.map(simpleLine).join('\n'),
		table: () => tableText(columns, status.servers, width),
	}[writeOut]();
}

const columns: readonly Column<ApiServerStatus>[] = [
	{title: 'API SERVER', text: ({name}) => name},
	{title: 'STATE', text: ({phase}) => phase},
	{title: 'WRITTEN', align: 'right', text: writtenText},
	{title: 'CONDITION', text: ({reason}) => reason || none},
	{title: 'MAY BE OLD', text: ({stale}) => stale ?? 'no', leaveOut: 3},
	{title: 'KEY', text: ({key}) => (key === undefined ? none : `${key.id} ${key.mode}`)},
	{title: 'NEXT KEY', text: ({key}) => rotationText(key?.rotationInMs), leaveOut: 2},
	{title: 'MESSAGE', text: ({message}) => message || none, leaveOut: 4},
];

function writtenText({phase, isSettled, migrated, resources}: ApiServerStatus): string {
	return phase === 'unknown' || phase === 'not encrypted'
		? none
		: `${isSettled ? resources.length : migrated.length} of ${resources.length}`;
}

function rotationText(rotationInMs: number | undefined): string {
	return rotationInMs === undefined ? none : rotationInMs > 0 ? `in ${durationText(rotationInMs)}` : 'due';
}

function simpleLine(server: ApiServerStatus): string {
	const {name, phase, reason, stale, key} = server;
	const keyText = key === undefined ? none : `key ${key.id} ${key.mode}`;
	return [name, phase, writtenText(server), reason || none, keyText, stale === undefined ? '' : `may be old: ${stale}`]
		.filter((text) => text !== '')
		.join(', ');
}

/** Times as ISO 8601, by the API server's clock. */
function statusRecord({servers, ...status}: EncryptionStatus, {serverNowMs, isFrozen}: Circumstances): object {
	const at = (ageMs: number | undefined) =>
		ageMs === undefined || serverNowMs === undefined ? undefined : new Date(serverNowMs - ageMs).toISOString();
	const {type, verdict, done, total, underWayMs, keysHidden} = status;
	return {
		type,
		state: verdict,
		...(isFrozen && {frozen: true}),
		resources: {written: done, all: total},
		...(underWayMs !== undefined && {underWaySeconds: Math.round(underWayMs / 1000)}),
		...(keysHidden !== undefined && {keysHidden}),
		apiServers: servers.map(({name, phase, reason, message, stale, failing, resources, migrated, migrating, key, isSettled}) => ({
			name,
			state: phase,
			settled: isSettled,
			reason,
			message,
			...(stale !== undefined && {mayBeOld: stale}),
			failing,
			resources,
			written: migrated,
			beingWritten: migrating,
			...(key !== undefined && {
				key: {
					id: key.id,
					type: key.mode,
					made: at(key.ageMs),
					allWritten: at(key.migratedAgeMs),
					...(key.rotationInMs !== undefined && {nextDue: at(-key.rotationInMs)}),
				},
			}),
		})),
	};
}

/** All of it in one sentence. */
export function verdictSentence(status: EncryptionStatus): string {
	const {type, verdict, done, total, underWayMs, servers} = status;
	const since = underWayMs === undefined ? '' : `, for ${durationText(underWayMs)}`;
	if (isUnderWay(verdict)) {
		return `${verdict}: ${done} of ${total} resources are written with what is configured, ${type}${since}. It goes on in the cluster by itself.`;
	}
	const old = servers.some(({stale}) => stale !== undefined) ? ', as far as conditions tell that may be old' : '';
	switch (verdict) {
		case 'encrypted':
			return `everything that is to be is encrypted with ${type}${old}`;
		case 'unknown':
			return `not everything can be seen: ${listText(servers.filter(({phase}) => phase === 'unknown').map(({name, message}) => `${name}: ${message}`))}`;
		default:
			return `nothing is encrypted: what etcd holds is plain text${old}`;
	}
}

/** What is new while somebody waits: for logs, without what moves by itself. */
export function progressSentence({encryption}: State): string | undefined {
	if (encryption?.kind !== 'seen') {
		return undefined;
	}
	if (encryption.old !== undefined) {
		const {config} = encryption.sight;
		return `the API does not answer${config.kind === 'silent' ? `: ${config.why}` : ''}; waiting, it goes on in the cluster`;
	}
	const {done, total, servers} = encryption.status;
	const moving = servers.filter(({isSettled}) => !isSettled);
	return moving.length === 0 ? undefined : `${done} of ${total} resources; ${grouped(moving).join('; ')}`;
}

/** Those of which the same is to be said stand together. */
function grouped(servers: readonly ApiServerStatus[]): readonly string[] {
	const texts = [...new Set(servers.map(serverText))];
	return texts.map(
		(text) => `${listText(servers.filter((server) => serverText(server) === text).map(({name}) => name))} ${text}`,
	);
}

function serverText({phase, migrating, stale, failing}: ApiServerStatus): string {
	const what = [
		...(migrating.length === 0 ? [] : [`writing ${migrating.map(shortName).join(', ')}`]),
		...(stale === undefined ? [] : [`the condition may be old: ${stale}`]),
		...failing,
	];
	return `${phase}${what.length === 0 ? '' : ` (${what.join('; ')})`}`;
}
