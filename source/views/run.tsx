import type {ReactElement} from 'react';
import {emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {isOver, type Run} from '../domain/defrag-run.ts';
import {quorumOf} from '../domain/member.ts';
import type {MemberState, State} from '../engine/state.ts';
import {displayWidth, durationText, estimateText, latencyText, timeOfDay, tookText} from '../format.ts';
import {compactionLines} from './compaction.ts';
import {dbSizeChart, smallestChartRows} from './db-size-chart.ts';
import {membersSection} from './members-section.ts';
import {type NameOf, namesOf} from './members-shown.ts';
import {detailStart, entryLines, runNameCells, sizesText} from './run-parts.ts';
import {type PhaseProps, phaseLines} from './run-phase.ts';
import {summaryLines} from './run-summary.ts';
import type {ViewProps} from './view.ts';

/** The run under way with everything it waits for, or what the last one did; members below as room allows. */
export function RunView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={runViewLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function runViewLines(props: ViewProps): readonly Line[] {
	const {state, screen, columns, rows, theme} = props;
	const all = [...compactionLines(state, columns, theme), ...runLines(props)];
	const above = all.slice(Math.max(0, Math.min(screen.scroll, all.length - rows)));
	const left = rows - above.length - 1;
	if (state.members.length === 0 || left < 3) {
		return above;
	}
	const members = membersSection({...props, rows: left, raftShown: false});
	const chartRows = left - members.lines.length;
	const chart = chartRows < smallestChartRows ? [] : dbSizeChart({...props, members: state.members, rows: chartRows});
	return [...above, emptyLine, ...members.lines, ...chart];
}

function runLines(props: ViewProps): readonly Line[] {
	const {state, columns, theme} = props;
	const {run} = state;
	if (run === undefined) {
		return noRun(props);
	}
	const nameOf = namesOf(state, runNameCells, theme);
	const phaseProps = {state, run, nameOf, columns, theme};
	if (run.phase.kind === 'finished') {
		return [title(props, run, nameOf), ...summaryLines(phaseProps)];
	}
	if (isOver(run)) {
		const summary = run.turns.length === 0 ? [] : summaryLines(phaseProps);
		return [title(props, run, nameOf), ...phaseLines(phaseProps), ...summary];
	}
	const now = [...phaseLines(phaseProps), ...waitingLines(phaseProps), ...quorumLines(state, run, nameOf, props)];
	const ended = newestThatFit(turnBlocks(phaseProps), props.rows - 1 - now.length);
	return [title(props, run, nameOf), ...ended, ...now];
}

function noRun({columns, theme}: ViewProps): readonly Line[] {
	return [
		rule('run', ['none'], columns, theme),
		[
			span(' No run. '),
			span('d', theme.styles.strong),
			span(' plans one for the selected member, '),
			span('D', theme.styles.strong),
			span(' for all; each asks first.'),
		],
	];
}

/** `── run ── defragment all ── member 1 of 2 ── ana@bastion-1 ──── 0:21 of ~2:14 ──` */
function title({state, columns, theme}: ViewProps, run: Run, nameOf: NameOf): Line {
	const {scope, phase, startedAt, estimateMs, operator} = run;
	const what = `defragment ${scope.kind === 'all' ? 'all' : nameOf(scope.memberId)}`;
	if (phase.kind === 'finished' || phase.kind === 'halted' || phase.kind === 'cancelled') {
		const sign = {finished: theme.symbols.done, halted: theme.symbols.alarm, cancelled: theme.symbols.none}[phase.kind];
		const end = `${sign} ${phase.kind} ${timeOfDay(phase.at + state.wallOffsetMs)}`;
		// On a narrow screen the last part gives way: how it ended must not.
		return rule(
			'run',
			columns < narrowColumns ? [end, what] : [what, end],
			columns,
			theme,
			`took ${tookText(phase.at - startedAt)}`,
		);
	}
	const elapsed = `${durationText(state.now - startedAt)} of ${estimateText(estimateMs)}`;
	const ended = run.turns.filter(({memberId, outcome}) => run.confirmed.includes(memberId) && outcome !== 'skipped').length;
	const number = Math.min(run.confirmed.length, ended + 1);
	const stops = run.cancel === undefined ? [] : ['stops after this member'];
	return rule('run', [what, `member ${number} of ${run.confirmed.length}`, ...stops, operator], columns, theme, elapsed);
}

const narrowColumns = 76;

const turnSigns = {done: 'done', skipped: 'none', failed: 'failed', unknown: 'unknown'} as const;

/** What is over gives way to what goes on, a whole turn at a time; the summary tells of it again. */
function newestThatFit(blocks: readonly (readonly Line[])[], rows: number): readonly Line[] {
	const lines = blocks.flat();
	return lines.length <= rows || blocks.length === 0 ? lines : newestThatFit(blocks.slice(1), rows);
}

/** Members whose turn is over. */
function turnBlocks({run, nameOf, columns, theme}: PhaseProps): readonly (readonly Line[])[] {
	return run.turns.map(({memberId, outcome, why, durationMs, longestSilenceMs, before, after}) => {
		const took = durationMs === undefined ? '' : tookText(durationMs);
		const silent = longestSilenceMs === undefined ? '' : `, ${silenceText(longestSilenceMs)}`;
		const style = outcome === 'done' ? theme.styles.good : outcome === 'skipped' ? theme.styles.dim : theme.styles.bad;
		const entry = {symbol: turnSigns[outcome], style, name: nameOf(memberId), state: outcome};
		return outcome === 'done'
			? entryLines(
					{...entry, detail: took + silent, sizes: sizesText(before.dbSizeBytes, after?.dbSizeBytes, ' ')},
					columns,
					theme,
				)
			: entryLines({...entry, detail: why ?? ''}, columns, theme);
	});
}

function waitingLines({run, nameOf, columns, theme}: PhaseProps): readonly Line[] {
	const {phase} = run;
	const atWork = 'memberId' in phase ? phase.memberId : phase.kind === 'checking' ? phase.next : undefined;
	return run.waiting
		.filter(({memberId}) => memberId !== atWork)
		.flatMap(({memberId, why, role}) => {
			const detail = role === 'leader' && run.moveLeader ? `${why}; leadership moves before it` : why;
			return entryLines({symbol: undefined, name: nameOf(memberId), state: 'waits', detail}, columns, theme);
		});
}

/** Shorter than the time between two questions, nothing is seen of it. */
function silenceText(longestSilenceMs: number): string {
	return longestSilenceMs === 0 ? 'no silence seen' : `silent ${tookText(longestSilenceMs)}`;
}

const answering: ReadonlySet<MemberState> = new Set(['healthy', 'slow', 'NOSPACE', 'CORRUPT']);

/** ` ● quorum   kept            etcd-1 1.3 ms, etcd-2 2.0 ms; leader etcd-2, term 7` */
function quorumLines(state: State, {phase}: Run, nameOf: NameOf, {columns, theme}: ViewProps): readonly Line[] {
	const voters = state.members.filter(({member}) => !member.isLearner);
	if (voters.length === 1 && 'memberId' in phase) {
		const detail = 'the only voter: reads and writes wait meanwhile';
		return entryLines({symbol: 'waiting', name: 'quorum', state: 'waits', detail}, columns, theme);
	}
	const there = voters.filter(({condition}) => answering.has(condition.state));
	const others = there.filter(({member}) => !('memberId' in phase) || member.id !== phase.memberId);
	const {leader, raftTerm} = state.health;
	const led = leader === undefined ? 'no leader' : `leader ${nameOf(leader.id)}, term ${raftTerm ?? '?'}`;
	const answers = others
		.map(({member, latencyMs}) => `${nameOf(member.id)} ${latencyMs === undefined ? '' : latencyText(latencyMs)}`.trim())
		.join(', ');
	const told = `${answers || 'no other voter answers'}; ${led}`;
	const short = `${there.length} of ${voters.length} answer; ${led}`;
	const kept = there.length >= quorumOf(voters.length) && leader !== undefined;
	return entryLines(
		{
			symbol: kept ? 'healthy' : 'alarm',
			style: kept ? theme.styles.good : theme.styles.alarm,
			name: 'quorum',
			state: kept ? 'kept' : 'lost',
			detail: displayWidth(told) <= columns - detailStart ? told : short,
		},
		columns,
		theme,
	);
}
