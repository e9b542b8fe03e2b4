/** What a cluster tells of its encryption, for pictures and stories: an OpenShift that is being encrypted, and what comes before and after. */
import {type ApiServerConditions, apiServers, type EncryptionKey, type EncryptionSight} from '../../source/domain/encryption.ts';
import {afterLook, type EncryptionSeen} from '../../source/domain/encryption-known.ts';
import {planEncryption} from '../../source/domain/encryption-plan.ts';
import type {State} from '../../source/engine/state.ts';
import {now} from './sample-state.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const serverNowMs = 1_800_000_000_000;

type Server = {
	readonly reason: string;
	readonly mode?: string;
	readonly migrated?: number;
	readonly more?: Partial<ApiServerConditions>;
};

const messages: Readonly<Record<string, string>> = {
	EncryptionDisabled: 'Encryption is not enabled',
	EncryptionInProgress: 'Resource secrets is being encrypted',
	DecryptionCompleted: 'Encryption mode set to identity and everything is decrypted',
};

/** In the order of the servers; `made`: how long ago their keys were. */
export function sightOf(type: string, servers: readonly [Server, Server, Server], made = 6 * minute): EncryptionSight {
	const told = apiServers.map(({id, resources}, index) => {
		const {reason, more} = servers[index]!;
		const message = messages[reason] ?? `All resources encrypted: ${resources.join(', ')}`;
		return [id, {kind: 'told', value: {encrypted: {reason, message}, migrating: [], failing: [], ...more}}] as const;
	});
	const keys = apiServers.flatMap(({component, resources}, index): EncryptionKey[] => {
		const {mode, migrated = resources.length} = servers[index]!;
		const isAll = migrated === resources.length;
		return mode === undefined
			? []
			: [
					{
						component,
						id: 1,
						mode,
						createdAtMs: serverNowMs - made,
						migrated: resources.slice(0, migrated),
						...(isAll && {migratedAtMs: serverNowMs - made / 2}),
					},
				];
	});
	return {
		serverNowMs,
		config: {kind: 'told', value: {type, version: '48213'}},
		servers: Object.fromEntries(told) as EncryptionSight['servers'],
		keys: {kind: 'told', value: keys},
	};
}

export const plain = sightOf('', [
	{reason: 'EncryptionDisabled'},
	{reason: 'EncryptionDisabled'},
	{reason: 'EncryptionDisabled'},
]);

export const underWay = sightOf('aescbc', [
	{reason: 'EncryptionCompleted', mode: 'aescbc'},
	{reason: 'EncryptionInProgress', mode: 'aescbc', migrated: 1, more: {migrating: ['secrets']}},
	{
		reason: 'EncryptionDisabled',
		mode: 'aescbc',
		migrated: 0,
		more: {converging: '2 nodes are at revision 7; 1 node is at revision 8'},
	},
]);

const done = {reason: 'EncryptionCompleted', mode: 'aescbc'};
export const encrypted = sightOf('aescbc', [done, done, done], 26 * hour);

export const silent: EncryptionSight = {
	config: {kind: 'silent', why: 'no answer within 5.0 s'},
	servers: {
		openshift: {kind: 'silent', why: 'no answer within 5.0 s'},
		kubernetes: {kind: 'silent', why: 'no answer within 5.0 s'},
		oauth: {kind: 'silent', why: 'no answer within 5.0 s'},
	},
	keys: {kind: 'silent', why: 'no answer within 5.0 s'},
};

/** Looked at two seconds ago; `before` by looks that were told of half a minute earlier. */
export function seen(sight: EncryptionSight, before?: EncryptionSight): EncryptionSeen {
	const earlier = before === undefined ? undefined : afterLook(undefined, now - 32 * second, before);
	return afterLook(earlier, now - 2 * second, sight);
}

export function plansOf(sight: EncryptionSight): NonNullable<State['encryptionPlan']> {
	const plan = (type: 'aescbc' | 'aesgcm' | 'identity') => planEncryption(sight, type, {alarms: []});
	return {aescbc: plan('aescbc'), aesgcm: plan('aesgcm'), identity: plan('identity')};
}
