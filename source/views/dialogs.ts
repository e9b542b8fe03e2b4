/** Which dialog an overlay is, and where its texts come from. */
import {type Dialog, type DialogRow, dialogCells, dialogLines, type Room, row} from '../components/dialog.ts';
import {type Line, span} from '../components/line.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import type {DisarmRow} from '../domain/disarm.ts';
import {memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import {bytesCell, cell, percentCell} from '../format.ts';
import {
	askingChoices,
	backupUnderWay,
	compactChoices,
	encryptChoices,
	hostBackupUnderWay,
	quitChoices,
	runUnderWay,
} from '../overlay-state.ts';
import {askedBy} from '../overlay-upkeep.ts';
import type {Overlay, ScreenState, Subject} from '../screen-state.ts';
import type {Theme} from '../theme.ts';
import {askingDialog} from './asking.ts';
import {backupDialog} from './backup-dialog.ts';
import {compactDialog} from './compact.ts';
import {confirmationDialog} from './confirmation.ts';
import {encryptDialog, patchRows} from './encrypt.ts';
import {helpDialog} from './help.ts';
import {hostBackupDialog} from './host-backup-dialog.ts';
import {planDialog} from './plan.ts';
import {quitDialog} from './quit.ts';
import {quitBackupDialog, quitHostBackupDialog} from './quit-backup.ts';

export type OverlayProps = {
	readonly overlay: Overlay;
	readonly state: State;
	readonly screen: ScreenState;
	readonly room: Room;
	readonly theme: Theme;
};

/** The box of an overlay, line by line. */
export function overlayLines(props: OverlayProps): readonly Line[] {
	return dialogLines(dialogOf(props), props.room, props.theme);
}

function dialogOf({overlay, state, screen, room, theme}: OverlayProps): Dialog {
	switch (overlay.kind) {
		case 'help':
			return helpDialog(state, screen, overlay.scroll, room, theme);
		case 'plan':
			return planDialog({state, moveLeader: overlay.moveLeader}, room, theme);
		case 'backup':
			return backupDialog(state, overlay.choice, room, theme);
		case 'host backup':
			return hostBackupDialog(state, room, theme);
		case 'compact':
			return compactDialog(state, overlay.focus, compactChoices(state.compactPlan), room, theme);
		case 'encrypt':
			return encryptDialog(state, overlay.focus, encryptChoices(state.encryptionPlan), room, theme);
		case 'asking':
			return askingDialog(state, overlay.focus, askingChoices(state), room, theme);
		case 'quit': {
			const run = runUnderWay(state);
			const backup = backupUnderWay(state);
			if (backup !== undefined) {
				return quitBackupDialog(backup, overlay.focus, state, room, theme);
			}
			const onHost = hostBackupUnderWay(state);
			if (onHost !== undefined) {
				return quitHostBackupDialog(onHost, overlay.focus, state, room, theme);
			}
			const empty = {title: 'Quit?', rows: []};
			return run === undefined ? empty : quitDialog(state, run, overlay.focus, quitChoices(state), room, theme);
		}
		case 'confirm':
			return confirmDialog(overlay, state, room, theme);
	}
}

function confirmDialog(overlay: Extract<Overlay, {kind: 'confirm'}>, state: State, room: Room, theme: Theme): Dialog {
	const {subject, confirmation} = overlay;
	const title = titleOf(subject, state);
	const asked = askedBy(subject, state);
	if (confirmation === undefined || asked === undefined || 'refusal' in asked) {
		const whom = /^(encryption|host backup|left pod)$/.test(subject.kind) ? 'the Kubernetes API' : 'the members';
		const asking = [span(`${theme.symbols.waiting} asking ${whom}`)];
		return {title, aside: state.clusterName, rows: [row(asking)]};
	}
	const more = moreRows(subject, state, room, theme);
	const {consequences} = asked;
	const button = buttons[subject.kind];
	return confirmationDialog({title, aside: state.clusterName, consequences, confirmation, button, more}, room, theme);
}

function moreRows(subject: Subject, {disarmPlan, encryptionPlan}: State, room: Room, theme: Theme): readonly DialogRow[] {
	switch (subject.kind) {
		case 'disarm':
			return (disarmPlan?.rows ?? []).map((one) => quotaRow(one, room, theme));
		case 'encryption':
			return encryptionPlan === undefined ? [] : patchRows(encryptionPlan[subject.type], room, theme);
		default:
			return [];
	}
}

const buttons: Readonly<Record<Subject['kind'], string>> = {
	defragment: 'Start',
	disarm: 'Disarm',
	compact: 'Compact',
	encryption: 'Patch',
	'declare over': 'Declare it over',
	'host backup': 'Back up',
	'left pod': 'Remove',
	'no snapshot': 'Go on without',
	'write probe': 'Write',
};

function titleOf(subject: Subject, state: State): string {
	switch (subject.kind) {
		case 'defragment':
			return `Start? Defragment ${state.plan === undefined ? '' : orderText(state.plan)}`;
		case 'disarm':
			return `Disarm NOSPACE of ${state.disarmPlan?.name ?? subject.memberId}?`;
		case 'compact':
			return subject.target === 'head'
				? `Compact to the head, revision ${state.compactPlan?.headRevision ?? ''}?`
				: `Compact to revision ${state.compactPlan?.target?.revision ?? ''}?`;
		case 'encryption':
			return subject.type === 'identity' ? "Decrypt etcd's values?" : `Encrypt etcd's values with ${subject.type}?`;
		case 'host backup':
			return `Back up on ${subject.shown.choice.kind === 'chosen' ? subject.shown.choice.node : 'a host'}?`;
		case 'left pod':
			return `Remove ${subject.what}?`;
		case 'no snapshot':
			return 'Go on without a snapshot?';
		case 'write probe':
			return 'Try a write?';
		case 'declare over': {
			const record = state.members.find(({member}) => member.id === subject.memberId);
			return `Declare the unknown outcome of ${record === undefined ? subject.memberId : memberLabel(record.member)} over?`;
		}
	}
}

/** `etcd-0, then etcd-2 (leader, last)` */
function orderText({steps}: DefragPlan): string {
	return steps.map(({name, role}) => `${name}${role === 'leader' && steps.length > 1 ? ' (leader, last)' : ''}`).join(', then ');
}

/** `✓ etcd-0      2.13 GiB   27%` */
export function quotaRow(
	{name, dbSizeBytes, used, passed, quotaAssumed, detail}: DisarmRow,
	room: Room,
	theme: Theme,
): DialogRow {
	const {symbols, styles} = theme;
	const sign = passed ? span(symbols.done, styles.good) : span(symbols.warning, styles.warning);
	const nameCells = Math.min(24, dialogCells(room) - 30);
	const about = [quotaAssumed ? 'quota assumed' : '', detail].filter((text) => text !== '').join(', ');
	const text = ` ${cell(theme.text(name), nameCells, 'left', symbols.ellipsis)}  ${bytesCell(dbSizeBytes)}  ${percentCell(used)} of quota  ${about}`;
	return row([sign, span(text)], passed ? 20 : undefined);
}
