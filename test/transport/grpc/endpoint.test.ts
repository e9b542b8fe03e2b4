import {expect, test} from 'vitest';
import {parseEndpoint} from '../../../source/transport/grpc/endpoint.ts';
import {TransportError} from '../../../source/transport/transport-error.ts';

test.each([
	['https://db-1.example:2379', {url: 'https://db-1.example:2379', host: 'db-1.example', port: 2379, secure: true}],
	['http://10.0.0.1:2379/', {url: 'http://10.0.0.1:2379', host: '10.0.0.1', port: 2379, secure: false}],
	['HTTPS://DB-1:12379', {url: 'https://db-1:12379', host: 'db-1', port: 12_379, secure: true}],
	['localhost:2379', {url: 'http://localhost:2379', host: 'localhost', port: 2379, secure: false}],
	['localhost', {url: 'http://localhost:2379', host: 'localhost', port: 2379, secure: false}],
	['[::1]:2379', {url: 'http://[::1]:2379', host: '::1', port: 2379, secure: false}],
	['https://[fd00::a]:2379', {url: 'https://[fd00::a]:2379', host: 'fd00::a', port: 2379, secure: true}],
])('%s', (text, expected) => {
	expect(parseEndpoint(text, false)).toEqual(expected);
});

test('without a scheme it is as the other flags say', () => {
	expect(parseEndpoint('localhost:2379', true)).toMatchObject({url: 'https://localhost:2379', secure: true});
});

test.each([
	['unix:///run/etcd.sock', 'Unix sockets are not supported'],
	['unixs://localhost:2379', 'Unix sockets are not supported'],
	['/run/etcd.sock', 'Unix sockets are not supported'],
	['ftp://db:21', 'ftp:// is not a scheme of etcd'],
	['', 'not an endpoint'],
	['http://', 'not an endpoint'],
	['db:99999', 'not an endpoint'],
	['db:0', 'not an endpoint'],
	['::1:2379', 'not an endpoint'],
	['[db]:2379', 'not an endpoint'],
	['http://user:word@db:2379', 'not an endpoint'],
	['http://db:2379/v3', 'not an endpoint'],
	['a b', 'not an endpoint'],
	['db,other:2379', 'not an endpoint'],
	['\x1b[2J:2379', 'not an endpoint'],
	['d\x07b:2379', 'not an endpoint'],
	['d\u202Eb:2379', 'not an endpoint'],
])('%j is refused', (text, reason) => {
	const error = catchError(() => parseEndpoint(text, false));
	expect(error).toBeInstanceOf(TransportError);
	expect((error as TransportError).failure).toMatchObject({kind: 'unsupported', message: expect.stringContaining(reason)});
	expect((error as TransportError).failure.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
	expect((error as TransportError).failure.nextStep).not.toBe('');
});

function catchError(call: () => unknown): unknown {
	try {
		return call();
	} catch (error) {
		return error;
	}
}
