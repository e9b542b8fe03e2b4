/** What becomes of an open dialog when the state under it changes: it closes with its reason, or asks for another word. */
import {withPlan} from './backup-dialog-state.ts';
import {askForAnotherWord, type ConfirmationState, openConfirmation} from './confirmation-state.ts';
import {mayDeclareOver} from './declare-over.ts';
import type {Confirmation} from './domain/defrag-plan.ts';
import {hostBackupConsequences, removeWord, startWord} from './domain/host-backup-consequences.ts';
import type {LeftPod} from './domain/host-backup-run.ts';
import {writeProbeKey} from './domain/key-page.ts';
import {type MemberId, memberLabel} from './domain/member.ts';
import {newsIn} from './domain/plan-news.ts';
import {noSnapshotWord, writeProbeWord} from './domain/rescue.ts';
import type {State} from './engine/state.ts';
import {closeAll, planHeldBy, popOverlay, pushOverlay, somethingUnderWay, topOverlay} from './overlay-state.ts';
import {type Overlay, type ScreenState, type Step, type Subject, stay} from './screen-state.ts';

/** After every change of the state. Returns the same screen when nothing is to be done. */
export function keepUp(before: ScreenState, state: State, now: number): Step {
	const screen = awakeOnAnotherCluster(before, state);
	const top = topOverlay(screen);
	switch (top?.kind) {
		case undefined:
		case 'help':
			return stay(screen);
		case 'plan':
			return keepUpPlan(screen, top, state.plan !== undefined, state);
		case 'compact':
			return keepUpPlan(screen, top, state.compactPlan !== undefined, state);
		case 'host backup':
			return keepUpPlan(screen, top, state.hostBackupPlan !== undefined, state);
		case 'backup':
			return keepUpBackup(screen, top, state);
		case 'encrypt':
			return keepUpPlan(screen, top, state.encryptionPlan !== undefined, state);
		case 'confirm':
			return keepUpConfirmation(screen, top, state, now);
		case 'asking':
			return state.run?.phase.kind === 'asking' ? stay(screen) : stay(popOverlay(screen));
		case 'quit':
			return somethingUnderWay(state) ? stay(screen) : stay(popOverlay(screen));
	}
}

/** A picture that rests is one of the cluster that it was taken of. */
function awakeOnAnotherCluster(screen: ScreenState, {startedAt}: State): ScreenState {
	if (screen.frozen === undefined || screen.frozen.startedAt === startedAt) {
		return screen;
	}
	const {pausedSince: _, frozen: __, ...awake} = screen;
	return awake;
}

/** A dialog that shows what the engine keeps asking: open while it asks. */
function keepUpPlan(
	screen: ScreenState,
	top: Extract<Overlay, {kind: 'plan' | 'compact' | 'encrypt' | 'host backup'}>,
	there: boolean,
	state: State,
): Step {
	if (there) {
		return top.seen ? stay(screen) : stay(pushOverlay(popOverlay(screen), {...top, seen: true}));
	}
	const refused = state.message?.kind === 'refused';
	return top.seen || refused ? closeAll(screen) : stay(screen);
}

/** What is proposed is proposed once; a member that can't any more is not asked. */
function keepUpBackup(screen: ScreenState, top: Extract<Overlay, {kind: 'backup'}>, {backupPlan, message}: State): Step {
	if (backupPlan === undefined) {
		return top.seen || message?.kind === 'refused' ? stay(popOverlay(screen)) : stay(screen);
	}
	const choice = withPlan(top.choice, backupPlan);
	return top.seen && choice === top.choice ? stay(screen) : stay(pushOverlay(popOverlay(screen), {...top, seen: true, choice}));
}

function keepUpConfirmation(screen: ScreenState, top: Extract<Overlay, {kind: 'confirm'}>, state: State, now: number): Step {
	const asked = askedBy(top.subject, state);
	if (asked === undefined) {
		// Not there yet, or gone; the engine says why on the message line.
		return top.seen || state.message?.kind === 'refused' ? closeAll(screen) : stay(screen);
	}
	if ('refusal' in asked) {
		const left = closeAll(screen);
		return stay(left.screen, ...left.requests, {call: 'say', with: ['refused', asked.refusal]});
	}
	const before = top.confirmation;
	const confirmation =
		before === undefined ? openConfirmation(asked.word, now) : typedFor(top.subject, before, asked.word, state, now);
	return top.seen && confirmation === before
		? stay(screen)
		: stay(pushOverlay(popOverlay(screen), {...top, subject: nowShown(top.subject, state), seen: true, confirmation}));
}

/** What was typed so far, for as long as it is typed for the same thing. */
function typedFor(subject: Subject, before: ConfirmationState, word: string, {plan}: State, now: number): ConfirmationState {
	const news = subject.kind === 'defragment' && plan !== undefined ? newsIn(plan, subject.shown) : undefined;
	return news === undefined || word !== before.word
		? askForAnotherWord(before, word, now)
		: openConfirmation(word, now, `the plan changed: ${news}`);
}

function nowShown(subject: Subject, {plan}: State): Subject {
	return subject.kind === 'defragment' && plan !== undefined ? {...subject, shown: plan} : subject;
}

/** What has to be typed for it now, or why it may not be done; undefined while the engine has no plan for it. */
export function askedBy(
	subject: Subject,
	state: State,
): Pick<Confirmation, 'word' | 'consequences'> | {readonly refusal: string} | undefined {
	switch (subject.kind) {
		case 'defragment': {
			const {plan} = state;
			const heldBy = plan && planHeldBy(plan);
			return heldBy === undefined ? plan?.confirmation : {refusal: heldBy};
		}
		case 'disarm': {
			const plan = state.disarmPlan;
			return plan?.refusal === undefined ? plan?.confirmation : {refusal: `x: ${plan.refusal}`};
		}
		case 'compact': {
			const plan = state.compactPlan;
			if (plan?.refusal !== undefined) {
				return {refusal: `C: ${plan.refusal}`};
			}
			return subject.target === 'head' ? plan?.headConfirmation : plan?.confirmation;
		}
		case 'encryption': {
			const plan = state.encryptionPlan?.[subject.type];
			const key = subject.type === 'identity' ? 'i' : 'e';
			return plan?.refusal === undefined ? plan?.confirmation : {refusal: `${key}: ${plan.refusal}`};
		}
		case 'declare over':
			return declaring(subject.memberId, state);
		case 'host backup': {
			const plan = state.hostBackupPlan;
			if (plan?.refusal !== undefined || plan?.choice.kind === 'none') {
				return {refusal: `B: ${plan.refusal ?? 'no host can give one'}`};
			}
			return plan && {word: plan.word ?? startWord, consequences: hostBackupConsequences(plan, plan.choice.node)};
		}
		case 'left pod': {
			const left = state.hostBackupPlan?.leftovers.find(({what}) => what === subject.what);
			return left === undefined
				? {refusal: `${subject.what} is not there any more`}
				: {word: removeWord, consequences: removing(left)};
		}
		case 'no snapshot':
			return state.rescue?.rescue.snapshot === undefined ? withoutSnapshot : {refusal: 'there is a snapshot already'};
		case 'write probe':
			return writeProbing;
	}
}

function removing({what, node, operator, isRunning}: LeftPod): readonly string[] {
	return [
		`${what} on ${node}, of ${operator}, is removed${isRunning ? ', and with it what runs in it' : ''}.`,
		...(isRunning ? [`If ${operator} is backing up just now, that backup ends and is none.`] : []),
	];
}

const withoutSnapshot: ReturnType<typeof askedBy> = {
	word: noSnapshotWord,
	consequences: [
		'You go on without a snapshot: what is compacted away, and a file that a defragmentation spoils, can not be had back from here.',
		'Keys and their newest values are touched by neither.',
	],
};

const writeProbing: ReturnType<typeof askedBy> = {
	word: writeProbeWord,
	consequences: [
		`One key, ${writeProbeKey}, is put with a few bytes and deleted again: two revisions, and nothing else is touched.`,
		'It tells whether writes are accepted, and NOSPACE from any other failure.',
	],
};

function declaring(memberId: MemberId, state: State): ReturnType<typeof askedBy> {
	const record = state.members.find(({member}) => member.id === memberId);
	if (record === undefined || !mayDeclareOver(memberId, state)) {
		return {refusal: 'its outcome can not be declared over now'};
	}
	return {
		word: memberLabel(record.member),
		consequences: [
			'You say that its process is dead and nothing defragments there any more.',
			'If it does run, the next member would stop answering at the same time.',
			'A full cooldown follows; the run halts.',
		],
	};
}
