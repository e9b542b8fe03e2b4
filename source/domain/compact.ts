/** What compacting would do, asked anew every second while its dialog is open, and a compaction under way. Times are uptime ms. */
import type {Confirmation} from './defrag-plan.ts';
import {compactKeepMs} from './defrag-policy.ts';
import {newestOlderThan, type RevisionAges} from './revision-age.ts';
import {durationText, sizeText} from './text.ts';

export type CompactPlan = {
	readonly headRevision: number;
	/** The newest revision known to be at least `compactKeepMs` old; absent until we have watched that long. */
	readonly target?: {readonly revision: number; readonly ageMs: number};
	/** When a target will be there. */
	readonly targetAt?: number;
	/** Compacting to the target. Absent while there is none. */
	readonly confirmation?: Confirmation;
	/** Compacting to the head instead: says who loses what. */
	readonly headConfirmation: Confirmation;
	/** Why nothing can be compacted, in one line. */
	readonly refusal?: string;
	readonly inUseBytes: number;
};

export type Compaction = {
	readonly operator: string;
	readonly revision: number;
	readonly startedAt: number;
	readonly inUseBefore: number;
	readonly phase:
		| {readonly kind: 'compacting'}
		/** Sent; until the size in use of every answering voter is stable. */
		| {readonly kind: 'stabilising'; readonly since: number; readonly inUseBytes: number}
		/** `uncounted`: names of the members that can't tell yet what was freed (`uncounted.ts`). */
		| {readonly kind: 'finished'; readonly at: number; readonly inUseBytes: number; readonly uncounted: readonly string[]}
		| {readonly kind: 'failed'; readonly at: number; readonly reason: string; readonly nextStep: string}
		| {readonly kind: 'unknown'; readonly at: number; readonly reason: string; readonly nextStep: string};
};

export const compactWord = 'compact';
export const compactHeadWord = 'compact to head';

export function planCompact(input: {
	readonly ages: RevisionAges;
	readonly inUseBytes: number;
	readonly now: number;
	readonly refusal?: string;
}): CompactPlan {
	const {ages, inUseBytes, now, refusal} = input;
	const headRevision = ages.at(-1)?.revision ?? 0;
	const target = newestOlderThan(ages, compactKeepMs, now);
	const first = ages[0];
	const headConfirmation = confirm(compactHeadWord, [
		`Every revision before ${headRevision} is dropped, also those of the last ${durationText(compactKeepMs)}.`,
		'Watchers that are behind and paged lists under way fail with "required revision has been compacted" and must list again.',
		'Keys and their newest values stay.',
	]);
	return {
		headRevision,
		headConfirmation,
		inUseBytes,
		...(refusal === undefined ? {} : {refusal}),
		...(target === undefined
			? {targetAt: (first?.at ?? now) + compactKeepMs}
			: {
					target,
					confirmation: confirm(compactWord, [
						`Revisions before ${target.revision} are dropped; it is ${durationText(target.ageMs)} old. Keys and their newest values stay.`,
						`${sizeText(inUseBytes)} is in use now. The files do not shrink by it: defragment afterwards.`,
					]),
				}),
	};
}

function confirm(word: string, consequences: readonly string[]): Confirmation {
	return {word, consequences, acknowledges: [], outage: false, terminalOnly: false};
}
