/** The flags that lead to a cluster, into one checked record. */
import {UsageError} from '../usage-error.ts';
import type {Reader} from './reader.ts';

/** What leads to the cluster. Paths are of PEM files. */
export type ConnectionOptions = {
	/** `either`: through Kubernetes where there is a kubeconfig, else straight to the endpoints. */
	readonly reach: 'direct' | 'kubernetes' | 'either';
	readonly endpoints: readonly string[];
	readonly cacert?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly user?: string;
	readonly password?: string;
	readonly insecureSkipTlsVerify: boolean;
	readonly insecureTransport: boolean;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
	readonly kubernetes: KubernetesFlags;
};

/** As kubectl has them. Where the kubeconfig is without its flag is for whoever reads it: KUBECONFIG may name several. */
export type KubernetesFlags = {
	readonly kubeconfig?: string;
	readonly context?: string;
	readonly namespace?: string;
	readonly selector?: string;
	readonly container?: string;
	readonly as?: string;
	readonly requestTimeoutMs: number;
	readonly via?: 'tunnel' | 'exec';
};

const day = 24 * 60 * 60 * 1000;

export function connectionFrom(read: Reader): ConnectionOptions {
	const files = Object.fromEntries(
		['cacert', 'cert', 'key'].flatMap((name) => {
			const path = read.text(name);
			return path === undefined ? [] : [[name, path]];
		}),
	);
	return {
		reach: reachFrom(read),
		endpoints: read
			.values('endpoints')
			.values.flatMap((list) => list.split(','))
			.map((endpoint) => endpoint.trim())
			.filter((endpoint) => endpoint !== ''),
		...files,
		...credentialsFrom(read),
		insecureSkipTlsVerify: read.isSet('insecure-skip-tls-verify'),
		insecureTransport: read.isSet('insecure-transport'),
		dialTimeoutMs: read.duration('dial-timeout', 1, day, '1ms to 24h'),
		commandTimeoutMs: read.duration('command-timeout', 1, day, '1ms to 24h'),
		kubernetes: kubernetesFrom(read),
	};
}

/** Flags that only make sense through Kubernetes. */
const kubernetesTexts = ['kubeconfig', 'context', 'namespace', 'selector', 'container', 'as'] as const;

/** A flag beats a variable: with `--context` it is that cluster, wherever ETCDCTL_ENDPOINTS leads. */
function reachFrom(read: Reader): ConnectionOptions['reach'] {
	const via = read.optionalChoice('via');
	const [through] = [
		...(via === undefined || via === 'direct' ? [] : [`--via ${via}`]),
		...kubernetesTexts.filter((name) => read.given(name) !== undefined).map((name) => `--${name}`),
	];
	const {origin} = read.values('endpoints');
	const straight = via === 'direct' ? '--via direct' : origin === 'flag' ? '--endpoints' : undefined;
	if (straight !== undefined && through !== undefined) {
		throw new UsageError(`${straight} goes straight to etcd, ${through} through Kubernetes: give one of them.`);
	}
	if (through !== undefined) {
		return 'kubernetes';
	}
	return straight === undefined && origin === 'default' ? 'either' : 'direct';
}

function kubernetesFrom(read: Reader): KubernetesFlags {
	const via = read.optionalChoice('via');
	return {
		...Object.fromEntries(
			kubernetesTexts.flatMap((name) => {
				const value = read.given(name);
				return value === undefined ? [] : [[name, value]];
			}),
		),
		...(via === 'tunnel' || via === 'exec' ? {via} : {}),
		requestTimeoutMs: read.duration('request-timeout', 1, day, '1ms to 24h; every request has an end here', 's'),
	};
}

/** As etcdctl: with a password of its own the user's name may hold a colon. One in `--user` still beats one in the variable. */
function credentialsFrom(read: Reader): Pick<ConnectionOptions, 'user' | 'password'> {
	const user = read.text('user');
	const password = read.text('password');
	if (user === undefined) {
		return password === undefined ? {} : {password};
	}
	const colon = user.indexOf(':');
	const isOwn =
		colon !== -1 &&
		(password === undefined || (read.values('user').origin === 'flag' && read.values('password').origin !== 'flag'));
	if (isOwn) {
		return {user: user.slice(0, colon), password: user.slice(colon + 1)};
	}
	return {user, ...(password === undefined ? {} : {password})};
}
