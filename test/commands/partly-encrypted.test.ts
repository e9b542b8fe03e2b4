import {expect, test} from 'vitest';
import {refusedAsPartlyEncrypted} from '../../source/commands/partly-encrypted.ts';
import type {EncryptionKnown} from '../../source/domain/encryption-known.ts';
import {encrypted, plain, seen, silent, underWay} from '../helpers/sample-encryption.ts';
import {contextFor} from './command-context.ts';
import {scriptedEngine} from './scripted-engine.ts';

test.each<[what: string, line: string, encryption: EncryptionKnown, code: number | undefined, said: RegExp | undefined]>([
	['plain text', 'backup /b --rpc', seen(plain), undefined, undefined],
	['encrypted', 'backup /b --rpc', seen(encrypted), undefined, undefined],
	['under way', 'backup /b --rpc', seen(underWay), 3, /^refused: an encryption migration is under way/],
	[
		'allowed',
		'backup /b --rpc --allow-partial',
		seen(underWay),
		undefined,
		/^An encryption migration is under way: the snapshot is/,
	],
	['not to be seen', 'backup /b --rpc', seen(silent), undefined, /can not be seen/],
	['nobody to ask', 'backup /b', {kind: 'none', why: 'none'}, undefined, undefined],
])('a snapshot while it is %s', async (_, line, encryption, code, said) => {
	const engine = scriptedEngine({
		watchEncryption: (self, wanted) => (wanted ? self.become({encryption}) : undefined),
	});
	const context = contextFor(line);
	expect(await refusedAsPartlyEncrypted(context, engine)).toBe(code);
	expect(context.said).toEqual(said === undefined ? [] : [expect.stringMatching(said)]);
	expect(engine.calls).toEqual(['watchEncryption true', 'watchEncryption false']);
});
