import {randomBytes} from 'node:crypto';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import {ChangedLines} from '../../../source/demo/kubernetes/changed-lines.ts';

const through = (pieces: Buffer[]) =>
	buffer(Readable.from(pieces).pipe(new ChangedLines((text) => text.replaceAll('127.0.0.1:20001', '192.0.2.11:2379'))));

test('text is changed wherever it is cut into pieces', async () => {
	const text = Buffer.from('at 127.0.0.1:20001\nand ünd 127.0.0.1:20001');
	for (let cut = 0; cut <= text.length; cut++) {
		const changed = await through([text.subarray(0, cut), text.subarray(cut)]);
		expect(changed.toString()).toBe('at 192.0.2.11:2379\nand ünd 192.0.2.11:2379');
	}
});

test('bytes that are no text come through as they are', async () => {
	const bytes = randomBytes(300_000);
	const pieces = Array.from({length: 30}, (_, index) => bytes.subarray(index * 10_000, (index + 1) * 10_000));
	expect((await through(pieces)).equals(bytes)).toBe(true);
});
