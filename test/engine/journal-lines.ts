import type {JournalLine} from '../../source/engine/journal-line.ts';

type StartedLine = Extract<JournalLine, {type: 'started'}>;

/** A line as a run writes it before its call. */
export function startedLine(changes: Partial<StartedLine> = {}): StartedLine {
	return {
		version: 1,
		type: 'started',
		what: 'defragment',
		attemptId: 'attempt-1',
		wallMs: 1_700_000_000_000,
		uptimeMs: 1_000_000,
		bootId: 'boot-a',
		operator: 'ana@bastion-1',
		clusterId: 'c1',
		memberId: 'a1',
		memberName: 'etcd-0',
		...changes,
	};
}
