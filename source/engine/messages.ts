/** Everything that changes the state. `now` is uptime ms, `wallMs` the wall clock at the same instant. */
import type {Backup, KnownBackup} from '../domain/backup.ts';
import type {BackupPlan} from '../domain/backup-plan.ts';
import type {Compaction, CompactPlan} from '../domain/compact.ts';
import type {CooldownState} from '../domain/cooldown.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import type {Run} from '../domain/defrag-run.ts';
import type {Disarming, DisarmPlan} from '../domain/disarm.ts';
import type {EncryptionSight} from '../domain/encryption.ts';
import type {EncryptionChange} from '../domain/encryption-known.ts';
import type {Failure} from '../domain/failure.ts';
import type {HostBackup, HostBackupPlan} from '../domain/host-backup-run.ts';
import type {MemberId} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import type {PodsSeen} from '../domain/pod.ts';
import type {RescueState} from '../domain/rescue.ts';
import type {RestoreFacts} from '../domain/restore-readiness.ts';
import type {Connection} from '../transport/transport.ts';
import type {ClusterEvent, KnownDefragmentation, Message, State} from './state.ts';

export type EngineMessage =
	/** A run of another process of this user. */
	| {readonly type: 'runSeen'; readonly run: Run}
	/** Another cluster, from its very beginning. */
	| {readonly type: 'begunAnew'; readonly state: State}
	| {readonly type: 'contextsKnown'; readonly clusterName: string; readonly contexts: readonly string[]}
	| {readonly type: 'connected'; readonly connection: Connection}
	/** What Kubernetes tells beside etcd; absent where it is not asked. */
	| {readonly type: 'surroundingsSeen'; readonly pods: PodsSeen | undefined; readonly denied: readonly string[]}
	/** One a second; everything that depends on the time alone. */
	| {readonly type: 'ticked'; readonly now: number; readonly wallMs: number}
	/** A round of polling, also a partial one: members that have not answered yet are `pending`. */
	| {readonly type: 'observed'; readonly now: number; readonly wallMs: number; readonly observation: Observation}
	/** There is no member list at all yet. */
	| {readonly type: 'membershipFailed'; readonly now: number; readonly failure: Failure}
	| {readonly type: 'intervalChanged'; readonly intervalMs: number}
	| {readonly type: 'messageChanged'; readonly message: Message | undefined}
	| {readonly type: 'happened'; readonly event: ClusterEvent}
	| {readonly type: 'planChanged'; readonly plan: DefragPlan | undefined}
	| {readonly type: 'runChanged'; readonly run: Run | undefined}
	| {readonly type: 'cooldownChanged'; readonly cooldown: CooldownState}
	| {readonly type: 'alarmsAsked'; readonly asked: NonNullable<State['alarmsAsked']>}
	| {readonly type: 'disarmPlanChanged'; readonly plan: DisarmPlan | undefined}
	| {readonly type: 'disarmingChanged'; readonly disarming: Disarming | undefined}
	| {readonly type: 'compactPlanChanged'; readonly plan: CompactPlan | undefined}
	| {readonly type: 'compactionChanged'; readonly compaction: Compaction | undefined}
	| {readonly type: 'rescueChanged'; readonly rescue: RescueState | undefined}
	/** One look at it. */
	| {readonly type: 'encryptionSeen'; readonly at: number; readonly sight: EncryptionSight}
	/** Nobody can tell of it here. */
	| {readonly type: 'encryptionMissing'; readonly why: string}
	| {readonly type: 'encryptionPlanChanged'; readonly plan: State['encryptionPlan'] | undefined}
	| {readonly type: 'encryptionChangeChanged'; readonly change: EncryptionChange | undefined}
	| {readonly type: 'backupPlanChanged'; readonly plan: BackupPlan | undefined}
	| {readonly type: 'backupChanged'; readonly backup: Backup | undefined}
	| {readonly type: 'restoreSeen'; readonly facts: RestoreFacts}
	| {readonly type: 'backupsRead'; readonly backups: readonly KnownBackup[]}
	/** There is an OpenShift around, with hosts to back up on. */
	| {readonly type: 'hostBackupsOffered'}
	| {readonly type: 'hostBackupPlanChanged'; readonly plan: HostBackupPlan | undefined}
	| {readonly type: 'hostBackupChanged'; readonly backup: HostBackup | undefined}
	/** From the journal: defragmentations of the past, by member. */
	| {readonly type: 'defragmentationsRead'; readonly byMember: Readonly<Record<MemberId, readonly KnownDefragmentation[]>>}
	| {readonly type: 'journalChanged'; readonly journal: State['journal']};
