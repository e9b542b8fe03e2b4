import {expect, test} from 'vitest';
import {type HostCheck, hostScript, readHostAnswer} from '../../source/domain/host-check.ts';

const head =
	'CONTAINER           IMAGE               CREATED              STATE               NAME                 ATTEMPT             POD ID              POD';
const line = (name: string, pod: string, state = 'Running') =>
	`3ad41b7908e32       36f86e2eeaaff       About a minute ago   ${state.padEnd(20)}${name.padEnd(21)}0                   7c05f8af362f0       ${pod}`;
const crictl = (...lines: readonly string[]) => [head, ...lines, 'looked', ''].join('\n');

const stopped: HostCheck = {kind: 'stopped', manifests: ['/etc/kubernetes/manifests/etcd-pod.yaml'], containers: ['etcd']};
const files = [{name: 'snapshot_x.db', path: '/b/snapshot_x.db', sha256: 'a'.repeat(64)}];
const context = {files, sums: {}};
const read = (check: HostCheck, stdout: string, more: Partial<Parameters<typeof readHostAnswer>[2]> = {}) =>
	readHostAnswer(check, {code: 0, stdout, stderr: ''}, {...context, ...more});

test.each([
	['nothing of it runs', crictl(line('network-operator', 'network-operator-7f')), 'yes'],
	['its operator does not count', crictl(line('etcd-operator', 'etcd-operator-5c')), 'yes'],
	['its guard does not count', crictl(line('guard', 'etcd-guard-master-2')), 'yes'],
	['etcd runs', crictl(line('etcd', 'etcd-master-2')), 'not yet'],
	['its metrics run', crictl(line('etcd-metrics', 'etcd-master-2')), 'not yet'],
	['the manifest is there', `there /etc/kubernetes/manifests/etcd-pod.yaml\n${crictl()}`, 'not yet'],
	['crictl says nothing', 'looked\n', 'unknown'],
	['sudo looked at nothing', '', 'unknown'],
])('stopped or not: %s', (_, stdout, kind) => {
	expect(read(stopped, stdout).kind).toBe(kind);
});

test('a sudo that asks is no answer', () => {
	const answer = readHostAnswer({kind: 'login'}, {code: 1, stdout: '', stderr: 'sudo: a password is required\n'}, context);
	expect(answer).toEqual({kind: 'unknown', text: 'sudo asks for a password there: look by hand'});
});

test('a directory that could not be looked for is not gone', () => {
	const check: HostCheck = {kind: 'directory gone', path: '/var/lib/etcd'};
	expect(readHostAnswer(check, {code: 1, stdout: '', stderr: 'sudo: unable to resolve host'}, context).kind).toBe('unknown');
	expect(read(check, 'there /var/lib/etcd\nlooked\n').kind).toBe('not yet');
	expect(read(check, 'looked\n').kind).toBe('yes');
});

test.each([
	['the same', `${'a'.repeat(64)}  snapshot_x.db`, 'yes'],
	['another one', `${'b'.repeat(64)}  snapshot_x.db`, 'not yet'],
	['none', '', 'not yet'],
	['one too many', `${'a'.repeat(64)}  snapshot_x.db\n${'c'.repeat(64)}  snapshot_y.db`, 'not yet'],
])('files on the host: %s', (_, sums, kind) => {
	expect(read({kind: 'files there', directory: '/home/core/b'}, `${sums}\nlooked\n`).kind).toBe(kind);
});

test('a kubelet is restarted when it is younger than the restore', () => {
	const answer = (sinceBootUs: number) =>
		`ActiveState=active\nActiveEnterTimestampMonotonic=${sinceBootUs}\n1000.00 3999.00\nlooked\n`;
	const sinceRestoreMs = 60_000;
	expect(read({kind: 'kubelet restarted'}, answer(990_000_000), {sinceRestoreMs})).toEqual({
		kind: 'yes',
		text: 'the kubelet is active, started 10 s ago',
	});
	expect(read({kind: 'kubelet restarted'}, answer(500_000_000), {sinceRestoreMs}).kind).toBe('not yet');
	expect(read({kind: 'kubelet restarted'}, answer(990_000_000)).kind).toBe('unknown');
});

test('etcd of its own is stopped when neither its unit nor a process on its data runs', () => {
	const check: HostCheck = {kind: 'unit stopped', unit: 'etcd.service', dataDirectory: '/var/lib/etcd'};
	expect(read(check, 'ActiveState=inactive\nlooked\n').kind).toBe('yes');
	expect(read(check, 'ActiveState=active\nlooked\n').kind).toBe('not yet');
	expect(read(check, 'ActiveState=inactive\netcd --data-dir=/var/lib/etcd\nlooked\n').kind).toBe('not yet');
	expect(read(check, 'looked\n').kind).toBe('not yet');
	// Another one beside it is not in the way; one whose data stand in a file may be the very one.
	expect(read(check, 'ActiveState=inactive\n/usr/bin/etcd --data-dir /srv/other\nlooked\n').kind).toBe('yes');
	expect(read(check, 'ActiveState=inactive\n/usr/bin/etcd --config-file /etc/etcd.yml\nlooked\n').kind).toBe('unknown');
	expect(read(check, 'ActiveState=inactive\netcd\nlooked\n').kind).toBe('unknown');
});

test('a path is one word of the shell, twice over', () => {
	expect(hostScript({kind: 'directory gone', path: "/var/lib/ana's etcd"})).toMatchInlineSnapshot(
		`"sudo -n sh -c 'if test -e '\\''/var/lib/ana'\\''\\'\\'''\\''s etcd'\\''; then echo '\\''there /var/lib/ana'\\''\\'\\'''\\''s etcd'\\''; fi; echo looked'"`,
	);
});
