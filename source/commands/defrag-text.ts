/** A plan and the end of a run, to be read and to be parsed. */
import type {DefragPlan, MoveLeaderOffer, PlanRow} from '../domain/defrag-plan.ts';
import type {Run, Turn} from '../domain/defrag-run.ts';
import type {GateState} from '../domain/gate.ts';
import {estimateText, percentText, sizeText, tookText} from '../format.ts';
import {rounded} from './rounded.ts';
import {type Column, tableText} from './table.ts';

const none = '–';

const marks: Readonly<Record<GateState, string>> = {passed: '✓', failed: '✗', pending: '◌', acknowledge: '▲', unchecked: '!'};

type NumberedRow = {readonly row: PlanRow; readonly turn?: number};

const planColumns: readonly Column<NumberedRow>[] = [
	{title: '', align: 'right', text: ({turn}) => (turn === undefined ? none : String(turn))},
	{title: 'MEMBER', text: ({row}) => row.name},
	{title: 'ROLE', text: ({row}) => row.role},
	{title: 'DB SIZE', align: 'right', text: ({row}) => (isKnown(row) ? sizeText(row.dbSizeBytes) : none)},
	{title: 'GIVES BACK', align: 'right', text: givesBackOf},
	{title: 'BLOCKS', align: 'right', text: ({row, turn}) => (turn === undefined ? none : estimateText(row.estimateMs))},
	{title: 'WHY HERE', text: ({row}) => row.why},
];

/** A member that does not answer has no figures. */
function isKnown({dbSizeBytes}: PlanRow): boolean {
	return dbSizeBytes > 0;
}

function givesBackOf({row}: NumberedRow): string {
	const atLeast = row.reclaimIsAtLeast ? 'at least ' : '';
	return isKnown(row) ? `${atLeast}${sizeText(row.reclaimBytes)} ${percentText(row.reclaimRatio).padStart(4)}` : none;
}

/** `moves`: whether leadership was asked to move. */
export function planText(
	{steps, leftOut, reclaimBytes, totalMs, moveLeader, warnings, gates}: DefragPlan,
	moves: boolean,
): string {
	const rows = [...steps.map((row, index) => ({row, turn: index + 1})), ...leftOut.map((row) => ({row}))];
	const atLeast = steps.some(({reclaimIsAtLeast}) => reclaimIsAtLeast) ? 'at least ' : '';
	return [
		tableText(planColumns, rows),
		...(steps.length === 0 ? [] : [`Gives back ${atLeast}${sizeText(reclaimBytes)} in ${estimateText(totalMs)}.`]),
		...(moveLeader === undefined ? [] : moveLines(moveLeader, moves)),
		...warnings.map(({text, remedy}) => `${marks.acknowledge} ${text}. ${remedy}`),
		...gates.map(({title, state, detail}) => `${marks[state]} ${title}: ${detail}`),
	].join('\n');
}

function moveLines(offer: MoveLeaderOffer, moves: boolean): readonly string[] {
	if (offer.kind === 'none') {
		return moves ? [`Leadership stays where it is: ${offer.why}.`] : [];
	}
	return [
		moves
			? `Leadership moves to ${offer.toName} first (${offer.why}).`
			: `Leadership can move to ${offer.toName} first (${offer.why}): --move-leader.`,
	];
}

const summaryColumns: readonly Column<Turn>[] = [
	{title: 'MEMBER', text: ({name}) => name},
	{title: 'OUTCOME', text: ({outcome}) => outcome},
	{title: 'BEFORE', align: 'right', text: ({before}) => sizeText(before.dbSizeBytes)},
	{title: 'AFTER', align: 'right', text: ({after}) => (after === undefined ? none : sizeText(after.dbSizeBytes))},
	{title: 'GIVEN BACK', align: 'right', text: givenBackText},
	{title: 'BLOCKED', align: 'right', text: ({durationMs}) => (durationMs === undefined ? none : tookText(durationMs))},
	{
		title: 'SILENT',
		align: 'right',
		text: ({longestSilenceMs}) => (longestSilenceMs === undefined ? none : tookText(longestSilenceMs)),
	},
	{title: 'RAFT TERM', text: termText},
	{title: 'WHY', text: ({why}) => why ?? ''},
];

/** How it ended, for each member and as a whole. */
export function summaryText({turns, moves, phase}: Run): string {
	return [
		...(turns.length === 0 ? [] : [tableText(summaryColumns, turns)]),
		...moves.map(({from, to, tookMs}) => `leadership moved ${from} → ${to} in ${(tookMs / 1000).toFixed(1)} s`),
		...endOf(phase),
	].join('\n');
}

function endOf(phase: Run['phase']): readonly string[] {
	switch (phase.kind) {
		case 'halted':
			return [
				`halted: ${phase.reason}${phase.detail === '' ? '' : `: ${phase.detail}`}`,
				...(phase.nextStep === '' ? [] : [`next: ${phase.nextStep}`]),
			];
		case 'unknown':
			return [
				`outcome unknown: ${phase.reason}. It may still be at work; it is not sent again, and nothing else starts before it has answered.`,
			];
		case 'cancelled':
			return [`cancelled by ${phase.by}`];
		default:
			return [phase.kind];
	}
}

function givenBackText({before, after}: Turn): string {
	if (after === undefined) {
		return none;
	}
	const bytes = before.dbSizeBytes - after.dbSizeBytes;
	return `${sizeText(Math.max(0, bytes))} ${percentText(Math.max(0, bytes / before.dbSizeBytes)).padStart(4)}`;
}

function termText({termBefore, termAfter}: Turn): string {
	if (termBefore === undefined) {
		return none;
	}
	return termBefore === termAfter ? `${termBefore}, unchanged` : `${termBefore} → ${termAfter ?? '?'}`;
}

/** The same for scripts: one object a run. Sizes in bytes, durations in ms; a figure that is not known is `null`. */
export function summaryRecord({id, clusterId, turns, moves, phase}: Run) {
	return {
		runId: id,
		clusterId,
		outcome: phase.kind,
		reason: phase.kind === 'halted' || phase.kind === 'unknown' ? phase.reason : null,
		members: turns.map((turn) => ({
			name: turn.name,
			id: turn.memberId,
			outcome: turn.outcome,
			beforeBytes: turn.before.dbSizeBytes,
			afterBytes: turn.after?.dbSizeBytes ?? null,
			durationMs: rounded(turn.durationMs),
			longestSilenceMs: rounded(turn.longestSilenceMs),
			raftTermBefore: turn.termBefore ?? null,
			raftTermAfter: turn.termAfter ?? null,
			why: turn.why ?? null,
		})),
		leaderMoves: moves.map(({from, to, tookMs}) => ({from, to, tookMs: rounded(tookMs)})),
	};
}
