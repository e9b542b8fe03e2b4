/** Why etcdctl failed, from what it printed. */
import {status} from '@grpc/grpc-js';
import type {Failure} from '../../domain/failure.ts';
import {parseEndpoint} from '../grpc/endpoint.ts';
import {serverFailure} from '../grpc/server-failure.ts';
import {safeText} from '../safe-text.ts';
import type {Output} from './pod-exec.ts';

/** Why etcdctl ended with an error. `endpoint` is what it was to ask. Whatever etcd did not say itself leaves the outcome open. */
export function etcdctlFailure({stderr, exitCode}: Output, endpoint: string): Failure {
	const {words, code} = wordsOf(stderr);
	if (isRefused(stderr, endpoint)) {
		return {kind: 'refused', message: `nothing listens at ${endpoint}`, nextStep: 'Check that etcd runs there, and the port.'};
	}
	if (/x509:|tls: |certificate/.test(stderr)) {
		const reason = /(?:x509|tls): [^"\\]*/.exec(stderr)?.[0] ?? words;
		return {kind: 'tls', message: `etcdctl in the pod: ${safeText(reason)}`, nextStep: 'Look at the certificates of the pod.'};
	}
	if (exitCode === 126 || exitCode === 127) {
		return {kind: 'unsupported', message: 'the container has no etcdctl', nextStep: 'Choose another container with --container.'};
	}
	if (exitCode > badArguments) {
		// A signal's: whoever killed it said nothing to etcd.
		return {
			kind: 'unreachable',
			message: `etcdctl was killed (${exitCode}) before it told what came of it`,
			nextStep: 'Look at the pod; what etcd was asked for may go on.',
		};
	}
	if (exitCode === badArguments || misunderstood.test(stderr)) {
		return {kind: 'unsupported', message: `etcdctl: ${safeText(words)}`, nextStep: 'Look which etcdctl is in the container.'};
	}
	// Its own deadline, or the server's: both mean that nobody knows.
	if (/context deadline exceeded/.test(words)) {
		return {kind: 'timed-out', message: 'etcd did not answer etcdctl in time', nextStep: 'It may be frozen or overloaded.'};
	}
	const said = code === undefined && !words.startsWith('etcdserver: ') ? undefined : serverFailure(code ?? status.UNKNOWN, words);
	return said ?? lost(words, exitCode);
}

/** etcdctl's own exit code for a command line that it can't read; shells count signals from there on. */
const badArguments = 128;

/** An etcdctl of another version, or another program: it sent nothing. */
const misunderstood =
	/unknown (shorthand )?flag|unknown command|flag provided but not defined|No help topic|conflicting environment variable/;

/** That process is dead as far as can be told only where it was its own port that refused, and not a proxy's or another one's. */
function isRefused(stderr: string, endpoint: string): boolean {
	const ports = endpoint.split(',').map((url) => parseEndpoint(url, true).port);
	return [...stderr.matchAll(/:(\d+)(?:: connect)?: connection refused/g)].some(([, port]) => ports.includes(Number(port)));
}

function lost(words: string, exitCode: number): Failure {
	return {
		kind: 'unreachable',
		message: words === '' ? `etcdctl ended with ${exitCode} and without a word` : `etcdctl lost etcd: ${safeText(words)}`,
		nextStep: 'Look whether the member still runs.',
	};
}

/** What etcd said, without what etcdctl and its log put around it, and gRPC's code for it where one is told. */
function wordsOf(stderr: string): {readonly words: string; readonly code?: status} {
	const lines = stderr.trim().split('\n');
	const line = lines.findLast((text) => /^(Error|Failed)/.test(text)) ?? lines.at(-1) ?? '';
	const [, inParentheses] = /^Failed to .*? \((.*)\)$/.exec(line) ?? [];
	const plain = inParentheses ?? line.replace(/^Error: /, '');
	const [, name, words = plain] = /rpc error: code = (\w+) desc = (.*)$/.exec(plain) ?? [];
	return {words, ...(name !== undefined && {code: codes[name] ?? status.UNAVAILABLE})};
}

/** As Go spells those that a server gives; the others come from the connection. */
const codes: Readonly<Record<string, status>> = {
	Unknown: status.UNKNOWN,
	InvalidArgument: status.INVALID_ARGUMENT,
	NotFound: status.NOT_FOUND,
	FailedPrecondition: status.FAILED_PRECONDITION,
	Unimplemented: status.UNIMPLEMENTED,
};
