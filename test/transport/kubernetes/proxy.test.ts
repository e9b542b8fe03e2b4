import {expect, test} from 'vitest';
import {proxyFor} from '../../../source/transport/kubernetes/proxy.ts';

const proxy = 'http://proxy:3128';

test.each([
	['https://api.west:6443', {HTTPS_PROXY: proxy}, proxy],
	['https://api.west:6443', {https_proxy: proxy}, proxy],
	['https://api.west:6443', {HTTPS_PROXY: 'proxy:3128'}, proxy],
	['https://api.west:6443', {HTTPS_PROXY: 'socks5://proxy'}, 'socks5://proxy'],
	['https://api.west:6443', {HTTP_PROXY: proxy}, undefined],
	['http://api.west:8001', {HTTP_PROXY: proxy}, proxy],
	['https://api.west:6443', {}, undefined],
	['https://localhost:6443', {HTTPS_PROXY: proxy}, undefined],
	['https://127.0.0.5:6443', {HTTPS_PROXY: proxy}, undefined],
	['https://[::1]:6443', {HTTPS_PROXY: proxy}, undefined],
])('%s with %o', (server, environment, expected) => {
	expect(proxyFor(server, environment)).toBe(expected);
});

test.each([
	['*', 'https://api.west', true],
	['west', 'https://api.west', true],
	['api.west', 'https://api.west', true],
	['.west', 'https://api.west', true],
	['*.west', 'https://api.west', true],
	['.api.west', 'https://api.west', false],
	['pi.west', 'https://api.west', false],
	['east, west', 'https://API.west', true],
	['api.west:6443', 'https://api.west:6443', true],
	['api.west:6443', 'https://api.west', false],
	['api.west:443', 'https://api.west', true],
	['10.0.0.0/8', 'https://10.2.3.4:6443', true],
	['10.0.0.0/8', 'https://11.2.3.4:6443', false],
	['10.0.0.0/8', 'https://ten.example', false],
	['10.2.3.4', 'https://10.2.3.4:6443', true],
	['2.3.4', 'https://10.2.3.4:6443', false],
	['fd00::/8', 'https://[fd12::1]:6443', true],
	['[fd12::1]:6443', 'https://[fd12::1]:6443', true],
	['10.0.0.0/99', 'https://10.2.3.4', false],
	['', 'https://api.west', false],
])('NO_PROXY %s keeps %s direct: %s', (exceptions, server, direct) => {
	expect(proxyFor(server, {HTTPS_PROXY: proxy, NO_PROXY: exceptions})).toBe(direct ? undefined : proxy);
});
