import type {Attempt} from '../domain/cooldown.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import type {Run, Sizes, Turn} from '../domain/defrag-run.ts';
import type {Gate} from '../domain/gate.ts';
import type {MemberId} from '../domain/member.ts';
import type {KnownDefragmentation} from './state.ts';

/**
 * What the runner writes down, and what the cooldown reads; `journal.ts` keeps it in a file. Only `noteStarted` throws when it
 * can't be written, and then nothing is done. Once a member has been asked, a full disk must not change what is done for it: the
 * other lines are reported on the screen when they can't be written, and an end that is missing holds the next one back.
 */
export interface AttemptLog {
	/** Every attempt in this cluster by this machine, in order, read again from the file. */
	attempts(): readonly Attempt[];
	/** Past defragmentations, for the screen and for estimates. */
	known(): Readonly<Record<MemberId, readonly KnownDefragmentation[]>>;
	/** What the run was agreed to by. */
	noteConfirmed(run: Run, plan: DefragPlan): void;
	/** On disk (fsynced) when it returns; gives the attempt's id. */
	noteStarted(start: {
		readonly runId: string;
		readonly memberId: MemberId;
		readonly memberName: string;
		readonly before: Sizes;
		readonly count?: number;
		readonly processStartSeconds?: number;
		readonly gates: readonly Gate[];
	}): string;
	/** The call came back: the cooldown runs from here. */
	noteEnded(
		attemptId: string,
		end: {
			readonly outcome: 'done' | 'failed' | 'not sent';
			readonly durationMs: number;
			readonly count?: number;
			readonly processStartSeconds?: number;
			readonly reason?: string;
		},
	): void;
	/** No answer: stays open until it is resolved. */
	noteUnknown(attemptId: string, reason: string): void;
	/** What became of an unknown one, or of one whose process was killed before it could tell. */
	noteResolved(attemptId: string, reason: string): void;
	/** The member settled, with its size after. */
	noteSettled(attemptId: string, turn: Turn): void;
	noteMove(move: {
		readonly runId: string;
		readonly from: MemberId;
		readonly to: MemberId;
		readonly outcome: 'asked' | 'moved' | 'failed';
		readonly reason?: string;
	}): void;
	/** The run's end, with everything its summary shows. */
	noteRun(run: Run): void;
}
