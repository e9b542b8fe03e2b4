/** Events of a run that was started here. Its details are on its own screen and in the journal. */
import type {Run, Turn} from '../domain/defrag-run.ts';
import {sizeText, tookText} from '../domain/text.ts';
import type {Change} from './cluster-changes.ts';

export function runChanges(before: Run | undefined, after: Run | undefined): Change[] {
	if (after === undefined || before === after) {
		return [];
	}
	const previous = before?.id === after.id ? before : undefined;
	const turns = after.turns.slice(previous?.turns.length ?? 0).flatMap(turnChange);
	return previous?.phase.kind === after.phase.kind ? turns : [...turns, ...phaseChange(after)];
}

function turnChange({memberId, name, outcome, before, after, durationMs, why}: Turn): Change[] {
	const about = {subject: name, memberId};
	if (outcome === 'skipped') {
		return [];
	}
	if (outcome !== 'done') {
		return [{...about, kind: 'bad', text: `defragmentation ${outcome}${why === undefined ? '' : `: ${why}`}`}];
	}
	const sizes = after === undefined ? '' : `: ${sizeText(before.dbSizeBytes)} → ${sizeText(after.dbSizeBytes)}`;
	const took = durationMs === undefined ? '' : ` in ${tookText(durationMs)}`;
	return [{...about, kind: 'good', mark: 'D', text: `defragmented${sizes}${took}`}];
}

function phaseChange({phase, operator, turns}: Run): Change[] {
	switch (phase.kind) {
		case 'defragmenting':
			return [
				{
					memberId: phase.memberId,
					subject: phase.name,
					kind: 'defragmenting',
					text: `defragmenting, started here by ${operator}`,
				},
			];
		case 'unknown':
			return [{memberId: phase.memberId, subject: phase.name, kind: 'warning', text: `outcome unknown: ${phase.reason}`}];
		case 'halted':
			return [{subject: 'cluster', kind: 'bad', text: `run halted: ${phase.reason}`}];
		case 'cancelled':
			return [{subject: 'cluster', kind: 'note', text: `run cancelled by ${phase.by}`}];
		case 'finished':
			return [{subject: 'cluster', kind: 'good', text: `run finished, ${turns.filter(isDone).length} defragmented`}];
		default:
			return [];
	}
}

function isDone({outcome}: Turn): boolean {
	return outcome === 'done';
}
