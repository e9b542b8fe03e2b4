import {describe, expect, test} from 'vitest';
import {mayHaveHappened} from '../../../source/domain/failure.ts';
import {type EtcdPod, readPod} from '../../../source/transport/kubernetes/etcd-pod.ts';
import {etcdctlCommand, ownEndpoint} from '../../../source/transport/kubernetes/etcdctl.ts';
import {etcdctlFailure} from '../../../source/transport/kubernetes/etcdctl-failure.ts';
import {readAlarms, readIdentity, readMembers, readStatuses} from '../../../source/transport/kubernetes/etcdctl-json.ts';
import {thrown} from '../failure.ts';

const kubeadm = readPod({
	metadata: {name: 'etcd-a', namespace: 'kube-system'},
	spec: {
		containers: [
			{
				name: 'etcd',
				command: [
					'etcd',
					'--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379',
					'--cert-file=/pki/server.crt',
					'--key-file=/pki/server.key',
					'--trusted-ca-file=/pki/ca.crt',
				],
			},
		],
	},
	status: {phase: 'Running', podIP: '10.0.0.1'},
})!;

const openshift: EtcdPod = {
	...kubeadm,
	etcdctlContainer: 'etcdctl',
	hasShell: true,
	etcdctlVariables: new Set(['ETCDCTL_API', 'ETCDCTL_ENDPOINTS', 'ETCDCTL_CACERT', 'ETCDCTL_CERT', 'ETCDCTL_KEY']),
};

describe('the command line', () => {
	test('gives the certificates that the flags of etcd name, and always a deadline', () => {
		expect(etcdctlCommand(kubeadm, [ownEndpoint(kubeadm)], 10_000, ['defrag'])).toEqual([
			'etcdctl',
			'--endpoints=https://localhost:2379',
			'--command-timeout=9000ms',
			'--write-out=json',
			'--cacert=/pki/ca.crt',
			'--cert=/pki/server.crt',
			'--key=/pki/server.key',
			'defrag',
		]);
	});

	test('unsets what etcdctl would refuse to have twice, and leaves alone what is set already', () => {
		expect(etcdctlCommand(openshift, ['https://localhost:2379'], 100, ['defrag'])).toEqual([
			'env',
			'-u',
			'ETCDCTL_ENDPOINTS',
			'etcdctl',
			'--endpoints=https://localhost:2379',
			'--command-timeout=75ms',
			'--write-out=json',
			'defrag',
		]);
	});

	test('says so where there is nothing to unset a variable with', () => {
		const failure = thrown(() => etcdctlCommand({...openshift, hasShell: false}, ['https://localhost:2379'], 100, ['defrag']));
		expect(failure).toMatchObject({
			kind: 'unsupported',
			notSent: true,
			message: expect.stringContaining('sets ETCDCTL_ENDPOINTS'),
		});
	});

	test('lets no variable of the container beat the endpoint', () => {
		const looksUp = {...openshift, etcdctlVariables: new Set(['ETCDCTL_DISCOVERY_SRV'])};
		const words = etcdctlCommand(looksUp, ['https://localhost:2379'], 100, ['defrag']);
		expect(words.slice(0, 4)).toEqual(['env', '-u', 'ETCDCTL_DISCOVERY_SRV', 'etcdctl']);
		const failure = thrown(() => etcdctlCommand({...looksUp, hasShell: false}, ['https://localhost:2379'], 100, ['defrag']));
		expect(failure).toMatchObject({kind: 'unsupported', notSent: true});
	});

	test('takes no URL that etcdctl would read as two', () => {
		const failure = thrown(() => etcdctlCommand(kubeadm, ['https://10.0.0.1,10.0.0.2:2379'], 100, ['defrag']));
		expect(failure).toMatchObject({kind: 'unsupported', notSent: true});
	});

	test('goes to the address of the node where etcd listens on nothing else', () => {
		expect(ownEndpoint({...kubeadm, isOnLoopback: false})).toBe('https://10.0.0.1:2379');
		expect(ownEndpoint({...kubeadm, isOnLoopback: false, ips: ['fd00::1']})).toBe('https://[fd00::1]:2379');
	});
});

describe('what it prints', () => {
	const status =
		'[{"Endpoint":"https://10.0.0.1:2379","Status":{"header":{"cluster_id":13455796455940752355,"member_id":443629905751424238,"revision":9007199254740993,"raft_term":2},"version":"3.5.30\\u001b[2J","dbSize":20480,"leader":18446744073709551615,"raftIndex":8,"raftTerm":2,"raftAppliedIndex":7,"errors":["memberID:1 alarm:NOSPACE "],"dbSizeInUse":16384,"isLearner":true,"storageVersion":"3.6.0","dbSizeQuota":2147483648}}]';

	test('keeps every bit of an id', () => {
		expect(readStatuses(status)).toEqual([
			{
				endpoint: 'https://10.0.0.1:2379',
				status: {
					clusterId: 'babc9795b64f03e3',
					memberId: '628170c800dbcee',
					revision: 9007199254740992,
					version: '3.5.30',
					dbSizeBytes: 20480,
					dbSizeInUseBytes: 16384,
					leaderId: 'ffffffffffffffff',
					isLearner: true,
					raftTerm: 2,
					raftIndex: 8,
					raftAppliedIndex: 7,
					errors: ['memberID:1 alarm:NOSPACE'],
					storageVersion: '3.6.0',
					quotaBytes: 2147483648,
				},
			},
		]);
	});

	test('fields that an older etcd does not have are absent, and no leader is none', () => {
		const [{status: plain}] = readStatuses(
			'[{"Endpoint":"a","Status":{"header":{"member_id":1},"version":"3.4.23","dbSize":1}}]',
		) as [ReturnType<typeof readStatuses>[number]];
		expect(plain).toMatchObject({memberId: '1', isLearner: false, errors: [], raftTerm: 0});
		expect(plain).not.toHaveProperty('leaderId');
		expect(plain).not.toHaveProperty('quotaBytes');
		expect(readStatuses('[]')).toEqual([]);
		expect(readStatuses('null')).toEqual([]);
	});

	test('members, alarms and who answered', () => {
		const members =
			'{"header":{"cluster_id":13455796455940752355,"member_id":443629905751424238},"members":[{"ID":443629905751424238,"name":"m1","peerURLs":["https://10.0.0.1:2380"],"clientURLs":["https://10.0.0.1:2379"]},{"ID":2,"peerURLs":["https://10.0.0.2:2380"],"isLearner":true}]}';
		expect(readIdentity(members)).toEqual({clusterId: 'babc9795b64f03e3', memberId: '628170c800dbcee'});
		expect(readMembers(members)).toEqual([
			{
				id: '628170c800dbcee',
				name: 'm1',
				isLearner: false,
				clientUrls: ['https://10.0.0.1:2379'],
				peerUrls: ['https://10.0.0.1:2380'],
			},
			{id: '2', name: '', isLearner: true, clientUrls: [], peerUrls: ['https://10.0.0.2:2380']},
		]);
		expect(readAlarms('{}')).toEqual([]);
		expect(
			readAlarms('{"alarms":[{"memberID":443629905751424238,"alarm":1},{"memberID":2,"alarm":2},{"memberID":3,"alarm":9}]}'),
		).toEqual([
			{memberId: '628170c800dbcee', alarm: 'NOSPACE'},
			{memberId: '2', alarm: 'CORRUPT'},
			{memberId: '3', alarm: 'UNKNOWN'},
		]);
	});

	test.each(['{}', '"x"', '[1]', '[{"Endpoint":"a"}]', '[{"Endpoint":"a","Status":{"header":{"cluster_id":1.5}}}]'])(
		'that is other JSON is quoted too: %s',
		(text) => {
			expect(() => readStatuses(text)).toThrow(`etcdctl printed other JSON than was asked for: "${text}`);
		},
	);

	test.each([readIdentity, readMembers, readAlarms])('nothing at all is none: %o', (read) => {
		expect(() => read('null')).toThrow('etcdctl printed other JSON');
	});

	test('that is no JSON is quoted', () => {
		expect(thrown(() => readMembers('compacted\x1b[31m revision')).message).toBe(
			'etcdctl printed no JSON, but "compacted revision"',
		);
	});
});

/** As etcdctl 3.4.23, 3.5.16 and 3.5.30 print them. */
test.each([
	['Error: etcdserver: bad leader transferee', {kind: 'rejected', message: 'etcdserver: bad leader transferee'}],
	[
		'{"level":"warn","error":"rpc error: code = OutOfRange desc = etcdserver: mvcc: required revision is a future revision"}\nError: etcdserver: mvcc: required revision is a future revision\n',
		{kind: 'rejected', message: 'etcdserver: mvcc: required revision is a future revision'},
	],
	[
		'{"level":"warn","error":"rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = \\"transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused\\""}\nFailed to get the status of endpoint https://localhost:2379 (context deadline exceeded)\n',
		{kind: 'refused', message: 'nothing listens at https://localhost:2379'},
	],
	[
		'{"level":"warn","error":"rpc error: code = DeadlineExceeded desc = context deadline exceeded"}\nFailed to defragment etcd member[https://localhost:2379] (context deadline exceeded)\n',
		{kind: 'timed-out'},
	],
	['Error: context deadline exceeded', {kind: 'timed-out'}],
	[
		'Failed to defragment etcd member[https://localhost:2379] (rpc error: code = Unknown desc = open /var/lib/etcd/member/snap/db.tmp.1: no space left on device)',
		{kind: 'rejected', message: 'open /var/lib/etcd/member/snap/db.tmp.1: no space left on device'},
	],
	['Error: rpc error: code = ResourceExhausted desc = etcdserver: mvcc: database space exceeded', {kind: 'no-space'}],
	['Error: etcdserver: permission denied', {kind: 'permission-denied'}],
	[
		'{"error":"connection error: desc = \\"transport: authentication handshake failed: x509: certificate signed by unknown authority\\""}\nError: context deadline exceeded',
		{kind: 'tls', message: 'etcdctl in the pod: x509: certificate signed by unknown authority'},
	],
	['Error: unknown flag: --command-timeout', {kind: 'unsupported', message: 'etcdctl: unknown flag: --command-timeout'}],
])('%s', (stderr, expected) => {
	expect(etcdctlFailure({stdout: '[]', stderr, exitCode: 1}, 'https://localhost:2379')).toMatchObject(expected);
});

/** What etcd did not say itself may have been carried out, or go on: never a certain "no". */
test.each([
	['killed, for want of memory', '', 137],
	['ended with its container', '{"level":"warn","error":"rpc error: code = Canceled desc = context canceled"}', 143],
	['of its own defect', 'fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\nmain.main()', 2],
	['without a word', '', 1],
	[
		'because the connection broke',
		'Failed to defragment etcd member[https://localhost:2379]. took 2.1s. (rpc error: code = Unavailable desc = error reading from server: EOF)',
		1,
	],
	['because the connection was closed', 'Error: rpc error: code = Unavailable desc = transport is closing', 1],
	['by a reset', 'Error: rpc error: code = Canceled desc = grpc: the client connection is closing', 1],
	['in words of its own', 'Error: read tcp 127.0.0.1:51000->127.0.0.1:2379: read: connection reset by peer', 1],
])('etcdctl that ended %s leaves the outcome open', (_, stderr, exitCode) => {
	const failure = etcdctlFailure({stdout: '', stderr, exitCode}, 'https://localhost:2379');
	expect({...failure, open: mayHaveHappened(failure)}).toMatchObject({open: true});
});

test('a refusal that is not of the port that was asked says nothing about the process there', () => {
	const stderr = (address: string) => `Error: dial tcp ${address}: connect: connection refused`;
	const kind = (address: string) =>
		etcdctlFailure({stdout: '', stderr: stderr(address), exitCode: 1}, 'https://10.0.0.1:2379').kind;
	expect(kind('10.0.0.1:2379')).toBe('refused');
	expect(kind('[::1]:2379')).toBe('refused');
	expect(kind('10.0.0.9:3128')).toBe('unreachable');
	expect(kind('10.0.0.1:23790')).toBe('unreachable');
});
