/** `etcdtop journal`: what was changed from this machine, oldest first. */
import {damageText} from '../engine/journal.ts';
import type {JournalLine} from '../engine/journal-line.ts';
import {sizeText, tookText} from '../format.ts';
import {safeText} from '../transport/safe-text.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {type Column, tableText} from './table.ts';

export function runJournal({options, journal, print, say, columns}: CommandContext): number {
	const {lines: raw, damaged} = journal.read();
	const lines = raw.map(namingItsMember(raw));
	if (options.writeOut === 'json') {
		print(JSON.stringify(raw));
	} else if (lines.length === 0) {
		say(`The journal in ${journal.directory} is empty: nothing was changed from here yet.`);
	} else if (options.writeOut === 'simple') {
		print(lines.map((line) => journalColumns.map(({text}) => text(line)).join('  ')).join('\n'));
	} else {
		print(tableText(journalColumns, lines, columns));
	}
	for (const one of damaged) {
		say(damageText(one));
	}
	return exitCodes.done;
}

/** Another hand may have written the file: nothing in it reaches the terminal as a control. */
const journalColumns: readonly Column<JournalLine>[] = [
	{title: 'TIME', text: ({wallMs}) => dateAndTime(wallMs)},
	{title: 'OPERATOR', text: ({operator}) => safeText(operator), leaveOut: 2},
	{title: 'CLUSTER', text: ({clusterId}) => safeText(clusterId), leaveOut: 1},
	{title: 'MEMBER', text: ({memberName, memberId}) => safeText(memberName ?? memberId ?? '–')},
	{title: 'WHAT', text: (line) => safeText(whatText(line))},
];

/** The end of an attempt names no member: its start does. */
function namingItsMember(lines: readonly JournalLine[]): (line: JournalLine) => JournalLine {
	const started = new Map(lines.flatMap((line) => (line.type === 'started' ? [[line.attemptId, line]] : [])));
	return (line) => {
		const {memberId, memberName} = ('attemptId' in line ? started.get(line.attemptId) : undefined) ?? {};
		return {...(memberId === undefined ? {} : {memberId}), ...(memberName === undefined ? {} : {memberName}), ...line};
	};
}

/** `2026-11-22 14:32:08`, local. Wall time as far as a date can go; a line from another hand may hold any number. */
function dateAndTime(wallMs: number): string {
	const date = new Date(wallMs);
	return Number.isNaN(date.getTime()) ? '–' : date.toLocaleString('sv-SE');
}

function whatText(line: JournalLine): string {
	const reason = 'reason' in line && line.reason !== undefined && line.reason !== '' ? `: ${line.reason}` : '';
	switch (line.type) {
		case 'confirmed':
			return `run confirmed for ${line.members.join(', ')}`;
		case 'started':
			return `defragmentation started${line.before === undefined ? '' : ` at ${sizeText(line.before)}`}`;
		case 'ended':
			return `defragmentation ${line.outcome} after ${tookText(line.durationMs)}${reason}`;
		case 'unknown':
			return `outcome unknown${reason}`;
		case 'resolved':
			return `unknown outcome resolved${reason}`;
		case 'settled':
			return `settled: ${sizeText(line.before)} → ${sizeText(line.after)} in ${tookText(line.durationMs)}`;
		case 'moved leader':
			return `move of leadership to ${line.to}, ${line.outcome}${reason}`;
		case 'run':
			return `run ${line.outcome}, ${line.members} defragmented, ${sizeText(line.givenBackBytes)} given back${reason}`;
		case 'asked':
			return `${line.what} asked for${objectText(line)}${reason}`;
		case 'backup':
			return `backup ${line.outcome}${line.files.map((file) => `, ${file}`).join('')}${line.bytes === undefined ? '' : `, ${sizeText(line.bytes)}`}${objectText(line)}${reason}`;
		case 'answered':
			return `${line.what} ${line.outcome}${objectText(line)}${reason}`;
	}
}

function objectText({revision, encryptionType}: {readonly revision?: number; readonly encryptionType?: string}): string {
	const about = revision === undefined ? encryptionType : `revision ${revision}`;
	return about === undefined ? '' : `, ${about}`;
}
