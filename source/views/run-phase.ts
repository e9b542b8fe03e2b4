/** What a run does now, in two to four lines; each phase says what is waited for, and for how long. */
import {progressBar} from '../components/gauge.ts';
import {blank, cutLine, type Line, lineWidth, span} from '../components/line.ts';
import {mayDeclareOver} from '../declare-over.ts';
import {settleTimeoutMs} from '../domain/defrag-policy.ts';
import type {Run, RunPhase} from '../domain/defrag-run.ts';
import type {Gate} from '../domain/gate.ts';
import type {MemberId} from '../domain/member.ts';
import type {MemberRecord, State} from '../engine/state.ts';
import {durationText, estimateText, percentText, timeNotBefore, timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import type {NameOf} from './members-shown.ts';
import {gateSign} from './plan.ts';
import {barCells, barLine, entryLines, indentCells, sizesText, underLines} from './run-parts.ts';

type Phase<K extends RunPhase['kind']> = Extract<RunPhase, {readonly kind: K}>;

export type PhaseProps = {
	readonly state: State;
	readonly run: Run;
	readonly nameOf: NameOf;
	readonly columns: number;
	readonly theme: Theme;
};

export function phaseLines(props: PhaseProps): readonly Line[] {
	const {phase} = props.run;
	switch (phase.kind) {
		case 'checking':
			return checking(phase, props);
		case 'moving leader':
			return moving(phase, props);
		case 'asking':
			return asking(phase, props);
		case 'defragmenting':
			return defragmenting(phase, props);
		case 'unknown':
			return unknown(phase, props);
		case 'settling':
			return settling(phase, props);
		case 'cooling down':
			return coolingDown(phase, props);
		case 'finished':
			return [];
		case 'halted':
			return halted(phase, props);
		case 'cancelled':
			return cancelled(phase, props);
	}
}

function checking({next, gates}: Phase<'checking'>, {nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const passed = gates.filter(({state}) => state === 'passed' || state === 'unchecked').length;
	const name = next === undefined ? 'gates' : nameOf(next);
	const detail = gates.length === 0 ? 'asking every member' : `${passed} of ${gates.length} gates passed`;
	const open = gates.filter(({state}) => state !== 'passed' && state !== 'unchecked');
	return [
		...entryLines({symbol: 'waiting', name, state: 'checking', detail}, columns, theme),
		...open.flatMap((gate) => checkLines([gate], columns, theme)),
	];
}

/** `✓ answers   ◌ applied index 12 behind`, side by side where they fit, else one a line. */
function checkLines(gates: readonly Gate[], columns: number, theme: Theme): readonly Line[] {
	const lines = gates.map((gate): Line => {
		const text = [gate.title, gate.detail].filter((part) => part !== '').join(gate.state === 'passed' ? ' ' : ': ');
		return [gateSign(gate, theme), span(theme.text(` ${text}`))];
	});
	const together = lines.flatMap((line, index): Line => (index === 0 ? line : [blank(3), ...line]));
	const rows = lineWidth(together) <= columns - indentCells ? [together] : lines;
	return rows.map((line) => cutLine([blank(indentCells), ...line], columns, theme));
}

function moving({from, to, since, failed}: Phase<'moving leader'>, {state, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const detail = `${nameOf(from)} → ${nameOf(to)}   ${durationText(state.now - since)}`;
	const more = failed === undefined ? [] : underLines(`${failed}; watching whether it moves all the same`, columns, theme);
	return [...entryLines({symbol: 'waiting', name: 'leader', state: 'moving', detail}, columns, theme), ...more];
}

function asking({from, to, since, reason}: Phase<'asking'>, {state, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const detail = `${nameOf(from)} → ${nameOf(to)}   waits for you ${durationText(state.now - since)}`;
	const style = theme.styles.warning;
	return [
		...entryLines({symbol: 'warning', style, name: 'leader', state: 'did not move', detail}, columns, theme),
		...underLines(reason, columns, theme),
		[blank(indentCells), span('Enter', theme.styles.strong), span(' to choose: another target, as leader, or stop')],
	];
}

function defragmenting(phase: Phase<'defragmenting'>, props: PhaseProps): readonly Line[] {
	const {state, nameOf, columns, theme} = props;
	// The state's clock ticks once a second: a turn may have begun after its last tick.
	const elapsed = Math.max(0, state.now - phase.since);
	const over = elapsed - phase.estimateMs;
	const detail =
		over > 0
			? `${durationText(elapsed)}, that is ${durationText(over)} over`
			: `${durationText(elapsed)} of ${estimateText(phase.estimateMs)}`;
	const record = recordOf(state, phase.memberId);
	const ratio = elapsed / phase.estimateMs;
	const inflight = inflightOf(record);
	const note = over > 0 ? `in flight ${inflight ?? '?'}: waiting` : `${percentText(ratio)} of the estimate`;
	const sizes = sizesText(phase.before.dbSizeBytes, phase.before.inUseBytes, '~');
	const style = theme.styles.working;
	return [
		...entryLines(
			{symbol: 'working', style, name: nameOf(phase.memberId), state: 'defragmenting', detail, sizes},
			columns,
			theme,
		),
		barLine(progressBar(ratio, barCells, theme), note, theme),
		...(over > 0 ? [] : underLines(silenceText(record, state.now, inflight), columns, theme)),
	];
}

function silenceText(record: MemberRecord | undefined, now: number, inflight: number | undefined): string {
	const silent = record?.silentSince === undefined ? 'answers' : `silent ${durationText(now - record.silentSince)}, as expected`;
	return `${silent}; ${inflight === undefined ? 'no metrics' : `metrics answer: in flight ${inflight}`}`;
}

function unknown(phase: Phase<'unknown'>, {state, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const inflight = inflightOf(recordOf(state, phase.memberId));
	const detail = `${durationText(state.now - phase.since)} without an answer`;
	const sizes = sizesText(phase.before.dbSizeBytes, undefined, ' ');
	const style = theme.styles.unknown;
	const running = inflight === undefined ? '' : ` (in flight ${inflight})`;
	const declared = mayDeclareOver(phase.memberId, state)
		? underLines('connections are refused: its process is dead. Enter declares it over, by a typed word', columns, theme)
		: [];
	return [
		...entryLines({symbol: 'unknown', style, name: nameOf(phase.memberId), state: 'unknown', detail, sizes}, columns, theme),
		...underLines(`it may still run${running}; not sent again, nothing else starts`, columns, theme),
		...underLines(phase.reason, columns, theme),
		...declared,
	];
}

function settling(phase: Phase<'settling'>, {state, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const detail = `${durationText(state.now - phase.settlingSince)} of at most ${durationText(settleTimeoutMs)}`;
	const sizes = sizesText(phase.before.dbSizeBytes, phase.after?.dbSizeBytes, ' ');
	return [
		...entryLines({symbol: 'waiting', name: nameOf(phase.memberId), state: 'settling', detail, sizes}, columns, theme),
		...checkLines(phase.checks, columns, theme),
	];
}

function coolingDown(
	{since, until, why, next}: Phase<'cooling down'>,
	{state, nameOf, columns, theme}: PhaseProps,
): readonly Line[] {
	const left = Math.max(0, until - state.now);
	const whole = Math.max(1, until - since);
	const leftText = durationText(wholeSeconds(left));
	const then = next === undefined ? why : `then gates, ${nameOf(next)} at ${timeNotBefore(until + state.wallOffsetMs)} or later`;
	const detail = `of ${durationText(wholeSeconds(whole))}; ${then}`;
	return [
		...entryLines({symbol: 'waiting', name: 'cooldown', state: `${leftText} left`, detail}, columns, theme),
		barLine(progressBar(left / whole, barCells, theme), 'cannot be cut short', theme),
	];
}

/** A wait is never told shorter than it is. */
function wholeSeconds(ms: number): number {
	return Math.ceil(ms / 1000) * 1000;
}

function halted({at, reason, detail, nextStep}: Phase<'halted'>, props: PhaseProps): readonly Line[] {
	const {state, run, nameOf, columns, theme} = props;
	const done = run.turns.filter(({outcome}) => outcome === 'done');
	const doneText = done
		.map(
			({memberId, before, after}) =>
				`${nameOf(memberId)} (${sizesText(before.dbSizeBytes, after?.dbSizeBytes, ' ').replace('  ', ' ')})`,
		)
		.join(', ');
	const style = theme.styles.alarm;
	const time = timeOfDay(at + state.wallOffsetMs);
	return [
		...entryLines({symbol: 'alarm', style, name: 'run', state: 'halted', detail: `${time} ${reason}`}, columns, theme),
		...underLines(detail, columns, theme),
		...underLines(`done: ${doneText || 'none'}    not started: ${notStarted(run, nameOf)}`, columns, theme),
		...underLines(`next: ${nextStep}`, columns, theme),
	];
}

function cancelled({at, by}: Phase<'cancelled'>, {state, run, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const last = run.turns.findLast(({outcome}) => outcome !== 'skipped');
	const after = last === undefined ? '' : ` after ${nameOf(last.memberId)}`;
	const detail = `${timeOfDay(at + state.wallOffsetMs)} by ${by.split('@')[0]}${after}; not started: ${notStarted(run, nameOf)}`;
	return entryLines({symbol: 'none', name: 'run', state: 'cancelled', detail}, columns, theme);
}

function notStarted({waiting, turns}: Run, nameOf: NameOf): string {
	const left = waiting.filter(({memberId}) => !turns.some((turn) => turn.memberId === memberId));
	return left.map(({memberId}) => nameOf(memberId)).join(', ') || 'none';
}

function recordOf({members}: State, memberId: MemberId): MemberRecord | undefined {
	return members.find(({member}) => member.id === memberId);
}

function inflightOf(record: MemberRecord | undefined): number | undefined {
	return record?.metricsAnswer.kind === 'answered' ? record.metricsAnswer.value.defragInflight : undefined;
}
