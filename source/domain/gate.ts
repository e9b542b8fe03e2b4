/** One precondition of a changing step, as the plan shows it ticking off. */
export type Gate = {
	/** Stable name, for tests and the journal: `quorum`, `leader`, `corrupt`, … */
	readonly id: string;
	/** What is asked: `all agree on one leader`. */
	readonly title: string;
	readonly state: GateState;
	/** The finding, or the reason, in one line: `etcd-2, term 7`. */
	readonly detail: string;
	/** Failed for now: a run waits for it, where any other that falls halts it. */
	readonly opensByItself?: true;
};

export type GateState =
	/** Being asked. Holds the step. */
	| 'pending'
	| 'passed'
	/** Refuses the step. */
	| 'failed'
	/** Passes once the operator has typed the word that `acknowledgement` of the plan names. */
	| 'acknowledge'
	/** Can't be seen from here; said, does not hold. */
	| 'unchecked';
