/** What defragmenting leads to: how much of the quota is used afterwards, and how long that lasts. */

/** A voter that has applied what the others have. */
export type QuotaVoter = {
	readonly dbSizeInUseBytes: number;
	readonly quotaBytes: number;
	/** Of its file, while writes were accepted; absent where that was not watched for long enough. */
	readonly growthBytesPerSecond?: number;
};

export type QuotaOutlook = {
	/** Of the voter with the smallest quota, as a share of it: a file is as large as its data once it is defragmented. */
	readonly useAfter: number;
	/** Until the first of them has reached its quota again; absent where none is known to grow. */
	readonly fullInMs?: number;
};

/** Voters hold the same data: one that says that its own takes more has pages that it can't count as free yet. */
export function dataBytes(voters: readonly Pick<QuotaVoter, 'dbSizeInUseBytes'>[]): number {
	return Math.min(...voters.map(({dbSizeInUseBytes}) => dbSizeInUseBytes));
}

/** The first voter that is full stops the writes of all. Undefined without a voter. */
export function quotaOutlook(voters: readonly QuotaVoter[]): QuotaOutlook | undefined {
	if (voters.length === 0) {
		return undefined;
	}
	const data = dataBytes(voters);
	const useAfter = Math.max(...voters.map(({quotaBytes}) => data / quotaBytes));
	const times = voters.flatMap(({quotaBytes, growthBytesPerSecond = 0}) =>
		growthBytesPerSecond > 0 ? [(Math.max(0, quotaBytes - data) / growthBytesPerSecond) * 1000] : [],
	);
	return {useAfter, ...(times.length === 0 ? {} : {fullInMs: Math.min(...times)})};
}
