import type {Failure} from '../../domain/failure.ts';
import {safeText} from '../safe-text.ts';

/** What ssh says, as a failure that names the host and the way out. */
export function failureOf(host: string, said: string): Failure {
	const lines = said.split('\n').map((line) => safeText(line));
	const text = lines.findLast((line) => line !== '') ?? '';
	const found = reasons.find(({pattern}) => lines.some((line) => pattern.test(line)));
	return {
		kind: found?.kind ?? 'unreachable',
		message: `ssh ${host}: ${text}`,
		nextStep: found?.nextStep(host) ?? `Try: ssh ${host}`,
		beforeEtcd: true,
	};
}

const reasons: readonly {
	readonly pattern: RegExp;
	readonly kind: Failure['kind'];
	readonly nextStep: (host: string) => string;
}[] = [
	{pattern: /ENOENT/, kind: 'unsupported', nextStep: () => 'Install an SSH client: there is no ssh in PATH.'},
	{
		pattern: /Host key verification failed|REMOTE HOST IDENTIFICATION/,
		kind: 'tls',
		nextStep: (host) => `Log in once by hand and look at the key: ssh ${host}`,
	},
	{
		pattern: /Permission denied/,
		kind: 'permission-denied',
		nextStep: (host) => `Passwords can't be asked for here: let a key or an agent log you in, and try: ssh ${host}`,
	},
	{pattern: /Could not resolve hostname/, kind: 'unknown-host', nextStep: () => 'Check the name.'},
	{
		// Never `refused`: that stands for a member's process that is known not to run.
		pattern: /Connection refused/,
		kind: 'unreachable',
		nextStep: () => 'Check that sshd runs there, and its port in your ssh configuration.',
	},
	{pattern: /timed out|No route to host|unreachable/i, kind: 'unreachable', nextStep: () => 'Check your network and VPN.'},
];
