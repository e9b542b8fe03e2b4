/**
 * What the operator has chosen: one value, changed by one pure function. Views read it and change nothing. What a change asks
 * of the engine comes back beside it, as data.
 */
import type {BackupChoice} from './backup-dialog-state.ts';
import type {ConfirmationState} from './confirmation-state.ts';
import {mayDeclareOver} from './declare-over.ts';
import {isBackupOver} from './domain/backup.ts';
import type {DefragPlan} from './domain/defrag-plan.ts';
import {isOver} from './domain/defrag-run.ts';
import type {EncryptionType} from './domain/encryption.ts';
import {type HostBackupPlan, isHostBackupOver} from './domain/host-backup-run.ts';
import type {MemberId} from './domain/member.ts';
import {chartWindows} from './domain/series.ts';
import type {ScreenControls} from './engine/controls.ts';
import type {State} from './engine/state.ts';
import {maySetAside} from './views/compaction.ts';
import {membersShown, selectedMember} from './views/members-shown.ts';
import type {ScreenView, SortColumn, ViewId} from './views/view.ts';
import {numberedViews, viewRow} from './views/view-table.ts';

/** What a typed word would set going. */
export type Subject =
	/** `shown`: the plan that is typed for. */
	| {readonly kind: 'defragment'; readonly shown: DefragPlan}
	| {readonly kind: 'disarm'; readonly memberId: MemberId}
	| {readonly kind: 'compact'; readonly target: 'target' | 'head'}
	| {readonly kind: 'encryption'; readonly type: EncryptionType}
	| {readonly kind: 'declare over'; readonly memberId: MemberId}
	/** `shown`: the plan that is typed for. */
	| {readonly kind: 'host backup'; readonly shown: HostBackupPlan}
	/** What an earlier backup left in the cluster. */
	| {readonly kind: 'left pod'; readonly what: string}
	/** A rescue goes on without one. */
	| {readonly kind: 'no snapshot'}
	| {readonly kind: 'write probe'};

/** A dialog over the view. `seen`: the engine has shown the plan behind it, so that its absence means that it is gone. */
export type Overlay =
	| {readonly kind: 'help'; readonly scroll: number}
	| {readonly kind: 'plan'; readonly seen: boolean; readonly moveLeader: boolean}
	| {readonly kind: 'confirm'; readonly subject: Subject; readonly seen: boolean; readonly confirmation?: ConfirmationState}
	| {readonly kind: 'compact'; readonly seen: boolean; readonly focus: 'cancel' | 'target' | 'head'}
	| {readonly kind: 'backup'; readonly seen: boolean; readonly choice: BackupChoice}
	| {readonly kind: 'host backup'; readonly seen: boolean}
	| {readonly kind: 'encrypt'; readonly seen: boolean; readonly focus: 'cancel' | 'aescbc' | 'aesgcm'}
	| {readonly kind: 'asking'; readonly focus: 'later' | 'other target' | 'as leader' | 'stop'; readonly openedAt: number}
	| {readonly kind: 'quit'; readonly focus: 'stay' | 'stop' | 'quit'};

export type ScreenState = ScreenView & {
	/** The last one is on top and has the keys. */
	readonly overlays: readonly Overlay[];
	/** Where Esc leads from a member's page. */
	readonly cameFrom: ViewId;
	/** What is typed after `:`; absent while nothing is. */
	readonly prompt?: string;
	/** The picture while the screen is paused. */
	readonly frozen?: State;
};

/** A call of one of the engine's controls. */
export type ControlRequest = {
	[K in keyof ScreenControls]: {readonly call: K; readonly with: Readonly<Parameters<ScreenControls[K]>>};
}[keyof ScreenControls];

export type Request = ControlRequest | {readonly call: 'quit'};

export type Step = {readonly screen: ScreenState; readonly requests: readonly Request[]};

export type ScreenEvent =
	| {
			readonly type: 'moved';
			readonly to: 'previous' | 'next' | 'first' | 'last' | 'page up' | 'page down';
			readonly pageRows: number;
	  }
	| {readonly type: 'member turned'; readonly by: -1 | 1}
	| {readonly type: 'view chosen'; readonly view: ViewId}
	| {readonly type: 'view turned'; readonly by: -1 | 1}
	| {readonly type: 'opened'; readonly at: number}
	| {readonly type: 'went back'}
	| {readonly type: 'prompt begun'}
	| {readonly type: 'filter begun'}
	| {readonly type: 'filter typed'; readonly text: string}
	| {readonly type: 'filter erased'}
	| {readonly type: 'filter ended'; readonly keep: boolean}
	| {readonly type: 'sorted'; readonly by: 'next column' | 'turning'}
	| {readonly type: 'columns changed'}
	| {readonly type: 'window changed'; readonly by: -1 | 1}
	| {readonly type: 'chart scope changed'}
	| {readonly type: 'paused or resumed'; readonly at: number}
	| {readonly type: 'interval changed'; readonly by: -1 | 1};

const sortColumns: readonly SortColumn[] = ['name', 'state', 'dbSize', 'givesBack', 'used', 'answer'];
export const intervalsMs: readonly number[] = [1000, 2000, 5000, 10_000, 30_000, 60_000];

/** As far down as a page that is no list is ever scrolled: what it shows is longer than the smallest screen, and no longer than that. */
const pageLines = 24;

export const initialScreen: ScreenState = {
	view: 'overview',
	columnsSet: 'size',
	sort: {column: 'name', descending: false},
	filter: '',
	filterTyping: false,
	chartWindow: '1h',
	chartScope: 'all',
	scroll: 0,
	overlays: [],
	cameFrom: 'overview',
};

export function stay(screen: ScreenState, ...requests: readonly Request[]): Step {
	return {screen, requests};
}

/** While paused the picture rests. What must not wait is not part of it: alarms, the run, dialogs and header are always live. */
export function drawn(state: State, {frozen, view}: ScreenState): State {
	return frozen === undefined || viewRow(view).isLive ? state : frozen;
}

/** The member that the marker is on, in any view. */
export function selectedId(screen: ScreenState, state: State): MemberId | undefined {
	if (screen.view === 'alarms' && state.alarms.length > 0) {
		return (state.alarms.find(({memberId}) => memberId === screen.selectedId) ?? state.alarms[0])?.memberId;
	}
	return selectedMember(membersShown(state.members, screen), screen)?.member.id;
}

/** What is looked at only while somebody wants to see it: asked for when its view is opened, and left when it is. */
export function watching(before: ScreenState, after: ScreenState): readonly Request[] {
	const [was, is] = [before.view === 'encryption', after.view === 'encryption'];
	return was === is ? [] : [{call: 'watchEncryption', with: [is]}];
}

export function reduceScreen(screen: ScreenState, event: ScreenEvent, state: State): Step {
	switch (event.type) {
		case 'moved':
			return stay(move(screen, event, state));
		case 'member turned':
			return stay(select(screen, state, (index) => index + event.by));
		case 'view chosen':
			return showView(screen, event.view);
		case 'view turned': {
			const from = screen.view === 'member' ? screen.cameFrom : screen.view;
			const index = Math.max(
				0,
				numberedViews.findIndex(({id}) => id === from),
			);
			return showView(screen, numberedViews.at((index + event.by) % numberedViews.length)?.id ?? 'overview');
		}
		case 'opened':
			return open(screen, state, event.at);
		case 'went back':
			return goBack(screen, state);
		case 'prompt begun':
			return stay({...screen, prompt: ''});
		case 'filter begun':
			return stay({...screen, filterTyping: true});
		case 'filter typed':
			return stay({...screen, filter: screen.filter + event.text, scroll: 0});
		case 'filter erased':
			return stay({...screen, filter: [...screen.filter].slice(0, -1).join('')});
		case 'filter ended':
			return stay({...screen, filterTyping: false, filter: event.keep ? screen.filter : ''});
		case 'sorted':
			return stay({...screen, sort: sorted(screen.sort, event.by)});
		case 'columns changed':
			return stay({...screen, columnsSet: nextColumns(screen.columnsSet, state)});
		case 'window changed': {
			const index = chartWindows.findIndex(({id}) => id === screen.chartWindow) + event.by;
			return stay({...screen, chartWindow: chartWindows[clamp(index, chartWindows.length)]?.id ?? screen.chartWindow});
		}
		case 'chart scope changed':
			return stay({...screen, chartScope: screen.chartScope === 'all' ? 'selected' : 'all'});
		case 'paused or resumed':
			return stay(pauseOrResume(screen, state, event.at));
		case 'interval changed': {
			const slower = intervalsMs.findIndex((ms) => ms >= state.intervalMs);
			const current = slower === -1 ? intervalsMs.length - 1 : slower;
			const ms = intervalsMs[clamp(current + event.by, intervalsMs.length)] ?? state.intervalMs;
			return stay(screen, {call: 'setInterval', with: [ms]});
		}
	}
}

function move(screen: ScreenState, {to, pageRows}: Extract<ScreenEvent, {type: 'moved'}>, state: State): ScreenState {
	const target = (index: number, count: number) => {
		const targets = {
			previous: index - 1,
			next: index + 1,
			first: 0,
			last: count - 1,
			'page up': index - pageRows,
			'page down': index + pageRows,
		};
		return clamp(targets[to], count);
	};
	const {moves} = viewRow(screen.view);
	if (moves === 'lines') {
		const count = screen.view === 'events' ? state.events.length : pageLines;
		return {...screen, scroll: target(screen.scroll, Math.max(1, count))};
	}
	if (moves === 'alarms') {
		const index = state.alarms.findIndex(({memberId}) => memberId === selectedId(screen, state));
		const alarm = state.alarms[target(index, state.alarms.length)];
		return alarm === undefined ? screen : {...screen, selectedId: alarm.memberId};
	}
	return select(screen, state, target);
}

function select(screen: ScreenState, state: State, target: (index: number, count: number) => number): ScreenState {
	const shown = membersShown(state.members, screen);
	const index = shown.findIndex(({member}) => member.id === selectedMember(shown, screen)?.member.id);
	const record = shown[clamp(target(index, shown.length), shown.length)];
	return record === undefined ? screen : {...screen, selectedId: record.member.id};
}

/** Opening the alarms asks etcd for them, once: it is a raft proposal. */
function showView(screen: ScreenState, view: ViewId): Step {
	const next = {...screen, view, scroll: 0, filterTyping: false};
	return view === 'alarms' && screen.view !== 'alarms' ? stay(next, {call: 'askAlarms', with: []}) : stay(next);
}

function open(screen: ScreenState, state: State, at: number): Step {
	const phase = screen.view === 'run' ? state.run?.phase : undefined;
	if (phase?.kind === 'asking') {
		return stay({...screen, overlays: [...screen.overlays, {kind: 'asking', focus: 'later', openedAt: at}]});
	}
	if (phase?.kind === 'unknown' && mayDeclareOver(phase.memberId, state)) {
		const subject = {kind: 'declare over', memberId: phase.memberId} as const;
		return stay({...screen, overlays: [...screen.overlays, {kind: 'confirm', subject, seen: false}]});
	}
	const memberId = phase !== undefined && 'memberId' in phase ? phase.memberId : selectedId(screen, state);
	if (memberId === undefined || screen.view === 'member') {
		return stay(screen);
	}
	return stay({...screen, view: 'member', cameFrom: screen.view, selectedId: memberId, scroll: 0});
}

/** One step towards the whole overview: a page, the filter, a run that has been read. */
function goBack(screen: ScreenState, state: State): Step {
	if (screen.view === 'member') {
		return stay({...screen, view: screen.cameFrom, scroll: 0});
	}
	if (screen.view === 'run') {
		const over = state.run !== undefined && isOver(state.run);
		const next = {...screen, view: 'overview', scroll: 0} as const;
		return over ? stay(next, {call: 'dismissRun', with: []}) : stay(next);
	}
	if (screen.view === 'rescue') {
		const next = {...screen, view: 'overview', scroll: 0} as const;
		return state.rescue?.rescue.finished === undefined ? stay(next) : stay(next, {call: 'dismissRescue', with: []});
	}
	if (screen.view === 'backups') {
		const next = {...screen, view: 'overview', scroll: 0} as const;
		const {backup, hostBackup} = state;
		return stay(
			next,
			...(backup !== undefined && isBackupOver(backup) ? [{call: 'dismissBackup', with: []} as const] : []),
			...(hostBackup !== undefined && isHostBackupOver(hostBackup) ? [{call: 'dismissHostBackup', with: []} as const] : []),
		);
	}
	if (screen.filter !== '') {
		return stay({...screen, filter: ''});
	}
	const left = {...screen, view: 'overview', scroll: 0} as const;
	return screen.view === 'overview' && state.compaction !== undefined && maySetAside(state)
		? stay(left, {call: 'dismissCompaction', with: []})
		: stay(left);
}

/** There are columns of pods where pods are known of. */
function nextColumns(shown: ScreenView['columnsSet'], {pods}: State): ScreenView['columnsSet'] {
	const sets = (['size', 'raft', 'pods'] as const).filter((set) => set !== 'pods' || pods !== undefined);
	return sets[(sets.indexOf(shown) + 1) % sets.length] ?? 'size';
}

function sorted({column, descending}: ScreenView['sort'], by: 'next column' | 'turning'): ScreenView['sort'] {
	if (by === 'turning') {
		return {column, descending: !descending};
	}
	const next = sortColumns[(sortColumns.indexOf(column) + 1) % sortColumns.length] ?? 'name';
	// Names read downwards; of figures the largest is what one looks for.
	return {column: next, descending: next !== 'name' && next !== 'state'};
}

function pauseOrResume(screen: ScreenState, state: State, at: number): ScreenState {
	if (screen.pausedSince === undefined) {
		return {...screen, pausedSince: at, frozen: state};
	}
	const {pausedSince: _, frozen: __, ...running} = screen;
	return running;
}

export function clamp(index: number, count: number): number {
	return Math.max(0, Math.min(index, count - 1));
}
