import {status} from '@grpc/grpc-js';
import {expect, test} from 'vitest';
import {serverFailure} from '../../../source/transport/grpc/server-failure.ts';

test.each([
	[status.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded', 'no-space'],
	[status.RESOURCE_EXHAUSTED, 'etcdserver: too many requests', 'rejected'],
	[status.UNAVAILABLE, 'etcdserver: no leader', 'no-leader'],
	[status.FAILED_PRECONDITION, 'etcdserver: not leader', 'rejected'],
	[status.FAILED_PRECONDITION, 'etcdserver: bad leader transferee', 'rejected'],
	[status.UNAVAILABLE, 'etcdserver: rpc not supported for learner', 'unsupported'],
	[status.DATA_LOSS, 'etcdserver: corrupt cluster', 'corrupt'],
	[status.INVALID_ARGUMENT, 'etcdserver: user name is empty', 'unauthenticated'],
	[status.INVALID_ARGUMENT, 'etcdserver: authentication failed, invalid user ID or password', 'unauthenticated'],
	[status.UNAUTHENTICATED, 'etcdserver: invalid auth token', 'unauthenticated'],
	[status.PERMISSION_DENIED, 'etcdserver: permission denied', 'permission-denied'],
	[status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted', 'rejected'],
	// The proposal may still be applied.
	[status.UNAVAILABLE, 'etcdserver: request timed out', 'timed-out'],
	[status.UNAVAILABLE, 'etcdserver: request timed out, possibly due to connection lost', 'timed-out'],
	[status.UNAVAILABLE, 'etcdserver: leader changed', 'timed-out'],
	[status.UNKNOWN, 'context deadline exceeded', 'timed-out'],
	[status.UNAVAILABLE, 'etcdserver: server stopped', 'unreachable'],
	// A defragmentation that failed at the server, in Go's words.
	[status.UNKNOWN, 'write /var/lib/etcd/member/snap/db.tmp.123: no space left on device', 'rejected'],
	[status.UNIMPLEMENTED, 'unknown service etcdserverpb.Maintenance', 'unsupported'],
])('%i %s is %s', (code, details, kind) => {
	expect(serverFailure(code, details)).toMatchObject({kind, message: details});
});

test.each([
	[status.UNAVAILABLE, 'Connection dropped'],
	[status.UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1'],
	[status.UNKNOWN, 'No status information received'],
	[status.UNKNOWN, 'Unknown Error'],
	[status.UNKNOWN, ''],
	[status.INTERNAL, 'Received RST_STREAM with code 2 (Internal server error)'],
	[status.UNAVAILABLE, 'Received HTTP status code 502'],
	[status.CANCELLED, 'Call cancelled'],
])('%i %s did not come from etcd', (code, details) => {
	expect(serverFailure(code, details)).toBeUndefined();
});

test('its words are made safe', () => {
	expect(serverFailure(status.UNKNOWN, 'bad \x1b[2Jthing')?.message).toBe('bad thing');
});
