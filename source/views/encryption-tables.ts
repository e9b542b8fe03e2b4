/** The tables of encryption: the API servers, with what is to be said of each below it, and the newest key of each. */
import {blank, type Line, type Span, span} from '../components/line.ts';
import {rule} from '../components/rule.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import {shortName} from '../domain/encryption-plan.ts';
import type {ApiServerStatus, EncryptionPhase, EncryptionStatus} from '../domain/encryption-status.ts';
import {durationText, timeCell, wrapText} from '../format.ts';
import type {Symbols, Theme} from '../theme.ts';
import {signedLines} from './signed-lines.ts';
import type {ViewProps} from './view.ts';

/** Where the second line of a row begins. */
const indentCells = 15;
const messageFrom = 110;
/** Of the columns before the message, and the blanks around it. */
const beforeMessageCells = 63;

export function serverLines({columns, theme}: ViewProps, {servers}: EncryptionStatus): readonly Line[] {
	const table = serverColumns(columns, theme);
	const ofAll = commonStale(servers);
	return [
		tableHead(table, theme),
		...servers.flatMap((server) => [
			tableRow(table, server, theme),
			...notesOf(server, columns, ofAll).flatMap((note) => noteLines(note, columns, theme)),
		]),
		...(ofAll === undefined ? [] : noteLines({text: `every condition may be old: ${ofAll}`}, columns, theme)),
	];
}

/** What is to be said of each of them is said once. */
function commonStale(servers: readonly ApiServerStatus[]): string | undefined {
	const [first] = servers;
	return servers.every(({stale}) => stale === first?.stale) ? first?.stale : undefined;
}

function serverColumns(columns: number, theme: Theme): readonly Column<ApiServerStatus>[] {
	return [
		{head: 'API SERVER', cells: 10, align: 'left', gap: 2, content: ({name}) => span(name, theme.styles.strong)},
		{head: 'STATE', cells: 15, align: 'left', gap: 2, content: ({phase}) => phaseSpans(phase, theme)},
		{head: 'WRITTEN', cells: 7, align: 'right', gap: 2, content: (server) => span(writtenText(server))},
		{
			head: 'CONDITION',
			cells: 20,
			align: 'left',
			gap: 2,
			content: ({reason, stale}) => span(theme.text(reason || '–'), stale === undefined ? '' : theme.styles.dim),
		},
		...(columns < messageFrom
			? []
			: [
					{
						head: 'MESSAGE',
						cells: columns - beforeMessageCells,
						align: 'left',
						gap: 2,
						content: ({message, stale}: ApiServerStatus) =>
							span(theme.text(message), stale === undefined ? '' : theme.styles.dim),
					} as const,
				]),
	];
}

const signs: Readonly<Record<EncryptionPhase, readonly [keyof Symbols, keyof Theme['styles']]>> = {
	encrypted: ['done', 'good'],
	rotating: ['working', 'working'],
	encrypting: ['working', 'working'],
	decrypting: ['working', 'working'],
	waiting: ['waiting', 'plain'],
	decrypted: ['none', 'plain'],
	'not encrypted': ['none', 'plain'],
	unknown: ['unknown', 'unknown'],
};

function phaseSpans(phase: EncryptionPhase, theme: Theme): Line {
	const [symbol, style] = signs[phase];
	return [span(theme.symbols[symbol], theme.styles[style]), span(` ${phase}`)];
}

/** Resources that are as they are to be, of all. */
function writtenText({phase, isSettled, migrated, resources}: ApiServerStatus): string {
	if (phase === 'unknown' || phase === 'not encrypted') {
		return '–';
	}
	return `${isSettled ? resources.length : migrated.length} of ${resources.length}`;
}

type Note = {readonly text: string; readonly style?: 'bad'};

function notesOf(server: ApiServerStatus, columns: number, ofAll: string | undefined): readonly Note[] {
	const {phase, message, stale, failing, migrating, resources} = server;
	return [
		...(phase === 'unknown' ? [{text: `can not be seen: ${message}`}] : []),
		...(stale === undefined || ofAll !== undefined ? [] : [{text: `the condition may be old: ${stale}`}]),
		...(migrating.length === 0 ? [] : [{text: `being written anew: ${migrating.map(shortName).join(', ')}`}]),
		...failing.map((text) => ({text, style: 'bad'}) as const),
		...(columns < messageFrom && stale === undefined && migrating.length === 0 && phase === 'encrypted'
			? [{text: resources.map(shortName).join(', ')}]
			: []),
	];
}

function noteLines({text, style}: Note, columns: number, theme: Theme): readonly Line[] {
	const start = indentCells + 2;
	return wrapText(theme.text(text), columns - start).map((line, index): Line => {
		const elbow: Span = span(index === 0 ? `${theme.symbols.elbow} ` : '  ', theme.styles.dim);
		return [blank(indentCells - 1), elbow, span(line, style === undefined ? '' : theme.styles[style])];
	});
}

export type KeysShown = {
	readonly status: EncryptionStatus;
	/** Uptime ms of the look: ages are counted from there. */
	readonly at: number;
};

type KeyRow = {
	readonly name: string;
	readonly key: NonNullable<ApiServerStatus['key']>;
};

export function keyLines(props: ViewProps, {status, at}: KeysShown): readonly Line[] {
	const {state, columns, theme} = props;
	const title = (part: string) => rule('keys', [part], columns, theme);
	if (status.keysHidden !== undefined) {
		const text = `Keys and their dates can not be seen: ${status.keysHidden}. What stands above goes by the conditions alone.`;
		return [title('the newest of each'), ...signedLines(text, {symbol: 'warning', style: theme.styles.warning}, columns, theme)];
	}
	const rows = status.servers.flatMap(({name, key}) => (key === undefined ? [] : [{name, key}]));
	if (rows.length === 0) {
		return [title('none was ever made')];
	}
	const clock = {now: state.now, wallOffsetMs: state.wallOffsetMs, at};
	const table = keyColumns(clock, theme);
	return [
		title('the newest of each; a new one a week after everything was written'),
		tableHead(table, theme),
		...rows.map((row) => tableRow(table, row, theme)),
	];
}

type ClockOfLook = {readonly now: number; readonly wallOffsetMs: number; readonly at: number};

function keyColumns({now, wallOffsetMs, at}: ClockOfLook, theme: Theme): readonly Column<KeyRow>[] {
	const time = (ageMs: number | undefined) =>
		ageMs === undefined ? theme.symbols.none : timeCell(at - ageMs + wallOffsetMs, now + wallOffsetMs);
	return [
		{head: 'API SERVER', cells: 10, align: 'left', gap: 2, content: ({name}) => span(name, theme.styles.strong)},
		{head: 'KEY', cells: 3, align: 'right', gap: 2, content: ({key}) => span(String(key.id))},
		{head: 'TYPE', cells: 8, align: 'left', gap: 2, content: ({key}) => span(theme.text(key.mode))},
		{head: 'MADE', cells: 8, align: 'left', gap: 2, content: ({key}) => span(time(key.ageMs))},
		{head: 'WRITTEN', cells: 8, align: 'left', gap: 2, content: ({key}) => span(time(key.migratedAgeMs))},
		{head: 'NEXT KEY', cells: 9, align: 'left', gap: 2, content: ({key}) => nextKey(key.rotationInMs, now - at, theme)},
	];
}

function nextKey(rotationInMs: number | undefined, passedMs: number, theme: Theme): Span {
	if (rotationInMs === undefined) {
		return span(theme.symbols.none);
	}
	const left = rotationInMs - passedMs;
	return left > 0 ? span(`in ${durationText(left)}`) : span('due', theme.styles.warning);
}
