/** The command line of etcdctl in a pod. */
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {EtcdPod} from './etcd-pod.ts';

/** etcdctl has to start and to end while we wait for it: then its reason arrives, and nothing is left running. */
const marginMs = 1000;

/** With these etcdctl looks members up in DNS, and asks them instead of those that it was told. */
const strongerThanEndpoints = ['ETCDCTL_DISCOVERY_SRV', 'ETCDCTL_DISCOVERY_SRV_NAME'];

/**
 * The words of a call. Variables of the container that our flags replace are unset: etcdctl refuses to have both. Throws `TransportError`
 * `unsupported` where that can't be done.
 */
export function etcdctlCommand(
	pod: EtcdPod,
	endpoints: readonly string[],
	timeoutMs: number,
	words: readonly string[],
): string[] {
	const {certificates, client, etcdctlVariables} = pod;
	const flags: Readonly<Record<string, string>> = {
		endpoints: endpoints.join(','),
		'command-timeout': `${Math.max(1, Math.round(timeoutMs - Math.min(marginMs, timeoutMs / 4)))}ms`,
		'write-out': 'json',
	};
	const own = Object.entries(client.secure ? (certificates ?? {}) : {});
	const variable = (flag: string) => `ETCDCTL_${flag.toUpperCase().replaceAll('-', '_')}`;
	const [list] = endpoints.filter((endpoint) => endpoint.includes(','));
	if (list !== undefined) {
		throw new TransportError({
			kind: 'unsupported',
			message: `${safeText(list)}: etcdctl would take that for several members`,
			nextStep: 'Mend the client URLs that the member advertises.',
			notSent: true,
		});
	}
	const unset = [...Object.keys(flags).map(variable), ...strongerThanEndpoints].filter((name) => etcdctlVariables.has(name));
	if (unset.length > 0 && !pod.hasShell) {
		throw new TransportError({
			kind: 'unsupported',
			message: `the container ${safeText(pod.etcdctlContainer)} sets ${unset.join(', ')}, and has nothing to unset that with`,
			nextStep: 'Choose another container with --container.',
			notSent: true,
		});
	}
	return [
		...(unset.length > 0 ? ['env', ...unset.flatMap((name) => ['-u', name])] : []),
		'etcdctl',
		...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
		...own.filter(([flag]) => !etcdctlVariables.has(variable(flag))).map(([flag, value]) => `--${flag}=${value}`),
		...words,
	];
}

/** The member's own etcd, as it is reached from inside of its pod. */
export function ownEndpoint({client, isOnLoopback, ips}: EtcdPod): string {
	const host = isOnLoopback === false ? (ips[0] ?? 'localhost') : 'localhost';
	return `${client.secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${client.port}`;
}
