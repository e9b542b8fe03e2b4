/**
 * What a person (by key) or a command can ask of the engine. Each returns at once; what comes of it is seen in the state.
 * Refusals are messages in the state, with their reason.
 */
import type {DefragPlan, Scope} from '../domain/defrag-plan.ts';
import type {EncryptionType} from '../domain/encryption.ts';
import type {HostBackupPlan, HostBackupRequest, UsualHostBackup} from '../domain/host-backup-run.ts';
import type {MemberId} from '../domain/member.ts';
import type {State} from './state.ts';

export interface Store {
	getState(): State;
	/** At most 30 calls a second; a change never goes unannounced. Returns the way to stop. */
	subscribe(listener: () => void): () => void;
}

export interface Controls {
	setInterval(intervalMs: number): void;
	/** Clears the message line. */
	dismissMessage(): void;
	/** Says something on the message line until the next key. */
	say(kind: 'refused' | 'good' | 'warning' | 'note', text: string): void;

	/** Opens a plan in `state.plan` and keeps asking its gates until it is closed or started. */
	openPlan(scope: Scope): void;
	/** Move leadership before the leader's turn, or defragment it as leader. */
	setMoveLeader(move: boolean): void;
	closePlan(): void;
	/**
	 * Starts the run of the open plan. `shown` is the plan that `typed` was typed for: where the plan made anew holds anything else, or
	 * asks for another word, it is refused.
	 */
	startRun(shown: DefragPlan, typed: string): void;
	/** No further member starts; the one at work is awaited. */
	stopAfterThis(): void;
	/** Answers a run in phase `asking`. */
	choose(choice: 'other target' | 'as leader' | 'stop'): void;
	/** Ends an unknown outcome after 60 s of refused connections; `typed` is the member's name. */
	declareOver(memberId: MemberId, typed: string): void;
	/** Takes a run that is over from the screen. */
	dismissRun(): void;

	/** Asks etcd for its alarms (a raft proposal). */
	askAlarms(): void;
	openDisarm(memberId: MemberId): void;
	closeDisarm(): void;
	disarm(typed: string): void;

	openCompact(): void;
	closeCompact(): void;
	compact(target: 'target' | 'head', typed: string): void;
	dismissCompaction(): void;

	/** Begins a rescue where NOSPACE stands and none is under way; what it finds and asks for is in `state.rescue`. */
	openRescue(): void;
	/** Counts the keys by their beginnings, or goes on where that was stopped. */
	scanKeys(): void;
	stopScan(): void;
	/** Goes on without a snapshot; `typed` says so. */
	declineSnapshot(typed: string): void;
	/** Writes one key of our own and deletes it. */
	tryWrite(typed: string): void;
	/** Takes a rescue that is over from the screen, and its file away. */
	/** Opens a plan of a backup on a control-plane host in `state.hostBackupPlan`, and keeps asking its gates until it is closed or started. */
	openHostBackup(request: HostBackupRequest | UsualHostBackup): void;
	closeHostBackup(): void;
	/** Starts the backup of the open plan; `shown` is the one that `typed` was typed for. */
	startHostBackup(shown: HostBackupPlan, typed: string): void;
	/** Ends the script, and removes what is half done. */
	stopHostBackup(): void;
	/** Takes a backup that is over from the screen. */
	dismissHostBackup(): void;
	/** Removes what an earlier backup left in the cluster. */
	removeLeftPod(what: string): void;
	dismissRescue(): void;
	/** Whether somebody wants to see the encryption of etcd's values: it is looked at for as long. */
	watchEncryption(wanted: boolean): void;
	/** Opens what could be asked for in `state.encryptionPlan`, and keeps looking until it is closed or done. */
	openEncryptionPlan(): void;
	closeEncryptionPlan(): void;
	/** Asks the cluster for a type; refused where the object has changed since the plan that `typed` was typed for. */
	changeEncryption(type: EncryptionType, typed: string): void;
	/** Keeps `state.backupPlan`: from whom a snapshot can be taken, and where it would go. */
	openBackup(): void;
	closeBackup(): void;
	/** Takes a snapshot of that member into a new file in that directory; `state.backup` tells how far it is. */
	startBackup(memberId: MemberId, directory: string): void;
	/** Ends the one under way; nothing of it is left. */
	stopBackup(): void;
	/** Takes a backup that is over from the screen. */
	dismissBackup(): void;
}

/** What the screen can ask for: also of what is around the engine. */
export interface ScreenControls extends Controls {
	/** Gives this cluster up for that of another context, once that is reached; refused while something is being done here. */
	switchContext(name: string): void;
}
