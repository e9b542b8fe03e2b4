/** Which way to etcd: tunnels where everything for them is there, etcdctl in the pods otherwise. */
import type {Failure} from '../../domain/failure.ts';
import {listText} from '../../domain/text.ts';
import type {EtcdPod} from './etcd-pod.ts';
import type {Permission, Permissions} from './permissions.ts';

export type Way = 'tunnel' | 'exec';

export type Circumstances = {
	readonly pods: readonly EtcdPod[];
	readonly namespace: string;
	readonly permissions: Permissions;
	/** Whether there is a client certificate outside of the pods, and why not. */
	readonly certificates: {readonly isThere: true} | {readonly isThere: false; readonly why: string};
	/** `--via`. */
	readonly via?: Way;
};

export type Choice =
	| {readonly way: Way /** Why it isn't the better one. */; readonly notBetter?: string}
	| {readonly failure: Failure};

/** The API wants both verbs for each: `get` for the WebSocket, `create` for what it does. */
export function forwardPermissions(namespace: string): Permission[] {
	return (['get', 'create'] as const).map((verb) => ({verb, resource: 'pods/portforward', namespace}));
}

export function execPermissions(namespace: string): Permission[] {
	return (['get', 'create'] as const).map((verb) => ({verb, resource: 'pods/exec', namespace}));
}

export function chooseWay(circumstances: Circumstances): Choice {
	const {via, permissions, namespace} = circumstances;
	const against = {tunnel: againstTunnel(circumstances), exec: againstExec(circumstances)};
	const chosen = via ?? (against.tunnel === undefined ? 'tunnel' : 'exec');
	const reason = against[chosen];
	if (reason === undefined) {
		return {way: chosen, ...(via === undefined && against.tunnel !== undefined && {notBetter: `no tunnels: ${against.tunnel}`})};
	}
	const missing = permissions.missing([...forwardPermissions(namespace), ...execPermissions(namespace)]);
	const reasons = via === undefined ? `no tunnels: ${against.tunnel}; no exec: ${against.exec}` : `${ways[via]}: ${reason}`;
	return {
		failure: {
			kind: missing.length > 0 ? 'permission-denied' : 'unsupported',
			message: `etcd's pods can't be used. ${reasons}`,
			nextStep:
				missing.length > 0
					? `Ask for the permission to ${listText(missing)}, or reach etcd from a control-plane host.`
					: "Give etcd's certificates with --cacert, --cert and --key, or reach it from a control-plane host.",
		},
	};
}

const ways: Readonly<Record<Way, string>> = {tunnel: 'no tunnels', exec: 'no exec'};

function againstTunnel({pods, namespace, permissions, certificates}: Circumstances): string | undefined {
	const missing = permissions.missing(forwardPermissions(namespace));
	if (missing.length > 0) {
		return `you may not ${listText(missing)}`;
	}
	const [closed] = pods.filter(({isOnLoopback}) => isOnLoopback === false);
	if (closed !== undefined) {
		return `etcd in ${closed.name} does not listen on its pod's loopback`;
	}
	return certificates.isThere || pods.every(({client}) => !client.secure) ? undefined : certificates.why;
}

function againstExec({namespace, permissions}: Circumstances): string | undefined {
	const missing = permissions.missing(execPermissions(namespace));
	return missing.length > 0 ? `you may not ${listText(missing)}` : undefined;
}
