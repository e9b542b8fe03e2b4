/** The state after a message: pure. What a screen shows is derived here, once, not while drawing. */
import {afterLook} from '../domain/encryption-known.ts';
import {encryptionChanges} from './encryption-events.ts';
import {addEvents, cooldownEvents} from './events.ts';
import type {EngineMessage} from './messages.ts';
import {observe, reassess, withAlerts} from './observe.ts';
import {knownDefragmentations} from './past-defragmentations.ts';
import type {State} from './state.ts';

/** A wall clock that steps by less than this is only jitter between two readings. */
const wallJitterMs = 250;

export function update(state: State, message: EngineMessage): State {
	switch (message.type) {
		case 'begunAnew':
			return message.state;
		case 'contextsKnown':
			return {...state, clusterName: message.clusterName, contexts: message.contexts};
		case 'surroundingsSeen':
			return surroundings(state, message);
		case 'connected':
			return {...state, connection: message.connection};
		case 'ticked':
			return reassess(state, {...state, now: message.now, wallOffsetMs: wallOffset(state, message)});
		case 'observed':
			return observe({...state, now: message.now, wallOffsetMs: wallOffset(state, message)}, message.observation);
		case 'membershipFailed':
			return {
				...state,
				now: message.now,
				membershipFailure: message.failure,
				...(state.members.length === 0 ? {health: {kind: 'no contact', voters: 0, answeringVoters: 0}} : {}),
			};
		case 'intervalChanged':
			return {...state, intervalMs: message.intervalMs};
		case 'messageChanged':
			return set(state, 'message', message.message);
		case 'happened':
			return addEvents(state, [message.event]);
		case 'planChanged':
			return set(state, 'plan', message.plan);
		case 'runChanged': {
			const {runIsElsewhere: _, ...own} = state;
			return reassess(state, set(own, 'run', message.run));
		}
		case 'runSeen':
			return reassess(state, {...state, run: message.run, runIsElsewhere: true});
		case 'cooldownChanged':
			return addEvents({...state, cooldown: message.cooldown}, cooldownEvents(state, message.cooldown));
		case 'alarmsAsked':
			return {...state, alarmsAsked: message.asked};
		case 'disarmPlanChanged':
			return set(state, 'disarmPlan', message.plan);
		case 'disarmingChanged':
			return set(state, 'disarming', message.disarming);
		case 'compactPlanChanged':
			return set(state, 'compactPlan', message.plan);
		case 'compactionChanged':
			return set(state, 'compaction', message.compaction);
		case 'rescueChanged':
			return set(state, 'rescue', message.rescue);
		case 'encryptionSeen': {
			const encryption = afterLook(state.encryption, message.at, message.sight);
			const changes = encryptionChanges(state.encryption, encryption);
			return addEvents(
				withAlerts({...state, encryption}),
				changes.map((change) => ({at: message.at, ...change})),
			);
		}
		case 'encryptionMissing':
			return {...state, encryption: {kind: 'none', why: message.why}};
		case 'encryptionPlanChanged':
			return set(state, 'encryptionPlan', message.plan);
		case 'encryptionChangeChanged':
			return set(state, 'encryptionChange', message.change);
		case 'backupPlanChanged':
			return set(state, 'backupPlan', message.plan);
		case 'backupChanged':
			return set(state, 'backup', message.backup);
		case 'restoreSeen':
			return {...state, restore: message.facts};
		case 'backupsRead':
			return withAlerts({...state, backups: message.backups});
		case 'hostBackupsOffered':
			return {...state, hasHostBackups: true};
		case 'hostBackupPlanChanged':
			return set(state, 'hostBackupPlan', message.plan);
		case 'hostBackupChanged':
			return set(state, 'hostBackup', message.backup);
		case 'defragmentationsRead':
			return {
				...state,
				pastDefragmentations: message.byMember,
				members: state.members.map((record) => ({
					...record,
					...knownDefragmentations(message.byMember[record.member.id] ?? [], record.defragmentations),
				})),
			};
		case 'journalChanged':
			return {...state, journal: message.journal};
	}
}

function surroundings(state: State, {pods, denied}: Extract<EngineMessage, {type: 'surroundingsSeen'}>): State {
	const {pods: _, denied: __, ...rest} = state;
	return {...rest, ...(pods === undefined ? {} : {pods}), ...(denied.length === 0 ? {} : {denied})};
}

type OptionalKey =
	| 'message'
	| 'plan'
	| 'run'
	| 'disarmPlan'
	| 'disarming'
	| 'compactPlan'
	| 'compaction'
	| 'rescue'
	| 'encryptionPlan'
	| 'encryptionChange'
	| 'backupPlan'
	| 'backup'
	| 'hostBackupPlan'
	| 'hostBackup';

/** `undefined` takes the key away: an absent thing has no key in the state. */
function set<K extends OptionalKey>(state: State, key: K, value: State[K] | undefined): State {
	const {[key]: _, ...rest} = state;
	return (value === undefined ? rest : {...rest, [key]: value}) as State;
}

function wallOffset(state: State, {now, wallMs}: {readonly now: number; readonly wallMs: number}): number {
	const offset = wallMs - now;
	return Math.abs(offset - state.wallOffsetMs) > wallJitterMs ? offset : state.wallOffsetMs;
}
