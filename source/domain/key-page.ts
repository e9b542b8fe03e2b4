/** Keys as they are read in pages, without their values. */

export type KeyFound = {
	/** For showing, stripped of control characters and cut where it is long. */
	readonly name: string;
	/** What the transport knows the key by. */
	readonly id: string;
	/** Of the key itself. */
	readonly bytes: number;
};

export type KeyPage = {
	readonly keys: readonly KeyFound[];
	/** The id of the last key, for the next page; absent where there is none after it. */
	readonly last?: string;
};

/** The one key that is ever written to try a write, and deleted again: no prefix of Kubernetes', and of nobody else's. */
export const writeProbeKey = 'etcdtop/write-probe';
