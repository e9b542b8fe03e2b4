/** Every flag, once: parsing, `--help`, completion and the README's table are made from these rows. */
import type {CommandName} from './commands.ts';

export type Flag = {
	readonly name: string;
	readonly short?: string;
	/** `optional`: as many words may follow as its `value` names, if they begin with a digit; none of them has to. */
	readonly type: 'string' | 'boolean' | 'optional';
	/** How a value is called in the help; `FILE` and `DIRECTORY` complete as such. */
	readonly value?: string;
	/** The values there are. */
	readonly choices?: readonly string[];
	readonly help: string;
	/** etcdctl's variable; a flag on the command line beats it. */
	readonly variable?: string;
	readonly default?: string;
	/** The commands that take it: those that reach a cluster, every one, or these. */
	readonly commands: 'cluster' | 'every' | readonly CommandName[];
	/** Takes it too. */
	readonly also?: CommandName;
	/** Says how to reach a cluster through Kubernetes: a part of its own in the help. */
	readonly kubernetes?: true;
};

const connectionFlags: readonly Flag[] = [
	{
		name: 'endpoints',
		type: 'string',
		value: 'URL,…',
		help: 'any reachable endpoint; it leads to all members. Without it etcd is looked for through Kubernetes, where there is a kubeconfig',
		variable: 'ETCDCTL_ENDPOINTS',
		default: '127.0.0.1:2379',
		commands: 'cluster',
	},
	{
		name: 'cacert',
		type: 'string',
		value: 'FILE',
		help: "the authority that signed the servers' certificates",
		variable: 'ETCDCTL_CACERT',
		commands: 'cluster',
	},
	{
		name: 'cert',
		type: 'string',
		value: 'FILE',
		help: 'client certificate',
		variable: 'ETCDCTL_CERT',
		commands: 'cluster',
	},
	{
		name: 'key',
		type: 'string',
		value: 'FILE',
		help: 'its private key',
		variable: 'ETCDCTL_KEY',
		commands: 'cluster',
	},
	{
		name: 'user',
		type: 'string',
		value: 'NAME[:PASSWORD]',
		help: "user, where etcd's authentication is on",
		variable: 'ETCDCTL_USER',
		commands: 'cluster',
	},
	{
		name: 'password',
		type: 'string',
		value: 'PASSWORD',
		help: 'its password; better in the variable, which ps does not show',
		variable: 'ETCDCTL_PASSWORD',
		commands: 'cluster',
	},
	{
		name: 'insecure-skip-tls-verify',
		type: 'boolean',
		help: 'accept any server certificate',
		variable: 'ETCDCTL_INSECURE_SKIP_TLS_VERIFY',
		commands: 'cluster',
	},
	{
		name: 'insecure-transport',
		type: 'boolean',
		help: 'speak plain text to endpoints without a scheme, where no certificate is given',
		variable: 'ETCDCTL_INSECURE_TRANSPORT',
		default: 'true',
		commands: 'cluster',
	},
	{
		name: 'dial-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'how long a connection may take',
		variable: 'ETCDCTL_DIAL_TIMEOUT',
		default: '2s',
		commands: 'cluster',
	},
	{
		name: 'command-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'how long an answer may take',
		variable: 'ETCDCTL_COMMAND_TIMEOUT',
		default: '5s',
		commands: 'cluster',
	},
];

const kubernetesFlags: readonly Flag[] = [
	{
		name: 'kubeconfig',
		type: 'string',
		value: 'FILE',
		help: "the kubeconfig, instead of ~/.kube/config or a pod's service account",
		variable: 'KUBECONFIG',
		commands: 'cluster',
		also: 'contexts',
		kubernetes: true,
	},
	{
		name: 'context',
		type: 'string',
		value: 'NAME',
		help: 'the context, instead of the current one; etcdtop contexts lists them',
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'namespace',
		short: 'n',
		type: 'string',
		value: 'NAME',
		help: "where etcd's pods are, instead of openshift-etcd or kube-system",
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'selector',
		short: 'l',
		type: 'string',
		value: 'LABELS',
		help: "labels of etcd's pods, instead of app=etcd or component=etcd",
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'container',
		short: 'c',
		type: 'string',
		value: 'NAME',
		help: 'the container in them that runs etcd',
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'as',
		type: 'string',
		value: 'USER',
		help: 'the user to act as in Kubernetes',
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'request-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'how long an answer of the Kubernetes API may take',
		default: '10s',
		commands: 'cluster',
		kubernetes: true,
	},
	{
		name: 'via',
		type: 'string',
		value: 'WAY',
		choices: ['tunnel', 'exec', 'direct', 'ssh'],
		help: 'tunnel (port-forwards), exec (etcdctl in the pods), direct, or ssh USER@HOST (a control-plane host, without the API); without it the best that can be had',
		commands: 'cluster',
		kubernetes: true,
	},
];

const hostFlags: readonly Flag[] = [
	{
		name: 'local',
		type: 'boolean',
		help: "on a control-plane host: by the flags and certificates of etcd's static pod there, without the Kubernetes API",
		commands: 'cluster',
		kubernetes: true,
	},
];

const monitorCommands = ['monitor', 'demo'] as const;
const screenCommands = [...monitorCommands, 'restore'] as const;

const restoreFlags: readonly Flag[] = [
	{
		name: 'from',
		type: 'string',
		value: 'DIRECTORY',
		help: 'the backup: its directory, or its snapshot',
		commands: ['restore'],
	},
	{name: 'resume', type: 'boolean', help: 'go on with the runbook that was begun', commands: ['restore']},
	{name: 'print', type: 'boolean', help: 'print the runbook as Markdown and do nothing', commands: ['restore']},
	{
		name: 'ssh',
		type: 'string',
		value: 'USER@',
		help: "look at the hosts by the system's ssh as that user, and run steps there that are confirmed one by one",
		commands: ['restore'],
	},
	{
		name: 'recovery-host',
		type: 'string',
		value: 'NAME',
		help: 'the host that OpenShift is restored on; without it the one that the backup was taken from',
		commands: ['restore'],
	},
	{
		name: 'hosts',
		type: 'string',
		value: 'NAME[=ADDRESS],…',
		help: 'every control-plane host, where neither the cluster nor the manifest tells',
		commands: ['restore'],
	},
	{
		name: 'release',
		type: 'string',
		value: 'VERSION',
		help: "the cluster's release with its z-stream (of plain etcd its version), where nothing else tells",
		commands: ['restore'],
	},
	{
		name: 'data-dir',
		type: 'string',
		value: 'DIRECTORY',
		help: "etcd's data directory on every member, where the manifest does not tell (plain etcd)",
		commands: ['restore'],
	},
];

const hostBackupFlags: readonly Flag[] = [
	{
		name: 'rpc',
		type: 'boolean',
		help: "on OpenShift too, a snapshot over etcd's own RPC in place of cluster-backup.sh on a host: it writes nothing to the cluster",
		commands: ['backup'],
	},
	{
		name: 'host',
		type: 'string',
		value: 'NODE',
		help: 'on OpenShift, the control-plane host; without it one that is well and does not lead',
		commands: ['backup'],
	},
	{
		name: 'host-dir',
		type: 'string',
		value: 'PATH',
		help: 'on OpenShift, the directory on the host',
		default: '/home/core/assets/backup',
		commands: ['backup'],
	},
	{name: 'leave', type: 'boolean', help: 'on OpenShift, leave the backup on the host', commands: ['backup']},
	{
		name: 'kuberesources-dir',
		type: 'string',
		value: 'DIRECTORY',
		help: 'on OpenShift, where static_kuberesources goes: with encryption it holds the keys, and belongs somewhere else than the snapshot',
		commands: ['backup'],
	},
	{
		name: 'allow-partial',
		type: 'boolean',
		help: 'with --yes, also while an encryption migration is under way: the backup is partially encrypted, and labelled so',
		commands: ['backup'],
	},
];

export const flags: readonly Flag[] = [
	...connectionFlags,
	...kubernetesFlags,
	...hostFlags,
	{
		name: 'interval',
		type: 'string',
		value: 'DURATION',
		help: 'between two polls, 1s to 60s',
		default: '2s',
		commands: monitorCommands,
	},
	{name: 'read-only', type: 'boolean', help: 'take every changing action away', commands: monitorCommands},
	{
		name: 'cluster-name',
		type: 'string',
		value: 'NAME',
		help: 'what to call the cluster on the screen, instead of its context or first endpoint',
		commands: monitorCommands,
	},
	{
		name: 'color',
		type: 'string',
		value: 'WHEN',
		choices: ['auto', 'always', 'never'],
		help: 'auto, always or never; NO_COLOR counts too',
		default: 'auto',
		commands: screenCommands,
	},
	{name: 'ascii', type: 'boolean', help: 'draw with ASCII only', commands: screenCommands},
	{
		name: 'scenario',
		type: 'string',
		value: 'NAME',
		choices: ['steady', 'fragmented', 'nospace', 'slow-disk', 'member-down', 'single'],
		help: 'steady, fragmented, nospace, slow-disk, member-down or single',
		default: 'steady',
		commands: ['demo'],
	},
	{
		name: 'kubernetes',
		type: 'boolean',
		help: 'in pods behind a Kubernetes API, found by kubeconfig alone',
		commands: ['demo'],
	},
	{
		name: 'distribution',
		type: 'string',
		value: 'NAME',
		choices: ['openshift', 'kubeadm', 'rke2'],
		help: 'openshift, kubeadm or rke2: what --kubernetes is like',
		default: 'openshift',
		commands: ['demo'],
	},
	{name: 'no-monitor', type: 'boolean', help: 'keep the cluster up and print the flags to reach it', commands: ['demo']},
	{name: 'all', type: 'boolean', help: 'every member that is worth it, the leader last', commands: ['defrag']},
	{
		name: 'if-fragmented',
		type: 'optional',
		value: '[PERCENT [SIZE]]',
		help: 'with --all: only members whose file is that big and gives that much back (45% 100MiB); else nothing is done',
		commands: ['defrag'],
	},
	{name: 'dry-run', type: 'boolean', help: 'print the plan and its gates, change nothing', commands: ['defrag']},
	{
		name: 'move-leader',
		type: 'boolean',
		help: "move leadership before the leader's turn; a failed move halts the run",
		commands: ['defrag', 'rescue'],
	},
	{
		name: 'allow-outage',
		type: 'boolean',
		help: 'with --yes also a single voter: all reads and writes stop meanwhile',
		commands: ['defrag', 'rescue'],
	},
	{
		name: 'detach',
		type: 'boolean',
		help: 'hand the run to a process of its own, which outlives this terminal; etcdtop shows it and can stop it',
		commands: ['defrag'],
	},
	{
		name: 'defrag-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'a member not done by then is unknown, and watched',
		default: '10m',
		commands: ['defrag', 'rescue', ...monitorCommands],
	},
	{
		name: 'cooldown',
		type: 'string',
		value: 'DURATION',
		help: 'between two defragmentations, 60s or longer',
		default: '60s',
		commands: ['defrag', 'rescue', ...monitorCommands],
	},
	{
		name: 'type',
		type: 'string',
		value: 'TYPE',
		choices: ['aescbc', 'aesgcm'],
		help: 'with enable: aescbc or aesgcm (aescbc)',
		commands: ['encryption'],
	},
	{
		name: 'wait',
		type: 'boolean',
		help: 'until every API server is done; leaving ends the wait alone',
		commands: ['encryption'],
	},
	{
		name: 'to-head',
		type: 'boolean',
		help: 'compact to the newest revision, which drops the last 5 minutes too',
		commands: ['compact', 'rescue'],
	},
	{
		name: 'from',
		type: 'string',
		value: 'MEMBER',
		help: 'the member to take a snapshot of over its RPC, by name, id or endpoint; without it a healthy one that does not lead',
		commands: ['backup'],
	},
	...hostBackupFlags,
	...restoreFlags,
	{
		name: 'yes',
		short: 'y',
		type: 'boolean',
		help: 'do it without asking',
		commands: ['defrag', 'alarm', 'compact', 'rescue', 'encryption', 'backup'],
	},
	{
		name: 'write-out',
		short: 'w',
		type: 'string',
		value: 'FORMAT',
		choices: ['table', 'json', 'simple'],
		help: 'table, json or simple',
		variable: 'ETCDCTL_WRITE_OUT',
		default: 'table',
		commands: ['status', 'defrag', 'alarm', 'encryption', 'journal', 'report', 'backup', 'snapshot', 'contexts'],
	},
	{
		name: 'state-dir',
		type: 'string',
		value: 'DIRECTORY',
		help: 'where the journal is written; its usual places are read too',
		// `status` has no use for it, and takes it so that the same flags reach a cluster with every command.
		commands: [
			'status',
			'defrag',
			'alarm',
			'compact',
			'rescue',
			'encryption',
			'journal',
			'report',
			'backup',
			'restore',
			...monitorCommands,
		],
	},
	{name: 'help', short: 'h', type: 'boolean', help: 'this help', commands: 'every'},
	{name: 'version', type: 'boolean', help: 'the version', commands: 'every'},
];
