/** The port to a control-plane host for one backup: a debug pod there, as `oc debug node/` makes it. */
import type {HostDisk, HostFile, ScriptEnd} from '../domain/host-backup.ts';
import type {HostCircumstances} from '../domain/host-circumstances.ts';
import type {CallOptions} from './transport.ts';

/** Every method throws `TransportError`, and every text has been stripped. */
export interface HostBackupPort {
	/** What it takes and we may not, in words: `create pods in openshift-etcd`. Empty where we may. */
	missing(): Promise<readonly string[]>;
	/** Never rejects: what can't be told says so. */
	circumstances(): Promise<HostCircumstances>;
	/** What earlier backups left in the cluster: theirs ended, or is under way somewhere else. */
	leftovers(): Promise<readonly Leftover[]>;
	remove(leftover: Leftover): Promise<void>;
	/** Starts a debug pod. Where that fails, what was made of it is removed again. */
	open(request: HostShellRequest, options: CallOptions): Promise<HostShell>;
}

export type HostShellRequest = {
	readonly node: string;
	/** `ana@bastion-1`, for whoever finds the pod. */
	readonly operator: string;
	/** Exported into what runs there. */
	readonly variables: Readonly<Record<string, string>>;
	readonly onNews?: (text: string) => void;
};

export type Leftover = {
	/** `pod openshift-etcd/etcdtop-backup-4f2a91`. */
	readonly what: string;
	readonly node: string;
	readonly operator: string;
	/** By the cluster's clock. */
	readonly createdWallMs?: number;
	/** Whether it still runs, so that a backup may be under way in it. */
	readonly isRunning: boolean;
	/** To remove it by hand. */
	readonly command: string;
	/** For `remove`; never shown. */
	readonly key: {readonly namespace: string; readonly pod?: string};
};

export interface HostShell {
	/** `pod etcdtop-backup-4f2a91 in openshift-etcd on master-1`. */
	readonly where: string;
	/** To remove it by hand. */
	readonly removal: string;
	/** Makes the directory where it is not there yet, and looks how much room it has. */
	prepare(directory: string, options: CallOptions): Promise<HostDisk>;
	/** Files of backups in it; none where there is no such directory. */
	files(directory: string, options: CallOptions): Promise<readonly HostFile[]>;
	/** Directories in it that earlier backups passed through, and their size: what a crash or a lost connection left. */
	strays(directory: string, options: CallOptions): Promise<readonly {readonly path: string; readonly bytes: number}[]>;
	/**
	 * Runs the script to its end, across connections that are lost: it goes on in the pod meanwhile. Started once, however often this is
	 * asked. Rejects where the pod is gone or nobody answers for `silentMs`: then the outcome is unknown.
	 */
	run(directory: string, options: RunScriptOptions): Promise<ScriptEnd>;
	/** Ends the script where it still runs. */
	stopScript(options: CallOptions): Promise<void>;
	/** SHA-256 of a file, in hexadecimal. */
	sha256(path: string, options: CallOptions): Promise<string>;
	/** Whether a snapshot's last 32 bytes are the SHA-256 of all before them, as etcdctl writes it. */
	isSealed(path: string, options: CallOptions): Promise<boolean>;
	/** Whether the archive can be read to its end. */
	isArchive(path: string, options: CallOptions): Promise<boolean>;
	/** The bytes of a file from `offset` to its end, one piece after the other: the next one waits until `sink` has taken it. */
	read(path: string, offset: number, sink: (bytes: Buffer) => Promise<void>, options: ReadOptions): Promise<void>;
	/** A new file, for its owner alone. */
	write(path: string, text: string, options: CallOptions): Promise<void>;
	/** Removes these files, then the directory where that is empty. */
	clear(directory: string, names: readonly string[], options: CallOptions): Promise<void>;
	/** Removes the pod, and the namespace where it has one of its own. */
	close(): Promise<void>;
}

export type RunScriptOptions = {
	/** What it prints, line by line, as it prints it. */
	readonly onLine: (line: string) => void;
	/** For the whole script. */
	readonly timeoutMs: number;
	/** How long it may go unheard while connections are lost. */
	readonly silentMs: number;
	readonly signal?: AbortSignal;
};

export type ReadOptions = {
	/** Without a byte for so long the connection is given up. */
	readonly silentMs: number;
	readonly signal?: AbortSignal;
};
