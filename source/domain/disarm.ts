/** Whether one NOSPACE alarm may be disarmed, with the reason for each voter. CORRUPT is never touched. */
import type {Alarm} from './alarm.ts';
import type {Quota} from './db-size.ts';
import type {Confirmation} from './defrag-plan.ts';
import {disarmRatio} from './defrag-policy.ts';
import {headroomText} from './growth.ts';
import type {MemberId, Role} from './member.ts';
import {listText, percentText} from './text.ts';

export type DisarmPlan = {
	readonly memberId: MemberId;
	readonly name: string;
	/** Why it may not be asked for; absent when it may. */
	readonly refusal?: string;
	readonly rows: readonly DisarmRow[];
	/** What must be typed; absent when refused. */
	readonly confirmation?: Confirmation;
};

/** A disarming that was asked for, and what came of it. */
export type Disarming = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly phase:
		| {readonly kind: 'asking'}
		/** `writable`: no other alarm is left. */
		| {readonly kind: 'done'; readonly writable: boolean}
		/** By a rule of ours; nothing was asked of etcd. */
		| {readonly kind: 'refused'; readonly reason: string}
		| {readonly kind: 'failed'; readonly reason: string; readonly nextStep: string}
		/** Asked of etcd, and not answered. */
		| {readonly kind: 'unknown'; readonly reason: string; readonly nextStep: string};
};

export type DisarmRow = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly dbSizeBytes: number;
	/** 0–1. */
	readonly used: number;
	readonly quotaBytes: number;
	readonly quotaAssumed: boolean;
	readonly passed: boolean;
	/** `leader`; may be empty. */
	readonly detail: string;
};

export type DisarmVoter = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly role: Role | undefined;
	readonly dbSizeBytes: number;
	readonly quota: Quota;
	readonly growthBytesPerSecond?: number;
};

export type DisarmInput = {
	readonly memberId: MemberId;
	readonly name: string;
	readonly alarms: readonly Alarm[];
	/** Voters whose Status answers now: learners, silent and removed members don't block. */
	readonly voters: readonly DisarmVoter[];
};

/** The ordinary word, and those that name what is risked. */
export const disarmWord = 'disarm';
export const tightDisarmWord = 'disarm anyway';

export function planDisarm({memberId, name, alarms, voters}: DisarmInput): DisarmPlan {
	const rows = voters.map(rowOf);
	const refusal = refusalOf(memberId, name, alarms, rows);
	if (refusal !== undefined) {
		return {memberId, name, refusal, rows};
	}
	const tight = voters.filter((_, index) => rows[index]?.passed === false);
	const assumed = rows.filter(({quotaAssumed}) => quotaAssumed);
	const consequences = [
		...tight.map(
			(voter) =>
				`${voter.name} uses ${percentText(rows.find((row) => row.memberId === voter.memberId)?.used ?? 0)} of its quota: ${headroomText((voter.quota.bytes ?? 0) - voter.dbSizeBytes, voter.growthBytesPerSecond)}.`,
		),
		...(assumed.length === 0
			? []
			: [`The quota of ${listText(assumed.map((row) => row.name))} is not known: etcd's default of 2 GiB is assumed.`]),
		'Writes are accepted again at once. A file that reaches its quota raises the alarm anew.',
		`Only NOSPACE of ${name} is disarmed; no other alarm is touched.`,
	];
	const word = tight.length > 0 || assumed.length > 0 ? tightDisarmWord : disarmWord;
	return {memberId, name, rows, confirmation: {word, consequences, acknowledges: [], outage: false, terminalOnly: false}};
}

/** What came of it, in one line without the next step; empty while it is under way. */
export function disarmingText({name, phase}: Disarming): string {
	switch (phase.kind) {
		case 'asking':
			return '';
		case 'done':
			return `NOSPACE of ${name} is disarmed${phase.writable ? ': writes are accepted again' : ''}`;
		case 'refused':
			return phase.reason;
		case 'failed':
			return `NOSPACE of ${name} was not disarmed: ${phase.reason}`;
		case 'unknown':
			return `whether NOSPACE of ${name} is disarmed is not known: ${phase.reason}`;
	}
}

function rowOf({memberId, name, role, dbSizeBytes, quota}: DisarmVoter): DisarmRow {
	const quotaBytes = quota.bytes ?? Number.POSITIVE_INFINITY;
	const used = dbSizeBytes / quotaBytes;
	return {
		memberId,
		name,
		dbSizeBytes,
		used,
		quotaBytes,
		quotaAssumed: quota.source === 'assumed',
		passed: used < disarmRatio,
		detail: role === 'leader' ? 'leader' : '',
	};
}

function refusalOf(memberId: MemberId, name: string, alarms: readonly Alarm[], rows: readonly DisarmRow[]): string | undefined {
	if (alarms.some(({alarm}) => alarm !== 'NOSPACE')) {
		return 'a CORRUPT alarm stands: disarming NOSPACE would let writes through on a corrupt cluster';
	}
	if (!alarms.some((alarm) => alarm.memberId === memberId)) {
		return `${name} has no NOSPACE alarm`;
	}
	if (rows.length === 0) {
		return 'no voter answers';
	}
	const full = rows.filter(({used}) => used >= 1);
	if (full.length > 0) {
		const names = full.map((row) => row.name).sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
		const have = names.length === 1 ? 'has reached its quota' : 'have reached their quota';
		return `${listText(names)} ${have}: the next write would raise it again; defragment first`;
	}
	return undefined;
}
