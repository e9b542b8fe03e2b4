import {expect, test} from 'vitest';
import {commands} from '../../source/options/commands.ts';
import {flags} from '../../source/options/flags.ts';
import {flagTable, helpText} from '../../source/options/help.ts';

test('the program', () => {
	expect(`\n${helpText('monitor')}\n`).toBe(`
etcdtop: top for etcd. Watch a cluster live, and do its upkeep safely.

Usage:
  etcdtop                          watch the cluster, full screen
  etcdtop status                   every member once: sizes, quota, raft, alarms
  etcdtop defrag MEMBER…|--all     defragment, one member at a time, the leader
                                   last
  etcdtop alarm list | disarm [MEMBER…]
                                   list the alarms; disarm NOSPACE
  etcdtop compact                  drop revisions older than 5 minutes
  etcdtop encryption status | enable | disable
                                   encryption of etcd's values on OpenShift
  etcdtop rescue [DIRECTORY]       out of NOSPACE, step by step: what grew,
                                   compact, defragment, disarm, watch
  etcdtop journal                  what was changed from this machine, by whom
                                   and when
  etcdtop report [RUN]             a run as a change record: who, gates, sizes,
                                   durations, longest silence
  etcdtop restore                  a runbook that walks through a restore from a
                                   backup
  etcdtop backup DIRECTORY         a verified backup, put into a directory here
  etcdtop snapshot verify FILE     whether a snapshot's file is whole: its hash,
                                   revision, keys and size
  etcdtop contexts                 the clusters that the kubeconfig leads to
  etcdtop demo                     the monitor on a real cluster of its own
  etcdtop completion bash|zsh|fish a script for the shell

Flags:
      --interval DURATION          between two polls, 1s to 60s (default 2s)
      --read-only                  take every changing action away
      --cluster-name NAME          what to call the cluster on the screen,
                                   instead of its context or first endpoint
      --color WHEN                 auto, always or never; NO_COLOR counts too
                                   (default auto)
      --ascii                      draw with ASCII only
      --defrag-timeout DURATION    a member not done by then is unknown, and
                                   watched (default 10m)
      --cooldown DURATION          between two defragmentations, 60s or longer
                                   (default 60s)
      --state-dir DIRECTORY        where the journal is written; its usual
                                   places are read too
  -h, --help                       this help
      --version                    the version

Reaching the cluster, as etcdctl does (a flag beats its variable):
      --endpoints URL,…            any reachable endpoint; it leads to all
                                   members. Without it etcd is looked for
                                   through Kubernetes, where there is a
                                   kubeconfig (default 127.0.0.1:2379,
                                   ETCDCTL_ENDPOINTS)
      --cacert FILE                the authority that signed the servers'
                                   certificates (ETCDCTL_CACERT)
      --cert FILE                  client certificate (ETCDCTL_CERT)
      --key FILE                   its private key (ETCDCTL_KEY)
      --user NAME[:PASSWORD]       user, where etcd's authentication is on
                                   (ETCDCTL_USER)
      --password PASSWORD          its password; better in the variable, which
                                   ps does not show (ETCDCTL_PASSWORD)
      --insecure-skip-tls-verify   accept any server certificate
                                   (ETCDCTL_INSECURE_SKIP_TLS_VERIFY)
      --insecure-transport         speak plain text to endpoints without a
                                   scheme, where no certificate is given
                                   (default true, ETCDCTL_INSECURE_TRANSPORT)
      --dial-timeout DURATION      how long a connection may take (default 2s,
                                   ETCDCTL_DIAL_TIMEOUT)
      --command-timeout DURATION   how long an answer may take (default 5s,
                                   ETCDCTL_COMMAND_TIMEOUT)

Reaching it through Kubernetes, as kubectl does:
      --kubeconfig FILE            the kubeconfig, instead of ~/.kube/config or
                                   a pod's service account (KUBECONFIG)
      --context NAME               the context, instead of the current one;
                                   etcdtop contexts lists them
  -n, --namespace NAME             where etcd's pods are, instead of
                                   openshift-etcd or kube-system
  -l, --selector LABELS            labels of etcd's pods, instead of app=etcd or
                                   component=etcd
  -c, --container NAME             the container in them that runs etcd
      --as USER                    the user to act as in Kubernetes
      --request-timeout DURATION   how long an answer of the Kubernetes API may
                                   take (default 10s)
      --via WAY                    tunnel (port-forwards), exec (etcdctl in the
                                   pods), direct, or ssh USER@HOST (a
                                   control-plane host, without the API); without
                                   it the best that can be had
      --local                      on a control-plane host: by the flags and
                                   certificates of etcd's static pod there,
                                   without the Kubernetes API

Inside, ? lists the keys. etcdtop COMMAND --help tells of a command.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a safety rule,
4 outcome unknown.
`);
});

test('a command', () => {
	expect(`\n${helpText('defrag')}\n`).toBe(`
Defragment, one member at a time, the leader last.

Usage: etcdtop defrag MEMBER…|--all [flags]

MEMBER is a name, an id or an endpoint. Every safety rule of the monitor holds:
the gates before each member, the cooldown of a minute or more after each, one
run at a time, and a stop at the first failure.
Without a terminal it needs --yes. Interrupted, it waits for the member at work
and starts no other.

Flags:
      --all                        every member that is worth it, the leader
                                   last
      --if-fragmented [PERCENT [SIZE]]
                                   with --all: only members whose file is that
                                   big and gives that much back (45% 100MiB);
                                   else nothing is done
      --dry-run                    print the plan and its gates, change nothing
      --move-leader                move leadership before the leader's turn; a
                                   failed move halts the run
      --allow-outage               with --yes also a single voter: all reads and
                                   writes stop meanwhile
      --detach                     hand the run to a process of its own, which
                                   outlives this terminal; etcdtop shows it and
                                   can stop it
      --defrag-timeout DURATION    a member not done by then is unknown, and
                                   watched (default 10m)
      --cooldown DURATION          between two defragmentations, 60s or longer
                                   (default 60s)
  -y, --yes                        do it without asking
  -w, --write-out FORMAT           table, json or simple (default table,
                                   ETCDCTL_WRITE_OUT)
      --state-dir DIRECTORY        where the journal is written; its usual
                                   places are read too
  -h, --help                       this help
      --version                    the version

Reaching the cluster, as etcdctl does (a flag beats its variable):
      --endpoints URL,…            any reachable endpoint; it leads to all
                                   members. Without it etcd is looked for
                                   through Kubernetes, where there is a
                                   kubeconfig (default 127.0.0.1:2379,
                                   ETCDCTL_ENDPOINTS)
      --cacert FILE                the authority that signed the servers'
                                   certificates (ETCDCTL_CACERT)
      --cert FILE                  client certificate (ETCDCTL_CERT)
      --key FILE                   its private key (ETCDCTL_KEY)
      --user NAME[:PASSWORD]       user, where etcd's authentication is on
                                   (ETCDCTL_USER)
      --password PASSWORD          its password; better in the variable, which
                                   ps does not show (ETCDCTL_PASSWORD)
      --insecure-skip-tls-verify   accept any server certificate
                                   (ETCDCTL_INSECURE_SKIP_TLS_VERIFY)
      --insecure-transport         speak plain text to endpoints without a
                                   scheme, where no certificate is given
                                   (default true, ETCDCTL_INSECURE_TRANSPORT)
      --dial-timeout DURATION      how long a connection may take (default 2s,
                                   ETCDCTL_DIAL_TIMEOUT)
      --command-timeout DURATION   how long an answer may take (default 5s,
                                   ETCDCTL_COMMAND_TIMEOUT)

Reaching it through Kubernetes, as kubectl does:
      --kubeconfig FILE            the kubeconfig, instead of ~/.kube/config or
                                   a pod's service account (KUBECONFIG)
      --context NAME               the context, instead of the current one;
                                   etcdtop contexts lists them
  -n, --namespace NAME             where etcd's pods are, instead of
                                   openshift-etcd or kube-system
  -l, --selector LABELS            labels of etcd's pods, instead of app=etcd or
                                   component=etcd
  -c, --container NAME             the container in them that runs etcd
      --as USER                    the user to act as in Kubernetes
      --request-timeout DURATION   how long an answer of the Kubernetes API may
                                   take (default 10s)
      --via WAY                    tunnel (port-forwards), exec (etcdctl in the
                                   pods), direct, or ssh USER@HOST (a
                                   control-plane host, without the API); without
                                   it the best that can be had
      --local                      on a control-plane host: by the flags and
                                   certificates of etcd's static pod there,
                                   without the Kubernetes API
`);
});

test.each(commands.map(({name}) => name))('%s fits on 80 columns', (name) => {
	expect(
		helpText(name)
			.split('\n')
			.filter((line) => line.length > 80),
	).toEqual([]);
});

test("the README's table has every flag", () => {
	const rows = flagTable().split('\n');
	expect(rows).toHaveLength(flags.length + 2);
	expect(rows[2]).toBe(
		'| `--endpoints URL,…` | any reachable endpoint; it leads to all members. Without it etcd is looked for through Kubernetes, where there is a kubeconfig | `127.0.0.1:2379` | `ETCDCTL_ENDPOINTS` |',
	);
});

test('every command that reaches a cluster and writes the journal takes the place of the journal', () => {
	const {commands: taking} = flags.find(({name}) => name === 'state-dir')!;
	for (const {name} of commands.filter(({reachesCluster}) => reachesCluster)) {
		expect(taking).toContain(name);
	}
});
