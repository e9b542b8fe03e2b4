import {expect, test} from 'vitest';
import {crc32c} from '../../source/backup/crc32c.ts';

test.each([
	['nothing', '', 0],
	['the check value of its definition', '123456789', 0xe3069283],
	['32 zeros, as RFC 3720 has them', '\0'.repeat(32), 0x8a9136aa],
])('%s', (_, text, expected) => {
	expect(crc32c(Buffer.from(text))).toBe(expected);
});

test('pieces of any length give what the whole gives', () => {
	const whole = Buffer.from(Array.from({length: 100}, (_, index) => (index * 37) & 0xff));
	for (let cut = 0; cut <= whole.length; cut++) {
		expect(crc32c(whole.subarray(cut), crc32c(whole.subarray(0, cut)))).toBe(crc32c(whole));
	}
});
