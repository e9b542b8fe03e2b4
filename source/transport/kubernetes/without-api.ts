/** How the same etcd is reached when the API is gone: by its control-plane hosts, as they were seen last. */
import {listText} from '../../domain/text.ts';
import type {EtcdPod} from './etcd-pod.ts';
import type {Distribution} from './find-etcd.ts';

/** `core@10.0.0.1`: OpenShift's hosts let nobody else in. */
export function hostsOf(distribution: Distribution, pods: readonly EtcdPod[]): readonly string[] {
	const user = distribution === 'OpenShift' ? 'core' : 'root';
	return pods.flatMap(({ips: [ip]}) => (ip === undefined ? [] : [`${user}@${ip}`]));
}

/** The exact command: under NOSPACE or without quorum that is when it is needed. */
export function commandWithoutApi(hosts: readonly string[]): string {
	const [first = 'USER@HOST', ...others] = hosts;
	return `etcdtop --via ssh ${first}${others.length === 0 ? '' : ` (or ${listText(others)})`}`;
}
