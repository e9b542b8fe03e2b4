/** The limits of backups, each with its unit and its reason. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Without a backup younger than this an alert stands: whatever was written since would be lost. */
export const backupMaximumAgeMs = 24 * hour;

/** A snapshot this young stands for the typed refusal of one, before a step that may cost the cluster: little was written since. */
export const freshSnapshotMs = hour;

/** A stream that has said nothing for so long is given up: etcd reads its own file, and a disk that takes longer is not well. */
export const snapshotSilenceMs = 30 * second;

/** etcd sends the SHA-256 of everything before it as the last bytes of the stream. */
export const snapshotChecksumBytes = 32;

/** Free disk wanted where a backup goes, times what it takes: the disk must not be full when it is there. */
export const backupRoomFactor = 1.1;

/** Free disk wanted in the pod's own file system, times the size of the file: the kubelet evicts pods from a disk that gets full. */
export const podRoomFactor = 2;

/** How long etcdctl in a pod may take to save what it then hands out: 8 GiB at 20 MB/s, with some to spare. */
export const podSaveTimeoutMs = 10 * minute;
