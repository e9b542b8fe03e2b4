/** What stands for the file system of a control-plane host, with OpenShift's backup script in it, and the programs of a debug pod. */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

export type HostFolders = {
	/** `/` of the host. */
	readonly root: string;
	/** Searched first by what runs in a debug pod. */
	readonly programs: string;
};

/** Prints what `cluster-backup.sh` prints, refuses as it refuses, and takes a snapshot of the etcd that is there. */
const backupScript = `#!/bin/sh
set -e
directory=$1
shown=\${directory#"$STANDIN_ROOT"}
if [ -z "$directory" ] || [ -f "$directory" ]; then
	echo 'Path to backup dir required: ./cluster-backup.sh [--force] <path-to-backup-dir>'
	exit 1
fi
mkdir -p "$directory"
env | grep -i proxy > "$STANDIN_ROOT/run/proxy" || true
stamp=$(date "+%F_%H%M%S")
snapshot="$directory/snapshot_$stamp.db"
archive="$directory/static_kuberesources_$stamp.tar.gz"
for operator in kube-apiserver kube-controller-manager kube-scheduler etcd; do
	case " $STANDIN_PROGRESSING " in *" $operator "*)
		echo "Currently the $operator operator is progressing. A reliable backup requires that a rollout is not in progress.  Aborting!"
		exit 1 ;;
	esac
done
echo "Certificate $ETCDCTL_CACERT is missing. Checking in different directory" | sed "s#$ETCDCTL_CACERT#/etc/kubernetes/static-pod-certs/configmaps/etcd-all-bundles/server-ca-bundle.crt#"
for pod in kube-apiserver-pod-7 kube-controller-manager-pod-7 kube-scheduler-pod-7 etcd-pod-7; do
	echo "found latest \${pod%-pod-7}: /etc/kubernetes/static-pod-resources/$pod"
done
tar -czf "$archive" -C "$STANDIN_ROOT/etc/kubernetes/static-pod-resources" kube-apiserver-pod-7 kube-controller-manager-pod-7 kube-scheduler-pod-7 etcd-pod-7
chmod 600 "$archive"
sleep "\${STANDIN_SECONDS:-0}"
if [ "$STANDIN_FAULT" = "disk full" ]; then
	head -c 4096 /dev/zero > "$snapshot.part"
	echo "Error: write $shown/snapshot_$stamp.db.part: no space left on device"
	rm -f "$archive"
	exit 1
fi
etcdctl snapshot save "$snapshot" > "$STANDIN_ROOT/run/log" 2>&1 || status=$?
sed "s#$STANDIN_ROOT##g" "$STANDIN_ROOT/run/log"
if [ "\${status:-0}" -ne 0 ]; then
	rm -f "$archive" "$snapshot"
	exit 1
fi
if [ "$STANDIN_FAULT" = "no last line" ]; then
	exit 0
fi
echo "snapshot db and kube resources are successfully saved to $shown"
`;

/** A pod's root is this machine's, and paths of the host are given as they are here. */
const chroot = `#!/bin/sh
shift
exec "$@"
`;

const df = `#!/bin/sh
echo 'Filesystem     1024-blocks     Used Available Capacity Mounted on'
echo "/dev/vda4        \${STANDIN_DISK_KB:-125293568} 24812340 \${STANDIN_FREE_KB:-100481228}      20% /"
`;

const staticPods: Readonly<Record<string, readonly string[]>> = {
	'kube-apiserver-pod-7': ['kube-apiserver-pod.yaml', 'configmaps/config/config.yaml', 'secrets/etcd-client/tls.crt'],
	'kube-controller-manager-pod-7': ['kube-controller-manager-pod.yaml', 'configmaps/config/config.yaml'],
	'kube-scheduler-pod-7': ['kube-scheduler-pod.yaml', 'configmaps/config/config.yaml'],
	'etcd-pod-7': ['etcd-pod.yaml', 'configmaps/etcd-pod/pod.yaml'],
};

/** Makes them for the host of this name below `directory`. */
export function makeHostFolders(directory: string, host: string): HostFolders {
	const root = join(directory, 'hosts', host);
	const programs = join(directory, 'hosts', 'programs');
	const program = (path: string, text: string) => {
		mkdirSync(dirname(path), {recursive: true});
		writeFileSync(path, text);
		chmodSync(path, 0o755);
	};
	program(join(programs, 'chroot'), chroot);
	program(join(programs, 'df'), df);
	program(join(root, 'usr/local/bin/cluster-backup.sh'), backupScript);
	mkdirSync(join(root, 'run'), {recursive: true});
	for (const [pod, files] of Object.entries(staticPods)) {
		for (const file of files) {
			write(join(root, 'etc/kubernetes/static-pod-resources', pod, file), `# ${pod}/${file} of a demo\n`);
		}
	}
	return {root, programs};
}

/** As the API server's operator keeps them beside the static pod: with encryption, the keys are in the archive. */
export function writeEncryptionConfig({root}: HostFolders, type: string): void {
	const path = join(root, 'etc/kubernetes/static-pod-resources/kube-apiserver-pod-7/secrets/encryption-config/encryption-config');
	write(path, `{"kind":"EncryptionConfiguration","resources":[{"resources":["secrets"],"providers":[{"${type}":{}}]}]}\n`);
}

function write(path: string, text: string): void {
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, text);
}
