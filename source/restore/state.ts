/** A restore as its screen draws it. */
import type {RestoreRun} from '../domain/restore-run.ts';
import type {CheckAnswer} from '../domain/runbook.ts';

export type RestoreState = {
	readonly run: RestoreRun;
	readonly wallMs: number;
	/** Where it is kept. */
	readonly path: string;
	/** The newest of each step. */
	readonly answers: Readonly<Record<string, {readonly answer: CheckAnswer; readonly wallMs: number}>>;
	/** The step that is being looked at. */
	readonly looking?: string;
	/** What the program is doing. */
	readonly acting?: {readonly stepId: string; readonly wallMs: number; readonly lines: readonly string[]};
	/** By step; those that it can do are not in it. */
	readonly whyNotByProgram: Readonly<Record<string, string>>;
	readonly message?: {readonly kind: 'good' | 'refused' | 'note'; readonly text: string};
};
