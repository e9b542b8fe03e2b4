/** Why etcdctl failed, from what it printed. */
import {status} from '@grpc/grpc-js';
import type {Failure} from '../../domain/failure.ts';
import {serverFailure} from '../grpc/server-failure.ts';
import {safeText} from '../safe-text.ts';
import type {Output} from './pod-exec.ts';

/** Why etcdctl ended with an error. `endpoint` is what it was to ask. */
export function etcdctlFailure({stderr, exitCode}: Output, endpoint: string): Failure {
	const words = wordsOf(stderr);
	if (/connection refused/.test(stderr)) {
		return {kind: 'refused', message: `nothing listens at ${endpoint}`, nextStep: 'Check that etcd runs there, and the port.'};
	}
	if (/x509:|tls: |certificate/.test(stderr)) {
		const reason = /(?:x509|tls): [^"\\]*/.exec(stderr)?.[0] ?? words;
		return {kind: 'tls', message: `etcdctl in the pod: ${safeText(reason)}`, nextStep: 'Look at the certificates of the pod.'};
	}
	if (exitCode === 126 || exitCode === 127) {
		return {kind: 'unsupported', message: 'the container has no etcdctl', nextStep: 'Choose another container with --container.'};
	}
	// Its own deadline, or the server's: both mean that nobody knows.
	if (/context deadline exceeded/.test(words)) {
		return {kind: 'timed-out', message: 'etcd did not answer etcdctl in time', nextStep: 'It may be frozen or overloaded.'};
	}
	return serverFailure(status.UNKNOWN, words) ?? {kind: 'rejected', message: `etcdctl ended with ${exitCode}`, nextStep: ''};
}

/** What etcd said, without what etcdctl and its log put around it. */
function wordsOf(stderr: string): string {
	const lines = stderr.trim().split('\n');
	const line = lines.findLast((text) => /^(Error|Failed)/.test(text)) ?? lines.at(-1) ?? '';
	const [, inParentheses] = /^Failed to .*? \((.*)\)$/.exec(line) ?? [];
	const plain = inParentheses ?? line.replace(/^Error: /, '');
	return /rpc error: code = \w+ desc = (.*)$/.exec(plain)?.[1] ?? plain;
}
