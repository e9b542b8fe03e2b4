/** `etcdtop journal`: what was changed from this machine, oldest first. */

import {durationText, sizeText} from '../domain/text.ts';
import type {JournalLine} from '../engine/journal-line.ts';
import {type CommandContext, exitCodes} from './context.ts';

export function runJournal({options, journal, print, say}: CommandContext): number {
	const {lines, damaged} = journal.read();
	if (options.writeOut === 'json') {
		print(JSON.stringify(lines));
	} else if (lines.length === 0) {
		say(`The journal in ${journal.directory} is empty: nothing was changed from here yet.`);
	} else {
		print(lines.map(lineText).join('\n'));
	}
	for (const {lineNumber, reason} of damaged) {
		say(`line ${lineNumber} is damaged and was skipped: ${reason}`);
	}
	return exitCodes.done;
}

function lineText(line: JournalLine): string {
	const when = new Date(line.wallMs).toISOString().replace('.000', '').replace('T', ' ');
	return clean(
		`${when}  ${line.operator}  cluster ${line.clusterId}  ${line.memberName ?? line.memberId ?? 'cluster'}  ${whatText(line)}`,
	);
}

function whatText(line: JournalLine): string {
	switch (line.type) {
		case 'started':
			return `defragmentation started${line.before === undefined ? '' : ` at ${sizeText(line.before)}`}`;
		case 'ended':
			return `defragmentation ${line.outcome} after ${durationText(line.durationMs)}${line.reason === undefined ? '' : `: ${line.reason}`}`;
		case 'unknown':
			return `outcome unknown: ${line.reason}`;
		case 'resolved':
			return `unknown outcome resolved: ${line.reason}`;
		case 'settled':
			return `settled: ${sizeText(line.before)} → ${sizeText(line.after)} in ${durationText(line.durationMs)}`;
		case 'moved leader':
			return `move of leadership to ${line.to} ${line.outcome}${line.reason === undefined ? '' : `: ${line.reason}`}`;
		case 'run':
			return `run ${line.outcome}: ${line.members} defragmented, ${sizeText(line.givenBackBytes)} given back${line.reason === undefined ? '' : `; ${line.reason}`}`;
		case 'asked':
			return `${line.what} asked for${line.revision === undefined ? '' : `, revision ${line.revision}`}`;
		case 'answered':
			return `${line.what} ${line.outcome}${line.revision === undefined ? '' : `, revision ${line.revision}`}${line.reason === undefined ? '' : `: ${line.reason}`}`;
	}
}

/** Another hand may have written the file: nothing in it reaches the terminal as a control. */
function clean(text: string): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
