/** Where a backup goes and from whom, as it is chosen in the dialog: keys in, the next choice out. Pure. */
import {deafMs} from './confirmation-state.ts';
import type {BackupPlan} from './domain/backup-plan.ts';
import type {MemberId} from './domain/member.ts';
import {isPrintable, type KeyEvent} from './key-event.ts';

export type BackupFocus = 'directory' | 'cancel' | 'start';

export type BackupChoice = {
	readonly focus: BackupFocus;
	/** Absent until the plan has proposed one. */
	readonly directory?: string;
	readonly memberId?: MemberId;
	/** Uptime ms. */
	readonly openedAt: number;
};

export type BackupResult =
	| {readonly kind: 'open'; readonly choice: BackupChoice}
	| {readonly kind: 'cancelled'}
	/** `Enter` on the button, whatever the plan thinks of it. */
	| {readonly kind: 'start'};

const order: readonly BackupFocus[] = ['directory', 'cancel', 'start'];

/** No path is longer. */
const longestDirectory = 4096;

export function openBackupChoice(now: number): BackupChoice {
	return {focus: 'cancel', openedAt: now};
}

/** What the plan proposes, as long as nobody has chosen; another member where the chosen one can't any more. */
export function withPlan(choice: BackupChoice, plan: BackupPlan): BackupChoice {
	const {directory = plan.directory} = choice;
	const isAble = plan.sources.some(({memberId, against}) => memberId === choice.memberId && against === undefined);
	const memberId = isAble ? choice.memberId : plan.best;
	if (directory === choice.directory && memberId === choice.memberId) {
		return choice;
	}
	const {memberId: _, ...rest} = choice;
	return {...rest, directory, ...(memberId !== undefined && {memberId})};
}

export function pressInBackup(choice: BackupChoice, key: KeyEvent, plan: BackupPlan | undefined): BackupResult {
	const {focus, directory = ''} = choice;
	const open = (changes: Partial<BackupChoice>): BackupResult => ({kind: 'open', choice: {...choice, ...changes}});
	switch (key.name) {
		case 'escape':
			return {kind: 'cancelled'};
		case 'tab':
			return open({focus: turned(focus, 1)});
		case 'shift-tab':
			return open({focus: turned(focus, -1)});
		case 'left':
		case 'right':
			return open(focus === 'directory' ? {} : {focus: focus === 'cancel' ? 'start' : 'cancel'});
		case 'up':
		case 'down':
			return open(otherMember(choice, key.name === 'up' ? -1 : 1, plan));
		case 'enter':
			return entered(choice, key.at);
		case 'backspace':
		case 'delete':
			return open(focus === 'directory' ? {directory: [...directory].slice(0, -1).join('')} : {});
		default:
			return open(focus === 'directory' && isPrintable(key.name) ? {directory: longer(directory, key.name)} : {});
	}
}

/** Pasted into the field; nowhere else. */
export function pasteInBackup(choice: BackupChoice, text: string): BackupChoice {
	return choice.focus === 'directory' ? {...choice, directory: longer(choice.directory ?? '', text)} : choice;
}

function longer(directory: string, text: string): string {
	return (directory + text).slice(0, longestDirectory);
}

function entered(choice: BackupChoice, at: number): BackupResult {
	if (choice.focus === 'directory') {
		return {kind: 'open', choice: {...choice, focus: 'start'}};
	}
	if (at - choice.openedAt < deafMs) {
		return {kind: 'open', choice};
	}
	return choice.focus === 'cancel' ? {kind: 'cancelled'} : {kind: 'start'};
}

function turned(focus: BackupFocus, by: -1 | 1): BackupFocus {
	return order.at((order.indexOf(focus) + by) % order.length) ?? focus;
}

function otherMember({memberId}: BackupChoice, by: -1 | 1, plan: BackupPlan | undefined): Pick<BackupChoice, 'memberId'> {
	const able = plan?.sources.filter(({against}) => against === undefined) ?? [];
	const index = able.findIndex((one) => one.memberId === memberId);
	const next = able[Math.max(0, Math.min(able.length - 1, index + by))];
	return next === undefined ? {} : {memberId: next.memberId};
}
