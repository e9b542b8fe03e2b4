/** Every flag, once: parsing, `--help`, completion and the README's table are made from these rows. */

export type Flag = {
	readonly name: string;
	readonly short?: string;
	readonly type: 'string' | 'boolean';
	/** How a value is called in the help. */
	readonly value?: string;
	readonly help: string;
	/** etcdctl's variable; a flag on the command line beats it. */
	readonly variable?: string;
	readonly default?: string;
	/** The commands that take it; absent: all that reach a cluster. */
	readonly commands?: readonly string[];
};

export const connectionFlags: readonly Flag[] = [
	{
		name: 'endpoints',
		type: 'string',
		value: 'URL,…',
		help: 'any reachable endpoint; it leads to all members',
		variable: 'ETCDCTL_ENDPOINTS',
		default: '127.0.0.1:2379',
	},
	{
		name: 'cacert',
		type: 'string',
		value: 'FILE',
		help: "the authority that signed the servers' certificates",
		variable: 'ETCDCTL_CACERT',
	},
	{name: 'cert', type: 'string', value: 'FILE', help: 'client certificate', variable: 'ETCDCTL_CERT'},
	{name: 'key', type: 'string', value: 'FILE', help: 'its private key', variable: 'ETCDCTL_KEY'},
	{
		name: 'user',
		type: 'string',
		value: 'NAME[:PASSWORD]',
		help: "user, where etcd's authentication is on",
		variable: 'ETCDCTL_USER',
	},
	{
		name: 'password',
		type: 'string',
		value: 'PASSWORD',
		help: 'its password; better in ETCDCTL_PASSWORD, where ps does not show it',
		variable: 'ETCDCTL_PASSWORD',
	},
	{
		name: 'insecure-skip-tls-verify',
		type: 'boolean',
		help: 'accept any server certificate',
		variable: 'ETCDCTL_INSECURE_SKIP_TLS_VERIFY',
	},
	{
		name: 'dial-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'for a connection',
		variable: 'ETCDCTL_DIAL_TIMEOUT',
		default: '2s',
	},
	{
		name: 'command-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'for an answer',
		variable: 'ETCDCTL_COMMAND_TIMEOUT',
		default: '5s',
	},
	{name: 'cluster-name', type: 'string', value: 'NAME', help: 'what to call the cluster on the screen'},
	{name: 'state-dir', type: 'string', value: 'DIRECTORY', help: "for the journal, where the usual places can't be written"},
];

const runs = ['monitor', 'defrag'];

export const flags: readonly Flag[] = [
	...connectionFlags,
	{
		name: 'interval',
		type: 'string',
		value: 'DURATION',
		help: 'between two polls, 1s to 60s',
		default: '2s',
		commands: ['monitor'],
	},
	{name: 'read-only', type: 'boolean', help: 'take every changing action away', commands: ['monitor']},
	{
		name: 'color',
		type: 'string',
		value: 'WHEN',
		help: 'auto, always or never; NO_COLOR counts too',
		default: 'auto',
		commands: ['monitor'],
	},
	{name: 'ascii', type: 'boolean', help: 'draw with ASCII only', commands: ['monitor']},
	{
		name: 'defrag-timeout',
		type: 'string',
		value: 'DURATION',
		help: 'a member not done by then is unknown, and watched',
		default: '10m',
		commands: runs,
	},
	{
		name: 'cooldown',
		type: 'string',
		value: 'DURATION',
		help: 'between two defragmentations, 60s or longer',
		default: '60s',
		commands: runs,
	},
	{name: 'all', type: 'boolean', help: 'every member worth it, the leader last', commands: ['defrag']},
	{name: 'dry-run', type: 'boolean', help: 'print the plan and its gates, change nothing', commands: ['defrag']},
	{
		name: 'move-leader',
		type: 'boolean',
		help: "move leadership before the leader's turn; a failed move halts the run",
		commands: ['defrag'],
	},
	{name: 'allow-outage', type: 'boolean', help: 'a single voter too: all reads and writes stop meanwhile', commands: ['defrag']},
	{name: 'to-head', type: 'boolean', help: 'compact to the newest revision, also the last 5 minutes', commands: ['compact']},
	{name: 'yes', short: 'y', type: 'boolean', help: 'do it without asking', commands: ['defrag', 'alarm', 'compact']},
	{
		name: 'write-out',
		short: 'w',
		type: 'string',
		value: 'FORMAT',
		help: 'table, json or simple',
		default: 'table',
		commands: ['status', 'alarm', 'journal'],
	},
	{
		name: 'scenario',
		type: 'string',
		value: 'NAME',
		help: 'steady, fragmented, nospace, slow-disk, member-down or single',
		default: 'steady',
		commands: ['demo'],
	},
	{name: 'no-monitor', type: 'boolean', help: 'keep the cluster up and print the flags to reach it', commands: ['demo']},
	{name: 'help', short: 'h', type: 'boolean', help: 'this help', commands: []},
	{name: 'version', type: 'boolean', help: 'the version', commands: []},
];

export type Command = {readonly name: string; readonly usage: string; readonly help: string; readonly reachesCluster: boolean};

export const commands: readonly Command[] = [
	{name: 'monitor', usage: 'etcdtop [flags]', help: 'watch the cluster, full screen', reachesCluster: true},
	{name: 'status', usage: 'etcdtop status', help: "every member's endpoint status, once", reachesCluster: true},
	{
		name: 'defrag',
		usage: 'etcdtop defrag MEMBER…|--all',
		help: 'defragment, one member at a time, the leader last',
		reachesCluster: true,
	},
	{name: 'alarm', usage: 'etcdtop alarm list|disarm [MEMBER]', help: 'list alarms; disarm NOSPACE', reachesCluster: true},
	{name: 'compact', usage: 'etcdtop compact', help: 'drop revisions older than 5 minutes', reachesCluster: true},
	{name: 'journal', usage: 'etcdtop journal', help: 'what was changed from this machine', reachesCluster: false},
	{name: 'demo', usage: 'etcdtop demo', help: 'the monitor on a real cluster of its own', reachesCluster: false},
	{name: 'completion', usage: 'etcdtop completion bash|zsh|fish', help: 'a script for the shell', reachesCluster: false},
];

/** The flags that a command takes. */
export function flagsOf(command: string): readonly Flag[] {
	const found = commands.find(({name}) => name === command);
	return flags.filter((flag) => {
		if (flag.commands?.length === 0) {
			return true;
		}
		if (flag.commands === undefined) {
			return found?.reachesCluster === true || (command === 'journal' && flag.name === 'state-dir');
		}
		return flag.commands.includes(command) || (command === 'demo' && flag.commands.includes('monitor'));
	});
}
