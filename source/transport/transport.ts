/**
 * The port to a cluster: one question to one member a method, so that every member can be asked side by side and each has
 * its own deadline. Every method throws `TransportError` and nothing else; every text it returns has been stripped of
 * control characters. A deadline that passes ends the wait, not what the server does: `timed-out` means "outcome unknown".
 */
import type {Failure} from '../domain/failure.ts';
import type {KeyPage} from '../domain/key-page.ts';
import type {Member, MemberId, Membership} from '../domain/member.ts';
import type {MemberMetrics, MemberStatus} from '../domain/observation.ts';

export type CallOptions = {
	/** Milliseconds from now. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal;
};

/** How the cluster is reached, for the header and `status`. */
export type Connection = {
	/** Straight to etcd; through port-forwards of Kubernetes; by etcdctl in the pods; with what a control-plane host has, on it or by SSH. */
	readonly kind: 'direct' | 'tunnel' | 'exec' | 'local' | 'ssh';
	/** `mTLS`, `TLS`, `TLS unverified` or `no TLS`. */
	readonly security: string;
	readonly endpoints: readonly string[];
	/** What was found and where, for a cluster that was looked for. */
	readonly found?: string;
	/** Why a better way is not in use. */
	readonly notBetter?: string;
	/** The command that reaches the same etcd when this way is broken. */
	readonly otherwise?: string;
};

/** Of a stream of which nobody knows how long it takes: what is bounded is how long it may say nothing. */
export type SnapshotOptions = {
	/** Milliseconds without a byte, while one is waited for. */
	readonly silenceMs: number;
	readonly signal?: AbortSignal;
};

export type SnapshotChunk = {
	readonly bytes: Uint8Array;
	/** Of the database still to come, as the member counts them: not the 32 of the checksum behind it. Absent where it can't be known. */
	readonly remainingBytes?: number;
};

/** A raised alarm, from the Alarm call (a raft proposal: only when the operator asks). */
export type RaisedAlarm = {
	readonly memberId: MemberId;
	readonly alarm: 'NOSPACE' | 'CORRUPT' | 'UNKNOWN';
};

/** `after`: the id of the last key of the page before. */
export type PageRequest = {readonly after?: string; readonly limit: number};

/** The put was taken. `leftBehind`: why the key was not deleted again. */
export type ProbeOutcome = {readonly leftBehind?: Failure};

export interface Transport {
	readonly connection: Connection;

	/**
	 * The member list, from whichever endpoint answers first. Also re-reads certificates that changed on disk and re-matches
	 * endpoints to members. Not a linearizable read: it answers without quorum too where etcd allows it.
	 */
	membership(options: CallOptions): Promise<Membership>;

	/** Status of one member. Fails with `wrong-identity` when another member or cluster answers. */
	status(member: Member, options: CallOptions): Promise<MemberStatus>;

	/** What `/metrics` of one member says. */
	metrics(member: Member, options: CallOptions): Promise<MemberMetrics>;

	/** A linearizable read served by this very member (a Range of one key, count only). */
	linearizableRead(member: Member, options: CallOptions): Promise<void>;

	/**
	 * Defragments one member: asks Status on the same connection right before, and refuses with `wrong-identity` when
	 * `expected` does not answer. Sent exactly once, never repeated. `timed-out` and `unreachable` after sending: unknown.
	 */
	defragment(member: Member, expected: {readonly clusterId: string}, options: CallOptions): Promise<void>;

	/**
	 * The member's database as a backup, in chunks: at its end, as etcd sends it, the 32 bytes of its SHA-256. Asks Status on the same
	 * connection right before, and refuses with `wrong-identity` when `expected` does not answer. The next chunk is fetched when it is
	 * asked for, so that a slow disk holds the member's stream back instead of filling memory; leaving the iteration ends the stream. For
	 * as long as it is open a defragmentation of that member freezes: never begin one while anything is in flight.
	 */
	snapshot(member: Member, expected: {readonly clusterId: string}, options: SnapshotOptions): AsyncIterable<SnapshotChunk>;

	/** Asks the leader to hand leadership to `to`. */
	moveLeader(leader: Member, to: MemberId, options: CallOptions): Promise<void>;

	/** Every raised alarm. A raft proposal. */
	alarms(options: CallOptions): Promise<readonly RaisedAlarm[]>;

	/** Disarms exactly (member, NOSPACE). */
	disarmNoSpace(memberId: MemberId, options: CallOptions): Promise<void>;

	/**
	 * A page of keys in their order, after `after`, as this very member has them: a serializable read, without values, so that it costs
	 * the leader nothing.
	 */
	keyPage(member: Member, page: PageRequest, options: CallOptions): Promise<KeyPage>;

	/** How many bytes the value of that key has, as this very member has it; absent where the key is gone. The value itself is not kept. */
	valueBytes(member: Member, id: string, options: CallOptions): Promise<number | undefined>;

	/**
	 * Puts `writeProbeKey` once and deletes it again. Throws for what came of the put (`no-space` under NOSPACE); a delete that failed
	 * after it leaves the key, and is told.
	 */
	writeProbe(options: CallOptions): Promise<ProbeOutcome>;

	/** Compacts to `revision`, physically: returns when the backend has dropped the revisions. */
	compact(revision: number, options: CallOptions): Promise<void>;

	close(): void;
}
