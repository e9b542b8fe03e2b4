/** The limits of every run, each with its unit and its reason. Nothing lowers them: no flag, no variable, no test. */

const second = 1000;
const minute = 60 * second;

/** "Wait at least one minute between defragmentation actions … to allow the cluster to recover" (etcd tasks, 1.9.5). */
export const cooldownMs = 60 * second;

/** A leader younger than this may be one of several in a row: an election storm is no time to block a member. */
export const leaderStableMs = 30 * second;

/** Entries that a member may be behind the highest committed index; etcd itself calls a learner ready at about this lag. */
export const maximumLagEntries = 1000;

/** In a run over all members one that gives back less than this share of its file is not worth the silence. */
export const worthItRatio = 0.1;

/** With `--if-fragmented` a run that nobody watches does nothing below this share of a file, and below this size of it, in bytes: OpenShift's own controller defragments by the same two. */
export const unattendedRatio = 0.45;
export const unattendedBytes = 100 * 1024 * 1024;

/** A member chosen by name is refused below this share and `chosenMinimumBytes`: it would block for nothing. */
export const chosenMinimumRatio = 0.01;
export const chosenMinimumBytes = 1024 * 1024;

/** Free disk needed in the data directory, times the size in use: the copy, and room to go on writing meanwhile. */
export const freeDiskFactor = 1.2;

/** Use of the quota from which the quorum exception may be asked for: writes are about to stop anyway. */
export const quotaEmergencyRatio = 0.95;

/** A member that has not settled by then has a problem that a person must see. */
export const settleTimeoutMs = 5 * minute;

/** How long a failed move of leadership is watched before the operator is asked: etcd's election takes about a second. */
export const moveLeaderWatchMs = 15 * second;

/** Refused connections for this long, before the operator may declare an unknown outcome over: the process is dead. */
export const refusedBeforeDeclaredMs = 60 * second;

/** A db size that fell by more than this share, without us, was a defragmentation: nothing else shrinks the file. */
export const shrinkTraceRatio = 0.01;

/** A gate that time should open (in flight, snapshot, lag) and that stays closed this long needs a person. */
export const maximumHoldMs = 15 * minute;

/** Observations older than this are not evidence for a gate. */
export const evidenceMaximumAgeMs = 5 * second;

/** From the line in the journal to the call: dialling, and asking the member who it is. Before that it looks idle, and is not. */
export const sendWithinMs = 10 * second;

/** How long a gate's question may take; longer counts as no answer. */
export const gateTimeoutMs = 5 * second;

/** `--defrag-timeout`: how long a member may take until its outcome is called unknown. */
export const defaultDefragTimeoutMs = 10 * minute;

/** A revision must be seen for this long before it may be compacted away: what Kubernetes keeps for its own watchers. */
export const compactKeepMs = 5 * minute;

/** Disarming below this share of the quota needs no typed word: there is room for what comes next. */
export const disarmRatio = 0.9;
