/** Runs as the journal tells them, oldest first: what was agreed to, what was done, and how it ended. Pure. */
import type {JournalLine} from './journal-line.ts';

type LineOf<T extends JournalLine['type']> = Extract<JournalLine, {type: T}>;

/** Names, sentences, and ms. */
type Agreement = Pick<LineOf<'confirmed'>, 'members' | 'leftOut' | 'acknowledged' | 'estimateMs'>;

export type RunRecord = {
	readonly id: string;
	readonly clusterId: string;
	readonly operator: string;
	/** Wall ms of its first line, and of its last. */
	readonly beganWallMs: number;
	readonly endedWallMs: number;
	/** `open`: no end is written down; it goes on, or its process was killed. */
	readonly outcome: LineOf<'run'>['outcome'] | 'open';
	readonly reason?: string;
	/** Absent in what an older etcdtop wrote. */
	readonly confirmed?: Agreement;
	readonly turns: readonly TurnRecord[];
	readonly moves: readonly MoveRecord[];
};

export type TurnRecord = {
	readonly memberId: string;
	readonly name: string;
	readonly startedWallMs: number;
	/** `unknown`: no answer, and nothing learnt since. */
	readonly outcome: 'done' | 'failed' | 'not sent' | 'resolved' | 'unknown' | 'open';
	/** Bytes and ms. */
	readonly before?: number;
	readonly after?: number;
	readonly durationMs?: number;
	readonly longestSilenceMs?: number;
	readonly reason?: string;
	readonly gates: readonly string[];
};

export type MoveRecord = {
	readonly wallMs: number;
	readonly from: string;
	readonly to: string;
	readonly outcome: LineOf<'moved leader'>['outcome'];
	readonly reason?: string;
};

export function runRecords(lines: readonly JournalLine[]): readonly RunRecord[] {
	const ofAttempt = new Map(lines.flatMap((line) => (line.type === 'started' ? [[line.attemptId, line.runId] as const] : [])));
	const byRun = new Map<string, JournalLine[]>();
	for (const line of lines) {
		const runId = line.runId ?? ('attemptId' in line ? ofAttempt.get(line.attemptId) : undefined);
		if (runId !== undefined) {
			byRun.set(runId, [...(byRun.get(runId) ?? []), line]);
		}
	}
	return [...byRun].map(([id, own]) => recordOf(id, own));
}

function recordOf(id: string, lines: readonly JournalLine[]): RunRecord {
	const [first, last] = [lines[0]!, lines.at(-1)!];
	const confirmed = lines.find((line) => line.type === 'confirmed');
	const end = lines.findLast((line) => line.type === 'run');
	return {
		id,
		clusterId: first.clusterId,
		operator: first.operator,
		beganWallMs: first.wallMs,
		endedWallMs: last.wallMs,
		outcome: end?.outcome ?? 'open',
		...(end?.reason !== undefined && {reason: end.reason}),
		...(confirmed !== undefined && {confirmed: agreed(confirmed)}),
		turns: lines.filter((line) => line.type === 'started').map((line) => turnOf(line, lines)),
		moves: movesIn(lines),
	};
}

function agreed({members, leftOut, acknowledged, estimateMs}: Agreement): Agreement {
	return {members, leftOut, acknowledged, estimateMs};
}

function turnOf(started: LineOf<'started'>, lines: readonly JournalLine[]): TurnRecord {
	const own = lines.filter((line) => 'attemptId' in line && line.attemptId === started.attemptId);
	const ended = own.find((line) => line.type === 'ended');
	const told = (type: 'unknown' | 'resolved') =>
		own.flatMap((line) => ((line.type === 'unknown' || line.type === 'resolved') && line.type === type ? [line.reason] : []))[0];
	const unknown = told('unknown');
	const resolved = told('resolved');
	const settled = own.find((line) => line.type === 'settled');
	const outcome =
		settled !== undefined
			? 'done'
			: (ended?.outcome ?? (resolved !== undefined ? 'resolved' : unknown !== undefined ? 'unknown' : 'open'));
	const reason = resolved ?? ended?.reason ?? unknown;
	const durationMs = settled?.durationMs ?? ended?.durationMs;
	return {
		memberId: started.memberId ?? '',
		name: started.memberName ?? started.memberId ?? '',
		startedWallMs: started.wallMs,
		outcome,
		...(started.before !== undefined && {before: started.before}),
		...(settled !== undefined && {after: settled.after}),
		...(durationMs !== undefined && {durationMs}),
		...(settled?.longestSilenceMs !== undefined && {longestSilenceMs: settled.longestSilenceMs}),
		...(reason !== undefined && {reason}),
		gates: started.gates ?? [],
	};
}

/** What was asked and what came of it are two lines; the later one tells. */
function movesIn(lines: readonly JournalLine[]): readonly MoveRecord[] {
	const names = new Map(lines.flatMap(({memberId, memberName}) => (memberId && memberName ? [[memberId, memberName]] : [])));
	const moves: MoveRecord[] = [];
	for (const line of lines) {
		if (line.type !== 'moved leader') {
			continue;
		}
		const from = names.get(line.memberId ?? '') ?? line.memberId ?? '';
		const move: MoveRecord = {
			wallMs: line.wallMs,
			from,
			to: names.get(line.to) ?? line.to,
			outcome: line.outcome,
			...(line.reason !== undefined && {reason: line.reason}),
		};
		const asked = moves.at(-1);
		const answers = line.outcome !== 'asked' && asked?.outcome === 'asked' && asked.to === move.to;
		moves.splice(answers ? -1 : moves.length, answers ? 1 : 0, move);
	}
	return moves;
}
