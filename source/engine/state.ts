/**
 * Everything the screen and the commands read: derived in `update`, never while drawing. Every `at`, `since` and `until` is
 * uptime ms; add `wallOffsetMs` to show it as a time of day, so that a stepping wall clock moves no wait.
 */
import type {Alarm} from '../domain/alarm.ts';
import type {Alert} from '../domain/alerts.ts';
import type {Backup, KnownBackup} from '../domain/backup.ts';
import type {BackupPlan} from '../domain/backup-plan.ts';
import type {ClusterHealth} from '../domain/cluster-health.ts';
import type {Compaction, CompactPlan} from '../domain/compact.ts';
import type {CooldownState} from '../domain/cooldown.ts';
import type {Quota} from '../domain/db-size.ts';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import type {Run} from '../domain/defrag-run.ts';
import type {ForeignDefragmentation} from '../domain/defrag-trace.ts';
import type {Disarming, DisarmPlan} from '../domain/disarm.ts';
import type {DiskSample} from '../domain/disk-latency.ts';
import type {EncryptionType} from '../domain/encryption.ts';
import type {EncryptionChange, EncryptionKnown} from '../domain/encryption-known.ts';
import type {EncryptionPlan} from '../domain/encryption-plan.ts';
import type {Failure} from '../domain/failure.ts';
import type {History} from '../domain/history.ts';
import type {HostBackup, HostBackupPlan} from '../domain/host-backup-run.ts';
import type {Member, MemberId, Role} from '../domain/member.ts';
import type {MemberCondition} from '../domain/member-state.ts';
import type {Answer, MemberMetrics, MemberStatus} from '../domain/observation.ts';
import type {PodsSeen} from '../domain/pod.ts';
import type {RescueState} from '../domain/rescue.ts';
import type {RestoreFacts} from '../domain/restore-readiness.ts';
import type {Connection} from '../transport/transport.ts';

export type {Alert} from '../domain/alerts.ts';
export type {ClusterHealth} from '../domain/cluster-health.ts';
export type {Quota} from '../domain/db-size.ts';
export type {MemberCondition, MemberState} from '../domain/member-state.ts';

export type State = {
	/** Uptime ms of the last message. */
	readonly now: number;
	readonly wallOffsetMs: number;
	readonly startedAt: number;
	/** Empty while it isn't known yet. */
	readonly clusterName: string;
	/** Absent until the transport is there. */
	readonly connection?: Connection;
	/** What can be switched to: the names of the kubeconfig's contexts. */
	readonly contexts?: readonly string[];
	/** Absent where nobody knows of pods. */
	readonly pods?: PodsSeen;
	/** Permissions in Kubernetes without which nothing can be changed, and that we lack. */
	readonly denied?: readonly string[];
	/** `run` is one of another process of this user. */
	readonly runIsElsewhere?: true;
	readonly readOnly: boolean;
	readonly intervalMs: number;
	/** Absent until the first member list. */
	readonly clusterId?: string;
	/** In the order of their names. */
	readonly members: readonly MemberRecord[];
	/** No member is seen, for what leads to them is broken: since when, and how. */
	readonly wayLost?: {readonly since: number; readonly why: string; readonly nextStep: string};
	/** Why there is no (new) member list. */
	readonly membershipFailure?: Failure;
	/** When any figure last changed: the header's time. */
	readonly changedAt?: number;
	readonly health: ClusterHealth;
	/** Who led when a leader was last known. */
	readonly lastLeader?: {readonly id: MemberId; readonly name: string; readonly raftTerm: number};
	readonly alarms: readonly AlarmRecord[];
	/** The answer of the Alarm call, when the operator asked. */
	readonly alarmsAsked?: {readonly at: number; readonly alarms?: readonly Alarm[]; readonly failure?: Failure};
	/** Set for a while after the last NOSPACE went: when writes were accepted again. */
	readonly writableAgainAt?: number;
	/** Gravest first. */
	readonly alerts: readonly Alert[];
	/** Newest first, bounded. */
	readonly events: readonly ClusterEvent[];
	readonly cooldown: CooldownState;
	/** The plan being looked at, made again with every answer while it is open. */
	readonly plan?: DefragPlan;
	/** The run under way, or the last one that ended here. */
	readonly run?: Run;
	readonly compactPlan?: CompactPlan;
	readonly compaction?: Compaction;
	readonly disarmPlan?: DisarmPlan;
	/** A rescue from NOSPACE that was begun here, or before, and is not dismissed. */
	readonly rescue?: RescueState;
	/** The disarming under way, or the last one that was asked for here. */
	readonly disarming?: Disarming;
	/** Encryption of etcd's values; absent until somebody asked. */
	readonly encryption?: EncryptionKnown;
	/** What could be asked for, made again with every look while the dialog is open. */
	readonly encryptionPlan?: Readonly<Record<EncryptionType, EncryptionPlan>>;
	/** The change that is being asked for, or the last one that was here. */
	readonly encryptionChange?: EncryptionChange;
	/** The backup being looked at, made again every second while it is open. */
	readonly backupPlan?: BackupPlan;
	/** The backup under way, or the last one that was asked for here. */
	readonly backup?: Backup;
	/** Those of this cluster that the journal tells of, newest first; absent until it was read. */
	readonly backups?: readonly KnownBackup[];
	/** Whether backups can be taken on OpenShift's control-plane hosts. */
	readonly hasHostBackups?: true;
	/** The backup on a host being looked at, made again while it is open. */
	readonly hostBackupPlan?: HostBackupPlan;
	/** The one under way, or the last one that was asked for here. */
	readonly hostBackup?: HostBackup;
	/** What a restore would find; absent until it was looked up. */
	readonly restore?: RestoreFacts;
	/** What the program has to say until the next key. */
	readonly message?: Message;
	/** From the journal, oldest first. */
	readonly pastDefragmentations?: Readonly<Record<MemberId, readonly KnownDefragmentation[]>>;
	/** Where the journal is, and what is wrong with it. */
	readonly journal: {readonly directory: string; readonly warnings: readonly string[]};
};

export type MemberRecord = {
	readonly member: Member;
	readonly role: Role | undefined;
	/** The last figures that came, however old. */
	readonly status?: {readonly at: number; readonly value: MemberStatus};
	readonly metrics?: {readonly at: number; readonly value: MemberMetrics};
	/** The newest outcome of each question. */
	readonly statusAnswer: Answer<MemberStatus>;
	readonly metricsAnswer: Answer<MemberMetrics>;
	/** Since when Status has not answered: from the first question that went unanswered. */
	readonly silentSince?: number;
	readonly metricsSilentSince?: number;
	/** Since when every question for its Status was refused at once. A silence before that does not count. */
	readonly refusedSince?: number;
	/** Median of the last five Status latencies; rests while it moves too little to mean anything. */
	readonly latencyMs?: number;
	/** Uptime ms since when that latency has been shown. */
	readonly latencyShownAt?: number;
	/** The last five, newest last. */
	readonly latencies: readonly number[];
	/** Of the last hour. */
	readonly maximumLatencyMs?: number;
	/** A defragmentation not started here, from its first trace to the size afterwards. */
	readonly foreign?: ForeignDefragmentation;
	/** Of the last minutes, for how fast its disk is now. */
	readonly diskSamples?: readonly DiskSample[];
	readonly condition: MemberCondition;
	readonly quota: Quota;
	readonly lastDefragmentation?: KnownDefragmentation;
	readonly defragmentations: readonly KnownDefragmentation[];
	readonly history: History;
	/** Bytes per second by which its file grew before NOSPACE stopped all writes; absent without an alarm, and where it was not watched. */
	readonly growthBeforeAlarm?: number;
};

export type AlarmRecord = Alarm & {
	/** The member's name, else its id. */
	readonly name: string;
	/** When we saw it first; `sinceStart` when it stood before we came. */
	readonly since: number;
	readonly sinceStart: boolean;
};

export type ClusterEvent = {
	readonly at: number;
	readonly kind: 'good' | 'warning' | 'bad' | 'alarm' | 'defragmenting' | 'note';
	/** A member's name, or `cluster`. */
	readonly subject: string;
	readonly memberId?: MemberId;
	readonly text: string;
	/** Mark on the axis of charts. */
	readonly mark?: 'D' | 'L' | 'A';
};

export type KnownDefragmentation = {
	/** When it ended, as wall ms: it may be from another boot. */
	readonly endedWallMs: number;
	readonly durationMs?: number;
	readonly before?: number;
	readonly after?: number;
	/** `ana@bastion-1`, or `another tool`. */
	readonly by: string;
};

export type Message = {readonly kind: 'refused' | 'good' | 'warning' | 'note'; readonly text: string};
