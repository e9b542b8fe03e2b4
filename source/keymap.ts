/** The one table of keys: what a key does, the footer's hints, the help and the README's table are all read off it. */
import {actions} from './actions/index.ts';
import type {KeyName} from './key-event.ts';
import type {KeyRecord, Place, Press} from './key-record.ts';
import type {ScreenEvent, ScreenState} from './screen-state.ts';
import {numberedViews, type ViewId, viewTable} from './views/view-table.ts';

const views: readonly ViewId[] = viewTable.map(({id}) => id);
const numbers = `1-${numberedViews.at(-1)?.number}`;
const lists: readonly ViewId[] = ['overview', 'charts', 'member'];

const moves: readonly (readonly [readonly KeyName[], Extract<ScreenEvent, {type: 'moved'}>['to']])[] = [
	[['up', 'k'], 'previous'],
	[['down', 'j'], 'next'],
	[['g', 'home'], 'first'],
	[['G', 'end'], 'last'],
	[['pageup'], 'page up'],
	[['pagedown'], 'page down'],
];

function moved({key, pageRows}: Press): ScreenEvent {
	const to = moves.find(([keys]) => keys.includes(key))?.[1] ?? 'next';
	return {type: 'moved', to, pageRows};
}

const viewOfNumber: ReadonlyMap<KeyName, ViewId> = new Map(numberedViews.map(({id, number}) => [String(number), id]));

const moveKeys: readonly KeyRecord[] = [
	{keys: ['up', 'down', 'k', 'j'], label: '↑ ↓ k j', help: 'previous, next', section: 'MOVE', places: views, event: moved},
	{keys: ['g', 'G', 'home', 'end'], label: 'g G', help: 'first, last', section: 'MOVE', places: views, event: moved},
	{keys: ['pageup', 'pagedown'], label: 'PgUp PgDn', help: 'a page', section: 'MOVE', places: views, event: moved},
	{
		keys: ['enter'],
		label: 'Enter',
		help: 'open',
		section: 'MOVE',
		places: ['overview', 'charts', 'alarms', 'run', 'events'],
		hint: {text: 'open', rank: 60},
		event: ({at}) => ({type: 'opened', at}),
	},
	{
		keys: ['enter'],
		label: 'Enter',
		help: 'the next step of a rescue, which asks first',
		section: 'MOVE',
		places: ['rescue'],
		hint: {text: 'next step', rank: 96},
		unlisted: true,
	},
	{
		keys: ['escape'],
		label: 'Esc',
		help: 'back, always',
		section: 'MOVE',
		places: views,
		hint: {text: 'back', rank: 95},
		event: () => ({type: 'went back'}),
	},
	{
		keys: ['tab', 'shift-tab'],
		label: `Tab ${numbers}`,
		help: 'views',
		section: 'MOVE',
		places: views,
		hint: {text: 'views', rank: 30, label: numbers},
		event: ({key}) => ({type: 'view turned', by: key === 'tab' ? 1 : -1}),
	},
	{
		keys: [...viewOfNumber.keys()],
		label: numbers,
		help: 'view by number',
		section: 'MOVE',
		places: views,
		event: ({key}) => ({type: 'view chosen', view: viewOfNumber.get(key) ?? 'overview'}),
		unlisted: true,
	},
	{
		keys: ['left', 'right'],
		label: '← →',
		help: 'other member, on its page',
		section: 'MOVE',
		places: ['member'],
		hint: {text: 'member', rank: 90},
		event: ({key}) => ({type: 'member turned', by: key === 'left' ? -1 : 1}),
	},
];

const lookKeys: readonly KeyRecord[] = [
	{
		keys: ['/'],
		label: '/',
		help: 'filter by name, Esc clears',
		section: 'LOOK',
		places: ['overview', 'events'],
		hint: {text: 'filter', rank: 50},
		event: () => ({type: 'filter begun'}),
	},
	{
		keys: ['w'],
		label: 'w',
		help: 'columns: size, raft, pods',
		section: 'LOOK',
		places: ['overview'],
		hint: {text: 'columns', rank: 45},
		event: () => ({type: 'columns changed'}),
	},
	{
		keys: ['s', 'S'],
		label: 's S',
		help: 'sort by the next column, turn',
		section: 'LOOK',
		places: ['overview'],
		hint: {text: 'sort', rank: 40, label: 's'},
		event: ({key}) => ({type: 'sorted', by: key === 's' ? 'next column' : 'turning'}),
	},
	{
		keys: ['[', ']'],
		label: '[ ]',
		help: 'window 5 m 15 m 1 h 6 h 24 h',
		section: 'LOOK',
		places: lists,
		hint: {text: 'window', rank: 38},
		event: ({key}) => ({type: 'window changed', by: key === '[' ? -1 : 1}),
	},
	{
		keys: ['c'],
		label: 'c',
		help: 'chart: all, selected member',
		section: 'LOOK',
		places: ['overview', 'charts'],
		hint: {text: 'chart', rank: 36},
		event: () => ({type: 'chart scope changed'}),
	},
	{
		keys: ['p'],
		label: 'p',
		help: 'pause the screen, not polls',
		section: 'LOOK',
		places: views,
		hint: {text: 'pause', rank: 34},
		event: ({at}) => ({type: 'paused or resumed', at}),
	},
	{
		keys: ['+', '-', '='],
		label: '+ -',
		help: 'interval 1 s to 60 s',
		section: 'LOOK',
		places: views,
		event: ({key}) => ({type: 'interval changed', by: key === '-' ? -1 : 1}),
	},
];

type ActionKey = {
	readonly places: readonly Place[];
	readonly rank: number;
	readonly label?: string;
	readonly unlisted?: true;
};

const actionPlaces: Readonly<Record<string, ActionKey>> = {
	defragment: {places: ['overview', 'charts', 'alarms', 'member'], rank: 80},
	'defragment-all': {places: ['overview', 'charts', 'alarms', 'run', 'rescue', 'member'], rank: 78},
	compact: {places: ['overview', 'charts', 'alarms', 'rescue', 'member'], rank: 42},
	alarms: {places: views, rank: 70},
	backup: {places: [...views, 'plan'], rank: 40, label: 'b'},
	'host-backup': {places: views, rank: 39, unlisted: true},
	'stop-backup': {places: ['backups'], rank: 86, unlisted: true},
	encrypt: {places: ['encryption'], rank: 88, label: '6, there e'},
	decrypt: {places: ['encryption'], rank: 87, label: '6, there i'},
	disarm: {places: ['alarms', 'rescue'], rank: 85, label: 'a, there x'},
	'ask-again': {places: ['alarms'], rank: 75, unlisted: true},
	rescue: {places: ['overview', 'alarms', 'rescue'], rank: 44},
	'scan-keys': {places: ['rescue'], rank: 60, unlisted: true},
	'no-snapshot': {places: ['rescue'], rank: 93, unlisted: true},
	'try-write': {places: ['rescue'], rank: 76, unlisted: true},
	'stop-run': {places: views, rank: 94},
};

const actKeys: readonly KeyRecord[] = actions.map((action) => {
	const {places = views, rank = 0, label, unlisted} = actionPlaces[action.id] ?? {};
	const [key = ''] = action.keys;
	const hint = {text: action.title, rank, label: key};
	return {
		keys: action.keys,
		label: label ?? key,
		help: action.help,
		section: 'ACT',
		places,
		hint,
		action,
		...(unlisted && {unlisted}),
	};
});

const programKeys: readonly KeyRecord[] = [
	{
		keys: ['?'],
		label: '?',
		help: 'help',
		section: 'PROGRAM',
		places: views,
		hint: {text: 'help', rank: 98},
		event: () => 'help',
	},
	{
		keys: ['q', 'ctrl-c'],
		label: 'q Ctrl-C',
		help: 'quit',
		section: 'PROGRAM',
		places: views,
		hint: {text: 'quit', rank: 97, label: 'q'},
		event: () => 'quit',
	},
	{
		keys: [':'],
		label: ':',
		help: 'context',
		section: 'PROGRAM',
		places: views,
		event: () => ({type: 'prompt begun'}),
	},
	// The terminal itself takes these two.
	{keys: ['ctrl-l'], label: 'Ctrl-L', help: 'repaint', section: 'PROGRAM', places: views},
	{keys: ['ctrl-z'], label: 'Ctrl-Z', help: 'suspend', section: 'PROGRAM', places: views},
];

/** Keys that the dialogs take themselves; here so that footer and README tell of them. */
const dialogKeys: readonly KeyRecord[] = [
	dialog(
		['escape'],
		'Esc',
		'cancel, never a change',
		['plan', 'confirm', 'compact', 'encrypt', 'backup', 'host backup'],
		'cancel',
		99,
	),
	dialog(['escape'], 'Esc', 'close', ['help', 'asking', 'quit'], 'back', 99),
	dialog(['m'], 'm', 'move leadership or not', ['plan'], 'move leader yes/no', 97),
	dialog(['enter'], 'Enter', 'go on, when every gate has passed', ['plan', 'host backup'], 'go on', 98),
	dialog(
		['enter'],
		'Enter',
		'press the button with the >',
		['confirm', 'compact', 'encrypt', 'backup', 'asking', 'quit'],
		'does what has the >',
		97,
	),
	dialog(
		['tab', 'shift-tab', 'left', 'right'],
		'Tab ← →',
		'other button',
		['confirm', 'compact', 'encrypt', 'backup', 'asking', 'quit'],
		'other button',
		98,
	),
	dialog(['k'], 'k', 'archive apart or not', ['host backup'], 'archive apart or not', 96),
	dialog(['r'], 'r', 'remove what was left', ['host backup'], 'remove what was left', 95),
	dialog(['up', 'down'], '↑ ↓', 'another member', ['backup'], 'member', 96),
	dialog(['up', 'down', 'k', 'j'], '↑ ↓', 'scroll', ['help'], 'scroll', 50),
	dialog(['enter'], 'Enter', 'keep the filter', ['filter'], 'keep', 98),
	dialog(['escape'], 'Esc', 'clear the filter', ['filter'], 'clear', 99),
	dialog(['tab'], 'Tab', 'complete the name', ['prompt'], 'complete', 97),
	dialog(['enter'], 'Enter', 'do what is typed', ['prompt'], 'do it', 98),
	dialog(['escape'], 'Esc', 'leave the prompt', ['prompt'], 'leave', 99),
];

function dialog(
	keys: readonly KeyName[],
	label: string,
	help: string,
	places: readonly Place[],
	text: string,
	rank: number,
): KeyRecord {
	return {keys, label, help, section: 'MOVE', places, hint: {text, rank}, unlisted: true};
}

export const keymap: readonly KeyRecord[] = [...moveKeys, ...lookKeys, ...actKeys, ...programKeys, ...dialogKeys];

/** What has the keys now. */
export function placeOf({overlays, prompt, filterTyping, view}: ScreenState): Place {
	return overlays.at(-1)?.kind ?? (prompt !== undefined ? 'prompt' : filterTyping ? 'filter' : view);
}

export function recordOf(key: KeyName, place: Place): KeyRecord | undefined {
	return keymap.find(({keys, places}) => keys.includes(key) && places.includes(place));
}
