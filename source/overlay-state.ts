/** Keys in dialogs, and what becomes of a dialog when what it stands on changes. Pure, as `screen-state.ts`. */
import {openBackupChoice, pasteInBackup, pressInBackup} from './backup-dialog-state.ts';
import {deafMs, openConfirmation, pasteInConfirmation, pressInConfirmation} from './confirmation-state.ts';
import {isBackupOver} from './domain/backup.ts';
import {blockingGate} from './domain/defrag-gates.ts';
import {isOver} from './domain/defrag-run.ts';
import {removeWord, startWord} from './domain/host-backup-consequences.ts';
import {isHostBackupOver} from './domain/host-backup-run.ts';
import type {State} from './engine/state.ts';
import type {KeyEvent} from './key-event.ts';
import {
	type ControlRequest,
	type Overlay,
	type Request,
	type ScreenState,
	type Step,
	type Subject,
	stay,
} from './screen-state.ts';

export function topOverlay(screen: ScreenState): Overlay | undefined {
	return screen.overlays.at(-1);
}

export function pushOverlay(screen: ScreenState, overlay: Overlay): ScreenState {
	return {...screen, overlays: [...screen.overlays, overlay]};
}

export function popOverlay(screen: ScreenState): ScreenState {
	return {...screen, overlays: screen.overlays.slice(0, -1)};
}

function replaceTop(screen: ScreenState, overlay: Overlay): ScreenState {
	return pushOverlay(popOverlay(screen), overlay);
}

/** Why the plan can't be confirmed now; undefined when it can. */
export function planHeldBy(plan: NonNullable<State['plan']>): string | undefined {
	const blocking = blockingGate(plan.gates, plan.confirmation.acknowledges);
	return plan.refusal ?? (blocking === undefined ? undefined : `${blocking.title}: ${blocking.detail}`);
}

/** A run that goes on, and that quitting would leave alone. */
export function runUnderWay(state: State): State['run'] {
	return state.run === undefined || state.runIsElsewhere === true || isOver(state.run) ? undefined : state.run;
}

/** A backup that goes on, and that quitting would end. */
export function backupUnderWay({backup}: State): State['backup'] {
	return backup === undefined || isBackupOver(backup) ? undefined : backup;
}

/** The same on a control-plane host. */
export function hostBackupUnderWay({hostBackup}: State): State['hostBackup'] {
	return hostBackup === undefined || isHostBackupOver(hostBackup) ? undefined : hostBackup;
}

/** Whether leaving would end, or leave alone, what goes on. */
export function somethingUnderWay(state: State): boolean {
	return [runUnderWay(state), backupUnderWay(state), hostBackupUnderWay(state)].some((one) => one !== undefined);
}

/** Quits, or asks first while a run or a backup is going. Whatever dialog is open is left without a change. */
export function askToQuit(screen: ScreenState, state: State, interrupt = false): Step {
	const top = topOverlay(screen);
	if (top?.kind === 'quit') {
		// A second Ctrl-C is no decision yet: it puts the focus on Quit, and Enter decides.
		return stay(interrupt ? replaceTop(screen, {kind: 'quit', focus: 'quit'}) : screen);
	}
	const left = closeAll(screen);
	if (!somethingUnderWay(state)) {
		return stay(left.screen, ...left.requests, {call: 'quit'});
	}
	return stay(pushOverlay(left.screen, {kind: 'quit', focus: 'stay'}), ...left.requests);
}

/** Closes every dialog, telling the engine of those that it keeps asking for. */
export function closeAll(screen: ScreenState): Step {
	return stay({...screen, overlays: []}, ...screen.overlays.flatMap(closing));
}

function closing(overlay: Overlay): readonly ControlRequest[] {
	const subject = overlay.kind === 'confirm' ? overlay.subject.kind : overlay.kind;
	switch (subject) {
		case 'plan':
			return [{call: 'closePlan', with: []}];
		case 'backup':
			return [{call: 'closeBackup', with: []}];
		case 'host backup':
			// Its confirmation stands on it.
			return overlay.kind === 'host backup' ? [{call: 'closeHostBackup', with: []}] : [];
		case 'disarm':
			return [{call: 'closeDisarm', with: []}];
		case 'encrypt':
			return [{call: 'closeEncryptionPlan', with: []}];
		case 'encryption':
			return standsOnChoice(overlay) ? [] : [{call: 'closeEncryptionPlan', with: []}];
		// The choice stands below its confirmation, and is closed with it.
		case 'compact':
			return overlay.kind === 'compact' ? [{call: 'closeCompact', with: []}] : [];
		default:
			return [];
	}
}

/** The dialog in which a type is chosen is below, and closes the plan of both. */
function standsOnChoice(overlay: Overlay): boolean {
	return overlay.kind === 'confirm' && overlay.subject.kind === 'encryption' && overlay.subject.type !== 'identity';
}

export function pressInOverlay(screen: ScreenState, overlay: Overlay, key: KeyEvent, state: State): Step {
	if (overlay.kind === 'backup') {
		return pressInBackupDialog(screen, overlay, key, state);
	}
	if (key.name === 'escape') {
		return overlay.kind === 'help' ? stay(popOverlay(screen)) : closeAll(screen);
	}
	switch (overlay.kind) {
		case 'help':
			return key.name === '?' || key.name === 'q' ? stay(popOverlay(screen)) : stay(replaceTop(screen, scrolled(overlay, key)));
		case 'plan':
			return pressInPlan(screen, overlay, key, state);
		case 'confirm':
			return pressInConfirm(screen, overlay, key);
		case 'compact':
			return pressInCompact(screen, overlay, key, state);
		case 'host backup':
			return pressInHostBackup(screen, key, state);
		case 'encrypt':
			return pressInEncrypt(screen, overlay, key, state);
		case 'asking':
			return pressInAsking(screen, overlay, key, state);
		case 'quit':
			return pressInQuit(screen, overlay, key, state);
	}
}

/** It may stand on a plan, which goes on being asked. */
function pressInBackupDialog(
	screen: ScreenState,
	overlay: Extract<Overlay, {kind: 'backup'}>,
	key: KeyEvent,
	state: State,
): Step {
	const {backupPlan} = state;
	const result = pressInBackup(overlay.choice, key, backupPlan);
	if (result.kind === 'open') {
		return stay(replaceTop(screen, {...overlay, choice: result.choice}));
	}
	const left = popOverlay(screen);
	if (result.kind === 'cancelled') {
		return stay(left, {call: 'closeBackup', with: []});
	}
	const {memberId, directory = ''} = overlay.choice;
	if (backupPlan?.refusal !== undefined || memberId === undefined) {
		return stay(screen, {call: 'say', with: ['refused', `Enter: ${backupPlan?.refusal ?? 'no member can hand one out now'}`]});
	}
	const view = left.overlays.length === 0 ? 'backups' : screen.view;
	return stay({...left, view, scroll: 0}, {call: 'startBackup', with: [memberId, directory]});
}

/** Characters that came together: a confirmation empties its field, and a directory may be pasted. */
export function pasteInOverlay(screen: ScreenState, overlay: Overlay, at: number, text = ''): Step {
	if (overlay.kind === 'backup') {
		return stay(replaceTop(screen, {...overlay, choice: pasteInBackup(overlay.choice, text)}));
	}
	if (overlay.kind !== 'confirm' || overlay.confirmation === undefined) {
		return stay(screen);
	}
	return stay(replaceTop(screen, {...overlay, confirmation: pasteInConfirmation(overlay.confirmation, at)}));
}

/** More rows than the help has on the smallest screen; the picture ends earlier. */
const mostScroll = 30;

function scrolled<T extends {readonly scroll: number}>(overlay: T, {name}: KeyEvent): T {
	const by = {up: -1, k: -1, pageup: -5, down: 1, j: 1, pagedown: 5}[name] ?? 0;
	return {...overlay, scroll: Math.min(mostScroll, Math.max(0, overlay.scroll + by))};
}

function pressInPlan(screen: ScreenState, overlay: Extract<Overlay, {kind: 'plan'}>, key: KeyEvent, state: State): Step {
	const {plan} = state;
	if (key.name === 'm' && plan?.moveLeader?.kind === 'possible') {
		const moveLeader = !overlay.moveLeader;
		return stay(replaceTop(screen, {...overlay, moveLeader}), {call: 'setMoveLeader', with: [moveLeader]});
	}
	if (key.name === '?') {
		return stay(pushOverlay(screen, {kind: 'help', scroll: 0}));
	}
	if (key.name === 'b') {
		return backupUnderWay(state) === undefined
			? stay(pushOverlay(screen, {kind: 'backup', seen: false, choice: openBackupChoice(key.at)}), {call: 'openBackup', with: []})
			: stay(screen, {call: 'say', with: ['refused', 'b: a backup is under way']});
	}
	if (key.name !== 'enter') {
		return stay(screen);
	}
	if (plan === undefined) {
		return stay(screen, {call: 'say', with: ['note', 'Enter: the members are still being asked']});
	}
	const heldBy = planHeldBy(plan);
	if (heldBy !== undefined) {
		return stay(screen, {call: 'say', with: ['refused', `Enter: ${heldBy}`]});
	}
	const confirmation = openConfirmation(plan.confirmation.word, key.at);
	return stay(pushOverlay(screen, {kind: 'confirm', subject: {kind: 'defragment', shown: plan}, seen: true, confirmation}));
}

function pressInConfirm(screen: ScreenState, overlay: Extract<Overlay, {kind: 'confirm'}>, key: KeyEvent): Step {
	if (overlay.confirmation === undefined) {
		return stay(screen);
	}
	const result = pressInConfirmation(overlay.confirmation, key);
	if (result === 'cancelled') {
		return closeAll(screen);
	}
	if (result === 'confirmed') {
		return confirmed(screen, overlay.subject, overlay.confirmation.typed);
	}
	return stay(replaceTop(screen, {...overlay, confirmation: result}));
}

/** The engine asks everything anew before it acts, and closes its plan itself. */
function confirmed(screen: ScreenState, subject: Subject, typed: string): Step {
	const left = {...screen, overlays: [], scroll: 0};
	switch (subject.kind) {
		case 'defragment':
			return stay({...left, view: 'run'}, {call: 'startRun', with: [subject.shown, typed]});
		case 'disarm':
			return stay(left, {call: 'disarm', with: [typed]});
		case 'compact':
			return stay(left, {call: 'compact', with: [subject.target, typed]});
		case 'encryption':
			return stay(left, {call: 'changeEncryption', with: [subject.type, typed]});
		case 'declare over':
			return stay(left, {call: 'declareOver', with: [subject.memberId, typed]});
		case 'host backup':
			return stay({...left, view: 'backups'}, {call: 'startHostBackup', with: [subject.shown, typed]});
		case 'left pod':
			return stay(popOverlay(screen), {call: 'removeLeftPod', with: [subject.what]});
		case 'no snapshot':
			return stay(left, {call: 'declineSnapshot', with: [typed]});
		case 'write probe':
			return stay(left, {call: 'tryWrite', with: [typed]});
	}
}

function pressInCompact(
	screen: ScreenState,
	overlay: Extract<Overlay, {kind: 'compact'}>,
	key: KeyEvent,
	{compactPlan}: State,
): Step {
	const choices = compactChoices(compactPlan);
	if (key.name !== 'enter') {
		return stay(replaceTop(screen, {...overlay, focus: turned(choices, overlay.focus, key)}));
	}
	if (overlay.focus === 'cancel' || compactPlan === undefined) {
		return closeAll(screen);
	}
	const asked = overlay.focus === 'head' ? compactPlan.headConfirmation : compactPlan.confirmation;
	if (asked === undefined) {
		return stay(screen);
	}
	const subject = {kind: 'compact', target: overlay.focus} as const;
	return stay(pushOverlay(screen, {kind: 'confirm', subject, seen: true, confirmation: openConfirmation(asked.word, key.at)}));
}

export function compactChoices(plan: State['compactPlan']): readonly ('cancel' | 'target' | 'head')[] {
	if (plan === undefined || plan.refusal !== undefined) {
		return ['cancel'];
	}
	return plan.confirmation === undefined ? ['cancel', 'head'] : ['cancel', 'target', 'head'];
}

function pressInHostBackup(screen: ScreenState, key: KeyEvent, {hostBackupPlan: plan}: State): Step {
	if (plan === undefined) {
		return stay(screen);
	}
	const asking = (subject: Subject, word: string): Step =>
		stay(pushOverlay(screen, {kind: 'confirm', subject, seen: true, confirmation: openConfirmation(word, key.at)}));
	const [left] = plan.leftovers;
	switch (key.name) {
		case 'k': {
			const usual = plan.request.resourcesDirectory === undefined ? 'apart' : 'together';
			return stay(screen, {call: 'openHostBackup', with: [{usual}]});
		}
		case 'r':
			return left === undefined ? stay(screen) : asking({kind: 'left pod', what: left.what}, removeWord);
		case 'enter':
			return plan.refusal === undefined
				? asking({kind: 'host backup', shown: plan}, plan.word ?? startWord)
				: stay(screen, {call: 'say', with: ['refused', `Enter: ${plan.refusal}`]});
		default:
			return stay(screen);
	}
}

function pressInEncrypt(
	screen: ScreenState,
	overlay: Extract<Overlay, {kind: 'encrypt'}>,
	key: KeyEvent,
	{encryptionPlan}: State,
): Step {
	if (key.name !== 'enter') {
		return stay(replaceTop(screen, {...overlay, focus: turned(encryptChoices(encryptionPlan), overlay.focus, key)}));
	}
	const plan = overlay.focus === 'cancel' ? undefined : encryptionPlan?.[overlay.focus];
	if (plan === undefined || plan.refusal !== undefined) {
		return closeAll(screen);
	}
	const subject = {kind: 'encryption', type: plan.type} as const;
	return stay(
		pushOverlay(screen, {kind: 'confirm', subject, seen: true, confirmation: openConfirmation(plan.confirmation.word, key.at)}),
	);
}

/** Those that may be asked for now. */
export function encryptChoices(plans: State['encryptionPlan']): readonly ('cancel' | 'aescbc' | 'aesgcm')[] {
	const types = (['aescbc', 'aesgcm'] as const).filter((type) => plans !== undefined && plans[type].refusal === undefined);
	return ['cancel', ...types];
}

function pressInAsking(screen: ScreenState, overlay: Extract<Overlay, {kind: 'asking'}>, key: KeyEvent, state: State): Step {
	if (key.at - overlay.openedAt < deafMs) {
		return stay(screen);
	}
	if (key.name !== 'enter') {
		return stay(replaceTop(screen, {...overlay, focus: turned(askingChoices(state), overlay.focus, key)}));
	}
	const left = popOverlay(screen);
	return overlay.focus === 'later' ? stay(left) : stay(left, {call: 'choose', with: [overlay.focus]});
}

export function askingChoices({run}: State): readonly ('later' | 'other target' | 'as leader' | 'stop')[] {
	const other = run?.phase.kind === 'asking' && run.phase.otherTarget !== undefined;
	return other ? ['later', 'other target', 'as leader', 'stop'] : ['later', 'as leader', 'stop'];
}

function pressInQuit(screen: ScreenState, overlay: Extract<Overlay, {kind: 'quit'}>, key: KeyEvent, state: State): Step {
	if (key.name !== 'enter') {
		return stay(replaceTop(screen, {...overlay, focus: turned(quitChoices(state), overlay.focus, key)}));
	}
	const left = popOverlay(screen);
	const requests: Record<typeof overlay.focus, readonly Request[]> = {
		stay: [],
		stop: [{call: 'stopAfterThis', with: []}],
		quit: [{call: 'quit'}],
	};
	return stay(left, ...requests[overlay.focus]);
}

export function quitChoices(state: State): readonly ('stay' | 'stop' | 'quit')[] {
	const run = runUnderWay(state);
	return run !== undefined && run.cancel === undefined ? ['stay', 'stop', 'quit'] : ['stay', 'quit'];
}

function turned<T>(choices: readonly T[], focus: T, {name}: KeyEvent): T {
	const by = {tab: 1, right: 1, 'shift-tab': -1, left: -1}[name];
	if (by === undefined) {
		return focus;
	}
	return choices.at((Math.max(0, choices.indexOf(focus)) + by) % choices.length) ?? focus;
}
