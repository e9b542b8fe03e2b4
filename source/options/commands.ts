/** Every command, once, with what its help says beyond its flags. */
import {type Flag, flags} from './flags.ts';

export type CommandName =
	| 'monitor'
	| 'status'
	| 'defrag'
	| 'alarm'
	| 'compact'
	| 'encryption'
	| 'rescue'
	| 'journal'
	| 'report'
	| 'restore'
	| 'backup'
	| 'snapshot'
	| 'contexts'
	| 'demo'
	| 'completion';

export type Command = {
	readonly name: CommandName;
	/** What follows the command's name; absent where nothing may. */
	readonly operands?: string;
	/** One line. */
	readonly help: string;
	/** Sentences for its own `--help`. */
	readonly details: readonly string[];
	readonly reachesCluster: boolean;
};

export const commands: readonly Command[] = [
	{
		name: 'monitor',
		help: 'watch the cluster, full screen',
		details: ['Watch a cluster live, and do its upkeep safely, by keyboard. Inside, ? lists the keys.'],
		reachesCluster: true,
	},
	{
		name: 'status',
		help: 'every member once: sizes, quota, raft, alarms',
		details: ['The exit code is 1 when a member does not answer; it stays in the list, with the reason.'],
		reachesCluster: true,
	},
	{
		name: 'defrag',
		operands: 'MEMBER…|--all',
		help: 'defragment, one member at a time, the leader last',
		details: [
			'MEMBER is a name, an id or an endpoint. Every safety rule of the monitor holds: the gates before each member, the cooldown of a minute or more after each, one run at a time, and a stop at the first failure.',
			'Without a terminal it needs --yes. Interrupted, it waits for the member at work and starts no other.',
		],
		reachesCluster: true,
	},
	{
		name: 'alarm',
		operands: 'list | disarm [MEMBER…]',
		help: 'list the alarms; disarm NOSPACE',
		details: [
			'Disarms NOSPACE of the members named, or of all that have it, once there is room below the quota; never CORRUPT, and nothing while a CORRUPT alarm stands.',
		],
		reachesCluster: true,
	},
	{
		name: 'compact',
		help: 'drop revisions older than 5 minutes',
		details: ['Watches for 5 minutes to know how old a revision is. The files get smaller only by defragmenting afterwards.'],
		reachesCluster: true,
	},
	{
		name: 'encryption',
		operands: 'status | enable | disable',
		help: "encryption of etcd's values on OpenShift",
		details: [
			'Enabling and disabling take 20 minutes or longer, in the cluster itself: --wait follows it on every API server to its end. Leaving ends the wait alone.',
			'With status the exit code is 1 where not everything can be seen.',
		],
		reachesCluster: true,
	},
	{
		name: 'rescue',
		operands: '[DIRECTORY]',
		help: 'out of NOSPACE, step by step: what grew, compact, defragment, disarm, watch',
		details: [
			'Says whose alarm it is, whether defragmenting helps and what the database holds, before anything is done. Then each step asks as its own command does, and it is watched that the alarm is not raised again.',
			'Before anything is changed a snapshot is taken into DIRECTORY, or a person types that there is to be none.',
			'It is kept beside the journal and goes on from where it was. --yes covers what it covers elsewhere: not going without a snapshot, not a disarming that is tight.',
		],
		reachesCluster: true,
	},
	{
		name: 'journal',
		help: 'what was changed from this machine, by whom and when',
		details: ['Oldest first. The cooldown is computed from it.'],
		reachesCluster: false,
	},
	{
		name: 'report',
		operands: '[RUN]',
		help: 'a run as a change record: who, gates, sizes, durations, longest silence',
		details: [
			'The last run where none is named; the beginning of its id is enough. It is made from the journal of this machine.',
		],
		reachesCluster: false,
	},
	{
		name: 'restore',
		help: 'a runbook that walks through a restore from a backup',
		details: [
			"Every step with this cluster's own names, checked where the Kubernetes API, etcd or SSH can tell, ticked off in order, and saved after every tick: it goes on without an API server, and with --resume after a lost connection.",
			'What the cluster does not tell any more is taken from the manifest beside the backup, or from --hosts, --release and --data-dir.',
		],
		reachesCluster: true,
	},
	{
		name: 'backup',
		operands: 'DIRECTORY',
		help: 'a verified backup, put into a directory here',
		details: [
			'From a healthy member that does not lead, or from the one that --from names. It gets its name only when it is all here, on disk, and has been read again; nothing is overwritten, and nothing half is left.',
			'On OpenShift it is made by cluster-backup.sh on one control-plane host, in a debug pod that is always removed; before it asks whether a rollout or an encryption migration is under way. Without a terminal that needs --yes.',
			'Beside it goes a manifest: members, versions, checksum.',
		],
		reachesCluster: true,
	},
	{
		name: 'snapshot',
		operands: 'verify FILE',
		help: "whether a snapshot's file is whole: its hash, revision, keys and size",
		details: [
			"Reads the file itself, with the SHA-256 that etcd put at its end, and tells what etcdctl snapshot status tells. Where a manifest lies beside it, it has to be that manifest's file.",
			'The exit code is 1 for a file that is damaged or cut off.',
		],
		reachesCluster: false,
	},
	{
		name: 'contexts',
		help: 'the clusters that the kubeconfig leads to',
		details: ['The current one is marked. --context NAME chooses another, and inside the monitor :context NAME.'],
		reachesCluster: false,
	},
	{
		name: 'demo',
		help: 'the monitor on a real cluster of its own',
		details: ['Three members with mutual TLS on loopback, in a temporary folder. Leaving removes everything.'],
		reachesCluster: false,
	},
	{
		name: 'completion',
		operands: 'bash|zsh|fish',
		help: 'a script for the shell',
		details: [
			'bash: source <(etcdtop completion bash)',
			'zsh: source <(etcdtop completion zsh)',
			'fish: etcdtop completion fish | source',
		],
		reachesCluster: false,
	},
];

/** The command of that name; `undefined` for a word that is none. */
export function commandNamed(word: string): Command | undefined {
	return commands.find(({name}) => name === word);
}

/** The flags that a command takes. */
export function flagsOf({name, reachesCluster}: Command): readonly Flag[] {
	return flags.filter(({commands: taking, also}) =>
		taking === 'every' || also === name ? true : taking === 'cluster' ? reachesCluster : taking.includes(name),
	);
}
