/** Events of one member: what others do to it, and how it answers. */
import {type ForeignDefragmentation, foreignDurationMs, isSameProcess} from '../domain/defrag-trace.ts';
import {type MemberState, slowStatusMs} from '../domain/member-state.ts';
import {durationText, sizeText, tookText} from '../domain/text.ts';
import {about, type Change} from './cluster-changes.ts';
import type {MemberRecord, State} from './state.ts';

const silentStates: ReadonlySet<MemberState> = new Set(['stalled', 'frozen', 'down', 'refused', 'unseen']);

export function memberChanges(before: MemberRecord | undefined, after: MemberRecord, state: State): Change[] {
	return [...processChanges(before, after), ...foreignChanges(before, after), ...stateChanges(before, after, state)];
}

function processChanges(before: MemberRecord | undefined, after: MemberRecord): Change[] {
	const was = before?.metrics?.value;
	const is = after.metrics?.value;
	return was !== undefined && is !== undefined && !isSameProcess(was, is)
		? [{...about(after.member), kind: 'warning', text: 'restarted: it is another process now'}]
		: [];
}

function foreignChanges(before: MemberRecord | undefined, {member, foreign, condition}: MemberRecord): Change[] {
	if (foreign === undefined) {
		return [];
	}
	const changes: Change[] = [];
	if (foreign.ended === undefined && before?.foreign?.since !== foreign.since) {
		const silent = condition.explanation.startsWith('Status silent') ? ', Status silent' : '';
		changes.push({...about(member), kind: 'defragmenting', text: `defragmenting, not started here: in flight 1${silent}`});
	}
	if (foreign.after !== undefined && before?.foreign !== foreign) {
		changes.push({...about(member), kind: 'good', mark: 'D', text: endText(foreign)});
	}
	return changes;
}

/** `defragmented by another tool (count 2 → 3): 5.58 GiB → 1.90 GiB in 0:33`. */
function endText(foreign: ForeignDefragmentation): string {
	const {before, ended, after} = foreign;
	const counts = ended?.countBefore === undefined ? '' : ` (count ${ended.countBefore} → ${ended.countAfter ?? 0})`;
	const sizes = before === undefined || after === undefined ? '' : `: ${sizeText(before)} → ${sizeText(after)}`;
	const durationMs = foreignDurationMs(foreign);
	return `defragmented by another tool${counts}${sizes}${durationMs === undefined ? '' : ` in ${tookText(durationMs)}`}`;
}

function stateChanges(before: MemberRecord | undefined, after: MemberRecord, state: State): Change[] {
	const was = before?.condition;
	const is = after.condition;
	// That nobody is seen is news of the cluster, not of each member.
	if (was === undefined || was.state === is.state || state.wayLost !== undefined) {
		return [];
	}
	const subject = about(after.member);
	if (silentStates.has(is.state)) {
		return [{...subject, kind: 'bad', text: `${is.state}: ${is.explanation.replace(/ for \{age\}/, '')}`}];
	}
	if (is.state === 'slow') {
		const again = silentStates.has(was.state) ? 'answers again, ' : '';
		const text = `${again}slow: ${latencyText(after.latencyMs ?? 0)} (limit ${slowStatusMs} ms)`;
		return [{...subject, kind: 'warning', text}];
	}
	if (silentStates.has(was.state) && after.silentSince === undefined) {
		return [{...subject, kind: 'good', text: `answers again, after ${durationText(state.now - was.since)}`}];
	}
	return was.state === 'slow' && is.state === 'healthy'
		? [{...subject, kind: 'good', text: `answers in time again: ${latencyText(after.latencyMs ?? 0)}`}]
		: [];
}

/** Two digits, as the table has it. */
function latencyText(ms: number): string {
	return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
