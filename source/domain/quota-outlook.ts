/** What defragmenting leads to: how much of the quota is used afterwards, and how long that lasts. */

export type QuotaVoter = {
	readonly dbSizeInUseBytes: number;
	readonly quotaBytes: number;
	/** Of its file, while writes were accepted; absent where that was not watched for long enough. */
	readonly growthBytesPerSecond?: number;
};

export type QuotaOutlook = {
	/** Of the fullest voter, as a share of its quota: a file is as large as its data once it is defragmented. */
	readonly useAfter: number;
	/** Until the first of them has reached its quota again; absent where none is known to grow. */
	readonly fullInMs?: number;
};

/** The first voter that is full stops the writes of all. Undefined without a voter. */
export function quotaOutlook(voters: readonly QuotaVoter[]): QuotaOutlook | undefined {
	if (voters.length === 0) {
		return undefined;
	}
	const useAfter = Math.max(...voters.map(({dbSizeInUseBytes, quotaBytes}) => dbSizeInUseBytes / quotaBytes));
	const times = voters.flatMap(({dbSizeInUseBytes, quotaBytes, growthBytesPerSecond = 0}) =>
		growthBytesPerSecond > 0 ? [(Math.max(0, quotaBytes - dbSizeInUseBytes) / growthBytesPerSecond) * 1000] : [],
	);
	return {useAfter, ...(times.length === 0 ? {} : {fullInMs: Math.min(...times)})};
}
