/** `etcdtop report`: a run as a change record, to be put into a ticket. */
import {listText} from '../domain/text.ts';
import {damageText} from '../engine/journal.ts';
import {type MoveRecord, type RunRecord, runRecords, type TurnRecord} from '../engine/run-records.ts';
import {percentText, sizeText, tookText, wrapText, zoneText} from '../format.ts';
import {safeText} from '../transport/safe-text.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {type Column, tableText} from './table.ts';

/** Of a ticket, and of a mail that quotes it. */
const width = 98;
const labelCells = 14;
const none = '–';

export function runReport({options, journal, print, say}: CommandContext): number {
	const {lines, damaged} = journal.read();
	const records = runRecords(lines);
	for (const one of damaged) {
		say(damageText(one));
	}
	const record = chosen(records, options.operands, journal.directory);
	print(options.writeOut === 'json' ? JSON.stringify(record) : reportText(safe(record)));
	return exitCodes.done;
}

/** The last one where none is named; a beginning that only one has is enough. */
function chosen(records: readonly RunRecord[], operands: readonly string[], directory: string): RunRecord {
	const last = records.at(-1);
	if (last === undefined) {
		throw new UsageError(`the journal in ${directory} knows of no run yet.`);
	}
	const [wanted] = operands;
	if (operands.length > 1) {
		throw new UsageError('one run at a time: etcdtop report RUN.');
	}
	if (wanted === undefined) {
		return last;
	}
	const found = records.filter(({id}) => id === wanted);
	const near = found.length > 0 ? found : records.filter(({id}) => id.startsWith(wanted));
	const [only] = near;
	if (only !== undefined && near.length === 1) {
		return only;
	}
	const known = (near.length > 1 ? near : records)
		.slice(-mostNamed)
		.map(({id, beganWallMs}) => `${safeText(id)} of ${dateAndTime(beganWallMs)}`);
	throw new UsageError(
		`${near.length > 1 ? `${near.length} runs begin with` : 'no run is called'} "${wanted}". There are ${listText(known)}.`,
	);
}

/** Another hand may have written the file: nothing in it reaches the terminal as a control. */
function safe(record: RunRecord): RunRecord {
	return JSON.parse(JSON.stringify(record), (_, value: unknown) =>
		typeof value === 'string' ? safeText(value) : value,
	) as RunRecord;
}

/** The newest; more are no help in one line. */
const mostNamed = 5;

const turnColumns: readonly Column<TurnRecord>[] = [
	{title: 'MEMBER', text: ({name}) => name},
	{title: 'STARTED', text: ({startedWallMs}) => dateAndTime(startedWallMs).slice(-8)},
	{title: 'OUTCOME', text: ({outcome}) => outcome},
	{title: 'BEFORE', align: 'right', text: ({before}) => (before === undefined ? none : sizeText(before))},
	{title: 'AFTER', align: 'right', text: ({after}) => (after === undefined ? none : sizeText(after))},
	{title: 'GIVEN BACK', align: 'right', text: givenBackText},
	{title: 'BLOCKED', align: 'right', text: ({durationMs}) => (durationMs === undefined ? none : tookText(durationMs))},
	{
		title: 'SILENT',
		align: 'right',
		text: ({longestSilenceMs}) => (longestSilenceMs === undefined ? none : tookText(longestSilenceMs)),
	},
];

function reportText(record: RunRecord): string {
	const {id, clusterId, operator, beganWallMs, endedWallMs, confirmed, turns, moves} = record;
	return [
		'Defragmentation of etcd',
		'',
		...field('run', id),
		...field('cluster', clusterId),
		...field('by', operator),
		...field('from', `${dateAndTime(beganWallMs)} ${zoneText(beganWallMs)}`),
		...field('to', `${dateAndTime(endedWallMs)} (${tookText(endedWallMs - beganWallMs)})`),
		...field('outcome', outcomeText(record)),
		...(confirmed === undefined
			? []
			: [
					...field('confirmed', `${listText(confirmed.members)}; expected to take ${tookText(confirmed.estimateMs)}`),
					...confirmed.leftOut.flatMap((text) => field('left out', text)),
					...confirmed.acknowledged.flatMap((text) => field('accepted', text)),
				]),
		...moves.flatMap((move) => field('leadership', moveText(move))),
		'',
		turns.length === 0 ? 'No member was touched.' : tableText(turnColumns, turns),
		...turns.flatMap((turn) => (turn.reason === undefined ? [] : field(turn.name, turn.reason))),
		...turns.flatMap(gatesText),
	].join('\n');
}

function outcomeText({outcome, reason, turns}: RunRecord): string {
	const done = turns.filter((turn) => turn.outcome === 'done');
	const bytes = done.reduce((sum, {before = 0, after = before}) => sum + before - after, 0);
	const word = outcome === 'open' ? 'no end is written down: it goes on, or its process was killed' : outcome;
	const silence = Math.max(0, ...turns.map(({longestSilenceMs = 0}) => longestSilenceMs));
	return [
		reason === undefined ? word : `${word}: ${reason}`,
		`${done.length} member${done.length === 1 ? '' : 's'} defragmented, ${sizeText(Math.max(0, bytes))} given back`,
		`longest silence ${tookText(silence)}`,
	].join('; ');
}

function moveText({from, to, outcome, reason}: MoveRecord): string {
	return `${from} → ${to}: ${outcome}${reason === undefined ? '' : `, ${reason}`}`;
}

function gatesText({name, startedWallMs, gates}: TurnRecord): readonly string[] {
	if (gates.length === 0) {
		return [];
	}
	return [
		'',
		`Gates right before ${name}, ${dateAndTime(startedWallMs).slice(-8)}`,
		...gates.flatMap((gate) => field('', gate, 2)),
	];
}

function givenBackText({before, after}: TurnRecord): string {
	if (before === undefined || after === undefined) {
		return none;
	}
	const bytes = Math.max(0, before - after);
	return `${sizeText(bytes)} ${percentText(bytes / Math.max(1, before)).padStart(4)}`;
}

/** A label and its text, which goes on under itself. */
function field(label: string, text: string, cells = labelCells): readonly string[] {
	return wrapText(text, width - cells).map((line, index) => `${(index === 0 ? label : '').padEnd(cells)}${line}`);
}

/** `2026-11-22 14:32:08`, local. A journal from another hand may hold any number. */
function dateAndTime(wallMs: number): string {
	const date = new Date(wallMs);
	return Number.isNaN(date.getTime()) ? none : date.toLocaleString('sv-SE');
}
