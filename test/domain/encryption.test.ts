/** What is said of encryption, from what one look at a cluster told: rows of what is configured, the condition, and the keys. */
import {describe, expect, test} from 'vitest';
import type {Backup} from '../../source/domain/backup.ts';
import {type ApiServerConditions, apiServers, type EncryptionKey, type EncryptionSight} from '../../source/domain/encryption.ts';
import {planEncryption, whyNotChange} from '../../source/domain/encryption-plan.ts';
import {encryptionStatus, migrationText} from '../../source/domain/encryption-status.ts';
import type {HostBackup} from '../../source/domain/host-backup-run.ts';
import type {Told} from '../../source/domain/surroundings.ts';
import {phases, sampleRun} from '../helpers/sample-run.ts';

const told = <T>(value: T): Told<T> => ({kind: 'told', value});
const minute = 60_000;
const day = 24 * 60 * minute;
const serverNowMs = 1_800_000_000_000;

const kubernetes = apiServers[1]!;
const calm = {alarms: []};

function conditions(reason: string, more: Partial<ApiServerConditions> = {}): ApiServerConditions {
	return {encrypted: {reason, message: `${reason} it is`}, migrating: [], failing: [], ...more};
}

function key(id: number, mode: string, migrated: readonly string[], more: Partial<EncryptionKey> = {}): EncryptionKey {
	return {component: kubernetes.component, id, mode, migrated, createdAtMs: serverNowMs - 10 * minute, ...more};
}

const both = ['configmaps', 'secrets'];

/** The Kubernetes API server is in the state that the test is about; the others are where it is on its way to. */
function sightOf(type: string, own: ApiServerConditions, keys: readonly EncryptionKey[] | 'hidden'): EncryptionSight {
	const settled = type === '' || type === 'identity' ? 'EncryptionDisabled' : 'EncryptionCompleted';
	const others = apiServers.filter(({id}) => id !== 'kubernetes');
	const othersKeys = others.map(({component, resources}) => ({...key(1, type, resources), component, migratedAtMs: serverNowMs}));
	return {
		serverNowMs,
		config: told({type, version: '41'}),
		servers: {openshift: told(conditions(settled)), oauth: told(conditions(settled)), kubernetes: told(own)},
		keys:
			keys === 'hidden'
				? {kind: 'denied', permission: 'list secrets in openshift-config-managed'}
				: told([...(settled === 'EncryptionDisabled' ? [] : othersKeys), ...keys]),
	};
}

function ownStatus(sight: EncryptionSight) {
	return encryptionStatus(sight).servers.find(({id}) => id === 'kubernetes')!;
}

const migrated = {migratedAtMs: serverNowMs - 2 * day};

describe('the phase of an API server', () => {
	test.each<
		[
			what: string,
			type: string,
			reason: string,
			keys: readonly EncryptionKey[] | 'hidden',
			phase: string,
			stale: string | undefined,
		]
	>([
		['never on', '', 'EncryptionDisabled', [], 'not encrypted', undefined],
		[
			'asked for a moment ago',
			'aescbc',
			'EncryptionDisabled',
			[],
			'waiting',
			'aescbc is configured and has not been taken up yet',
		],
		[
			'a key, and an old condition',
			'aescbc',
			'EncryptionDisabled',
			[key(1, 'aescbc', [])],
			'encrypting',
			'a new key was made since',
		],
		['half of it', 'aescbc', 'EncryptionInProgress', [key(1, 'aescbc', ['configmaps'])], 'encrypting', undefined],
		['all of it', 'aescbc', 'EncryptionCompleted', [key(1, 'aescbc', both, migrated)], 'encrypted', undefined],
		[
			'all of it, and an old condition',
			'aescbc',
			'EncryptionInProgress',
			[key(1, 'aescbc', both, migrated)],
			'encrypting',
			undefined,
		],
		[
			'a new key after a week',
			'aescbc',
			'EncryptionCompleted',
			[key(1, 'aescbc', both, migrated), key(2, 'aescbc', [])],
			'rotating',
			undefined,
		],
		[
			'another type, not taken up',
			'aesgcm',
			'EncryptionCompleted',
			[key(1, 'aescbc', both, migrated)],
			'waiting',
			'aesgcm is configured and has not been taken up yet',
		],
		[
			'another type on its way',
			'aesgcm',
			'EncryptionCompleted',
			[key(1, 'aescbc', both, migrated), key(2, 'aesgcm', [])],
			'encrypting',
			'a new key was made since',
		],
		[
			'off, not taken up',
			'identity',
			'EncryptionCompleted',
			[key(1, 'aescbc', both, migrated)],
			'waiting',
			'identity is configured and has not been taken up yet',
		],
		[
			'off, and an old condition',
			'identity',
			'EncryptionCompleted',
			[key(2, 'identity', [])],
			'decrypting',
			'decrypting has begun since',
		],
		['half off', 'identity', 'DecryptionInProgress', [key(2, 'identity', ['secrets'])], 'decrypting', undefined],
		['off', 'identity', 'DecryptionCompleted', [key(2, 'identity', both, migrated)], 'decrypted', undefined],
		[
			'on again',
			'aescbc',
			'DecryptionCompleted',
			[key(2, 'identity', both, migrated)],
			'waiting',
			'aescbc is configured and has not been taken up yet',
		],
		['without keys: on', 'aescbc', 'EncryptionCompleted', 'hidden', 'encrypted', undefined],
		[
			'without keys: not taken up',
			'aescbc',
			'EncryptionDisabled',
			'hidden',
			'waiting',
			'aescbc is configured and has not been taken up yet',
		],
		['without keys: half', 'aescbc', 'EncryptionInProgress', 'hidden', 'encrypting', undefined],
		['without keys: off', 'identity', 'DecryptionCompleted', 'hidden', 'decrypted', undefined],
		['without keys: a word that nobody knows', 'identity', 'Sideways', 'hidden', 'unknown', undefined],
		['another hand’s type', 'KMS', 'EncryptionCompleted', [key(3, 'KMS', both, migrated)], 'encrypted', undefined],
	])('%s', (_, type, reason, keys, phase, stale) => {
		const status = ownStatus(sightOf(type, conditions(reason), keys));
		expect({phase: status.phase, stale: status.stale}).toEqual({phase, stale});
		expect(status.isSettled).toBe(['not encrypted', 'encrypted', 'decrypted'].includes(phase));
	});

	test('while revisions converge nothing is settled, and the condition may be old', () => {
		const converging = '1 node is at revision 7; 2 nodes are at revision 8';
		const sight = sightOf('aescbc', conditions('EncryptionCompleted', {converging}), [key(1, 'aescbc', both, migrated)]);
		expect(ownStatus(sight)).toMatchObject({
			phase: 'encrypted',
			stale: `revisions are converging: ${converging}`,
			isSettled: false,
		});
		expect(migrationText(encryptionStatus(sight))).toBe('revisions of Kubernetes are converging');
	});

	test('without keys what is being written anew tells of a rotation', () => {
		const own = conditions('EncryptionCompleted', {migrating: ['secrets']});
		expect(ownStatus(sightOf('aescbc', own, 'hidden'))).toMatchObject({phase: 'rotating', isSettled: false});
	});

	test.each([
		[
			{kind: 'denied', permission: 'get kubeapiservers.operator.openshift.io cluster'},
			'you may not get kubeapiservers.operator.openshift.io cluster',
		],
		[{kind: 'silent', why: 'no answer within 5 s'}, 'the API does not answer: no answer within 5 s'],
		[told({migrating: [], failing: []}), 'it has no condition "Encrypted"'],
	] as const)('what can not be seen is unknown: %o', (own, message) => {
		const sight = sightOf('aescbc', conditions(''), []);
		const hidden = {...sight, servers: {...sight.servers, kubernetes: own as Told<ApiServerConditions>}};
		expect(ownStatus(hidden)).toMatchObject({phase: 'unknown', message, isSettled: false});
		expect(encryptionStatus(hidden).verdict).toBe('unknown');
	});
});

describe('progress and keys', () => {
	test('resources of all servers, and how long it has been', () => {
		const sight = sightOf('aescbc', conditions('EncryptionInProgress', {migrating: ['secrets']}), [
			key(1, 'aescbc', ['configmaps']),
		]);
		expect(encryptionStatus(sight)).toMatchObject({verdict: 'encrypting', done: 4, total: 5, underWayMs: 10 * minute});
		expect(ownStatus(sight)).toMatchObject({migrated: ['configmaps'], migrating: ['secrets'], resources: both});
	});

	test('a resource that only the server itself lists counts', () => {
		const own = {
			...conditions('EncryptionCompleted'),
			encrypted: {reason: 'EncryptionCompleted', message: 'All resources encrypted: secrets, configmaps, leases'},
		};
		const status = ownStatus(sightOf('aescbc', own, [key(1, 'aescbc', both)]));
		expect(status.resources).toEqual(['configmaps', 'leases', 'secrets']);
		expect(status.phase).toBe('encrypting');
	});

	test('the next key is due a week after everything was written with the last one', () => {
		const status = ownStatus(
			sightOf('aescbc', conditions('EncryptionCompleted'), [key(4, 'aescbc', both, {migratedAtMs: serverNowMs - 8 * day})]),
		);
		expect(status.key).toEqual({id: 4, mode: 'aescbc', ageMs: 10 * minute, migratedAgeMs: 8 * day, rotationInMs: -day});
	});

	test('no clock, no ages', () => {
		const {serverNowMs: _, ...sight} = sightOf('aescbc', conditions('EncryptionCompleted'), [key(4, 'aescbc', both, migrated)]);
		expect(ownStatus(sight).key).toEqual({id: 4, mode: 'aescbc'});
	});

	test.each([
		['identity', 'EncryptionDisabled', [], 'not encrypted'],
		['identity', 'DecryptionCompleted', [key(2, 'identity', both)], 'decrypted'],
		['aescbc', 'EncryptionCompleted', [key(1, 'aescbc', both)], 'encrypted'],
	] as const)('in one word: %s %s', (type, reason, keys, verdict) => {
		expect(encryptionStatus(sightOf(type, conditions(reason), keys)).verdict).toBe(verdict);
	});
});

describe('changing it', () => {
	const off = sightOf('', conditions('EncryptionDisabled'), []);
	const on = sightOf('aescbc', conditions('EncryptionCompleted'), [key(1, 'aescbc', both, migrated)]);

	test('the plan holds the patch to the letter, and the gravest of what it means first', () => {
		const plan = planEncryption(off, 'aescbc', calm);
		expect(plan).toMatchObject({
			patch: '{"metadata": {"resourceVersion": "41"}, "spec": {"encryption": {"type": "aescbc"}}}',
			version: '41',
			confirmation: {word: 'encrypt'},
		});
		expect(plan).not.toHaveProperty('refusal');
		expect(plan.confirmation.consequences[0]).toContain('A backup can not be restored without them');
		expect(plan.confirmation.consequences.join(' ')).toMatch(
			/20 minutes or longer.*no backup.*no defragmentation.*routes, configmaps, secrets, oauthaccesstokens and oauthauthorizetokens/,
		);
	});

	test('back to plain text', () => {
		const plan = planEncryption(on, 'identity', calm);
		expect(plan).toMatchObject({confirmation: {word: 'decrypt'}, patch: expect.stringContaining('"type": "identity"')});
		expect(plan).not.toHaveProperty('refusal');
		expect(plan.confirmation.consequences[0]).toContain('plain text again');
	});

	test.each<[sight: EncryptionSight, type: 'aescbc' | 'aesgcm' | 'identity', refusal: string | undefined]>([
		[on, 'aesgcm', undefined],
		[on, 'aescbc', 'aescbc is configured already'],
		[off, 'identity', 'identity is configured already: no encryption'],
		[
			{...off, deniedPatch: 'patch apiservers.config.openshift.io cluster'},
			'aescbc',
			'you may not patch apiservers.config.openshift.io cluster; ask for that permission',
		],
		[
			{...off, config: {kind: 'silent', why: 'no answer'}},
			'aescbc',
			'what is configured can not be seen: the API does not answer: no answer',
		],
		[
			sightOf('KMS', conditions('EncryptionCompleted'), [key(1, 'KMS', both)]),
			'identity',
			'KMS is configured, which takes more than a type: change it with oc edit apiserver',
		],
		[
			sightOf('aescbc', conditions('EncryptionInProgress'), [key(1, 'aescbc', [])]),
			'identity',
			'a migration to aescbc is under way on Kubernetes; wait for its end',
		],
		[
			sightOf('', conditions('EncryptionDisabled', {converging: 'x'}), []),
			'aescbc',
			'revisions of Kubernetes are converging; wait for its end',
		],
		[
			sightOf('', conditions('EncryptionDisabled', {failing: ['EncryptionKeyController: no']}), []),
			'aescbc',
			'Kubernetes can not carry it out: EncryptionKeyController: no',
		],
		[
			sightOf('aescbc', conditions('EncryptionCompleted'), 'hidden'),
			'aesgcm',
			'from aescbc to aesgcm can only be followed by the keys, and these can not be seen: you may not list secrets in openshift-config-managed',
		],
		[sightOf('aescbc', conditions('EncryptionCompleted'), 'hidden'), 'identity', undefined],
		[
			{...off, servers: {...off.servers, oauth: {kind: 'denied', permission: 'get it'}}},
			'aescbc',
			'whether a migration is under way can not be seen: OAuth: you may not get it',
		],
	])('allowed or refused, case %#', (sight, type, refusal) => {
		expect(whyNotChange(sight, type, calm)).toBe(refusal);
	});

	test('not under NOSPACE, whatever the frozen API shows, and not beside a run', () => {
		const under = (alarm: string) => whyNotChange(off, 'aescbc', {alarms: [{alarm}]});
		expect(under('NOSPACE')).toMatch(/^under NOSPACE the API refuses every write/);
		expect(under('CORRUPT')).toMatch(/^a CORRUPT alarm stands/);
		const run = sampleRun(phases.cooling);
		expect(whyNotChange(off, 'aescbc', {...calm, run})).toBe('a run is going on; a migration writes to every member');
		expect(whyNotChange(off, 'aescbc', {...calm, run: sampleRun(phases.finished)})).toBeUndefined();
	});

	test('not beside a backup, which it would leave partially encrypted', () => {
		const {from, startedAt} = {from: {memberId: 'a', name: 'etcd-1'}, startedAt: 0};
		const snapshot: Backup = {
			kind: 'etcd snapshot',
			operator: 'ana',
			from,
			directory: '/b',
			startedAt,
			phase: {kind: 'verifying', since: 0, share: 0},
		};
		const onHost: HostBackup = {
			operator: 'ana',
			request: {hostDirectory: '/b'},
			node: 'cp-1',
			from,
			isPartial: false,
			holdsKeys: false,
			startedAt,
			lines: [],
			warnings: [],
			phase: {kind: 'running', since: 0},
		};
		const refusal = 'a backup is under way, and would be partially encrypted; wait for its end';
		expect(whyNotChange(off, 'aescbc', {...calm, backup: snapshot})).toBe(refusal);
		expect(whyNotChange(off, 'aescbc', {...calm, hostBackup: onHost})).toBe(refusal);
		const over = {kind: 'cancelled', at: 1, reason: 'stopped', nextStep: ''} as const;
		expect(
			whyNotChange(off, 'aescbc', {...calm, backup: {...snapshot, phase: over}, hostBackup: {...onHost, phase: over}}),
		).toBeUndefined();
	});
});
