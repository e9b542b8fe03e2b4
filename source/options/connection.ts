/** The flags that lead to a cluster, into one checked record. */
import {UsageError} from '../usage-error.ts';
import type {Reader} from './reader.ts';

/** What leads to the cluster. Paths are of PEM files. */
export type ConnectionOptions = {
	/** `either`: through Kubernetes where there is a kubeconfig, else straight to the endpoints. */
	readonly reach: 'direct' | 'kubernetes' | 'either' | 'local' | 'ssh';
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
	/** `USER@HOST`, for `ssh`. */
	readonly sshHost?: string;
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
	const {way, host} = viaFrom(read);
	return {
		reach: reachFrom(read),
		...(way === 'ssh' && host !== undefined && {sshHost: host}),
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

/** `ssh` has its host behind it. */
function viaFrom(read: Reader): {readonly way?: string; readonly host?: string} {
	const [way, host] = (read.given('via') ?? '').split(' ').filter((word) => word !== '');
	if (way === undefined) {
		return {};
	}
	const choices = ['tunnel', 'exec', 'direct', 'ssh'];
	if (!choices.includes(way)) {
		throw new UsageError(`--via is "${way}"; it takes tunnel, exec, direct or ssh USER@HOST.`);
	}
	if (way === 'ssh' && host === undefined) {
		throw new UsageError('--via ssh needs a control-plane host: --via ssh USER@HOST.');
	}
	return {way, ...(host !== undefined && {host})};
}

/** A flag beats a variable: with `--context` it is that cluster, wherever ETCDCTL_ENDPOINTS leads. */
function reachFrom(read: Reader): ConnectionOptions['reach'] {
	const {way} = viaFrom(read);
	const [through] = [
		...(way === 'tunnel' || way === 'exec' ? [`--via ${way}`] : []),
		...kubernetesTexts.filter((name) => read.given(name) !== undefined).map((name) => `--${name}`),
	];
	const {origin} = read.values('endpoints');
	const [straight] = [
		...(way === 'direct' || way === 'ssh' ? [`--via ${way}`] : []),
		...(read.isSet('local') ? ['--local'] : []),
		...(origin === 'flag' ? ['--endpoints'] : []),
	];
	if (straight !== undefined && through !== undefined) {
		throw new UsageError(`${straight} goes straight to etcd, ${through} through Kubernetes: give one of them.`);
	}
	if (way === 'ssh' || read.isSet('local')) {
		return onlyHost(read, way);
	}
	if (through !== undefined) {
		return 'kubernetes';
	}
	return straight === undefined && origin === 'default' ? 'either' : 'direct';
}

/** The host says where etcd is, and what its certificates are. */
function onlyHost(read: Reader, way: string | undefined): 'local' | 'ssh' {
	const own = way === 'ssh' ? '--via ssh' : '--local';
	const besides = [
		...(way !== undefined && read.isSet('local') ? [`--via ${way}`] : []),
		...['endpoints', 'cacert', 'cert', 'key'].filter((name) => read.given(name) !== undefined).map((name) => `--${name}`),
	].filter((flag) => flag !== own);
	const [other] = besides;
	if (other !== undefined) {
		throw new UsageError(`${own} finds etcd and its certificates by itself: leave ${other} away.`);
	}
	return way === 'ssh' ? 'ssh' : 'local';
}

function kubernetesFrom(read: Reader): KubernetesFlags {
	const {way: via} = viaFrom(read);
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
