import {expect, test} from 'vitest';
import {encryptionAlerts} from '../../source/domain/encryption-alerts.ts';
import {type EncryptionKnown, encryptionOfBackup} from '../../source/domain/encryption-known.ts';
import {encrypted, plain, seen, sightOf, silent, underWay} from '../helpers/sample-encryption.ts';

const day = 24 * 60 * 60 * 1000;
const done = {reason: 'EncryptionCompleted', mode: 'aescbc'};
const broken = {...done, more: {failing: ['EncryptionKeyController: no']}};

test.each<[what: string, known: EncryptionKnown | undefined, texts: readonly string[]]>([
	['nobody asked', undefined, []],
	['plain text', seen(plain), []],
	['encrypted', seen(encrypted), []],
	['under way', seen(underWay), ['values are encrypting, 2 of 5 resources; no backup until then, 6 shows it']],
	[
		'under way, and the API silent',
		seen(silent, underWay),
		['values are encrypting, 2 of 5 resources; no backup until then, 6 shows it'],
	],
	['failing', seen(sightOf('aescbc', [done, broken, done])), ['encryption of Kubernetes fails, 6 shows why']],
	// They were written half of their age ago.
	[
		'keys a day over their week',
		seen(sightOf('aescbc', [done, done, done], 16 * day + 1)),
		['the key of OpenShift was due to be renewed, 6 shows when'],
	],
	['keys that are due', seen(sightOf('aescbc', [done, done, done], 15 * day)), []],
])('%s', (_, known, texts) => {
	expect(encryptionAlerts(known).map(({text}) => text)).toEqual(texts);
});

test.each<[what: string, known: EncryptionKnown | undefined, told: object | undefined]>([
	['nobody asked', undefined, undefined],
	['no OpenShift', {kind: 'none', why: 'it is none'}, undefined],
	['plain text', seen(plain), {type: 'identity', isPartial: false}],
	['encrypted', seen(encrypted), {type: 'aescbc', isPartial: false}],
	['under way, and the API silent', seen(silent, underWay), {type: 'aescbc', isPartial: true}],
])('a backup of now: %s', (_, known, told) => {
	expect(encryptionOfBackup(known)).toEqual(told);
});
