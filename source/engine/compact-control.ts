/** Compacting: to a revision old enough that nobody who keeps up loses anything, or to the head by a word of its own. */
import {type Compaction, type CompactPlan, planCompact} from '../domain/compact.ts';
import {compactKeepMs, gateTimeoutMs} from '../domain/defrag-policy.ts';
import {mayHaveHappened} from '../domain/failure.ts';
import {type MemberId, memberLabel} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import {noteRevision, type RevisionAges} from '../domain/revision-age.ts';
import {isCounted} from '../domain/uncounted.ts';
import {answeringVoters} from '../domain/voters.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {lineOf} from './file-attempt-log.ts';
import type {Journal} from './journal.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';

export type CompactControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

export type CompactControls = Pick<Controls, 'openCompact' | 'closeCompact' | 'compact' | 'dismissCompaction'>;

/** A physical compaction of a large backlog takes minutes; etcd goes on with it whatever we wait. */
const compactTimeoutMs = 5 * 60 * 1000;

/** The size in use has rested when it moved by less than this share, for this long. */
const stableRatio = 0.01;
const stableMs = 4000;
const stabiliseTimeoutMs = 60 * 1000;
const lookEveryMs = 1000;

/** The size in use of every answering voter. */
type SizesInUse = readonly {
	readonly memberId: MemberId;
	readonly name: string;
	readonly bytes: number;
	readonly quotaBytes: number | undefined;
}[];

function sizeOf(sizes: SizesInUse, memberId: MemberId): number {
	return sizes.find((one) => one.memberId === memberId)?.bytes ?? 0;
}

function hasMoved(before: number, now: number): boolean {
	return Math.abs(now - before) > before * stableRatio;
}

export function createCompactControl(options: CompactControlOptions): {
	readonly controls: CompactControls;
	readonly observed: (observation: Observation) => void;
	readonly stop: () => Promise<void>;
} {
	const {transport, clock, dispatch, getState} = options;
	let ages: RevisionAges = [];
	let open = false;
	let working: Promise<void> | undefined;

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});
	const show = (compaction: Compaction) => dispatch({type: 'compactionChanged', compaction});
	const sizesInUse = (): SizesInUse =>
		getState().members.flatMap(({member, status, statusAnswer, quota}) =>
			member.isLearner || status === undefined || statusAnswer.kind === 'failed'
				? []
				: [{memberId: member.id, name: memberLabel(member), bytes: status.value.dbSizeInUseBytes, quotaBytes: quota.bytes}],
		);
	const inUse = () => Math.max(0, ...sizesInUse().map(({bytes}) => bytes));

	function plan(): CompactPlan {
		const defragmenting = getState().run?.phase.kind === 'defragmenting';
		const refusal =
			ages.length === 0
				? 'no member has told its revision yet'
				: defragmenting
					? 'a member is being defragmented: its answer would be missing'
					: undefined;
		return planCompact({ages, inUseBytes: inUse(), now: clock.uptimeMs(), ...(refusal === undefined ? {} : {refusal})});
	}

	async function keepPlanning(): Promise<void> {
		while (open) {
			dispatch({type: 'compactPlanChanged', plan: plan()});
			await clock.sleep(lookEveryMs);
		}
	}

	function close(): void {
		open = false;
		dispatch({type: 'compactPlanChanged', plan: undefined});
	}

	async function compact(revision: number): Promise<void> {
		const begun: Compaction = {
			operator: options.operator,
			revision,
			startedAt: clock.uptimeMs(),
			inUseBefore: inUse(),
			phase: {kind: 'compacting'},
		};
		const note = (fields: Parameters<typeof lineOf>[3]) =>
			options.journal.append(lineOf(clock, options.operator, getState().clusterId ?? '', fields), {sync: true});
		try {
			note({type: 'asked', what: 'compact', revision});
		} catch (error) {
			return refuse(`compact: ${error instanceof Error ? error.message : String(error)}`);
		}
		const before = sizesInUse();
		show(begun);
		try {
			await transport.compact(revision, {timeoutMs: compactTimeoutMs});
		} catch (error) {
			const failure = failureOf(error);
			if (!/has been compacted/.test(failure.message)) {
				const unknown = mayHaveHappened(failure);
				const phase = {
					kind: unknown ? 'unknown' : 'failed',
					at: clock.uptimeMs(),
					reason: failure.message,
					nextStep: unknown ? 'etcd may still be compacting; watch the size in use.' : failure.nextStep,
				} as const;
				tryNote(note, {type: 'answered', what: 'compact', revision, outcome: phase.kind, reason: failure.message});
				return show({...begun, phase});
			}
			// Somebody else compacted at least as far: what was wanted is done.
		}
		tryNote(note, {type: 'answered', what: 'compact', revision, outcome: 'done'});
		await stabilise(begun, before);
	}

	function tryNote(note: (fields: Parameters<typeof lineOf>[3]) => void, fields: Parameters<typeof lineOf>[3]): void {
		try {
			note(fields);
		} catch (error) {
			refuse(error instanceof Error ? error.message : String(error));
		}
	}

	async function stabilise(begun: Compaction, before: SizesInUse): Promise<void> {
		const since = clock.uptimeMs();
		let reference = {sizes: sizesInUse(), at: since};
		while (clock.uptimeMs() - since < stabiliseTimeoutMs && clock.uptimeMs() - reference.at < stableMs) {
			show({...begun, phase: {kind: 'stabilising', since, inUseBytes: inUse()}});
			await clock.sleep(lookEveryMs);
			const sizes = sizesInUse();
			if (sizes.some(({memberId, bytes}) => hasMoved(sizeOf(reference.sizes, memberId), bytes))) {
				reference = {sizes, at: clock.uptimeMs()};
			}
		}
		show({...begun, phase: {kind: 'finished', at: clock.uptimeMs(), inUseBytes: inUse(), uncounted: uncounted(before)}});
		dispatch({
			type: 'happened',
			event: {at: clock.uptimeMs(), kind: 'good', subject: 'cluster', text: `compacted to revision ${begun.revision}`},
		});
	}

	/** Under NOSPACE nothing writes, and without a write etcd doesn't count what was freed (`domain/uncounted.ts`). */
	function uncounted(before: SizesInUse): readonly string[] {
		if (!getState().alarms.some(({alarm}) => alarm === 'NOSPACE')) {
			return [];
		}
		return sizesInUse()
			.filter(({memberId, bytes, quotaBytes}) => !hasMoved(sizeOf(before, memberId), bytes) || !isCounted(bytes, quotaBytes))
			.map(({name}) => name);
	}

	return {
		observed(observation) {
			const revision = Math.max(0, ...answeringVoters(observation).map(({status}) => status.value.revision));
			if (revision > 0) {
				ages = noteRevision(ages, revision, clock.uptimeMs(), compactKeepMs);
			}
		},
		stop: async () => {
			open = false;
			await Promise.race([working, clock.sleep(gateTimeoutMs)]);
		},
		controls: {
			openCompact() {
				if (getState().readOnly) {
					return refuse('read-only session; to change the cluster start without --read-only');
				}
				if (working !== undefined) {
					return refuse('a compaction is under way');
				}
				open = true;
				void keepPlanning();
			},
			closeCompact: close,
			compact(target, typed) {
				const current = plan();
				const confirmation = target === 'head' ? current.headConfirmation : current.confirmation;
				if (!open || working !== undefined) {
					return;
				}
				close();
				if (current.refusal !== undefined || confirmation === undefined || typed !== confirmation.word) {
					return refuse(
						current.refusal ?? (confirmation === undefined ? 'no revision is old enough yet' : `type "${confirmation.word}"`),
					);
				}
				const revision = target === 'head' ? current.headRevision : (current.target?.revision ?? 0);
				working = compact(revision).finally(() => {
					working = undefined;
				});
			},
			dismissCompaction() {
				if (working === undefined) {
					dispatch({type: 'compactionChanged', compaction: undefined});
				}
			},
		},
	};
}
