/**
 * Hosts of a control plane in folders, behind a real sshd: `sudo`, `crictl`, `systemctl` and the scripts of a restore stand in for
 * theirs, and every path of theirs is one below the host's own folder.
 */
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {onTestFinished} from 'vitest';
import {sshdForTest} from './sshd.ts';

export type ControlPlaneHosts = {
	/** In place of `ssh`: leads to the host whose address it is given. */
	readonly command: readonly string[];
	/** Before the others in PATH: `ssh` and `scp` that lead there. */
	readonly programs: string;
	/** An empty file there; `slow` makes the script of the restore take its time. */
	put(address: string, path: string): void;
	has(address: string, path: string): boolean;
	read(address: string, path: string): string;
};

export async function controlPlaneHosts(addresses: readonly string[]): Promise<ControlPlaneHosts> {
	const root = mkdtempSync(join(tmpdir(), 'etcdtop-hosts-'));
	onTestFinished(() => rmSync(root, {recursive: true, force: true}));
	const there = join(root, 'bin');
	const here = join(root, 'here');
	const sshd = await sshdForTest(['AcceptEnv HOST_ROOT', `SetEnv PATH=${there}:/usr/bin:/bin`]);
	const script = (directory: string, name: string, lines: readonly string[]) => {
		mkdirSync(directory, {recursive: true});
		writeFileSync(join(directory, name), ['#!/bin/sh', ...lines, ''].join('\n'));
		chmodSync(join(directory, name), 0o755);
	};
	script(there, 'sudo', sudo);
	script(there, 'mkdir', ['[ -n "$MAPPED" ] && exec /bin/mkdir "$@"', 'exec sudo mkdir "$@"']);
	script(there, 'crictl', crictl);
	script(there, 'systemctl', systemctl);
	for (const address of addresses) {
		const host = join(root, address);
		for (const directory of ['etc/kubernetes/manifests', 'var/lib/etcd/member', 'home/core', 'tmp']) {
			mkdirSync(join(host, directory), {recursive: true});
		}
		for (const name of ['etcd-pod.yaml', 'kube-apiserver-pod.yaml']) {
			writeFileSync(join(host, 'etc/kubernetes/manifests', name), '');
		}
		script(join(host, 'usr/local/bin'), 'cluster-restore.sh', clusterRestore);
		script(join(host, 'usr/local/bin'), 'disable-etcd.sh', disableEtcd);
	}
	const [program = 'ssh', ...flags] = sshd.command;
	// By its whole path: the one that is put before it in PATH has the same name.
	const path = execFileSync('sh', ['-c', `command -v '${program}'`])
		.toString()
		.trim();
	const quoted = [path, ...flags].map((word) => `'${word}'`).join(' ');
	script(here, 'ssh', [
		'for word; do case $word in *@*.*) host=$(echo "$word" | cut -d@ -f2);; esac; done',
		`for word; do shift; case $word in *@*.*) word=${sshd.host};; esac; set -- "$@" "$word"; done`,
		`exec ${quoted} -o SetEnv=HOST_ROOT=${root}/"$host" "$@"`,
	]);
	// Files alone, into a directory: as the runbook copies them.
	script(here, 'scp', [
		'for to; do :; done',
		`host=\${to#*@}; host=\${host%%:*}`,
		`for file; do [ "$file" = "$to" ] || cp "$file" "${root}/$host\${to#*:}" || exit 1; done`,
	]);
	return {
		command: [join(here, 'ssh')],
		programs: here,
		put(address, path) {
			mkdirSync(dirname(join(root, address, path)), {recursive: true});
			writeFileSync(join(root, address, path), '');
		},
		has: (address, path) => existsSync(join(root, address, path)),
		read: (address, path) => readFileSync(join(root, address, path), 'utf8'),
	};
}

/** `/tmp` comes first: what the others put in begins with it. */
const sudo = [
	'while :; do case $1 in -*) shift;; *) break;; esac; done',
	'for word; do',
	'  shift',
	'  word=$(printf "%s" "$word" | sed -e "s#/tmp#$HOST_ROOT/tmp#g" -e "s#/etc/kubernetes#$HOST_ROOT/etc/kubernetes#g" \\',
	'    -e "s#/var/lib/etcd#$HOST_ROOT/var/lib/etcd#g" -e "s#/usr/local/bin#$HOST_ROOT/usr/local/bin#g" -e "s#/home/core#$HOST_ROOT/home/core#g")',
	'  set -- "$@" "$word"',
	'done',
	'MAPPED=1 exec "$@"',
];

/** A container goes on for a look after its manifest has gone: the kubelet takes its time. */
const crictl = [
	'row() { printf "%-20s%-20s%-21s%-20s%-24s%-8s%-16s%s\\n" "$@"; }',
	'row CONTAINER IMAGE CREATED STATE NAME ATTEMPT "POD ID" POD',
	'row 3ad41b7908e32 36f86e2eeaaff "About a minute ago" Running guard 0 7c05f8af362f0 etcd-guard-x',
	'row 3ad41b7908e33 36f86e2eeaaff "2 hours ago" Running etcd-operator 0 7c05f8af362f1 etcd-operator-x',
	'for pod in etcd kube-apiserver; do',
	'  if [ -e "$HOST_ROOT/etc/kubernetes/manifests/$pod-pod.yaml" ]; then rm -f "$HOST_ROOT/$pod-stopped"',
	'  elif [ -e "$HOST_ROOT/$pod-stopped" ]; then continue',
	'  else touch "$HOST_ROOT/$pod-stopped"; fi',
	'  row 3ad41b7908e34 36f86e2eeaaff "2 hours ago" Running $pod 0 7c05f8af362f2 $pod-x',
	'done',
];

const systemctl = [
	'case "$1 $2" in',
	'"restart kubelet.service") awk \'{printf "%.0f", $1 * 1000000}\' /proc/uptime > "$HOST_ROOT/kubelet-started";;',
	'"is-active kubelet.service") echo active;;',
	'"show kubelet.service") echo ActiveState=active; echo "ActiveEnterTimestampMonotonic=$(cat "$HOST_ROOT/kubelet-started" 2>/dev/null || echo 1000)";;',
	'*) exit 1;;',
	'esac',
];

/** The real one wants a directory with one backup in it, and runs where its pods are still there. */
const clusterRestore = [
	'[ "$(ls "$1" | wc -l)" = 2 ] || { echo "backup directory $1 is not as it should be" >&2; exit 1; }',
	'echo "...stopping etcd-pod.yaml"',
	'if [ -e "$HOST_ROOT/slow" ]; then sleep 3; fi',
	'echo "Waiting for container etcd to stop"',
	'echo "HTTPS_PROXY=$HTTPS_PROXY NO_PROXY=$NO_PROXY" > "$HOST_ROOT/restored-with"',
	'echo "starting restore-etcd static pod"',
	'echo "starting kube-scheduler-pod.yaml"',
];

const disableEtcd = ['mv "$HOST_ROOT/etc/kubernetes/manifests/etcd-pod.yaml" "$HOST_ROOT/tmp/"'];
