/**
 * One line of the journal: what was done to a cluster, by whom, with what outcome. Versioned JSON; what a line of another version
 * or another program's hand holds is not trusted until `parseLine` has looked at it.
 */
import type {MemberId} from '../domain/member.ts';

type Base = {
	readonly version: 1;
	readonly wallMs: number;
	readonly uptimeMs: number;
	readonly bootId: string;
	/** `ana@bastion-1`. */
	readonly operator: string;
	readonly clusterId: string;
	readonly runId?: string;
	readonly memberId?: MemberId;
	readonly memberName?: string;
};

export type JournalLine = Base &
	(
		| {
				/** At the beginning of a run: what a person, or whoever wrote `--yes`, agreed to. */
				readonly type: 'confirmed';
				/** Names, in the order of their turns. */
				readonly members: readonly string[];
				/** `etcd-1: skip, under 10%`. */
				readonly leftOut: readonly string[];
				/** Warnings and gates that the typed word answered for, as sentences. */
				readonly acknowledged: readonly string[];
				readonly estimateMs: number;
		  }
		| {
				/** Written and synced before every call that changes a member. */
				readonly type: 'started';
				readonly attemptId: string;
				readonly what: 'defragment';
				readonly before?: number;
				readonly inUseBytes?: number;
				readonly defragCount?: number;
				readonly processStartSeconds?: number;
				/** What the gates said right before the call: `passed, no CORRUPT alarm: no alarms`. */
				readonly gates?: readonly string[];
		  }
		| {
				readonly type: 'ended';
				readonly attemptId: string;
				readonly outcome: 'done' | 'failed' | 'not sent';
				readonly durationMs: number;
				readonly defragCount?: number;
				readonly processStartSeconds?: number;
				readonly reason?: string;
		  }
		| {readonly type: 'unknown' | 'resolved'; readonly attemptId: string; readonly reason: string}
		| {
				readonly type: 'settled';
				readonly attemptId: string;
				readonly before: number;
				readonly after: number;
				readonly durationMs: number;
				readonly longestSilenceMs?: number;
		  }
		| {
				readonly type: 'moved leader';
				readonly to: MemberId;
				readonly outcome: 'asked' | 'moved' | 'failed';
				readonly reason?: string;
		  }
		| {
				readonly type: 'run';
				readonly outcome: 'finished' | 'halted' | 'cancelled';
				readonly reason?: string;
				readonly members: number;
				readonly givenBackBytes: number;
		  }
		/** Before a compaction, a disarming, a write that is tried, a step of a restore, a change of the encryption or the removal of what a backup left, and after it. */
		| {
				readonly type: 'asked';
				readonly what: 'compact' | 'disarm' | 'write probe' | 'restore step' | 'encryption' | 'removal';
				readonly revision?: number;
				/** What etcd's values are to be encrypted with; `identity` is plain text. */
				readonly encryptionType?: string;
				readonly reason?: string;
		  }
		| {
				readonly type: 'answered';
				readonly what: 'compact' | 'disarm' | 'write probe' | 'restore step' | 'encryption' | 'removal';
				readonly encryptionType?: string;
				readonly outcome: 'done' | 'failed' | 'unknown';
				readonly revision?: number;
				readonly reason?: string;
		  }
		/** Before a backup, and what came of it. */
		| {
				readonly type: 'backup';
				readonly kind: 'etcd snapshot' | 'openshift backup';
				readonly outcome: 'started' | 'done' | 'failed' | 'cancelled';
				/** The snapshot first. Absolute, and `NODE:PATH` on a node. */
				readonly files: readonly string[];
				readonly bytes?: number;
				/** Of the snapshot. */
				readonly sha256?: string;
				readonly revision?: number;
				readonly reason?: string;
		  }
	);

type Fields = Readonly<Record<string, 'string' | 'number' | 'strings'>>;

/** The fields each type can't do without, and what they must be. */
const required: Readonly<Record<JournalLine['type'], Fields>> = {
	confirmed: {members: 'strings', leftOut: 'strings', acknowledged: 'strings', estimateMs: 'number'},
	started: {attemptId: 'string', memberId: 'string'},
	ended: {attemptId: 'string', outcome: 'string', durationMs: 'number'},
	unknown: {attemptId: 'string'},
	resolved: {attemptId: 'string'},
	settled: {attemptId: 'string', before: 'number', after: 'number', durationMs: 'number'},
	'moved leader': {to: 'string', outcome: 'string'},
	run: {outcome: 'string', members: 'number', givenBackBytes: 'number'},
	asked: {what: 'string'},
	answered: {what: 'string', outcome: 'string'},
	backup: {kind: 'string', outcome: 'string', files: 'strings'},
};

const base = {
	version: 'number',
	wallMs: 'number',
	uptimeMs: 'number',
	bootId: 'string',
	operator: 'string',
	clusterId: 'string',
	type: 'string',
} as const;

const optional = {
	runId: 'string',
	memberId: 'string',
	memberName: 'string',
	reason: 'string',
	before: 'number',
	inUseBytes: 'number',
	longestSilenceMs: 'number',
	defragCount: 'number',
	processStartSeconds: 'number',
	revision: 'number',
	encryptionType: 'string',
	bytes: 'number',
	sha256: 'string',
	gates: 'strings',
} as const;

/** The line in a text, or why it is none. */
export function parseLine(text: string): JournalLine | {readonly damage: string} {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return {damage: 'not JSON'};
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return {damage: 'not an object'};
	}
	const fields = value as Record<string, unknown>;
	const wrong =
		wrongField(fields, base) ??
		(Object.hasOwn(required, String(fields['type']))
			? wrongField(fields, required[fields['type'] as JournalLine['type']])
			: 'type');
	if (wrong !== undefined) {
		return {damage: `no ${wrong}`};
	}
	const odd = Object.entries(optional).find(([name, type]) => fields[name] !== undefined && !hasType(fields[name], type));
	if (odd !== undefined) {
		return {damage: `${odd[0]} is not ${odd[1] === 'strings' ? 'a list of strings' : `a ${odd[1]}`}`};
	}
	return fields['version'] === 1
		? (value as JournalLine)
		: {damage: `version ${String(fields['version'])}, this program knows 1`};
}

function wrongField(fields: Record<string, unknown>, wanted: Fields): string | undefined {
	return Object.entries(wanted).find(([name, type]) => !hasType(fields[name], type))?.[0];
}

function hasType(value: unknown, type: Fields[string]): boolean {
	if (type === 'strings') {
		return Array.isArray(value) && value.every((item) => typeof item === 'string');
	}
	return type === 'number' ? typeof value === 'number' && Number.isFinite(value) : typeof value === 'string';
}
