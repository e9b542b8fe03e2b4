import type {Clock} from './clock.ts';
import type {State} from './state.ts';

export type InitialOptions = {
	readonly clock: Pick<Clock, 'uptimeMs' | 'wallMs'>;
	readonly clusterName: string;
	readonly readOnly: boolean;
	readonly intervalMs: number;
	readonly journalDirectory: string;
};

/** The state of the first frame, before anything was asked. */
export function initialState({clock, clusterName, readOnly, intervalMs, journalDirectory}: InitialOptions): State {
	const now = clock.uptimeMs();
	return {
		now,
		wallOffsetMs: clock.wallMs() - now,
		startedAt: now,
		clusterName,
		readOnly,
		intervalMs,
		members: [],
		health: {kind: 'connecting', voters: 0, answeringVoters: 0},
		alarms: [],
		alerts: [],
		events: [],
		cooldown: {kind: 'finding out', why: 'no member has answered yet'},
		journal: {directory: journalDirectory, warnings: []},
	};
}
