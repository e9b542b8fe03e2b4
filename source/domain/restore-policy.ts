/** The limits of a restore, each with its unit and its reason. */

/** Between two looks at the step that is waited for, in ms: a person watches, and a host under repair has other things to do. */
export const lookEveryMs = 5000;

/** A look at a host or at the API, in ms. */
export const lookTimeoutMs = 20_000;

/** A look that reads the whole backup, in ms: 8 GiB at 20 MB/s and as much again. */
export const sumTimeoutMs = 15 * 60_000;

/** A step that is run, in ms: `cluster-restore.sh` waits for each container to stop. Later than that its outcome is unknown. */
export const performTimeoutMs = 30 * 60_000;

/** Lines of a running step that are kept. */
export const keptLines = 200;
