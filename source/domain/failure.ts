/**
 * Why a member, or the cluster, did not answer as asked. A failure is plain data: it lives in observations, in the state
 * and in the journal, and it is never thrown (a `TransportError` carries one when something must be).
 */
export type Failure = {
	readonly kind: FailureKind;
	/** What failed, in one line, without control characters: `connection refused`. */
	readonly message: string;
	/** What the operator can do next, one sentence; empty where there is nothing to add. */
	readonly nextStep: string;
	/** The URL that was asked. */
	readonly endpoint?: string;
	/** The member's name, or its id, where one was meant. */
	readonly member?: string;
	/** The request that would have changed something was certainly not sent, whatever the kind says. */
	readonly notSent?: true;
	/** What failed lies on the way, before etcd: the Kubernetes API, a login. It says nothing of the member. */
	readonly beforeEtcd?: true;
};

/** With these the request did not reach a server that could carry it out. Every other failure leaves the outcome unknown. */
const certain: ReadonlySet<FailureKind> = new Set([
	'wrong-identity',
	'permission-denied',
	'unauthenticated',
	'rejected',
	'unsupported',
	'not-etcd',
	'corrupt',
	'unknown-host',
]);

/** Whether what was asked for may have happened, or may yet happen, although it failed. */
export function mayHaveHappened({kind, notSent}: Failure): boolean {
	return notSent !== true && !certain.has(kind);
}

export type FailureKind =
	/** Nothing listens there: the process is known not to be running. */
	| 'refused'
	/** The host name does not resolve. */
	| 'unknown-host'
	/** No route, reset, connection lost. */
	| 'unreachable'
	/** No answer before the deadline. What was asked for may still happen. */
	| 'timed-out'
	/** The TLS handshake failed: authority, name, expiry, client certificate. */
	| 'tls'
	/** etcd wants a user name, or refuses this one. */
	| 'unauthenticated'
	| 'permission-denied'
	/** Something answered, but not etcd. */
	| 'not-etcd'
	/** This etcd (or this way to it) cannot do that. */
	| 'unsupported'
	/** The endpoint answered as another member, or as one of another cluster. */
	| 'wrong-identity'
	| 'no-leader'
	/** etcd's RESOURCE_EXHAUSTED with "database space exceeded". */
	| 'no-space'
	/** etcd's DATA_LOSS "corrupt cluster". */
	| 'corrupt'
	/** etcd understood and said no; `message` holds its words. */
	| 'rejected'
	/** We stopped asking. */
	| 'cancelled'
	/** Anything else; a defect when it is seen. */
	| 'unexpected';
