/**
 * How far each API server is, from what one look told: the condition alone can be old, so that what is configured and the newest key are
 * looked at with it (`encryption-phase.ts`).
 */
import {
	type ApiServer,
	type ApiServerConditions,
	apiServers,
	configuredType,
	type EncryptionKey,
	type EncryptionSight,
	keyRotationMs,
} from './encryption.ts';
import {type EncryptionPhase, phaseByCondition, phaseByKeys, staleBecause} from './encryption-phase.ts';
import type {Told} from './surroundings.ts';
import {listText} from './text.ts';

export type {EncryptionPhase} from './encryption-phase.ts';

export type ApiServerStatus = Pick<ApiServer, 'id' | 'name'> & {
	readonly phase: EncryptionPhase;
	/** The condition's own reason and message; or why it isn't known. */
	readonly reason: string;
	readonly message: string;
	/** Why the condition may be old. */
	readonly stale?: string;
	readonly failing: readonly string[];
	/** What it encrypts; of that, what is written with the newest key, and what is being written. */
	readonly resources: readonly string[];
	readonly migrated: readonly string[];
	readonly migrating: readonly string[];
	/** The newest; absent where there is none, or where it can't be seen. */
	readonly key?: KeyStatus;
	/** Nothing is on its way. */
	readonly isSettled: boolean;
};

export type KeyStatus = {
	readonly id: number;
	readonly mode: string;
	/** How long ago it was made, and everything was written with it. */
	readonly ageMs?: number;
	readonly migratedAgeMs?: number;
	/** Until the next one is due; below 0 it is overdue. Only of a key that encrypts, once all is written with it. */
	readonly rotationInMs?: number;
};

export type EncryptionStatus = {
	/** What is configured; absent where it can't be seen. */
	readonly type?: string;
	readonly verdict: EncryptionPhase;
	readonly servers: readonly ApiServerStatus[];
	/** Resources of all servers; those of servers that are settled count as done. */
	readonly done: number;
	readonly total: number;
	/** How long what is under way has been; absent where nothing is, or no key tells. */
	readonly underWayMs?: number;
	/** Why keys and their dates can't be seen. */
	readonly keysHidden?: string;
};

export function encryptionStatus(sight: EncryptionSight): EncryptionStatus {
	const {config, keys, serverNowMs} = sight;
	const type = config.kind === 'told' ? configuredType(config.value) : undefined;
	const servers = apiServers.map((server) => serverStatus(server, sight, type));
	const counted = servers.filter(({phase}) => phase !== 'not encrypted' && phase !== 'unknown');
	const ages = servers.flatMap(({isSettled, key}) =>
		isSettled || key?.ageMs === undefined || !isMoving(key, type) ? [] : key.ageMs,
	);
	return {
		...(type !== undefined && {type}),
		verdict: verdictOf(servers, type),
		servers,
		done: counted.reduce((sum, {isSettled, resources, migrated}) => sum + (isSettled ? resources : migrated).length, 0),
		total: counted.reduce((sum, {resources}) => sum + resources.length, 0),
		...(ages.length > 0 && serverNowMs !== undefined && {underWayMs: Math.max(...ages)}),
		...(keys.kind !== 'told' && {keysHidden: hiddenText(keys)}),
	};
}

/** The key is the one that what is under way is about: of the type that is configured, and not everywhere yet. */
function isMoving({mode, migratedAgeMs}: KeyStatus, type: string | undefined): boolean {
	return mode === type && migratedAgeMs === undefined;
}

/** What is under way anywhere comes first; what can't be seen keeps the rest from being called done. */
function verdictOf(servers: readonly ApiServerStatus[], type: string | undefined): EncryptionPhase {
	const order: readonly EncryptionPhase[] = ['decrypting', 'encrypting', 'rotating', 'waiting', 'unknown'];
	const found = order.find((phase) => servers.some((server) => server.phase === phase));
	if (found !== undefined || type === undefined) {
		return found ?? 'unknown';
	}
	if (type !== 'identity') {
		return 'encrypted';
	}
	return servers.some(({phase}) => phase === 'decrypted') ? 'decrypted' : 'not encrypted';
}

function serverStatus(
	server: ApiServer,
	{servers, keys, serverNowMs}: EncryptionSight,
	type: string | undefined,
): ApiServerStatus {
	const told = servers[server.id];
	const {id, name} = server;
	const newestFirst = keys.kind === 'told' ? keysOf(server, keys.value) : undefined;
	const newest = newestFirst?.[0];
	const conditions = told.kind === 'told' ? told.value : undefined;
	const resources = resourcesOf(server, conditions, newestFirst ?? []);
	const written = newest?.migrated ?? [];
	const isAll = resources.every((resource) => written.includes(resource));
	const common = {
		id,
		name,
		failing: conditions?.failing ?? [],
		resources,
		// With a key of another type nothing is written yet as it is to be.
		migrated: newest?.mode === type ? written : [],
		migrating: conditions?.migrating ?? [],
		...(newest !== undefined && {key: keyStatus(newest, isAll, serverNowMs)}),
	};
	if (conditions?.encrypted === undefined || type === undefined) {
		const {reason = '', message = unknownBecause(told)} = conditions?.encrypted ?? {};
		return {...common, phase: 'unknown', reason, message, isSettled: false};
	}
	const {reason, message} = conditions.encrypted;
	const seen = {reason, type, isRewriting: conditions.migrating.length > 0};
	const phase = newestFirst === undefined ? phaseByCondition(seen) : phaseByKeys(seen, newestFirst, isAll);
	const stale = staleBecause(conditions, phase, seen);
	return {
		...common,
		// Where keys can't be seen, the condition that says so is all there is to count by.
		...(newestFirst === undefined && phase === 'encrypted' && {migrated: resources}),
		phase,
		reason,
		message,
		...(stale !== undefined && {stale}),
		isSettled: stale === undefined && (phase === 'encrypted' || phase === 'decrypted' || phase === 'not encrypted'),
	};
}

function unknownBecause(told: Told<ApiServerConditions>): string {
	return told.kind === 'told' ? 'it has no condition "Encrypted"' : hiddenText(told);
}

export function hiddenText(told: Exclude<Told<unknown>, {kind: 'told'}>): string {
	return told.kind === 'denied' ? `you may not ${told.permission}` : `the API does not answer: ${told.why}`;
}

function keysOf({component}: ApiServer, keys: readonly EncryptionKey[]): readonly EncryptionKey[] {
	return keys.filter((key) => key.component === component).toSorted((a, b) => b.id - a.id);
}

const allEncrypted = 'All resources encrypted: ';

/** As the server itself lists them, else as the newest key that was through, else as usual; and whatever is seen of them. */
function resourcesOf(
	{resources}: ApiServer,
	conditions: ApiServerConditions | undefined,
	keys: readonly EncryptionKey[],
): readonly string[] {
	const message = conditions?.encrypted?.message ?? '';
	const told = message.startsWith(allEncrypted) ? message.slice(allEncrypted.length).split(', ') : [];
	const earlier = keys[1]?.migrated ?? [];
	const base = told.length > 0 ? told : earlier.length > resources.length ? earlier : resources;
	return [...new Set([...base, ...(conditions?.migrating ?? []), ...(keys[0]?.migrated ?? [])])].toSorted();
}

function keyStatus({id, mode, createdAtMs, migratedAtMs}: EncryptionKey, isAll: boolean, now: number | undefined): KeyStatus {
	const age = (at: number | undefined) => (at === undefined || now === undefined ? undefined : Math.max(0, now - at));
	const [ageMs, migratedAgeMs] = [age(createdAtMs), isAll ? age(migratedAtMs) : undefined];
	return {
		id,
		mode,
		...(ageMs !== undefined && {ageMs}),
		...(migratedAgeMs !== undefined && {migratedAgeMs}),
		...(migratedAgeMs !== undefined && mode !== 'identity' && {rotationInMs: keyRotationMs - migratedAgeMs}),
	};
}

/** What goes on, in one line; undefined where nothing does, as far as can be seen. */
export function migrationText({servers, type}: EncryptionStatus): string | undefined {
	const moving = servers.filter(({isSettled, phase}) => !isSettled && phase !== 'unknown');
	const [first] = moving;
	if (first === undefined) {
		return undefined;
	}
	const names = listText(moving.map(({name}) => name));
	const isRollout = moving.every(({phase}) => phase === 'encrypted' || phase === 'decrypted' || phase === 'not encrypted');
	return isRollout ? `revisions of ${names} are converging` : `a migration to ${type ?? 'another type'} is under way on ${names}`;
}
