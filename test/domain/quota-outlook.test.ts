import {expect, test} from 'vitest';
import {type QuotaOutlook, type QuotaVoter, quotaOutlook} from '../../source/domain/quota-outlook.ts';

const MiB = 1024 * 1024;
const voter = (inUseMiB: number, growthMiBPerSecond?: number, quotaMiB = 100): QuotaVoter => ({
	dbSizeInUseBytes: inUseMiB * MiB,
	quotaBytes: quotaMiB * MiB,
	...(growthMiBPerSecond === undefined ? {} : {growthBytesPerSecond: growthMiBPerSecond * MiB}),
});

test.each<[string, readonly QuotaVoter[], QuotaOutlook | undefined]>([
	['nobody answers', [], undefined],
	['growth was not watched', [voter(26), voter(26)], {useAfter: 0.26}],
	['nothing grows', [voter(26, 0), voter(26, -1)], {useAfter: 0.26}],
	['the one that grows most is full first', [voter(40, 3), voter(40, 1)], {useAfter: 0.4, fullInMs: 20_000}],
	['each has its own quota', [voter(25, 1, 50), voter(25, 1)], {useAfter: 0.5, fullInMs: 25_000}],
	['one can count already what a compaction freed', [voter(97), voter(8)], {useAfter: 0.08}],
	['more in use than the quota leaves no time', [voter(102, 1)], {useAfter: 1.02, fullInMs: 0}],
])('%s', (_, voters, expected) => {
	expect(quotaOutlook(voters)).toEqual(expected);
});
